// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "kds/insight_writer.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "skyden/base/limits.h"
#include "tests/kds/dialogue.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Subscription MakeSubscription(const std::string& id) {
  Subscription subscription;
  subscription.id = id;
  subscription.connect_time = subscription.last_update_time = kNow;
  subscription.version = "2.14.3";
  subscription.config = "config of " + id;
  subscription.counts.resize(Registry().size());
  return subscription;
}

kuma::system::v1alpha1::ZoneInsight Merged(std::string& spec, const InsightUpdate& update) {
  spec = MergeInsight(spec, update, Registry(), "global-1", kNow).value();
  kuma::system::v1alpha1::ZoneInsight insight;
  REQUIRE(insight.ParseFromString(spec));
  return insight;
}

}  // namespace

TEST_CASE("a new subscription closes those that were left open", "[kds]") {
  std::string spec;
  Merged(spec, {"zone-1", true, {MakeSubscription("a")}, {}, {}});
  const auto insight = Merged(spec, {"zone-1", false, {MakeSubscription("b")}, {}, {}});
  REQUIRE(insight.subscriptions_size() == 2);
  CHECK(insight.subscriptions(0).has_disconnect_time());
  CHECK_FALSE(insight.subscriptions(1).has_disconnect_time());
  CHECK(insight.subscriptions(1).version().kumacp().kumacpglobalcompatible());
  CHECK(insight.subscriptions(1).global_instance_id() == "global-1");
}

TEST_CASE("counters are told by type and in total", "[kds]") {
  auto subscription = MakeSubscription("a");
  const auto at = [](const char* type) {
    return static_cast<size_t>(Registry().FindByName(type)->id);
  };
  subscription.counts[at("Mesh")] = {3, 2, 1};
  subscription.counts[at("Secret")] = {1, 1, 0};
  std::string spec;
  const auto insight = Merged(spec, {"zone-1", true, {subscription}, {}, {}});
  const auto& status = insight.subscriptions(0).status();
  CHECK(status.total().responses_sent() == 4);
  CHECK(status.total().responses_acknowledged() == 3);
  CHECK(status.stat().size() == 2);
  CHECK(status.stat().at("Mesh").responses_rejected() == 1);
}

TEST_CASE("the configuration is told once and kept for the newest only", "[kds]") {
  std::string spec;
  Merged(spec, {"zone-1", true, {MakeSubscription("a")}, {}, {}});
  auto again = MakeSubscription("a");
  again.config.clear();
  auto insight = Merged(spec, {"zone-1", false, {again}, {}, {}});
  CHECK(insight.subscriptions(0).config() == "config of a");
  insight = Merged(spec, {"zone-1", false, {MakeSubscription("b")}, {}, {}});
  CHECK(insight.subscriptions(0).config().empty());
  CHECK(insight.subscriptions(1).config() == "config of b");
}

TEST_CASE("only the newest subscriptions are kept", "[kds]") {
  std::string spec;
  for (int i = 0; i < 15; ++i) {
    Merged(spec, {"zone-1", false, {MakeSubscription(std::to_string(i))}, {}, {}});
  }
  const auto insight = Merged(spec, {"zone-1", false, {}, {}, {}});
  REQUIRE(insight.subscriptions_size() == static_cast<int>(base::limits::kZoneSubscriptions));
  CHECK(insight.subscriptions(0).id() == "5");
}

TEST_CASE("streams and heartbeats have their times", "[kds]") {
  InsightUpdate update{"zone-1", false, {}, {}, kNow};
  update.streams[static_cast<size_t>(StreamKind::kStats)] = kNow;
  std::string spec;
  const auto insight = Merged(spec, update);
  CHECK(insight.health_check().time().seconds() == absl::ToUnixSeconds(kNow));
  CHECK(insight.kds_streams().stats().global_instance_id() == "global-1");
  CHECK_FALSE(insight.kds_streams().has_clusters());
  CHECK(insight.envoy_admin_streams().stats_global_instance_id() == "global-1");
}

TEST_CASE("what an ended daemon left open is closed, and only that", "[kds]") {
  std::string spec;
  Merged(spec, {"zone-1", true, {MakeSubscription("a")}, {}, {}});
  const std::string closed = CloseSubscriptions(spec, kNow + absl::Hours(1)).value();
  kuma::system::v1alpha1::ZoneInsight insight;
  REQUIRE(insight.ParseFromString(closed));
  CHECK(insight.subscriptions(0).disconnect_time().seconds() ==
        absl::ToUnixSeconds(kNow + absl::Hours(1)));
  CHECK(CloseSubscriptions(closed, kNow).value().empty());
}

TEST_CASE("what daemons that live have open stays open", "[kds]") {
  std::string spec;
  Merged(spec, {"zone-1", true, {MakeSubscription("a")}, {}, {}});
  CHECK(CloseSubscriptions(spec, kNow, {"global-1", "global-2"}).value().empty());
  CHECK_FALSE(CloseSubscriptions(spec, kNow, {"global-2"}).value().empty());
}

TEST_CASE("a zone is at the daemon whose subscription was committed last", "[kds]") {
  const auto merge = [](const std::string& spec, const char* id, const char* instance) {
    return MergeInsight(spec, {"zone-1", true, {MakeSubscription(id)}, {}, {}}, Registry(),
                        instance, kNow)
        .value();
  };
  const std::string here = merge("", "a", "global-1");
  CHECK_FALSE(IsFollowedElsewhere(here, "a"));
  CHECK_FALSE(IsFollowedElsewhere(here, "not written yet"));
  // A newer one of the same daemon is its own business.
  const std::string again = merge(here, "b", "global-1");
  CHECK_FALSE(IsFollowedElsewhere(again, "a"));
  const std::string there = merge(again, "c", "global-2");
  CHECK(IsFollowedElsewhere(there, "a"));
  CHECK(IsFollowedElsewhere(there, "b"));
  CHECK_FALSE(IsFollowedElsewhere(there, "c"));
  // What the one that was left goes on to write of its own does not bring the zone back.
  const std::string late = merge(there, "b", "global-1");
  CHECK(IsFollowedElsewhere(late, "b"));
  CHECK_FALSE(IsFollowedElsewhere(late, "c"));
  CHECK_FALSE(IsFollowedElsewhere("not an insight", "a"));
}
