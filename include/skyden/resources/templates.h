// SPDX-License-Identifier: Apache-2.0
// The templates in resources: hostnames of services, identities of workloads.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"

namespace skyden::resources {

// Names and values, in the order in which the whole is printed (`{{ . }}`).
using TemplateFields = std::vector<std::pair<std::string, std::string>>;

// What the Go template `text` says of `fields`, and of `labels` where it asks `label "key"`.
// INVALID_ARGUMENT when it is no template, or when it fails: a label that is not there, say.
absl::StatusOr<std::string> FillTemplate(std::string_view text, const TemplateFields& fields,
                                         const model::Labels& labels);

}  // namespace skyden::resources
