// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/zone_presence.h"

#include <catch2/catch.hpp>

#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "tests/insights/testing.h"

using namespace skyden;
using namespace skyden::insights;
using namespace skyden::insights::testing;

namespace {

model::TypeDescriptor Type(const std::string& name) {
  model::TypeDescriptor type;
  type.name = name;
  return type;
}

kuma::mesh::v1alpha1::DataplaneInsight Shown(const ZonePresence& presence, const std::string& type,
                                             const model::Resource& insight) {
  kuma::mesh::v1alpha1::DataplaneInsight spec;
  REQUIRE(spec.ParseFromString(presence.Shown(Type(type), insight).spec));
  return spec;
}

}  // namespace

TEST_CASE("what is of a connected zone, or of none, is shown as it is", "[insights]") {
  const ZonePresence presence({{"east", std::nullopt}});
  for (const char* zone : {"east", ""}) {
    const auto insight = InsightOf(Proxy{.zone = zone}.Dataplane(), {});
    CHECK(presence.Shown(Type("DataplaneInsight"), insight).spec == insight.spec);
    CHECK_FALSE(presence.GoneSince(zone).has_value());
  }
}

TEST_CASE("what a zone that is gone called open is shown as closed when it went", "[insights]") {
  const ZonePresence presence({{"east", absl::FromUnixSeconds(kGoneAt)}});
  const auto insight = InsightOf(Proxy{}.Dataplane(), {});
  for (const char* type : {"DataplaneInsight", "ZoneIngressInsight", "ZoneEgressInsight"}) {
    const auto shown = Shown(presence, type, insight);
    REQUIRE(shown.subscriptions().size() == 1);
    CHECK(shown.subscriptions(0).disconnect_time().seconds() == kGoneAt);
    CHECK(shown.subscriptions(0).connect_time().seconds() == kConnectedAt);
  }
}

TEST_CASE("what had ended before keeps its end", "[insights]") {
  const ZonePresence presence({{"east", absl::FromUnixSeconds(kGoneAt)}});
  const auto insight = InsightOf(Proxy{}.Dataplane(), {.connection = Connection::kClosed});
  CHECK(presence.Shown(Type("DataplaneInsight"), insight).spec == insight.spec);
}

TEST_CASE("an end never comes before its beginning", "[insights]") {
  const ZonePresence presence({{"east", absl::FromUnixSeconds(kConnectedAt - 60)}});
  const auto shown = Shown(presence, "DataplaneInsight", InsightOf(Proxy{}.Dataplane(), {}));
  CHECK(shown.subscriptions(0).disconnect_time().seconds() == kConnectedAt);
}

TEST_CASE("a zone that never was connected has no proxies online", "[insights]") {
  auto insight = InsightOf(Proxy{.zone = "nowhere"}.Dataplane(), {});
  insight.modification_time = absl::FromUnixSeconds(kConnectedAt + 7);
  const auto shown = Shown(ZonePresence(), "DataplaneInsight", insight);
  CHECK(shown.subscriptions(0).disconnect_time().seconds() == kConnectedAt + 7);
}
