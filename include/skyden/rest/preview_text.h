// SPDX-License-Identifier: Apache-2.0
// A preview as the REST API answers it, for another edge that has the same to say.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/resources/foresight.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// JSON. Errors are those of the write. Blocks on the disk and takes long.
absl::StatusOr<std::string> PreviewText(const Deps& deps, const model::TenantScope& scope,
                                        resources::ForeseenDocuments documents);

}  // namespace skyden::rest
