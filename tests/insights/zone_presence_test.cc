// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/zone_presence.h"

#include <catch2/catch.hpp>

#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"
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

TEST_CASE("a zone's subscription counts its generations while it lasts", "[insights]") {
  kuma::system::v1alpha1::ZoneInsight insight;
  auto& ended = *insight.add_subscriptions();
  ended.mutable_connect_time()->set_seconds(1000);
  ended.mutable_disconnect_time()->set_seconds(1060);
  insight.add_subscriptions()->mutable_connect_time()->set_seconds(2000);
  model::Resource stored;
  stored.spec = insight.SerializeAsString();
  const auto generations = [&](int64_t now) {
    kuma::system::v1alpha1::ZoneInsight shown;
    REQUIRE(shown.ParseFromString(WithGenerations(stored, absl::FromUnixSeconds(now)).spec));
    return std::pair(shown.subscriptions(0).generation(), shown.subscriptions(1).generation());
  };
  CHECK(generations(2010) == std::pair(2u, 0u));
  CHECK(generations(2030) == std::pair(2u, 1u));
  CHECK(generations(2600) == std::pair(2u, 24u));
  CHECK(generations(1500) == std::pair(2u, 0u));  // a clock that was set back
  stored.spec = "no insight";
  CHECK(WithGenerations(stored, absl::FromUnixSeconds(1)).spec == stored.spec);
}
