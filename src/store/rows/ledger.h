// SPDX-License-Identifier: Apache-2.0
// What a transaction knows of the control planes that it changes: read once of each, counted in
// memory while requests run, and written once, before the commit.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/resource.h"
#include "skyden/store/quotas.h"
#include "store/rows/history_rows.h"
#include "store/rows/tenant_ref.h"
#include "store/session.h"

namespace skyden::store::rows {

// What was added to a control plane's usage.
struct UsageChange {
  int64_t resources = 0;
  int64_t bytes = 0;
  int64_t zones = 0;

  bool operator==(const UsageChange&) const = default;
};

// Belongs to whoever writes: one thread at a time. It may know things only while nobody else can
// change them: what Open reads is locked until the transaction ends.
class Ledger {
 public:
  struct Entry {
    TenantRef tenant;
    model::KumaVersion version = model::KumaVersion::kTwo;  // that it is of now
    model::Revision revision = 0;
    Usage used;
    Quota own;
    Quota organization;
    uint64_t history_bytes = 0;
    model::Revision history_from = 0;
    // Resources that are there, by type: those that are only looked at, a mesh for one.
    std::set<std::pair<model::TypeId, model::ResourceKey>> there;

    bool gone = false;  // deleted by this transaction

    // Not written yet.
    bool revised = false;
    bool history_changed = false;
    UsageChange added;
    std::map<std::pair<std::string, std::string>, int64_t> live;  // (type, mesh) -> change
    std::map<std::string, int64_t> tombstones;                    // type -> change

    // The revision of one more request.
    model::Revision NextRevision();
    void Add(const UsageChange& change);
    void AddHistory(uint64_t bytes);
    void Take(const HistoryPruned& pruned);
    bool IsWritten() const;
  };

  struct Limits {
    uint64_t tombstones;  // of a type
    uint64_t history_bytes;
  };
  // No more than so much stays.
  explicit Ledger(const Limits& limits) : limits_(limits) {}

  // For a request to count in, until it ends. NOT_FOUND when the control plane is gone or is not
  // its organization's.
  absl::StatusOr<Entry*> Open(Session& session, const TenantRef& tenant);
  // Before a statement that reads or returns what is counted here.
  absl::Status Write(Session& session);

  // The control plane was deleted. Who had it open may go on.
  void End(model::TenantKey tenant);
  // It became one of another version of Kuma. Who has it open may go on.
  absl::Status SetVersion(Session& session, const TenantRef& tenant, model::KumaVersion version);
  // It is there again, or otherwise than it was: it is read anew.
  void Renew(model::TenantKey tenant);

  // The request stays if the transaction does ...
  void KeepRequest() { before_.clear(); }
  // ... or was rolled back.
  void AbandonRequest();
  // Writes everything, and reads it anew when it is asked again: before a commit, and before
  // somebody changes a quota.
  absl::Status Close(Session& session);
  // The transaction was lost.
  void Forget();

 private:
  void Note(model::TenantKey tenant);
  absl::Status Write(Session& session, Entry& entry);
  absl::Status KeepHistoryBounded(Session& session, Entry& entry) const;
  absl::Status CollectTombstones(Session& session, const Entry& entry, const std::string& type,
                                 uint64_t excess);

  const Limits limits_;
  std::map<model::TenantKey, Entry> entries_;
  // As they were when the request began.
  std::map<model::TenantKey, std::optional<Entry>> before_;
};

}  // namespace skyden::store::rows
