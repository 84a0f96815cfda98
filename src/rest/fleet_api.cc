// SPDX-License-Identifier: Apache-2.0
#include "rest/fleet_api.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "rest/calendar.h"
#include "rest/fleet_json.h"
#include "rest/fleet_log.h"
#include "rest/fleet_query.h"
#include "rest/fleet_summary_json.h"
#include "rest/refusal.h"
#include "rest/search.h"
#include "rest/usage_query.h"
#include "rest/usage_text.h"
#include "skyden/base/clock.h"
#include "skyden/base/limits.h"
#include "skyden/base/strings.h"
#include "skyden/http/uri.h"
#include "skyden/insights/expiry.h"
#include "skyden/insights/fleet.h"
#include "skyden/insights/fleet_summary.h"
#include "skyden/insights/usage.h"
#include "skyden/insights/zone_list.h"

namespace skyden::rest {
namespace {

// Who lists no control plane is told so before anybody looks at the question.
absl::Status CheckLists(const Call& call) {
  if (call.organization->access().ListsAny()) return absl::OkStatus();
  return absl::PermissionDeniedError("the token's role does not allow this");
}

constexpr char kCalendarType[] = "text/calendar";
constexpr char kCsvType[] = "text/csv";

bool Takes(const Call& call, std::string_view type) {
  return absl::StartsWithIgnoreCase(base::ToAbsl(call.request.Find("accept").value_or("")),
                                    base::ToAbsl(type));
}

// The first to end: nobody turns pages of a calendar.
http::Response Calendar(insights::Endings endings, absl::Time now, std::string_view where) {
  constexpr size_t kMost = base::limits::kPageSizeMax;
  if (endings.all.size() > kMost) endings.all.erase(endings.all.begin() + kMost, endings.all.end());
  http::Response response{.status = 200,
                          .content_type = std::string(kCalendarType) + "; charset=utf-8"};
  response.body = EndingsCalendar(endings.all, now, where);
  response.headers = {{"Content-Disposition", "attachment; filename=\"skyden.ics\""},
                      {"Vary", "Accept"}};
  return response;
}

// The same question, from where this page ended.
std::string NextOf(const Call& call, const std::string& after) {
  std::string link = call.request.path;
  char separator = '?';
  const auto add = [&](std::string_view key, std::string_view value) {
    link +=
        std::exchange(separator, '&') + http::PercentEncode(key) + '=' + http::PercentEncode(value);
  };
  for (const auto& [key, value] : call.query.pairs()) {
    if (key != "page[after]") add(key, value);
  }
  add("page[after]", after);
  return link;
}

http::Response Csv(const Call& call, const insights::UsagePage& page) {
  http::Response response{.status = 200, .content_type = std::string(kCsvType) + "; charset=utf-8"};
  response.body = UsageCsv(page);
  response.headers = {{"Content-Disposition", "attachment; filename=\"skyden-usage.csv\""},
                      {"Vary", "Accept"}};
  if (!page.next.empty()) {
    response.headers.push_back({"Link", "<" + NextOf(call, page.next) + ">; rel=\"next\""});
  }
  return response;
}

}  // namespace

FleetApi::FleetApi(const Deps& deps, FleetWatches& watches)
    : deps_(deps), watches_(watches), routes_(deps) {
  const auto add = [this](const char* pattern, void (FleetApi::*handler)(CallPtr) const) {
    routes_.Add(http::Method::kGet, pattern, CallerRoutes::Needs::kOrganization,
                [this, handler](CallPtr call) { (this->*handler)(std::move(call)); },
                {.first = &CheckLists});
  };
  add("/zones", &FleetApi::Zones);
  add("/fleet", &FleetApi::Summary);
  add("/events", &FleetApi::Events);
  add("/search", &FleetApi::SearchAll);
  add("/expiring", &FleetApi::Expiring);
  add("/usage", &FleetApi::Usage);
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

void FleetApi::Events(CallPtr call) const {
  const model::Access& access = call->organization->access();
  auto request = DecodeFleetWatch(*call, access.Administrates());
  if (!request.value) return call->Finish(Refusal(request, *call));
  const bool audit = (request.value->topics & static_cast<uint8_t>(FleetTopic::kAudit)) != 0;
  if (audit && !access.Administrates()) {
    return call->Finish(
        Refusal(absl::PermissionDeniedError("only administrators may read the audit"), *call));
  }
  const absl::Status begun = watches_.Begin(call, *std::move(request.value));
  if (!begun.ok()) call->Finish(Refusal(begun, *call));
}

void FleetApi::SearchAll(CallPtr call) const {
  const auto text = DecodeSearch(call->query);
  if (!text.value) return call->Finish(Refusal(text, *call));
  const auto answer = Search(deps_, *call->organization, *text.value);
  call->Finish(answer.ok() ? ManagerJson(200, SearchJson(*text.value, *answer))
                           : Refusal(answer.status(), *call));
}

void FleetApi::Expiring(CallPtr call) const {
  const absl::Time now = deps_.clock.Now();
  const auto request = DecodeListEndings(call->query, now);
  if (!request.value) return call->Finish(Refusal(request, *call));
  auto endings = deps_.expiry.Read(*call->organization, request.value->before);
  if (!endings.ok()) return call->Finish(Refusal(endings.status(), *call));
  if (call->organization->access().IsOperator() && deps_.port_certificates) {
    for (const Deps::PortCertificate& one : deps_.port_certificates()) {
      if (one.ends_at >= request.value->before) continue;
      endings->all.push_back({.kind = insights::Ending::Kind::kTlsCertificate,
                              .ends_at = one.ends_at,
                              .name = one.port});
    }
    std::sort(endings->all.begin(), endings->all.end(),
              [](const auto& a, const auto& b) { return a.Place() < b.Place(); });
  }
  std::erase_if(endings->all, [&](const insights::Ending& one) {
    return !model::PassesAll(one, EndingFilters(), request.value->filters, now);
  });
  if (request.value->as_calendar || Takes(*call, kCalendarType)) {
    return call->Finish(Calendar(*std::move(endings), now, deps_.http_public_address));
  }
  call->Finish(
      ManagerJson(200, EndingPageJson(endings->all, endings->complete, request.value->page_size,
                                      request.value->after, now)));
}

void FleetApi::Usage(CallPtr call) const {
  const UsageForm taken = Takes(*call, kCsvType) ? UsageForm::kCsv : UsageForm::kJson;
  const auto asked = DecodeUsage(call->query, taken, deps_.clock.Now());
  if (!asked.value) return call->Finish(Refusal(asked, *call));
  const auto page = deps_.usage.Read(*call->organization, asked.value->request);
  if (!page.ok()) return call->Finish(Refusal(page.status(), *call));
  call->Finish(asked.value->form == UsageForm::kCsv
                   ? Csv(*call, *page)
                   : ManagerJson(200, UsageJson(asked.value->request, *page)));
}

}  // namespace skyden::rest
