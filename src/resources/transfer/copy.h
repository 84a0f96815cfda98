// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "resources/write/defaults.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/copy.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// `defaults` must outlive the copy. INVALID_ARGUMENT when too many authorities would have to be
// made; PERMISSION_DENIED to who may not read. Blocks; with own authorities, RSA keys are made.
absl::StatusOr<Copy> MakeCopy(store::Store& store, const model::TenantScope& scope,
                              const model::TypeRegistry& registry, const Defaults& defaults,
                              CopyKeys keys, absl::Time now);

}  // namespace skyden::resources
