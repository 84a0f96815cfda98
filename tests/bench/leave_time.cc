// SPDX-License-Identifier: Apache-2.0
// How long it takes until the last of 200 live zones (or SKYDEN_BENCH_ZONES) is gone after their
// token was revoked, and after their control plane was suspended, while as many zones of another
// control plane stay. Prints a line of JSON for each.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "server/services.h"
#include "tests/kds/kds_env.h"

namespace skyden::kds::testing {
namespace {

using identity::AccountKind;

struct LiveZone {
  FakeZone zone;
  std::unique_ptr<FakeStream> down;
  std::unique_ptr<FakeStream> up;
};

struct Bench {
  KdsEnv env;
  identity::AccountService& accounts = *env.services().accounts;
  identity::TokenService& tokens = *env.services().tokens;
  model::OrganizationScope owner = env.owner();

  // A token that connects zones of `scope` under any name.
  identity::IssuedToken NewToken(const model::TenantScope& scope) {
    const auto made = accounts.Create(
        owner, {AccountKind::kSystemAccount, scope.control_plane().str(), "", "", ""});
    accounts
        .Assign(owner, AccountKind::kSystemAccount, made->id,
                {model::Role::kConnector, scope.control_plane(), "*"})
        .value();
    return tokens.Issue(owner, AccountKind::kSystemAccount, made->id, {"t", std::nullopt}).value();
  }

  std::vector<LiveZone> Connect(const model::TenantScope& scope, const std::string& token,
                                int count) {
    std::vector<LiveZone> zones;
    for (int i = 0; i < count; ++i) {
      FakeZone::Options options;
      options.name = "zone-" + std::to_string(i);
      options.user_info = scope.control_plane().str() + ":" + token;
      FakeZone zone = env.Zone(options);
      auto down = zone.Sync({"Mesh"});
      auto up = zone.Open(kUp);
      if (!down->Read().has_value() || !up->Read().has_value()) std::abort();
      zones.push_back({std::move(zone), std::move(down), std::move(up)});
    }
    return zones;
  }
};

// Waits until every stream is over. One after the other: the sum is an upper bound of the longest.
absl::Duration AwaitEnd(std::vector<LiveZone>& zones, absl::Time since, grpc::StatusCode code) {
  for (LiveZone& zone : zones) {
    while (zone.up->Read(absl::Seconds(60)).has_value()) {
    }
    REQUIRE(zone.down->End(absl::Seconds(60)).error_code() == code);
    REQUIRE(zone.up->End(absl::Seconds(60)).error_code() == code);
  }
  return absl::Now() - since;
}

size_t StillThere(KdsEnv& env, const model::TenantScope& scope) {
  return env.server->OnlineZones(scope).size();
}

void Print(const char* what, int zones, absl::Duration longest, size_t others) {
  std::printf(
      "{\"what\":\"%s\",\"zones\":%d,\"streams\":%d,\"last_end_ms\":%.1f,"
      "\"other_zones_still_there\":%zu}\n",
      what, zones, 2 * zones, absl::ToDoubleMilliseconds(longest), others);
}

// The fake zones check themselves with Catch's assertions, hence a test case.
TEST_CASE("zones that must leave are gone within a moment", "[bench]") {
  const char* given = std::getenv("SKYDEN_BENCH_ZONES");
  const int count = given == nullptr ? 200 : std::atoi(given);
  REQUIRE(count > 0);
  Bench bench;
  const auto one = bench.env.NewControlPlane("one");
  const auto two = bench.env.NewControlPlane("two");
  const auto token = bench.NewToken(one);
  const auto other = bench.NewToken(two);
  const auto staying = bench.Connect(two, other.text, count);

  auto leaving = bench.Connect(one, token.text, count);
  absl::Time begin = absl::Now();
  bench.tokens
      .Revoke(bench.owner, AccountKind::kSystemAccount, token.record.account, token.record.id)
      .value();
  absl::Duration longest = AwaitEnd(leaving, begin, grpc::StatusCode::UNAUTHENTICATED);
  Print("token revoked", count, longest, StillThere(bench.env, two));

  const auto again = bench.tokens
                         .Issue(bench.owner, AccountKind::kSystemAccount, token.record.account,
                                {"again", std::nullopt})
                         .value();
  leaving = bench.Connect(one, again.text, count);
  begin = absl::Now();
  bench.env.services()
      .control_planes->Suspend(bench.owner, one.control_plane(), {"bench", std::nullopt})
      .value();
  longest = AwaitEnd(leaving, begin, grpc::StatusCode::UNAVAILABLE);
  Print("control plane suspended", count, longest, StillThere(bench.env, two));
}

}  // namespace
}  // namespace skyden::kds::testing
