// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/owner_locks.h"

#include "store/postgres/controls.h"

namespace skyden::store::postgres {
namespace {

// Keys of the server's advisory locks, in the order in which they are taken: all organizations'
// directories together (whether an operator is the last is asked of all), each organization, each
// control plane.
constexpr int64_t kDirectories = kWritersLock + 2;
constexpr int kKindBits = 56;
constexpr int64_t kOrganizations = int64_t{1} << kKindBits;
constexpr int64_t kControlPlanes = int64_t{2} << kKindBits;

}  // namespace

void OwnerLocks::Add(const rows::WriteRequest& request) {
  using Holds = rows::WriteRequest::Holds;
  const auto organization = static_cast<int64_t>(request.tenant.organization);
  const auto tenant = static_cast<int64_t>(request.tenant.tenant);
  if (organization == 0) return;  // a new one: nobody else knows it
  if (tenant == 0) locks_[kDirectories] = true;
  locks_[kOrganizations | organization] |= request.holds == Holds::kOrganization;
  if (tenant != 0) locks_[kControlPlanes | tenant] = true;
}

OwnerLocks::Arrays OwnerLocks::arrays() const {
  Arrays arrays;
  for (const auto& [key, alone] : locks_) {
    arrays.keys.Add(Param::Int(key));
    arrays.alone.Add(Param::Int(alone ? 1 : 0));
  }
  return arrays;
}

}  // namespace skyden::store::postgres
