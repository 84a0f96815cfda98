// SPDX-License-Identifier: Apache-2.0
#include "kds/refusals.h"

#include <catch2/catch.hpp>

#include "skyden/base/limits.h"

using namespace skyden;
using namespace skyden::kds;

namespace {

const model::ControlPlaneId kVictim("11111111-1111-4111-8111-111111111111");

struct Env {
  RejectedConnection Of(const std::string& ip, const std::string& reason) {
    clock.Advance(absl::Milliseconds(1));
    RejectedConnection one;
    one.at = clock.Now();
    one.peer = ip + ":4711";
    one.peer_ip = ip;
    one.reason = reason;
    return one;
  }

  base::FakeClock clock;
  base::ManualExecutor executor{clock};
  std::vector<RejectedConnection> told;
  std::shared_ptr<Refusals> refusals = std::make_shared<Refusals>(Refusals::Deps{
      clock, executor, executor, [this](const RejectedConnection& one) { told.push_back(one); }});
};

}  // namespace

TEST_CASE("of a flood from one address the first are told, and then how many more", "[kds]") {
  Env env;
  for (int i = 0; i < 10'000; ++i) env.refusals->Add(env.Of("10.0.0.9", "no credential"));
  CHECK(env.told.size() == base::limits::kRefusalsPerMinute);
  CHECK(env.refusals->All().size() == base::limits::kRefusalsPerMinute);
  env.executor.Advance(absl::Minutes(1));
  REQUIRE(env.told.size() == base::limits::kRefusalsPerMinute + 1);
  CHECK(env.told.back().peer == "10.0.0.9");
  CHECK(env.told.back().reason == "9995 more within a minute; the last: no credential");
  CHECK(env.refusals->All().front().reason == env.told.back().reason);
  // Nothing more comes of it, and a new minute begins anew.
  env.executor.Advance(absl::Minutes(5));
  CHECK(env.told.size() == base::limits::kRefusalsPerMinute + 1);
  env.refusals->Add(env.Of("10.0.0.9", "no credential"));
  CHECK(env.told.size() == base::limits::kRefusalsPerMinute + 2);
}

TEST_CASE("a zone that tries again and again is one zone", "[kds]") {
  Env env;
  const auto refuse = [&](const std::string& zone, const std::string& reason) {
    RejectedConnection one = env.Of("10.0.0.9", reason);
    one.zone_name = zone;
    one.control_plane = kVictim;
    env.refusals->Add(one);
    return one.at;
  };
  const absl::Time first = refuse("eu-9", "the token expired");
  refuse("", "the token expired");
  for (int i = 0; i < 500; ++i) refuse("eu-9", "the token expired");
  const absl::Time other = refuse("eu-8", "the token was revoked");
  const auto zones = env.refusals->ZonesOf(kVictim);
  REQUIRE(zones.size() == 2);
  CHECK(zones[0].zone_name == "eu-8");
  CHECK(zones[0].since == other);
  CHECK(zones[1].since == first);
  CHECK(zones[1].at > first);
  CHECK(zones[1].peer_ip == "10.0.0.9");
  CHECK(zones[1].advice.find("Issue a new token") == 0);
  // Another reason, or a long pause, begins anew.
  const absl::Time now = refuse("eu-9", "the token was revoked");
  CHECK(env.refusals->ZonesOf(kVictim)[1].since == now);
  env.clock.Advance(absl::Hours(2));
  const absl::Time later = refuse("eu-9", "the token was revoked");
  CHECK(env.refusals->ZonesOf(kVictim)[1].since == later);
}

TEST_CASE("names that refused zones claim are bounded, the newest stay", "[kds]") {
  Env env;
  for (size_t i = 0; i < 2 * base::limits::kRefusedZones; ++i) {
    RejectedConnection one = env.Of("10.0.0.9", "the token expired");
    one.zone_name = "zone-" + std::to_string(100'000 + i);
    one.control_plane = kVictim;
    env.refusals->Add(one);
  }
  const auto zones = env.refusals->ZonesOf(kVictim);
  CHECK(zones.size() == base::limits::kRefusedZones);
  CHECK(zones.front().zone_name == "zone-" + std::to_string(100'000 + base::limits::kRefusedZones));
}

TEST_CASE("a flood from everywhere is told apart as far as there is room", "[kds]") {
  Env env;
  for (int i = 0; i < 20'000; ++i) {
    const std::string ip = "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250);
    env.refusals->Add(env.Of(ip, "no credential"));
  }
  env.executor.Advance(absl::Minutes(1));
  CHECK(env.told.size() <= base::limits::kRefusingAddresses + base::limits::kRefusalsPerMinute + 1);
  CHECK(env.refusals->All().size() <= base::limits::kRejectedConnections);
}

TEST_CASE("an address is a /64 of IPv6", "[kds]") {
  Env env;
  for (int i = 0; i < 100; ++i) {
    env.refusals->Add(env.Of("2001:db8::" + std::to_string(i), "no credential"));
  }
  CHECK(env.told.size() == base::limits::kRefusalsPerMinute);
}

TEST_CASE("strangers crowd out nobody who has shown a credential", "[kds]") {
  Env env;
  RejectedConnection real = env.Of("10.0.0.9", "the zone's token expired");
  real.control_plane = kVictim;
  const auto flood = [&] {
    for (int i = 0; i < 1'000; ++i) env.refusals->Add(env.Of("10.0.0.9", "nonsense"));
    env.executor.Advance(absl::Minutes(1));
  };
  flood();
  env.told.clear();
  env.refusals->Add(real);
  CHECK(env.told.size() == 1);
  for (int i = 0; i < 100; ++i) flood();
  REQUIRE(env.refusals->Of(kVictim).size() == 1);
  CHECK(env.refusals->Of(kVictim).front().reason == real.reason);
  const auto all = env.refusals->All();
  CHECK(all.size() <= 2 * base::limits::kRejectedConnections);
  CHECK(all.back().reason == real.reason);
  CHECK(all.back().advice.find("Issue a new token") != std::string::npos);
}
