// SPDX-License-Identifier: Apache-2.0
// Finds places in one chain of the audit, without reading what its entries say.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/audit.h"
#include "store/session.h"

namespace skyden::store::rows {

// After every number that an engine can count to.
inline constexpr uint64_t kBeyondAll = std::numeric_limits<int64_t>::max();

class ChainWalk {
 public:
  ChainWalk(Session& session, const Binding& binding, model::TenantKey chain)
      : session_(session), binding_(binding), chain_(chain) {}

  struct Step {
    uint64_t sequence = 0;
    uint64_t bytes = 0;  // of the chain up to and with the entry, over all times
    uint64_t place = 0;
  };
  // The first entry from `sequence` on.
  absl::StatusOr<std::optional<Step>> From(uint64_t sequence);
  absl::StatusOr<std::optional<AuditEntry>> Last();
  absl::StatusOr<std::optional<AuditEntry>> At(uint64_t sequence);

  struct Bounds {
    Step first;
    Step last;
  };
  // nullopt when there is no entry.
  absl::StatusOr<std::optional<Bounds>> Ends();
  // The last entry whose place is not after `place`; nullopt when the first is.
  absl::StatusOr<std::optional<Step>> UpTo(const Bounds& ends, uint64_t place);

 private:
  Session& session_;
  const Binding binding_;
  const model::TenantKey chain_;
};

// A row of any of the statements that list entries.
absl::StatusOr<AuditEntry> ReadAudit(const Row& row);
absl::StatusOr<model::Principal::Kind> DecodeActorKind(std::string_view text);
absl::Status DecodeDigest(std::string_view bytes, AuditDigest& digest);

}  // namespace skyden::store::rows
