// SPDX-License-Identifier: Apache-2.0
// The choice between policies of the time before targetRef.
#include "matching/legacy.h"

#include <catch2/catch.hpp>
#include <string>

#include "matching/read_legacy.h"
#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::MakeItem;
using testing::Sidecar;
using testing::TypeOf;

using List = SharedList<LegacyPolicy>;

void Add(List& list, std::string_view type, const std::string& name, const std::string& spec) {
  list.push_back(ReadLegacyPolicy(TypeOf(type), MakeItem(type, name, spec)));
}

std::string Connection(const std::string& source, const std::string& destination) {
  return R"({"sources":[{"match":)" + source + R"(}],"destinations":[{"match":)" + destination +
         "}]}";
}

const std::string kAny = R"({"kuma.io/service":"*"})";
const std::string kWeb = R"({"kuma.io/service":"web"})";
const std::string kDb = R"({"kuma.io/service":"db"})";

std::string BestFor(const List& list, const std::string& service) {
  const auto best = BestForServices(list, Sidecar("web"), {service});
  const auto found = best.find(service);
  return found == best.end() ? "" : found->second->resource->key.name;
}

TEST_CASE("selectors rank by their tags, then by their values", "[legacy]") {
  const Rank none = RankOf({});
  const Rank any = RankOf({{"a", "*"}});
  const Rank one = RankOf({{"a", "1"}});
  const Rank any_two = RankOf({{"a", "*"}, {"b", "*"}});
  CHECK(any > none);
  CHECK(one > any);
  CHECK(any_two > one);
  CHECK_FALSE(one > one);
  CHECK(one + any == RankOf({{"a", "1"}, {"b", "*"}}));
}

TEST_CASE("the most specific connection policy is chosen for each service", "[legacy]") {
  List list;
  Add(list, "Timeout", "any-any", Connection(kAny, kAny));
  Add(list, "Timeout", "any-db", Connection(kAny, kDb));
  Add(list, "Timeout", "db-db", Connection(kDb, kDb));
  Add(list, "Timeout", "web-db", Connection(kWeb, kDb));
  CHECK(BestFor(list, "db") == "web-db");
  CHECK(BestFor(list, "cache") == "any-any");
}

TEST_CASE("of equally specific policies the newest is chosen", "[legacy]") {
  List list;
  Add(list, "Timeout", "z-older", Connection(kWeb, kDb));
  Add(list, "Timeout", "a-newer", Connection(kWeb, kDb));
  CHECK(BestFor(list, "db") == "a-newer");
}

TEST_CASE("a connection policy needs both ends", "[legacy]") {
  List list;
  Add(list, "Timeout", "db-any", Connection(kDb, kAny));
  Add(list, "Timeout", "web-cache", Connection(kWeb, R"({"kuma.io/service":"cache"})"));
  CHECK(BestFor(list, "db") == "");
}

TEST_CASE("an inbound gets the policy whose destination says most about it", "[legacy]") {
  List list;
  Add(list, "TrafficPermission", "any", Connection(kAny, kAny));
  Add(list, "TrafficPermission", "v1",
      Connection(kAny, R"({"kuma.io/service":"web","version":"v1"})"));
  Add(list, "TrafficPermission", "web", Connection(kWeb, kWeb));
  const Tags tags = {{"kuma.io/service", "web"}, {"version", "v1"}};
  CHECK(BestForInbound(list, tags)->resource->key.name == "v1");
  CHECK(BestForInbound(list, {{"kuma.io/service", "db"}})->resource->key.name == "any");
  CHECK(BestForInbound(list, {}) == nullptr);
}

TEST_CASE("all policies for an inbound come by how specific their source is", "[legacy]") {
  List list;
  Add(list, "FaultInjection", "any", Connection(kAny, kAny));
  Add(list, "FaultInjection", "other", Connection(kAny, kDb));
  Add(list, "FaultInjection", "web", Connection(kWeb, kWeb));
  std::string names;
  for (const LegacyPolicy* policy : AllForInbound(list, {{"kuma.io/service", "web"}})) {
    names += policy->resource->key.name + " ";
  }
  CHECK(names == "web any ");
}

TEST_CASE("the best policy on proxies is the most specific, then the newest", "[legacy]") {
  List list;
  Add(list, "TrafficTrace", "all", R"({"selectors":[]})");
  Add(list, "TrafficTrace", "any", R"({"selectors":[{"match":{"kuma.io/service":"*"}}]})");
  CHECK(BestForProxy(list, Sidecar("web"))->resource->key.name == "any");
  Add(list, "TrafficTrace", "web", R"({"selectors":[{"match":{"kuma.io/service":"web"}}]})");
  CHECK(BestForProxy(list, Sidecar("web"))->resource->key.name == "web");
  CHECK(BestForProxy(list, Sidecar("db"))->resource->key.name == "any");
  CHECK(BestForProxy({}, Sidecar("db")) == nullptr);
}

}  // namespace
}  // namespace skyden::matching
