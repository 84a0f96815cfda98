// SPDX-License-Identifier: Apache-2.0
#include "kds/insight_writer.h"

#include <algorithm>
#include <map>
#include <utility>

#include "skyden/base/quota_exceeded.h"
#include "skyden/base/status.h"
#include "skyden/resources/new_zone.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

// Zones that come or go within this time are written together.
constexpr absl::Duration kSoonDelay = absl::Milliseconds(20);
// Zones in one transaction: it must not hold up the writer.
constexpr size_t kZonesPerWrite = 32;

}  // namespace

InsightWriter::InsightWriter(Deps deps)
    : deps_(std::move(deps)), insight_type_(deps_.registry.core().zone_insight->id) {}

void InsightWriter::Queue(std::shared_ptr<ZoneSession> session, When when) {
  bool arm = false;
  {
    absl::MutexLock lock(&mu_);
    (when == When::kSoon ? soon_ : at_leisure_).push_back(std::move(session));
    bool& armed = when == When::kSoon ? soon_armed_ : leisure_armed_;
    arm = !std::exchange(armed, true);
  }
  if (!arm) return;
  deps_.timers.After(when == When::kSoon ? kSoonDelay : deps_.flush_interval, deps_.workers,
                     [weak = weak_from_this(), when] {
                       if (auto self = weak.lock()) self->Flush(when);
                     });
}

void InsightWriter::Flush(When when) {
  Sessions sessions;
  {
    absl::MutexLock lock(&mu_);
    sessions.swap(when == When::kSoon ? soon_ : at_leisure_);
    (when == When::kSoon ? soon_armed_ : leisure_armed_) = false;
  }
  Write(std::move(sessions));
}

void InsightWriter::Write(Sessions sessions) {
  std::map<model::TenantKey, Sessions> by_tenant;
  for (auto& session : sessions) {
    const model::TenantKey tenant = session->scope().tenant();
    by_tenant[tenant].push_back(std::move(session));
  }
  for (auto& [tenant, list] : by_tenant) {
    for (size_t at = 0; at < list.size(); at += kZonesPerWrite) {
      const auto begin = list.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end =
          list.begin() + static_cast<std::ptrdiff_t>(std::min(at + kZonesPerWrite, list.size()));
      WriteSome(Sessions(begin, end));
    }
  }
}

void InsightWriter::WriteSome(Sessions sessions) {
  auto updates = std::make_shared<std::vector<InsightUpdate>>();
  updates->reserve(sessions.size());
  std::erase_if(sessions, [&](const auto& session) {
    auto update = session->TakeUpdate();
    if (update.has_value()) updates->push_back(*std::move(update));
    return !update.has_value();
  });
  if (sessions.empty()) return;
  {
    absl::MutexLock lock(&mu_);
    ++writes_pending_;
  }
  const model::TenantScope scope = sessions.front()->scope();
  const absl::Time now = deps_.clock.Now();
  store::WritePlan plan;
  for (const InsightUpdate& update : *updates) {
    plan.Resource(deps_.registry.core().zone->id, {"", update.zone});
    plan.Resource(insight_type_, {"", update.zone});
  }
  auto self = shared_from_this();
  deps_.store.WriteAsync(
      scope, std::move(plan),
      [self, updates, now](store::WriteTx& tx) -> absl::Status {
        for (const InsightUpdate& update : *updates) {
          SKYDEN_RETURN_IF_ERROR(self->Apply(tx, update, now));
        }
        return absl::OkStatus();
      },
      [self, updates, sessions = std::move(sessions)](absl::StatusOr<model::Revision> done) {
        self->Written(sessions, *updates, done.status());
      });
}

absl::Status InsightWriter::Apply(store::WriteTx& tx, const InsightUpdate& update,
                                  absl::Time now) const {
  const model::ResourceKey key{"", update.zone};
  SKYDEN_ASSIGN_OR_RETURN(auto zone, tx.FindResource(deps_.registry.core().zone->id, key));
  if (!zone.has_value()) {
    // A zone that was deleted takes its insight with it; only a new connection makes it anew.
    if (!update.create_zone) return absl::OkStatus();
    model::Resource created = resources::NewZone(deps_.registry.core(), update.zone, now);
    SKYDEN_RETURN_IF_ERROR(tx.PutResource(created));
  }
  SKYDEN_ASSIGN_OR_RETURN(auto insight, tx.FindResource(insight_type_, key));
  if (!insight.has_value()) {
    insight.emplace();
    insight->type = insight_type_;
    insight->key = key;
    insight->creation_time = now;
  }
  auto merged = MergeInsight(insight->spec, update, deps_.registry, deps_.instance_id, now);
  if (!merged.ok()) {
    // Begun anew: other zones' insights are written with this one, or not at all.
    telemetry::Log(telemetry::Level::error, "zone insight was lost",
                   {{"zone", update.zone}, {"reason", merged.status().ToString()}});
    merged = MergeInsight("", update, deps_.registry, deps_.instance_id, now);
  }
  SKYDEN_ASSIGN_OR_RETURN(std::string spec, std::move(merged));
  if (spec == insight->spec) return absl::OkStatus();
  insight->spec = std::move(spec);
  insight->modification_time = now;
  return tx.PutResource(*insight);
}

void InsightWriter::Written(const Sessions& sessions, const std::vector<InsightUpdate>& updates,
                            const absl::Status& status) {
  // A zone too many keeps nobody else's insight from being written.
  const bool one_by_one = base::IsQuotaExceeded(status) && sessions.size() > 1;
  for (size_t i = 0; i < sessions.size(); ++i) {
    if (one_by_one) {
      if (!sessions[i]->UpdateFailed()) continue;
      deps_.workers.Post(
          [self = shared_from_this(), session = sessions[i]] { self->WriteSome({session}); });
    } else if (status.ok()) {
      sessions[i]->UpdateStored(updates[i]);
    } else if (!absl::IsNotFound(status) && sessions[i]->UpdateFailed()) {
      Queue(sessions[i], When::kAtLeisure);
    }
  }
  if (!status.ok() && !absl::IsNotFound(status)) {
    telemetry::Log(telemetry::Level::warning, "zone insights not written",
                   {{"zones", std::to_string(sessions.size())}, {"reason", status.ToString()}});
  }
  absl::MutexLock lock(&mu_);
  if (--writes_pending_ == 0) idle_.SignalAll();
}

void InsightWriter::FlushAll(absl::Duration at_most) {
  base::AssertMayBlock();
  Flush(When::kSoon);
  Flush(When::kAtLeisure);
  absl::MutexLock lock(&mu_);
  idle_.AwaitFor(mu_, at_most,
                 [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return writes_pending_ == 0; });
}

}  // namespace skyden::kds
