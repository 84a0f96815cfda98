// SPDX-License-Identifier: Apache-2.0
// How much a control plane holds, and how much it may hold.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/audit.h"

namespace skyden::store {

// Of one control plane: live resources of every type, the bytes of their specs and statuses as they
// are stored, and zones.
struct Usage {
  uint64_t resources = 0;
  uint64_t bytes = 0;
  uint64_t zones = 0;

  bool operator==(const Usage&) const = default;
};

// What somebody set. nullopt: as it is above (the organization's, then the daemon's). 0: no limit.
struct Quota {
  std::optional<uint64_t> resources = {};
  std::optional<uint64_t> bytes = {};
  std::optional<uint64_t> zones = {};

  bool operator==(const Quota&) const = default;
};

struct Allowance {
  Usage used;
  Usage limit;  // what holds; 0: none
  Quota own;
  Quota organization;
};

// Beside Store, of the same database. Thread-safe; blocks (AssertMayBlock).
//
// Every transaction that adds resources, bytes or zones to a control plane in the name of a person
// or a zone is refused whole (base::QuotaExceeded, naming what is used and allowed) when more than
// allowed would be there; counted in that transaction, so exactly, whoever else writes. What
// takes nothing more of one kind is not refused for that kind: who has too much may still change
// and delete. What the daemon itself writes is counted and never refused.
class Quotas {
 public:
  virtual ~Quotas() = default;
  // NOT_FOUND when the control plane is gone.
  virtual absl::StatusOr<Allowance> Find(const model::TenantScope& scope) = 0;
  virtual absl::StatusOr<Quota> Find(const model::OrganizationScope& scope) = 0;
  // Holds from the next transaction on. `note` is of the control plane's, or organization's, audit.
  virtual absl::Status Set(const model::TenantScope& scope, const Quota& quota, AuditNote note) = 0;
  virtual absl::Status Set(const model::OrganizationScope& scope, const Quota& quota,
                           AuditNote note) = 0;
  // What holds where nobody set another.
  virtual Usage standard() const = 0;
};

class Store;
// Of a store that an engine opened, for as long as it lives.
Quotas& QuotasOf(Store& store);

}  // namespace skyden::store
