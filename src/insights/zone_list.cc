// SPDX-License-Identifier: Apache-2.0
// An item's place is a text that sorts as its value does, then the control plane and the name,
// which nobody else has. A page begins behind the place where the one before ended, wherever that
// item is now, so that what comes and goes moves nothing else.
#include "skyden/insights/zone_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"

namespace skyden::insights {
namespace {

using Text = std::optional<std::string>;

Text Given(const std::string& text) { return text.empty() ? Text() : Text(text); }

constexpr model::FilterField<FleetZone> kFields[] = {
    {"status",
     [](const FleetZone& one, absl::Time) { return Text(ZoneStatusName(one.zone->status)); }},
    {"control_plane_id",
     [](const FleetZone& one, absl::Time) { return Text(one.control_plane->id.str()); }},
    {"version", [](const FleetZone& one, absl::Time) { return Given(one.zone->version); }},
    {"network", [](const FleetZone& one, absl::Time) { return Given(NetworkOf(one.zone->peer)); }},
    {"name", [](const FleetZone& one, absl::Time) { return Text(one.zone->name); }},
    {"peer", [](const FleetZone& one, absl::Time) { return Given(one.zone->peer); }},
};

constexpr std::pair<std::string_view, ZoneSort> kSorts[] = {
    {"status", ZoneSort::kStatus},
    {"name", ZoneSort::kName},
    {"control_plane", ZoneSort::kControlPlane},
    {"since", ZoneSort::kSince},
    {"version", ZoneSort::kVersion},
    {"peer", ZoneSort::kPeer},
    {"proxies", ZoneSort::kProxies},
    {"behind_since", ZoneSort::kBehindSince},
    {"token_ends", ZoneSort::kTokenEnds},
};

constexpr char kNone[] = "~";  // after every number

std::string KeyOf(absl::Time time) {
  if (time == absl::InfiniteFuture()) return kNone;
  return fmt::format("{:020}", std::max<int64_t>(absl::ToUnixNanos(time), 0));
}

// "2.9.1" before "2.14.3".
std::string VersionKey(std::string_view version) {
  std::string key;
  while (!version.empty()) {
    const size_t digits = std::min(version.find_first_not_of("0123456789"), version.size());
    if (digits > 0 && digits < 8) key.append(8 - digits, '0');
    key += version.substr(0, digits);
    version.remove_prefix(digits);
    if (version.empty()) break;
    key += version.front();
    version.remove_prefix(1);
  }
  return key;
}

std::string KeyOf(const FleetZone& one, ZoneSort sort) {
  const ZoneRow& zone = *one.zone;
  switch (sort) {
    case ZoneSort::kStatus:
      return fmt::format("{}{}", static_cast<int>(zone.status), one.control_plane->name);
    case ZoneSort::kName:
      return zone.name;
    case ZoneSort::kControlPlane:
      return one.control_plane->name;
    case ZoneSort::kSince:
      return KeyOf(zone.since);
    case ZoneSort::kVersion:
      return VersionKey(zone.version);
    case ZoneSort::kPeer:
      return zone.peer;
    case ZoneSort::kProxies:
      return fmt::format("{:020}", zone.proxies.total);
    case ZoneSort::kBehindSince:
      return KeyOf(zone.behind_since.value_or(absl::InfiniteFuture()));
    case ZoneSort::kTokenEnds:
      return KeyOf(zone.token ? zone.token->ends_at : absl::InfiniteFuture());
  }
  return {};
}

struct Placed {
  std::string key;
  FleetZone item;
};

// Where a page ended.
struct PlaceInList {
  std::string key;
  std::string control_plane;
  std::string zone;
};

std::string HeadOf(const ListZones& request) {
  return fmt::format("{}{}", static_cast<int>(request.sort), request.descending ? 'd' : 'a');
}

// Head, control plane, '/', length of the zone's name, '/', that name, key: a zone that is turned
// away may claim any name.
std::string Encode(const ListZones& request, const Placed& last) {
  const std::string& name = last.item.zone->name;
  return base::Base64UrlEncode(fmt::format("{}{}/{}/{}{}", HeadOf(request),
                                           last.item.control_plane->id.str(), name.size(), name,
                                           last.key));
}

absl::StatusOr<PlaceInList> Decode(const ListZones& request) {
  const absl::Status wrong =
      absl::InvalidArgumentError("page[after] is not what a page of this list ended with");
  const auto text = base::Base64UrlDecode(request.after);
  const std::string head = HeadOf(request);
  if (!text.ok() || !text->starts_with(head)) return wrong;
  std::string_view rest = std::string_view(*text).substr(head.size());
  const size_t first = rest.find('/');
  const size_t second = first == std::string_view::npos ? first : rest.find('/', first + 1);
  if (second == std::string_view::npos) return wrong;
  const std::string_view digits = rest.substr(first + 1, second - first - 1);
  size_t length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const std::string_view name_and_key = rest.substr(second + 1);
  if (error != std::errc() || end != digits.data() + digits.size() ||
      length > name_and_key.size()) {
    return wrong;
  }
  return PlaceInList{std::string(name_and_key.substr(length)), std::string(rest.substr(0, first)),
                     std::string(name_and_key.substr(0, length))};
}

// Less than 0: `a` comes before what is at (key, control plane, zone).
int Compare(const Placed& a, std::string_view key, std::string_view control_plane,
            std::string_view zone, bool descending) {
  if (const int by_key = std::string_view(a.key).compare(key); by_key != 0) {
    return descending ? -by_key : by_key;
  }
  const std::string_view id = a.item.control_plane->id.str();
  if (const int by_id = id.compare(control_plane); by_id != 0) return by_id;
  return std::string_view(a.item.zone->name).compare(zone);
}

// Counts the values of one field.
class FacetCount {
 public:
  void Add(const FleetZone& one, const model::FilterField<FleetZone>& field) {
    const Text text = field.text(one, absl::Time());
    if (!text.has_value()) return;
    auto& [count, seen] = counts_[*text];
    ++count;
    seen = one.control_plane;
  }
  Facet Take(const model::FilterField<FleetZone>& field) const {
    Facet facet{field.name, {}};
    for (const auto& [value, counted] : counts_) {
      const bool is_id = field.name == "control_plane_id";
      facet.values.push_back({value, is_id ? counted.second->name : std::string(), counted.first});
    }
    std::stable_sort(facet.values.begin(), facet.values.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    if (facet.values.size() > base::limits::kFacetValues) {
      facet.values.resize(base::limits::kFacetValues);
    }
    return facet;
  }

 private:
  std::map<std::string, std::pair<uint64_t, const store::ControlPlaneRecord*>> counts_;
};

// The filters that a zone does not pass are all of one field: that one, nothing when it passes
// them all, or the number of fields when they are of several.
size_t OnlyRefusal(const FleetZone& one, const std::vector<model::TextFilter>& filters) {
  constexpr size_t kFieldCount = std::size(kFields);
  size_t refused_by = kFieldCount + 1;
  for (const model::TextFilter& filter : filters) {
    size_t index = 0;
    while (index < kFieldCount && kFields[index].name != filter.field) ++index;
    if (index == kFieldCount) return kFieldCount;
    if (model::Matches(kFields[index].text(one, absl::Time()), filter)) continue;
    if (refused_by != kFieldCount + 1 && refused_by != index) return kFieldCount;
    refused_by = index;
  }
  return refused_by;
}

}  // namespace

const model::Filterable<FleetZone>& ZoneFilters() {
  static constexpr model::Filterable<FleetZone> filters{kFields};
  return filters;
}

std::optional<ZoneSort> ParseZoneSort(std::string_view name) {
  for (const auto& [known, sort] : kSorts) {
    if (known == name) return sort;
  }
  return std::nullopt;
}

absl::StatusOr<ZonePage> ListZonesOf(const Fleet::Reading& reading, const ListZones& request) {
  constexpr size_t kPasses = std::size(kFields) + 1;
  ZonePage page;
  std::array<FacetCount, kZoneFacets> facets;
  std::vector<Placed> placed;
  for (const Fleet::Member& member : reading.members) {
    for (const ZoneRow& zone : member.zones->zones) {
      const FleetZone one{member.control_plane, &zone};
      const size_t refused_by = OnlyRefusal(one, request.filters);
      for (size_t i = 0; i < kZoneFacets; ++i) {
        if (refused_by == kPasses || refused_by == i) facets[i].Add(one, kFields[i]);
      }
      if (refused_by == kPasses) placed.push_back({KeyOf(one, request.sort), one});
    }
  }
  for (size_t i = 0; i < kZoneFacets; ++i) page.facets.push_back(facets[i].Take(kFields[i]));
  page.total = placed.size();
  if (!request.after.empty()) {
    const auto after = Decode(request);
    if (!after.ok()) return after.status();
    std::erase_if(placed, [&](const Placed& one) {
      return Compare(one, after->key, after->control_plane, after->zone, request.descending) <= 0;
    });
  }
  const size_t shown = std::min(request.page_size, placed.size());
  std::partial_sort(placed.begin(), placed.begin() + static_cast<std::ptrdiff_t>(shown),
                    placed.end(), [&](const Placed& a, const Placed& b) {
                      return Compare(a, b.key, b.item.control_plane->id.str(), b.item.zone->name,
                                     request.descending) < 0;
                    });
  for (size_t i = 0; i < shown; ++i) page.items.push_back(placed[i].item);
  if (shown > 0 && shown < placed.size()) page.next = Encode(request, placed[shown - 1]);
  return page;
}

}  // namespace skyden::insights
