// SPDX-License-Identifier: Apache-2.0
#include "rest/fleet_api.h"

#include <utility>

#include "rest/fleet_json.h"
#include "rest/fleet_query.h"
#include "rest/fleet_summary_json.h"
#include "rest/refusal.h"
#include "skyden/base/clock.h"
#include "skyden/insights/fleet.h"
#include "skyden/insights/fleet_summary.h"
#include "skyden/insights/zone_list.h"

namespace skyden::rest {

FleetApi::FleetApi(const Deps& deps) : deps_(deps), routes_(deps) {
  const auto add = [this](const char* pattern, void (FleetApi::*handler)(CallPtr) const) {
    routes_.Add(http::Method::kGet, pattern, CallerRoutes::Needs::kOrganization,
                [this, handler](CallPtr call) { (this->*handler)(std::move(call)); });
  };
  add("/zones", &FleetApi::Zones);
  add("/fleet", &FleetApi::Summary);
}

void FleetApi::Zones(CallPtr call) const {
  const auto request = DecodeListZones(call->query);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto reading = deps_.fleet.Read(*call->organization);
  if (!reading.ok()) return call->Finish(Refusal(reading.status(), *call));
  const auto page = insights::ListZonesOf(*reading, *request.value);
  if (!page.ok()) return call->Finish(Refusal(page.status(), *call));
  call->Finish(
      ManagerJson(200, ZonePageJson(*request.value, *page, insights::RevisionOf(*reading))));
}

void FleetApi::Summary(CallPtr call) const {
  const auto top = DecodeTop(call->query);
  if (!top.value) return call->Finish(Refusal(top, *call));
  const auto reading = deps_.fleet.Read(*call->organization);
  if (!reading.ok()) return call->Finish(Refusal(reading.status(), *call));
  call->Finish(ManagerJson(200, FleetJson(*reading, insights::Summarize(*reading, *top.value))));
}

}  // namespace skyden::rest
