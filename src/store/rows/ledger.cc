// SPDX-License-Identifier: Apache-2.0
// A request that fails leaves nothing: what it touched is remembered as it was before. A copy of an
// entry is small: a few counters, and the meshes that were looked at.
#include "store/rows/ledger.h"

#include <algorithm>

#include "skyden/base/limits_past.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/quota_rows.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

// At most so many tombstones are collected by one transaction; the rest by those that follow.
constexpr uint64_t kCollectedAtOnce = 1024;
// So much of what may be kept of the history goes when it is more.
constexpr uint64_t kShareFreed = 32;

uint64_t Sum(uint64_t number, int64_t change) { return number + static_cast<uint64_t>(change); }

}  // namespace

model::Revision Ledger::Entry::NextRevision() {
  revised = true;
  return ++revision;
}

void Ledger::Entry::Add(const UsageChange& change) {
  used = {Sum(used.resources, change.resources), Sum(used.bytes, change.bytes),
          Sum(used.zones, change.zones)};
  added.resources += change.resources;
  added.bytes += change.bytes;
  added.zones += change.zones;
}

void Ledger::Entry::AddHistory(uint64_t bytes) {
  history_bytes += bytes;
  history_changed = true;
}

void Ledger::Entry::Take(const HistoryPruned& pruned) {
  if (pruned.rows == 0) return;
  history_bytes -= std::min(history_bytes, pruned.bytes);
  history_from = std::max(history_from, pruned.through);
  history_changed = true;
}

bool Ledger::Entry::IsWritten() const {
  return !revised && !history_changed && added == UsageChange() && live.empty() &&
         tombstones.empty();
}

void Ledger::Note(model::TenantKey tenant) {
  if (before_.contains(tenant)) return;
  const auto known = entries_.find(tenant);
  before_.emplace(tenant, known == entries_.end() ? std::nullopt : std::optional(known->second));
}

absl::StatusOr<Ledger::Entry*> Ledger::Open(Session& session, const TenantRef& tenant) {
  Note(tenant.tenant);
  if (const auto known = entries_.find(tenant.tenant); known != entries_.end()) {
    Entry& entry = known->second;
    if (entry.gone || entry.tenant.organization != tenant.organization) {
      return ControlPlaneNotFound();
    }
    return &entry;
  }
  std::optional<Entry> entry;
  SKYDEN_RETURN_IF_ERROR(session.Run(tenant.binding(), kOpenTenant, {}, [&](const Row& row) {
    entry.emplace();
    entry->tenant = tenant;
    entry->revision = row.Unsigned(1);
    entry->used = {row.Unsigned(2), row.Unsigned(3), row.Unsigned(4)};
    entry->own = ReadQuota(row, 5);
    entry->organization = ReadQuota(row, 8);
    entry->history_bytes = row.Unsigned(11);
    entry->history_from = row.Unsigned(12);
    entry->version = model::ParseKumaVersion(row.String(13)).value_or(model::KumaVersion::kTwo);
    return absl::OkStatus();
  }));
  if (!entry.has_value()) return ControlPlaneNotFound();
  return &entries_.insert_or_assign(tenant.tenant, *std::move(entry)).first->second;
}

absl::Status Ledger::Write(Session& session) {
  for (auto& [tenant, entry] : entries_) {
    if (entry.IsWritten()) continue;
    Note(tenant);
    SKYDEN_RETURN_IF_ERROR(Write(session, entry));
  }
  return absl::OkStatus();
}

absl::Status Ledger::Write(Session& session, Entry& entry) {
  const Binding binding = entry.tenant.binding();
  SKYDEN_RETURN_IF_ERROR(KeepHistoryBounded(session, entry));
  const bool revised = std::exchange(entry.revised, false);
  if (std::exchange(entry.history_changed, false) || revised) {
    SKYDEN_RETURN_IF_ERROR(
        session.Run(binding, kSetRevision,
                    {Param::Unsigned(entry.revision), Param::Unsigned(entry.history_bytes),
                     Param::Unsigned(entry.history_from)}));
    if (session.changed() != 1) return ControlPlaneNotFound();
  }
  if (const UsageChange added = std::exchange(entry.added, {}); added != UsageChange()) {
    SKYDEN_RETURN_IF_ERROR(session.Run(
        binding, kAddUsage,
        {Param::Int(added.resources), Param::Int(added.bytes), Param::Int(added.zones)}));
  }
  for (const auto& [where, change] : std::exchange(entry.live, {})) {
    if (change == 0) continue;
    SKYDEN_RETURN_IF_ERROR(
        session.Run(binding, kAddCount,
                    {Param::Text(where.first), Param::Text(where.second), Param::Int(change)}));
  }
  for (const auto& [type, change] : std::exchange(entry.tombstones, {})) {
    if (change == 0) continue;
    uint64_t kept = 0;
    SKYDEN_RETURN_IF_ERROR(session.Run(
        binding, kAddTombstones, {Param::Text(type), Param::Int(change)}, [&kept](const Row& row) {
          kept = row.Unsigned(1);
          return absl::OkStatus();
        }));
    if (kept <= limits_.tombstones) continue;
    SKYDEN_RETURN_IF_ERROR(CollectTombstones(session, entry, type, kept - limits_.tombstones));
  }
  return absl::OkStatus();
}

// Something more goes than has to: so that not every change has to look.
absl::Status Ledger::KeepHistoryBounded(Session& session, Entry& entry) const {
  if (!entry.history_changed || entry.history_bytes <= limits_.history_bytes) {
    return absl::OkStatus();
  }
  const uint64_t kept = limits_.history_bytes - limits_.history_bytes / kShareFreed;
  SKYDEN_ASSIGN_OR_RETURN(const HistoryPruned pruned,
                          PruneHistoryRows(session, entry.tenant.binding(),
                                           {.bytes = entry.history_bytes - kept,
                                            .rows_max = base::limits::kHistoryPrunedAtOnce}));
  entry.Take(pruned);
  return absl::OkStatus();
}

absl::Status Ledger::CollectTombstones(Session& session, const Entry& entry,
                                       const std::string& type, uint64_t excess) {
  const Binding binding = entry.tenant.binding();
  std::vector<model::ResourceKey> keys;
  model::Revision newest = 0;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kListOldTombstones,
                  {Param::Text(type), Param::Unsigned(std::min(excess, kCollectedAtOnce))},
                  [&](const Row& row) {
                    keys.push_back({row.String(1), row.String(2)});
                    newest = row.Unsigned(3);
                    return absl::OkStatus();
                  }));
  for (const model::ResourceKey& key : keys) {
    SKYDEN_RETURN_IF_ERROR(
        session.Run(binding, kRemoveResource,
                    {Param::Text(type), Param::Text(key.mesh), Param::Text(key.name)}));
  }
  return session.Run(binding, kSetCollected,
                     {Param::Text(type), Param::Unsigned(keys.size()), Param::Unsigned(newest)});
}

void Ledger::End(model::TenantKey tenant) {
  const auto known = entries_.find(tenant);
  if (known == entries_.end()) return;
  Note(tenant);
  known->second.gone = true;
}

absl::Status Ledger::SetVersion(Session& session, const TenantRef& tenant,
                                model::KumaVersion version) {
  SKYDEN_ASSIGN_OR_RETURN(Entry* const entry, Open(session, tenant));
  entry->version = version;
  return absl::OkStatus();
}

void Ledger::Renew(model::TenantKey tenant) {
  Note(tenant);
  entries_.erase(tenant);
}

void Ledger::AbandonRequest() {
  for (auto& [tenant, entry] : before_) {
    if (entry.has_value()) {
      entries_.insert_or_assign(tenant, *std::move(entry));
    } else {
      entries_.erase(tenant);
    }
  }
  before_.clear();
}

absl::Status Ledger::Close(Session& session) {
  SKYDEN_RETURN_IF_ERROR(Write(session));
  for (const auto& [tenant, entry] : entries_) Note(tenant);
  entries_.clear();
  return absl::OkStatus();
}

void Ledger::Forget() {
  entries_.clear();
  before_.clear();
}

}  // namespace skyden::store::rows
