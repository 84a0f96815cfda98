// SPDX-License-Identifier: Apache-2.0
#include "rest/control_plane_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "rest/fleet_summary_json.h"
#include "rest/page_query.h"
#include "skyden/base/rfc3339.h"
#include "skyden/insights/fleet_summary.h"

namespace skyden::rest {
namespace {

using insights::TenantZones;
using insights::ZoneStatus;
using store::ControlPlaneRecord;
using Text = std::optional<std::string>;

template <ZoneStatus status>
Text CountOf(const TenantZones& zones, absl::Time) {
  return std::to_string(zones.counts.of(status));
}

constexpr model::FilterField<TenantZones> kFigures[] = {
    {"worst",
     [](const TenantZones& zones, absl::Time) {
       return Text(insights::SeverityName(insights::SeverityOf(zones.counts)));
     }},
    {"zones", [](const TenantZones& zones,
                 absl::Time) { return Text(std::to_string(zones.counts.total())); }},
    {"online", &CountOf<ZoneStatus::kOnline>},
    {"offline", &CountOf<ZoneStatus::kOffline>},
    {"refused", &CountOf<ZoneStatus::kRefused>},
    {"behind", &CountOf<ZoneStatus::kBehind>},
    {"suspended", &CountOf<ZoneStatus::kSuspended>},
    {"never", &CountOf<ZoneStatus::kNever>},
    {"proxies", [](const TenantZones& zones,
                   absl::Time) { return Text(std::to_string(zones.proxies.total)); }},
    {"last_change",
     [](const TenantZones& zones, absl::Time) {
       return zones.last_change ? Text(base::FormatRfc3339(*zones.last_change)) : Text();
     }},
};

constexpr std::pair<std::string_view, FigureSort> kSorts[] = {
    {"created_at", FigureSort::kCreatedAt},
    {"name", FigureSort::kName},
    {"worst", FigureSort::kWorst},
    {"zones", FigureSort::kZones},
    {"offline", FigureSort::kOffline},
    {"refused", FigureSort::kRefused},
    {"behind", FigureSort::kBehind},
    {"proxies", FigureSort::kProxies},
    {"last_change", FigureSort::kLastChange},
};

struct Item {
  const ControlPlaneRecord* record;
  const TenantZones* zones;  // null: the caller may not read it
};

// What is sorted by, as a number; names and what is sorted alike are by themselves.
int64_t NumberOf(const TenantZones& zones, FigureSort sort) {
  const auto count = [&](ZoneStatus status) {
    return static_cast<int64_t>(zones.counts.of(status));
  };
  switch (sort) {
    case FigureSort::kWorst:
      return static_cast<int64_t>(insights::SeverityOf(zones.counts));
    case FigureSort::kZones:
      return static_cast<int64_t>(zones.counts.total());
    case FigureSort::kOffline:
      return count(ZoneStatus::kOffline);
    case FigureSort::kRefused:
      return count(ZoneStatus::kRefused);
    case FigureSort::kBehind:
      return count(ZoneStatus::kBehind);
    case FigureSort::kProxies:
      return static_cast<int64_t>(zones.proxies.total);
    case FigureSort::kLastChange:
      return zones.last_change ? absl::ToUnixNanos(*zones.last_change) : 0;
    case FigureSort::kCreatedAt:
    case FigureSort::kName:
      break;
  }
  return 0;
}

// Less than 0: `a` comes first, the other way round aside.
int Compare(const Item& a, const Item& b, FigureSort sort) {
  if (sort == FigureSort::kName) return a.record->name.compare(b.record->name);
  if (sort == FigureSort::kCreatedAt) {
    return a.record->created_at < b.record->created_at
               ? -1
               : b.record->created_at < a.record->created_at;
  }
  const int64_t of_a = NumberOf(*a.zones, sort);
  const int64_t of_b = NumberOf(*b.zones, sort);
  return of_a < of_b ? -1 : of_b < of_a;
}

bool ComesBefore(const Item& a, const Item& b, const ListFigures& request) {
  const bool of_record =
      request.sort == FigureSort::kName || request.sort == FigureSort::kCreatedAt;
  if (!of_record && (a.zones == nullptr || b.zones == nullptr)) {
    if (a.zones == nullptr && b.zones == nullptr) return a.record->id < b.record->id;
    return b.zones == nullptr;
  }
  const int order = Compare(a, b, request.sort);
  if (order != 0) return request.descending ? order > 0 : order < 0;
  return a.record->id < b.record->id;
}

bool Passes(const Item& item, const ListFigures& request, absl::Time now) {
  const auto& filters = control_planes::ControlPlaneFilters();
  if (!model::PassesAll(*item.record, filters, request.list.filters, now)) return false;
  if (request.figure_filters.empty()) return true;
  return item.zones != nullptr &&
         model::PassesAll(*item.zones, FigureFilters(), request.figure_filters, now);
}

std::string ReadSort(std::string_view text, ListFigures& request) {
  request.descending = text.starts_with('-');
  if (request.descending) text.remove_prefix(1);
  for (const auto& [name, sort] : kSorts) {
    if (name != text) continue;
    request.sort = sort;
    return {};
  }
  return "must be created_at, name, worst, zones, offline, refused, behind, proxies or "
         "last_change, "
         "with - in front to begin with the last";
}

}  // namespace

const model::Filterable<TenantZones>& FigureFilters() {
  static constexpr model::Filterable<TenantZones> filters{kFigures};
  return filters;
}

model::FilterNames ControlPlaneFilterNames() {
  model::FilterNames names = model::NamesOf(control_planes::ControlPlaneFilters());
  for (const std::string_view name : model::NamesOf(FigureFilters()).fields) {
    names.fields.push_back(name);
  }
  return names;
}

Decoded<ListFigures> DecodeListFigures(const http::Query& query) {
  auto page = DecodePage(query, ControlPlaneFilterNames());
  Decoded<ListFigures> decoded;
  decoded.invalid = std::move(page.invalid);
  ListFigures request;
  for (const auto& [key, value] : query.pairs()) {
    std::string reason;
    if (key == "sort") reason = ReadSort(value, request);
    if (key == "include") {
      request.shows_figures = value == "figures";
      if (!request.shows_figures) reason = "must be figures";
    }
    if (!reason.empty()) decoded.invalid.push_back({key, "invalid", std::move(reason), "query"});
  }
  if (!decoded.invalid.empty()) {
    decoded.detail = DetailOf(decoded.invalid);
    return decoded;
  }
  request.list.page_size = page.value->size;
  request.list.page_number = page.value->number;
  const auto figures = model::NamesOf(FigureFilters()).fields;
  for (model::TextFilter& filter : page.value->filters) {
    const bool is_figure = std::find(figures.begin(), figures.end(), filter.field) != figures.end();
    (is_figure ? request.figure_filters : request.list.filters).push_back(std::move(filter));
  }
  decoded.value = std::move(request);
  return decoded;
}

std::string FiguredPageJson(const ListFigures& request,
                            const control_planes::ListedControlPlanes& listed,
                            const insights::Fleet::Reading& reading) {
  std::map<model::TenantKey, const TenantZones*> figures;
  for (const auto& member : reading.members) {
    figures.emplace(member.control_plane->tenant, member.zones.get());
  }
  std::vector<Item> items;
  for (const ControlPlaneRecord* record : listed.listed) {
    const auto found = figures.find(record->tenant);
    const Item item{record, found == figures.end() ? nullptr : found->second};
    if (Passes(item, request, reading.at)) items.push_back(item);
  }
  std::stable_sort(items.begin(), items.end(),
                   [&](const Item& a, const Item& b) { return ComesBefore(a, b, request); });
  JsonWriter json;
  model::PageWindow window(request.list.page_size, request.list.page_number);
  std::vector<Item> shown;
  for (const Item& item : items) {
    if (window.Shows()) shown.push_back(item);
  }
  BeginPage(request.list.page_size, request.list.page_number, window.total(), json);
  for (const Item& item : shown) {
    WriteControlPlane(*item.record, reading.at, json, request.shows_figures ? item.zones : nullptr);
  }
  EndPage(json);
  return json.Take();
}

}  // namespace skyden::rest
