// SPDX-License-Identifier: Apache-2.0
#include "peers/convert.h"

#include <catch2/catch.hpp>

#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "peers/convert_delivery.h"
#include "peers/holders.h"
#include "peers/proof.h"
#include "skyden/base/status.h"
#include "tests/store/testing.h"
#include "tests/temp_dir.h"

using namespace skyden;
using namespace skyden::peers;
using store::testing::Registry;
using store::testing::TestSealer;
using store::testing::Type;

namespace {

const absl::Time kTime = absl::FromUnixNanos(1'700'000'000'123'456'789);

kds::ZoneStanding SomeStanding() {
  kds::ZoneStanding zone{.zone_name = "z", .standing = kds::Standing::kRefused};
  zone.is_enabled = false;
  zone.counts = false;
  zone.taken_until = 3;
  zone.gone_since = kTime;
  zone.types.push_back({Type("MeshTimeout"), kds::Stage::kWithheld, 2, kTime});
  zone.refused.push_back({Type("MeshRetry"), {"m", "n"}, "why", kTime, 5});
  return zone;
}

void CheckSame(const kds::ZoneStanding& one, const kds::ZoneStanding& other) {
  CHECK(one.zone_name == other.zone_name);
  CHECK(one.standing == other.standing);
  CHECK(one.is_enabled == other.is_enabled);
  CHECK(one.counts == other.counts);
  CHECK(one.taken_until == other.taken_until);
  CHECK(one.gone_since == other.gone_since);
  REQUIRE(one.types.size() == other.types.size());
  for (size_t n = 0; n < one.types.size(); ++n) {
    CHECK(one.types[n].type == other.types[n].type);
    CHECK(one.types[n].stage == other.types[n].stage);
    CHECK(one.types[n].taken_until == other.types[n].taken_until);
    CHECK(one.types[n].behind_since == other.types[n].behind_since);
  }
  REQUIRE(one.refused.size() == other.refused.size());
  for (size_t n = 0; n < one.refused.size(); ++n) {
    CHECK(one.refused[n].type == other.refused[n].type);
    CHECK(one.refused[n].key == other.refused[n].key);
    CHECK(one.refused[n].reason == other.refused[n].reason);
    CHECK(one.refused[n].since == other.refused[n].since);
    CHECK(one.refused[n].revision == other.refused[n].revision);
  }
}

}  // namespace

TEST_CASE("how far zones are is the same at the other daemon", "[peers]") {
  kds::Propagation told;
  told.revision = 4;
  told.newest = 6;
  told.zones = {SomeStanding(), {.zone_name = "y", .standing = kds::Standing::kArrived}};
  const kds::Propagation read = FromMessage(Registry(), ToMessage(Registry(), told));
  CHECK(read.revision == 4);
  CHECK(read.newest == 6);
  REQUIRE(read.zones.size() == 2);
  CheckSame(read.zones[0], told.zones[0]);
  CheckSame(read.zones[1], told.zones[1]);
  CHECK(read.outcome == kds::Propagation::Outcome::kArrived);  // the other does not count
}

TEST_CASE("one zone in full is the same at the other daemon", "[peers]") {
  kds::ZoneDelivery told;
  told.standing = SomeStanding();
  told.newest = 9;
  told.connected = kds::ConnectedZone{.zone_name = "z",
                                      .peer_ip = "10.0.0.1",
                                      .instance_id = "i",
                                      .version = "2.14.3",
                                      .since = kTime,
                                      .token = model::TokenId("t"),
                                      .token_ends_at = kTime,
                                      .confirmed = 8,
                                      .behind_since = kTime,
                                      .behind_types = {Type("Mesh")}};
  told.types.push_back({Type("Mesh"), 9, 8, 7, kds::Stage::kSent, kTime});
  told.types.push_back({Type("MeshRetry"), 1, 1, 1, std::nullopt, std::nullopt});
  told.withheld.push_back({"z", Type("MeshTimeout"), 20, 10, kTime});
  told.connects = {{kTime, std::nullopt, "i", "2.14.3"}, {kTime, kTime, "j", ""}};
  const kds::ZoneDelivery read = FromMessage(Registry(), ToMessage(Registry(), told));
  CheckSame(read.standing, told.standing);
  CHECK(read.newest == 9);
  REQUIRE(read.connected.has_value());
  CHECK(read.connected->zone_name == "z");
  CHECK(read.connected->peer_ip == "10.0.0.1");
  CHECK(read.connected->since == kTime);
  CHECK(read.connected->token == told.connected->token);
  CHECK(read.connected->token_ends_at == kTime);
  CHECK(read.connected->confirmed == 8);
  CHECK(read.connected->behind_types == told.connected->behind_types);
  REQUIRE(read.types.size() == 2);
  CHECK(read.types[0].stage == kds::Stage::kSent);
  CHECK(read.types[0].sent == 8);
  CHECK(read.types[0].taken == 7);
  CHECK_FALSE(read.types[1].stage.has_value());
  REQUIRE(read.withheld.size() == 1);
  CHECK(read.withheld[0].bytes_max == 10);
  CHECK(read.connects == told.connects);
}

TEST_CASE("types and standings of a newer daemon harm nobody", "[peers]") {
  pb::ReadPropagationResponse response;
  auto& zone = *response.add_zones();
  zone.set_zone_name("z");
  zone.set_counts(true);
  zone.set_standing("teleported");
  zone.add_types()->set_type("MeshTeleport");
  zone.add_refused()->mutable_resource()->set_type("MeshTeleport");
  const kds::Propagation read = FromMessage(Registry(), response);
  REQUIRE(read.zones.size() == 1);
  CHECK(read.zones[0].standing == kds::Standing::kBehind);
  CHECK(read.zones[0].types.empty());
  CHECK(read.zones[0].refused.empty());
  CHECK(read.outcome == kds::Propagation::Outcome::kWaiting);
}

TEST_CASE("a question about a proxy and a failure keep what they say", "[peers]") {
  using Kind = kds::ZoneRequest::Kind;
  const auto scope = model::SystemScope::For("test").In(
      model::OrganizationKey{2}, model::TenantKey{3},
      model::ControlPlaneId("11111111-1111-4111-8111-111111111111"));
  const kds::ZoneRequest asked{.kind = GENERATE(Kind::kConfigDump, Kind::kStats, Kind::kClusters),
                               .zone_name = "z",
                               .resource_type = "Dataplane",
                               .resource_name = "dp",
                               .resource_mesh = "m",
                               .include_eds = true,
                               .json = true,
                               .used_only = true};
  const pb::AskZoneRequest message = ToMessage(scope, asked);
  CHECK(message.scope().organization() == 2);
  CHECK(message.scope().tenant() == 3);
  const kds::ZoneRequest read = FromMessage(message);
  CHECK(read.kind == asked.kind);
  CHECK(read.zone_name == "z");
  CHECK(read.resource_type == "Dataplane");
  CHECK(read.resource_name == "dp");
  CHECK(read.resource_mesh == "m");
  CHECK((read.include_eds && read.json && read.used_only));

  const absl::Status failure =
      base::WithTitle(absl::FailedPreconditionError("not yet connected"), "Bad Request");
  const absl::Status same = FromFailure(ToFailure(failure));
  CHECK(same.code() == failure.code());
  CHECK(same.message() == failure.message());
  CHECK(base::TitleOf(same) == "Bad Request");
  CHECK(FromFailure({}).code() == absl::StatusCode::kInternal);
}

TEST_CASE("only whoever has the secrets key shows that it is a daemon, and only to one",
          "[peers]") {
  const auto proof = ProofFor(TestSealer(), "one");
  REQUIRE(proof.ok());
  CHECK(CheckProof(TestSealer(), *proof, "one").ok());
  CHECK(absl::IsUnauthenticated(CheckProof(TestSealer(), *proof, "two")));
  CHECK(absl::IsUnauthenticated(CheckProof(TestSealer(), "", "one")));
  CHECK(absl::IsUnauthenticated(CheckProof(TestSealer(), "AAAA", "one")));
  CHECK(absl::IsUnauthenticated(CheckProof(TestSealer(), std::string(100'000, 'A'), "one")));
  const TempDir dir;
  const auto other = store::LoadSealer(dir.path() + "/other.key");
  REQUIRE(other.ok());
  CHECK(absl::IsUnauthenticated(CheckProof(**other, *proof, "one")));
}

TEST_CASE("a zone is held by the daemon of its newest subscription, while that lasts", "[peers]") {
  kuma::system::v1alpha1::ZoneInsight insight;
  CHECK(HolderIn(insight.SerializeAsString()).empty());
  auto& first = *insight.add_subscriptions();
  first.set_global_instance_id("a");
  CHECK(HolderIn(insight.SerializeAsString()) == "a");
  auto& second = *insight.add_subscriptions();
  second.set_global_instance_id("b");
  CHECK(HolderIn(insight.SerializeAsString()) == "b");
  second.mutable_disconnect_time()->set_seconds(1);
  CHECK(HolderIn(insight.SerializeAsString()).empty());
  CHECK(HolderIn("no insight").empty());
}
