// SPDX-License-Identifier: Apache-2.0
// Who may do what to resources: Kuma's static rules, and the roles of the manager's accounts, which
// may be narrowed to meshes and types (model/reach.h).
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "skyden/model/reach.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

bool IsAdmin(const model::TenantScope& scope);
// All resources of the type. PERMISSION_DENIED in Kuma's words.
absl::Status CheckMayRead(const model::TenantScope& scope, const model::TypeDescriptor& type);
// FAILED_PRECONDITION while the control plane is suspended.
absl::Status CheckMayWrite(const model::TenantScope& scope, const model::TypeDescriptor& type);

// One of them, by its key.
absl::Status CheckMayRead(const model::TenantScope& scope, const model::TypeDescriptor& type,
                          const model::ResourceKey& key);
absl::Status CheckMayWrite(const model::TenantScope& scope, const model::TypeDescriptor& type,
                           const model::ResourceKey& key);

// A Mesh or a Zone takes along what is in it, of whatever type: no narrowed role deletes one.
absl::Status CheckMayDelete(const model::TenantScope& scope, const model::CoreTypes& types,
                            const model::TypeDescriptor& type, const model::ResourceKey& key);

// Which of them may be read.
model::Extent MayRead(const model::TenantScope& scope, const model::TypeDescriptor& type);
// PERMISSION_DENIED in Kuma's words for what whoever has narrowed roles alone may neither read nor
// learn of; OK for everybody else. Asked before anybody looks what is there.
absl::Status CheckMayKnow(const model::TenantScope& scope, const model::TypeDescriptor& type,
                          const model::ResourceKey& key);
// The same of everything in a mesh, as it is shown together: rules, insights.
absl::Status CheckReadsAllOf(const model::TenantScope& scope, std::string_view mesh);

}  // namespace skyden::resources
