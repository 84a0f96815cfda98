// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/usage_meter.h"

#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/insights/usage_env.h"

using namespace skyden;
using namespace skyden::insights;
using namespace skyden::insights::testing;

TEST_CASE("zones and their dataplanes count while they are online, to the second",
          "[insights][usage]") {
  UsageEnv env;
  UsageMeter meter(env.Deps(env.zones));
  env.Run({.name = "a"});
  env.Run({.name = "b"});
  env.Run({.name = "gone"}, Connection::kClosed);
  env.Run({.name = "other", .zone = "west"});
  env.manual().Advance(absl::Minutes(20));
  CHECK(env.Used() == store::Metered{});

  env.zones.Connect(env.scope, {"east"});
  env.manual().Advance(absl::Seconds(30));
  REQUIRE(meter.Flush().ok());
  CHECK(env.Used() == store::Metered{30, 60, 0, 0});
  // One of them goes, and then a zone comes.
  env.Run({.name = "b"}, Connection::kClosed);
  env.manual().Advance(absl::Seconds(100));
  REQUIRE(meter.Flush().ok());
  CHECK(env.Used() == store::Metered{130, 160, 0, 0});
  env.zones.Connect(env.scope, {"east", "west"});
  env.manual().Advance(absl::Seconds(100));
  REQUIRE(meter.Flush().ok());
  CHECK(env.Used() == store::Metered{330, 360, 0, 0});
  // All are gone, and are missed soon after: they count until they went.
  env.zones.Connect(env.scope, {});
  env.manual().Advance(absl::Minutes(10));
  CHECK(env.Used() == store::Metered{330, 360, 0, 0});
}

TEST_CASE("what was counted is put down every five minutes and when the hour ends",
          "[insights][usage]") {
  UsageEnv env;
  const absl::Time begin = env.clock.Now();
  UsageMeter meter(env.Deps(env.zones));
  env.zones.Connect(env.scope, {"east"});
  env.manual().Advance(absl::Minutes(4));
  CHECK(env.Hours().empty());
  env.manual().Advance(absl::Minutes(1));
  CHECK(env.Used().zone_seconds == 300);
  const store::Hour hour = store::HourOf(begin);
  const absl::Duration left = store::BeginOf(hour + 1) - begin;
  env.manual().Advance(left - absl::Minutes(5));
  const auto first = env.Hours();
  REQUIRE(first.size() == 1);
  CHECK(first[0].hour == hour);
  CHECK(first[0].used.zone_seconds == static_cast<uint64_t>(absl::ToInt64Seconds(left)));
  env.manual().Advance(absl::Hours(2));
  const auto all = env.Hours();
  REQUIRE(all.size() == 3);
  CHECK(all[0].used == first[0].used);
  CHECK(all[1].used.zone_seconds == 3600);
  CHECK(all[2].used.zone_seconds == 3600);
}

TEST_CASE("the end of a daemon loses nothing, and is not the end of what others count",
          "[insights][usage]") {
  UsageEnv env;
  UsageZones elsewhere;
  UsageMeter other(env.Deps(elsewhere));
  {
    UsageMeter meter(env.Deps(env.zones));
    env.zones.Connect(env.scope, {"east"});
    elsewhere.Connect(env.scope, {"west"});
    env.manual().Advance(absl::Seconds(90));
    meter.Rest();
    const int asked = env.zones.asked;
    // It goes, as all do then: that is not looked at, and does not count.
    env.zones.Connect(env.scope, {});
    env.manual().Advance(absl::Seconds(30));
    CHECK(env.zones.asked == asked);
    CHECK(env.Used() == store::Metered{});
  }
  CHECK(env.Used().zone_seconds == 90);
  REQUIRE(other.Flush().ok());
  CHECK(env.Used().zone_seconds == 90 + 120);
}

TEST_CASE("what could not be put down is kept until it can", "[insights][usage]") {
  UsageEnv env;
  UsageMeter meter(env.Deps(env.zones));
  env.zones.Connect(env.scope, {"east"});
  env.metering.is_broken = true;
  env.manual().Advance(absl::Minutes(11));
  REQUIRE(env.Put("MeshTimeout", "default", "t", resources::testing::TimeoutSpec()).ok());
  CHECK(absl::IsUnavailable(meter.Flush()));
  env.manual().Advance(absl::Minutes(1));
  CHECK(env.Hours().empty());
  env.metering.is_broken = false;
  REQUIRE(meter.Flush().ok());
  CHECK(env.Used().zone_seconds == 720);
  REQUIRE(meter.Flush().ok());
  CHECK(env.Used().zone_seconds == 720);
}

TEST_CASE("writes of people and zones count once each, and those of the daemon do not",
          "[insights][usage]") {
  UsageEnv env;
  const auto put = [&](const model::TenantScope& who, const std::vector<std::string>& names) {
    return (*env.store).Write(who, [names](store::WriteTx& tx) -> absl::Status {
      for (const std::string& name : names) {
        model::Resource resource =
            store::testing::NewResource("MeshTimeout", "default", name, "0123456789");
        if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
      }
      return absl::OkStatus();
    });
  };
  const model::TenantScope person = env.As(model::Role::kAdmin);
  const model::TenantScope zone = env.AsZone();
  env.metering.TakeWritten();
  REQUIRE(put(env.scope, {"of-the-daemon"}).ok());
  REQUIRE(put(person, {"a"}).ok());
  REQUIRE(put(person, {"b", "c"}).ok());
  REQUIRE(put(zone, {"d"}).ok());
  // What changes nothing, and what is refused.
  REQUIRE(put(person, {}).ok());
  const auto refused = (*env.store).Write(person, [](store::WriteTx& tx) -> absl::Status {
    model::Resource resource = store::testing::NewResource("MeshTimeout", "default", "e");
    if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
    return absl::InvalidArgumentError("no");
  });
  REQUIRE_FALSE(refused.ok());
  UsageMeter meter(env.Deps(env.zones));
  REQUIRE(meter.Flush().ok());
  const auto hours = env.Hours();
  REQUIRE(hours.size() == 1);
  CHECK(hours[0].used.writes == 3);
  CHECK(hours[0].used.bytes == 40);
  CHECK(hours[0].used.zone_seconds == 0);
}

TEST_CASE("a control plane that is deleted counts until then", "[insights][usage]") {
  UsageEnv env;
  UsageMeter meter(env.Deps(env.zones));
  env.zones.Connect(env.scope, {"east"});
  env.manual().Advance(absl::Seconds(60));
  REQUIRE((*env.store)
              .WriteDirectory(env.owner(),
                              [&](store::DirectoryTx& tx) {
                                return tx.DeleteControlPlane(env.scope.control_plane()).status();
                              })
              .ok());
  env.zones.Connect(env.scope, {});
  env.manual().Advance(absl::Minutes(30));
  CHECK(env.Used().zone_seconds == 60);
}

TEST_CASE("what nobody uses costs nothing, and what stays as it is a row an hour",
          "[insights][usage]") {
  UsageEnv env;
  UsageMeter meter(env.Deps(env.zones));
  env.manual().Advance(absl::Minutes(1));
  auto before = env.store->counters();
  env.manual().Advance(absl::Hours(24));
  CHECK(env.store->counters().reads == before.reads);
  CHECK(env.store->counters().writes == before.writes);
  env.zones.Connect(env.scope, {"east"});
  env.Run({.name = "a"});
  env.manual().Advance(absl::Minutes(1));
  const int asked = env.zones.asked;
  env.manual().Advance(absl::Hours(24));
  CHECK(env.zones.asked == asked);
  CHECK(env.Hours().size() == 25);
}
