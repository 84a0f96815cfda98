// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/zone_list.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/insights/readings.h"

namespace skyden::insights {
namespace {

using Op = model::TextFilter::Op;
using testing::Fleets;

std::vector<std::string> NamesOf(const ZonePage& page) {
  std::vector<std::string> names;
  for (const FleetZone& one : page.items) names.push_back(one.zone->name);
  return names;
}

ZonePage List(const Fleet::Reading& reading, const ListZones& request) {
  const auto page = ListZonesOf(reading, request);
  INFO(page.status());
  REQUIRE(page.ok());
  return *page;
}

using Names = std::vector<std::string>;

Fleets ThreeZones() {
  Fleets fleets;
  ZoneRow& a = fleets.Zone("shop", "a", ZoneStatus::kOnline);
  a.version = "2.9.1";
  a.peer = "10.2.0.1";
  a.proxies.total = 9;
  ZoneRow& b = fleets.Zone("shop", "b", ZoneStatus::kRefused);
  b.peer = "10.9.0.1";
  ZoneRow& c = fleets.Zone("pay", "c", ZoneStatus::kBehind);
  c.version = "2.14.3";
  c.peer = "10.2.7.7";
  c.proxies.total = 80;
  c.behind_since = Fleets::kNow;
  return fleets;
}

}  // namespace

TEST_CASE("zones are listed across control planes, the worst first", "[insights]") {
  const Fleet::Reading reading = ThreeZones().Reading();
  const ZonePage page = List(reading, {});
  CHECK(page.total == 3);
  CHECK(NamesOf(page) == Names{"b", "c", "a"});
  CHECK(page.items[1].control_plane->name == "pay");
  CHECK(page.next.empty());
}

TEST_CASE("zones are sorted by what they show", "[insights]") {
  const Fleet::Reading reading = ThreeZones().Reading();
  const auto sorted = [&](const char* by, bool descending = false) {
    return NamesOf(List(
        reading, {.filters = {}, .sort = ParseZoneSort(by).value(), .descending = descending}));
  };
  CHECK(sorted("name") == Names{"a", "b", "c"});
  CHECK(sorted("name", true) == Names{"c", "b", "a"});
  CHECK(sorted("control_plane") == Names{"c", "a", "b"});
  CHECK(sorted("version") == Names{"b", "a", "c"});
  CHECK(sorted("proxies", true) == Names{"c", "a", "b"});
  CHECK(sorted("behind_since").front() == "c");
  CHECK(sorted("peer") == Names{"a", "c", "b"});
  CHECK_FALSE(ParseZoneSort("colour").has_value());
}

TEST_CASE("facets count what passes the other filters", "[insights]") {
  const Fleet::Reading reading = ThreeZones().Reading();
  const ZonePage page = List(
      reading, {.filters = {{"status", Op::kEq, "behind"}, {"network", Op::kEq, "10.2.0.0/16"}}});
  CHECK(page.total == 1);
  CHECK(NamesOf(page) == Names{"c"});
  REQUIRE(page.facets.size() == kZoneFacets);
  const auto counts = [&](size_t facet) {
    std::map<std::string, uint64_t> all;
    for (const auto& value : page.facets[facet].values) all[value.value] = value.count;
    return all;
  };
  using Counts = std::map<std::string, uint64_t>;
  CHECK(page.facets[0].field == "status");
  CHECK(counts(0) == Counts{{"behind", 1}, {"online", 1}});
  CHECK(page.facets[1].field == "control_plane_id");
  CHECK(page.facets[1].values.front().name == "pay");
  CHECK(counts(2) == Counts{{"2.14.3", 1}});
  CHECK(counts(3) == Counts{{"10.2.0.0/16", 1}});
}

TEST_CASE("filters can be negated", "[insights]") {
  const Fleet::Reading reading = ThreeZones().Reading();
  CHECK(NamesOf(List(reading, {.filters = {{"status", Op::kNeq, "online"}}})) == Names{"b", "c"});
  CHECK(NamesOf(List(reading, {.filters = {{"version", Op::kNeq, "2.9.1"}}})) == Names{"b", "c"});
}

TEST_CASE("pages go on where the one before ended, whatever came and went", "[insights]") {
  Fleets fleets;
  for (int i = 0; i < 25; ++i) {
    fleets.Zone(i % 2 == 0 ? "even" : "odd", "z" + std::to_string(100 + i),
                static_cast<ZoneStatus>(i % 6));
  }
  // One that claims a name to confuse who reads.
  fleets.Zone("odd", "3/x\n7:/", ZoneStatus::kRefused);
  const Fleet::Reading reading = fleets.Reading();
  for (const char* by : {"status", "name", "since", "proxies"}) {
    for (const bool descending : {false, true}) {
      CAPTURE(by, descending);
      ListZones request{.filters = {},
                        .sort = ParseZoneSort(by).value(),
                        .descending = descending,
                        .page_size = 4};
      std::set<std::string> seen;
      std::vector<std::string> in_order;
      do {
        const ZonePage page = List(reading, request);
        CHECK(page.total == 26);
        for (const std::string& name : NamesOf(page)) {
          CHECK(seen.insert(name).second);
          in_order.push_back(name);
        }
        request.after = page.next;
      } while (!request.after.empty() && seen.size() <= 26);
      CHECK(seen.size() == 26);
      request.after.clear();
      request.page_size = 1000;
      CHECK(NamesOf(List(reading, request)) == in_order);
    }
  }
  ListZones request{.filters = {}, .sort = ZoneSort::kName, .page_size = 4};
  request.after = List(reading, request).next;
  const ZonePage before = List(reading, request);
  fleets.Zone("even", "z000", ZoneStatus::kOnline);  // of the first page
  const Fleet::Reading later = fleets.Reading();
  CHECK(NamesOf(List(later, request)) == NamesOf(before));
}

TEST_CASE("where a page begins is taken from a page of the same list only", "[insights]") {
  const Fleet::Reading reading = ThreeZones().Reading();
  ListZones request{.filters = {}, .page_size = 1};
  const std::string next = List(reading, request).next;
  REQUIRE_FALSE(next.empty());
  for (const std::string& after : {next + "A", std::string("???"), std::string("MGE"),
                                   std::string("MGFhLzk5OTk5OTk5OTkvYQ")}) {
    CAPTURE(after);
    request.after = after;
    const auto page = ListZonesOf(reading, request);
    if (page.ok()) CHECK(page->total == 3);  // a place of its own, nothing worse
  }
  request.after = next;
  request.descending = true;
  CHECK(absl::IsInvalidArgument(ListZonesOf(reading, request).status()));
}

}  // namespace skyden::insights
