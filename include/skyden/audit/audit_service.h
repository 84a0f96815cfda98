// SPDX-License-Identifier: Apache-2.0
// Reading the audit, and checking that nobody touched it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/audit.h"
#include "skyden/store/store.h"

namespace skyden::audit {

// What a walk over a whole chain found.
struct Verification {
  uint64_t entries = 0;  // looked at
  uint64_t first = 0;    // their numbers
  uint64_t last = 0;
  // The first thing that is wrong, and where; empty: nothing was edited, removed or reordered.
  std::string problem;
  uint64_t at_sequence = 0;
  bool intact() const { return problem.empty(); }
};

// Thread-safe. Only administrators read the audit (PERMISSION_DENIED). INVALID_ARGUMENT with
// violations for a page size out of its bounds. Blocks on the disk.
class AuditService {
 public:
  explicit AuditService(store::Store& store) : store_(store) {}

  // Of an organization and all its control planes, or of one control plane.
  absl::StatusOr<store::AuditPage> List(const model::OrganizationScope& scope,
                                        const store::AuditQuery& query) const;
  absl::StatusOr<store::AuditPage> List(const model::TenantScope& scope,
                                        const store::AuditQuery& query) const;
  // Reads the whole chain of the organization, a piece at a time.
  absl::StatusOr<Verification> Verify(const model::OrganizationScope& scope) const;

 private:
  store::Store& store_;
};

}  // namespace skyden::audit
