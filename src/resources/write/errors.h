// SPDX-License-Identifier: Apache-2.0
// What ResourceManager answers when it says no: code, Kuma's title and Kuma's detail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "skyden/base/status.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources::errors {

inline constexpr std::string_view kMeshTitle = "Failed to retrieve Mesh";
inline constexpr std::string_view kGetTitle = "Could not retrieve a resource";
inline constexpr std::string_view kListTitle = "Could not retrieve resources";
inline constexpr std::string_view kProcessTitle = "Could not process a resource";
inline constexpr std::string_view kCreateTitle = "Failed to create a resource";
inline constexpr std::string_view kUpdateTitle = "Failed to update a resource";
inline constexpr std::string_view kChangeTitle = "Could not update a resource";
inline constexpr std::string_view kDeleteTitle = "Could not delete a resource";

absl::Status NotFound(std::string_view title);
absl::Status Invalid(std::string_view title, const std::vector<base::FieldViolation>& violations);
absl::Status ReadOnlyType();
absl::Status AccessDenied(const model::Principal& who, std::string_view action);
// The control plane is suspended; `why` is TenantScope::read_only().
absl::Status ReadOnly(std::string_view why);
absl::Status Conflict(const model::TypeDescriptor& type, const model::ResourceKey& key);
// A title for what has none yet; OK stays OK.
absl::Status Titled(absl::Status status, std::string_view title);

}  // namespace skyden::resources::errors
