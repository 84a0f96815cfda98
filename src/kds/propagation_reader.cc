// SPDX-License-Identifier: Apache-2.0
#include "kds/propagation_reader.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "kds/sync_rules.h"
#include "kds/tenant_hub.h"
#include "skyden/base/status.h"
#include "skyden/kds/outcome.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::kds {
namespace {

using Zones = PropagationQuery::Zones;
using ViewRef = std::shared_ptr<const resources::ResourceView>;

// The zones that have a live stream, by name.
struct LiveZone {
  std::shared_ptr<ZoneSession> session;
  ZoneProgress progress;
};
using Live = std::map<std::string, LiveZone, std::less<>>;
Live LiveOf(const ZoneRegistry& zones, model::TenantKey tenant) {
  Live live;
  for (auto& session : zones.Sessions(tenant)) {
    if (session->CallOf(StreamKind::kGlobalToZone) == nullptr) continue;
    ZoneProgress progress = session->progress();
    std::string name = session->zone().str();
    live.emplace(std::move(name), LiveZone{std::move(session), std::move(progress)});
  }
  return live;
}

// What keeps a zone from a revision, and whether it may come by itself.
struct Obstacles {
  std::vector<OpenTypeOfZone> types;
  bool may_come = false;
  bool refuses = false;
};

bool Counts(const ZoneStanding& zone, const PropagationQuery& query) {
  const bool is_here = zone.standing != Standing::kOffline && zone.standing != Standing::kNever;
  switch (query.zones) {
    case Zones::kNamed:
      return std::find(query.names.begin(), query.names.end(), zone.zone_name) != query.names.end();
    case Zones::kAll:
      return is_here || zone.is_enabled;
    case Zones::kConnected:
      break;
  }
  return is_here || (zone.gone_since.has_value() && *zone.gone_since >= query.seen_since);
}

absl::Status CheckNames(const PropagationQuery& query, const std::vector<ZoneStanding>& zones) {
  for (const std::string& name : query.names) {
    const bool found = std::any_of(zones.begin(), zones.end(), [&](const ZoneStanding& zone) {
      return zone.zone_name == name;
    });
    if (!found) {
      return absl::InvalidArgumentError(fmt::format("there is no zone called \"{}\"", name));
    }
  }
  return absl::OkStatus();
}

Obstacles ObstaclesOf(const std::vector<Withheld>& withheld, const ZoneProgress& progress,
                      model::Revision revision, const base::Clock& clock) {
  Obstacles obstacles;
  if (progress.open == nullptr) return obstacles;
  const absl::Duration now = clock.Monotonic();
  const absl::Time time = clock.Now();
  for (const OpenType& open : *progress.open) {
    if (open.until >= revision) continue;
    OpenTypeOfZone type{.type = static_cast<model::TypeId>(open.type),
                        .stage = StageOf(open.state),
                        .taken_until = open.until};
    if (open.since.has_value()) type.behind_since = time - (now - *open.since);
    const bool is_withheld = std::any_of(withheld.begin(), withheld.end(),
                                         [&](const auto& one) { return one.type == type.type; });
    if (is_withheld) type.stage = Stage::kWithheld;
    obstacles.may_come |= type.stage == Stage::kWaits || type.stage == Stage::kSent;
    obstacles.refuses |= type.stage == Stage::kRefused;
    obstacles.types.push_back(type);
  }
  return obstacles;
}

absl::StatusOr<model::Revision> NewestOf(store::Store& store, const model::TenantScope& scope) {
  model::Revision newest = 0;
  SKYDEN_RETURN_IF_ERROR(store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(newest, tx.CurrentRevision());
    return absl::OkStatus();
  }));
  return newest;
}

}  // namespace

Propagation::Outcome OutcomeOf(const std::vector<ZoneStanding>& zones) {
  bool refused = false;
  for (const ZoneStanding& zone : zones) {
    if (!zone.counts || zone.standing == Standing::kArrived) continue;
    if (zone.standing != Standing::kRefused && zone.standing != Standing::kWithheld) {
      return Propagation::Outcome::kWaiting;
    }
    refused = true;
  }
  return refused ? Propagation::Outcome::kRefused : Propagation::Outcome::kArrived;
}

Stage StageOf(OpenType::State state) {
  if (state == OpenType::State::kRefused) return Stage::kRefused;
  return state == OpenType::State::kSent ? Stage::kSent : Stage::kWaits;
}

// Of connected zones what they said last: be it that what is stored is another form by now, the
// zone has not taken that yet.
PropagationReader::Refusals PropagationReader::RefusalsOf(const model::TenantScope& scope) const {
  Refusals by_zone;
  if (core_->verdicts.empty()) return by_zone;
  for (Verdicts::OfZone& zone : core_->verdicts.Of(scope.tenant())) {
    auto& refused = by_zone[zone.zone];
    for (Verdicts::Refusal& one : zone.refusals) {
      refused.push_back(
          {one.type, std::move(one.key), std::move(one.reason), one.since, one.revision});
    }
  }
  return by_zone;
}

// What a verdict names may have been followed by something that the zone took: then the stream has
// nothing open, and the zone refuses it all the same.
ZoneStanding PropagationReader::Connected(const ZoneSession& session, const ZoneProgress& progress,
                                          const PassedOn& passed_on, model::Revision revision,
                                          std::vector<RefusalOfZone> refused) const {
  ZoneStanding zone{.zone_name = session.zone().str(), .standing = Standing::kArrived};
  zone.taken_until = TakenUntil(passed_on, progress);
  std::erase_if(refused, [revision](const auto& one) { return one.revision > revision; });
  zone.refused = std::move(refused);
  const bool refuses = !zone.refused.empty();
  if (zone.taken_until >= revision) {
    if (refuses) zone.standing = Standing::kRefused;
    return zone;
  }
  Obstacles obstacles = ObstaclesOf(session.withheld(), progress, revision, core_->deps.clock);
  obstacles.may_come |= std::max(KnownUntil(passed_on, progress), progress.whole_until) < revision;
  zone.types = std::move(obstacles.types);
  zone.standing = obstacles.may_come             ? Standing::kBehind
                  : refuses || obstacles.refuses ? Standing::kRefused
                                                 : Standing::kWithheld;
  return zone;
}

// What is open in its insight has just ended.
ZoneStanding PropagationReader::Gone(const model::TenantScope& scope, std::string name,
                                     const resources::ResourceView& insights) const {
  ZoneStanding zone{.zone_name = std::move(name)};
  const auto insight = insights.Find({"", zone.zone_name});
  const auto connects =
      core_->connects.Of(scope.tenant(), zone.zone_name,
                         insight == nullptr ? std::vector<ZoneConnect>() : ConnectsIn(*insight));
  if (connects.empty()) return zone;
  zone.standing = Standing::kOffline;
  zone.gone_since = connects.front().end.value_or(core_->deps.clock.Now());
  return zone;
}

absl::StatusOr<Propagation> PropagationReader::Read(const model::TenantScope& scope,
                                                    const PropagationQuery& query) const {
  const Deps& deps = core_->deps;
  Propagation result;
  SKYDEN_ASSIGN_OR_RETURN(result.newest, NewestOf(deps.store, scope));
  result.revision = query.revision.value_or(result.newest);
  if (result.revision > result.newest) {
    return absl::InvalidArgumentError(fmt::format("there is no revision {} yet: the newest is {}",
                                                  result.revision, result.newest));
  }
  SKYDEN_ASSIGN_OR_RETURN(const ViewRef zones,
                          deps.views.Get(scope, deps.registry.core().zone->id));
  SKYDEN_ASSIGN_OR_RETURN(const ViewRef insights, deps.views.Get(scope, core_->insight_type));
  PassedOn passed_on;
  if (const auto hub = core_->zones.HubOf(scope.tenant())) {
    hub->CatchUp(result.revision);
    passed_on = hub->passed_on();
  }
  Live live = LiveOf(core_->zones, scope.tenant());
  // After what streams say: a refusal is told before anything that is taken after it.
  Refusals refusals = RefusalsOf(scope);
  const auto add = [&](std::string name, bool is_enabled) {
    const auto found = live.find(name);
    ZoneStanding zone;
    if (found == live.end()) {
      zone = Gone(scope, std::move(name), *insights);
    } else {
      zone = Connected(*found->second.session, found->second.progress, passed_on, result.revision,
                       std::move(refusals[name]));
      live.erase(found);
    }
    zone.is_enabled = is_enabled;
    zone.counts = Counts(zone, query);
    result.zones.push_back(std::move(zone));
  };
  for (const auto& chunk : zones->chunks()) {
    for (const auto& zone : *chunk) add(zone->key.name, ZoneIsEnabled(zone->spec));
  }
  // One that came for the first time is about to be written.
  while (!live.empty()) add(live.begin()->first, /*is_enabled=*/true);
  std::sort(result.zones.begin(), result.zones.end(),
            [](const auto& a, const auto& b) { return a.zone_name < b.zone_name; });
  SKYDEN_RETURN_IF_ERROR(CheckNames(query, result.zones));
  result.outcome = OutcomeOf(result.zones);
  return result;
}

bool PropagationReader::HoldsBack(const model::TenantScope& scope, const std::string& zone_name,
                                  model::Revision revision) const {
  const auto session = core_->zones.Find(scope.tenant(), zone_name);
  if (session == nullptr || session->CallOf(StreamKind::kGlobalToZone) == nullptr) return true;
  const PassedOn passed_on = session->hub()->passed_on();
  const ZoneProgress progress = session->progress();
  if (TakenUntil(passed_on, progress) >= revision) return false;
  if (std::max(KnownUntil(passed_on, progress), progress.whole_until) < revision) return true;
  return progress.open != nullptr &&
         std::any_of(progress.open->begin(), progress.open->end(), [&](const OpenType& open) {
           return open.until < revision && open.state != OpenType::State::kRefused &&
                  session->withheld().empty();
         });
}

}  // namespace skyden::kds
