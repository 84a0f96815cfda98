// SPDX-License-Identifier: Apache-2.0
// The templates in resources: hostnames of services, identities of workloads.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"

namespace skyden::resources {

using TemplateFields = std::map<std::string, std::string, std::less<>>;

// `text` with `{{ .Field }}` and `{{ label "key" }}` filled in. INVALID_ARGUMENT when it is no such
// template, or names a field or label that is not there.
absl::StatusOr<std::string> FillTemplate(std::string_view text, const TemplateFields& fields,
                                         const model::Labels& labels);

}  // namespace skyden::resources
