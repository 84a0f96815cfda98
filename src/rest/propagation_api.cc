// SPDX-License-Identifier: Apache-2.0
// Who waits for zones keeps a request open: it is answered once they have arrived, or when its time
// is up, and its credential is looked at once more then.
#include "rest/propagation_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "rest/page_query.h"
#include "rest/propagation_json.h"
#include "rest/refusal.h"
#include "rest/revision_text.h"
#include "rest/sign_in.h"
#include "skyden/base/clock.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"
#include "skyden/identity/permissions.h"
#include "skyden/kds/deliveries.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/access.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

struct Asked {
  kds::PropagationQuery query;
  absl::Duration wait = absl::ZeroDuration();
  PropagationShown shown = PropagationShown::kAll;
  bool of_other_life = false;  // the revision
};

// Why a parameter is refused; empty when it is not.
std::string ReadRevision(std::string_view text, std::string_view epoch, Asked& asked) {
  if (const auto place = ParseEventId(text)) {
    asked.query.revision = place->revision;
    asked.of_other_life = place->epoch != epoch;
    return {};
  }
  const auto number = ReadNumber(text, 0, SIZE_MAX);
  if (!number) return "must be what Skyden-Revision says, or a number";
  asked.query.revision = *number;
  return {};
}

std::string ReadZones(std::string_view text, kds::PropagationQuery& query) {
  using Zones = kds::PropagationQuery::Zones;
  if (text == "connected" || text == "all") {
    query.zones = text == "all" ? Zones::kAll : Zones::kConnected;
    return {};
  }
  query.zones = Zones::kNamed;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    auto name = model::ParseZoneName(text.substr(0, comma));
    if (!name.ok()) return "must be connected, all, or names of zones with commas between them";
    query.names.push_back(name->str());
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return query.names.empty() ? "must name a zone" : std::string();
}

std::string ReadOther(std::string_view key, std::string_view value, Asked& asked) {
  if (key == "wait") {
    const auto wait = base::ParseGoDuration(value);
    if (!wait.ok() || *wait < absl::ZeroDuration() || *wait > base::limits::kPropagationWait) {
      return fmt::format("must be a duration of at most {}",
                         base::FormatGoDuration(base::limits::kPropagationWait));
    }
    asked.wait = *wait;
  } else if (key == "seen_since") {
    const auto since = base::ParseRfc3339(value);
    if (!since.ok()) return "must be a time";
    asked.query.seen_since = *since;
  } else if (key == "show") {
    if (value != "all" && value != "open") return "must be all or open";
    asked.shown = value == "open" ? PropagationShown::kOpen : PropagationShown::kAll;
  }
  return {};
}

Decoded<Asked> Decode(const http::Query& query, std::string_view epoch) {
  Decoded<Asked> decoded;
  Asked asked;
  for (const auto& [key, value] : query.pairs()) {
    std::string reason;
    if (key == "revision" && !value.empty()) {
      reason = ReadRevision(value, epoch, asked);
    } else if (key == "zones") {
      reason = ReadZones(value, asked.query);
    } else {
      reason = ReadOther(key, value, asked);
    }
    if (reason.empty()) continue;
    decoded.invalid.push_back({std::string(key), "invalid", std::move(reason), "query"});
  }
  return Settled(std::move(decoded), std::move(asked));
}

// Whoever may not read a type does not learn of it here.
void HideForeignTypes(const Deps& deps, const model::TenantScope& scope, kds::ZoneStanding& zone) {
  std::erase_if(zone.refused, [&](const kds::RefusalOfZone& one) {
    return !resources::CheckMayRead(scope, deps.registry.at(one.type)).ok();
  });
}

http::Response Told(const Deps& deps, model::Revision newest, std::string_view json) {
  return WithRevision(ManagerJson(200, json), deps.store.epoch(), newest);
}

void FinishWith(const Deps& deps, const CallPtr& call, PropagationShown shown, absl::Time asked_at,
                absl::StatusOr<kds::Propagation> read) {
  if (!read.ok()) return call->Finish(Refusal(read.status(), *call));
  for (kds::ZoneStanding& zone : read->zones) HideForeignTypes(deps, *call->scope, zone);
  call->Finish(Told(deps, read->newest,
                    PropagationJson(deps.registry, deps.store.epoch(), *read, shown, asked_at)));
}

// It may have ended while the call waited.
absl::Status StillIn(const Deps& deps, Call& call) {
  call.noting = identity::Authenticator::Noting::kLook;
  SKYDEN_RETURN_IF_ERROR(SignInToControlPlane(deps.authenticator, call));
  return identity::CheckMay(*call.scope, model::Action::kRead);
}

absl::Status NoZones() { return absl::UnavailableError("zones are not served now; try again"); }

void ShowPropagation(const Deps& deps, CallPtr call) {
  auto asked = Decode(call->query, deps.store.epoch());
  if (!asked.value) return call->Finish(Refusal(asked, *call));
  if (asked.value->of_other_life) {
    return call->Finish(Problem(409,
                                "Conflict: the revision is of another life of this database, which "
                                "was replaced since: ask without one for what there is now",
                                call->request.request_id));
  }
  if (deps.deliveries == nullptr) return call->Finish(Refusal(NoZones(), *call));
  const absl::Time asked_at = deps.clock.Now();
  const PropagationShown shown = asked.value->shown;
  if (asked.value->wait == absl::ZeroDuration()) {
    return FinishWith(deps, call, shown, asked_at,
                      deps.deliveries->Read(*call->scope, asked.value->query));
  }
  const model::TenantScope scope = *call->scope;
  deps.deliveries->Await(scope, std::move(asked.value->query), asked.value->wait,
                         [&deps, shown, asked_at,
                          call = std::move(call)](absl::StatusOr<kds::Propagation> read) mutable {
                           const absl::Status still_in = StillIn(deps, *call);
                           if (!still_in.ok()) return call->Finish(Refusal(still_in, *call));
                           FinishWith(deps, call, shown, asked_at, std::move(read));
                         });
}

void ShowZone(const Deps& deps, CallPtr call) {
  if (deps.deliveries == nullptr) return call->Finish(Refusal(NoZones(), *call));
  const model::TenantScope scope = *call->scope;
  std::string zone = call->parameters["zone"];
  deps.deliveries->OfZone(
      scope, std::move(zone),
      [&deps, call = std::move(call)](absl::StatusOr<kds::ZoneDelivery> delivery) mutable {
        if (!delivery.ok()) return call->Finish(Refusal(delivery.status(), *call));
        HideForeignTypes(deps, *call->scope, delivery->standing);
        call->Finish(Told(deps, delivery->newest,
                          ZoneDeliveryJson(deps.registry, deps.store.epoch(), *delivery)));
      });
}

}  // namespace

void AddPropagation(const Deps& deps, CallerRoutes& routes) {
  const auto add = [&](const char* pattern, void (*show)(const Deps&, CallPtr)) {
    routes.Add(http::Method::kGet, pattern, CallerRoutes::Needs::kControlPlane,
               [&deps, show](CallPtr call) { show(deps, std::move(call)); },
               {.first = [](const Call& call) {
                 return identity::CheckMay(*call.scope, model::Action::kRead);
               }});
  };
  add("/control-planes/{id}/ops/propagation", &ShowPropagation);
  add("/control-planes/{id}/ops/zones/{zone}", &ShowZone);
}

}  // namespace skyden::rest
