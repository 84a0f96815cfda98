// SPDX-License-Identifier: Apache-2.0
// What deleted control planes leave: rows that nobody can reach any more, removed in small steps.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "store/rows/tenant_rows.h"

namespace skyden::store::rows {

// The deleted control planes that still have rows.
absl::StatusOr<std::vector<TenantRef>> ListRemains(Session& session);

// One step, in the transaction that is open: no more than `resources_max` resources and as many
// changes of them; when none is left, everything else and the control plane itself.
enum class Left { kSome, kNothing };
absl::StatusOr<Left> RemoveSome(Session& session, const TenantRef& tenant, size_t resources_max);

}  // namespace skyden::store::rows
