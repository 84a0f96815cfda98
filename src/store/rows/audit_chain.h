// SPDX-License-Identifier: Apache-2.0
// Appends to the audit: where each chain ends, and what comes after.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/store/audit.h"
#include "skyden/store/sealer.h"
#include "store/session.h"

namespace skyden::store::rows {

// In whose name a transaction runs.
struct AuditActor {
  model::Principal::Kind kind = model::Principal::Kind::kSystem;
  std::string id;
  std::string name;
  model::Origin origin;

  template <class Scope>
  static AuditActor Of(const Scope& scope) {
    return {scope.who().kind, scope.who().id, scope.who().name, scope.origin()};
  }
  // Whose every change must be told of; the daemon and zones sync all day.
  bool IsPerson() const;
  // With id and name as they can be stored. Without where the call came from.
  AuditActor Tamed() const;
};

// A note and the control plane it is about, in whose chain it goes (tenant 0: the organization's).
struct PendingNote {
  model::TenantKey tenant{};
  model::ControlPlaneId control_plane;
  AuditNote note;
};

// Belongs to whoever writes: one thread at a time.
class AuditChain {
 public:
  explicit AuditChain(const Sealer& sealer) : sealer_(sealer) {}

  // Writes `notes`, in order, in the transaction that is open.
  absl::Status Append(Session& session, model::OrganizationKey organization,
                      const AuditActor& actor, std::vector<PendingNote> notes);

  // What was appended since the last call stays if the transaction does.
  void KeepRequest() {
    before_.clear();
    latest_before_.clear();
  }
  // ... or was rolled back.
  void AbandonRequest();
  // The last thing before a commit: remembers the ends.
  absl::Status WriteEnds(Session& session);
  // The ends that a commit made last; once.
  std::vector<AuditGrowth> TakeCommitted();
  // The same, once the ends are written and before the commit.
  std::vector<AuditGrowth> ToBeCommitted() const;
  // The transaction was lost; or others may write before the next one.
  void Forget();

  absl::Status WriteMark(Session& session, model::OrganizationKey organization,
                         model::TenantKey chain, const AuditMark& mark) const;

  struct Key {
    model::OrganizationKey organization{};
    model::TenantKey chain{};

    auto operator<=>(const Key&) const = default;
    template <class H>
    friend H AbslHashValue(H h, const Key& key) {
      return H::combine(std::move(h), key.organization, key.chain);
    }
  };

 private:
  struct End {
    uint64_t sequence = 0;
    AuditDigest hash{};
    absl::Time at = absl::InfinitePast();
    uint64_t total = 0;   // bytes, over all times
    uint64_t marked = 0;  // the sequence in the stored mark
  };
  // `about`: the control plane's id.
  absl::StatusOr<End*> Find(Session& session, const Key& key, const model::ControlPlaneId& about);
  absl::StatusOr<End> Load(Session& session, const Key& key, const model::ControlPlaneId& about);
  absl::Status Write(Session& session, const Key& key, End& end, AuditEntry entry);
  absl::Status CountChain(Session& session, model::OrganizationKey organization);
  // An organization's last entry, whichever its chain.
  struct Latest {
    absl::Time at = absl::InfinitePast();
    uint64_t place = 0;
  };
  // To be changed by this request.
  absl::StatusOr<Latest*> FindLatest(Session& session, model::OrganizationKey organization);

  const Sealer& sealer_;
  absl::flat_hash_map<Key, End> ends_;
  absl::flat_hash_map<model::OrganizationKey, Latest> latest_;
  std::vector<std::pair<Key, std::optional<End>>> before_;                // this request
  std::vector<std::pair<model::OrganizationKey, Latest>> latest_before_;  // the same
  std::vector<Key> dirty_;                                                // this transaction
};

}  // namespace skyden::store::rows
