// SPDX-License-Identifier: Apache-2.0
// Reading the audit, and checking that nobody touched it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/audit/endpoints.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/audit.h"
#include "skyden/store/store.h"

namespace skyden::audit {

// What a walk over all chains of an organization found.
struct Verification {
  uint64_t entries = 0;  // looked at
  uint64_t first = 0;    // their places (AuditEntry::place)
  uint64_t last = 0;
  // The first thing that is wrong, and at which number of the chain that it names (0: of none);
  // empty: nothing was edited, removed or reordered.
  std::string problem;
  uint64_t at_sequence = 0;
  bool intact() const { return problem.empty(); }
};

struct KnownControlPlanes;

// Thread-safe. Only administrators read the audit (PERMISSION_DENIED). INVALID_ARGUMENT with
// violations for a page size out of its bounds. Blocks on the disk.
class AuditService {
 public:
  explicit AuditService(store::Store& store, Endpoints destinations = Endpoints::kOutside)
      : store_(store), destinations_(destinations) {}

  // Where organizations may have it sent.
  Endpoints destinations() const { return destinations_; }

  // Of an organization and all its control planes, or of one control plane.
  absl::StatusOr<store::AuditPage> List(const model::OrganizationScope& scope,
                                        const store::AuditQuery& query) const;
  absl::StatusOr<store::AuditPage> List(const model::TenantScope& scope,
                                        const store::AuditQuery& query) const;
  // Reads every chain of the organization, a piece at a time.
  absl::StatusOr<Verification> Verify(const model::OrganizationScope& scope) const;

  // An entry of a control plane's chain, or (empty) of the organization's own.
  struct Found {
    std::optional<store::AuditEntry> entry;
    uint64_t last = 0;     // number of that chain's last entry
    uint64_t removed = 0;  // and of the last that retention removed
  };
  absl::StatusOr<Found> Find(const model::OrganizationScope& scope,
                             const model::ControlPlaneId& control_plane, uint64_t sequence) const;
  // The last entry of each chain up to a place. FAILED_PRECONDITION when retention may have removed
  // one.
  absl::StatusOr<std::vector<store::AuditEntry>> FindUpTo(const model::OrganizationScope& scope,
                                                          uint64_t place) const;

 private:
  absl::Status VerifyChain(const model::OrganizationScope& scope, const store::AuditChainRef& chain,
                           KnownControlPlanes& known, Verification& found) const;

  store::Store& store_;
  const Endpoints destinations_;
};

}  // namespace skyden::audit
