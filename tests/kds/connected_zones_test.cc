// SPDX-License-Identifier: Apache-2.0
// Who is connected, from where and how far, as it is told to who asks, and that it is told.
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>

#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

// Counts news of one control plane.
class Listening {
 public:
  Listening(KdsEnv& env, const model::TenantScope& scope)
      : held_(env.server->connected().Subscribe(
            [counted = counted_, tenant = scope.tenant(), organization = scope.organization()](
                model::OrganizationKey of, model::TenantKey about) {
              if (about == tenant && of == organization) ++*counted;
            })) {}
  int told() const { return *counted_; }

 private:
  const std::shared_ptr<std::atomic<int>> counted_ = std::make_shared<std::atomic<int>>(0);
  const std::shared_ptr<void> held_;
};

}  // namespace

TEST_CASE("a connected zone is listed with where it is and how far it came", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  const auto other = env.NewControlPlane("other");
  const auto all = [&] { return env.server->connected().Of(scope); };
  Listening news(env, scope);
  CHECK(all().empty());

  FakeZone zone = env.NewZone(scope, "zone-1");
  auto stream = zone.Sync({"Mesh"});
  const auto first = stream->Read();
  REQUIRE(first);
  REQUIRE(all().size() == 1);
  ConnectedZone seen = all().front();
  CHECK(seen.zone_name == "zone-1");
  CHECK(seen.peer_ip == "127.0.0.1");
  CHECK(seen.version == "2.14.3");
  CHECK(seen.token.has_value());
  CHECK(env.server->connected().Of(other).empty());
  // It was sent its state and has not said that it took it.
  REQUIRE(env.Eventually([&] { return all().front().behind_since.has_value(); }));
  seen = all().front();
  REQUIRE(seen.behind_types.size() == 1);
  CHECK(Registry().at(seen.behind_types.front()).name == "Mesh");
  CHECK(news.told() >= 1);

  const int before = news.told();
  const Received received = Read(*first);
  REQUIRE(stream->Write(zone.Ack("Mesh", received.nonce)));
  REQUIRE(env.Eventually([&] { return !all().front().behind_since.has_value(); }));
  CHECK(all().front().confirmed > 0);
  REQUIRE(env.Eventually([&] { return news.told() > before; }));

  const int caught_up = news.told();
  stream->Cancel();
  REQUIRE(env.Eventually([&] { return all().empty(); }));
  REQUIRE(env.Eventually([&] { return news.told() > caught_up; }));
}

TEST_CASE("a zone that is turned away with a credential of its own is news", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Listening news(env, scope);
  FakeZone::Options options;
  options.name = "zone-2";
  options.user_info = env.UserInfo(scope, "zone-1");
  FakeZone zone = env.Zone(options);
  auto stream = zone.Sync({"Mesh"});
  CHECK_FALSE(stream->End().ok());
  REQUIRE(env.Eventually([&] { return news.told() == 1; }));
  CHECK(env.server->Rejected(scope).size() == 1);
  CHECK(env.server->connected().Of(scope).empty());
}
