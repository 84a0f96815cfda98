// SPDX-License-Identifier: Apache-2.0
// Types that are larger than what a zone takes in one message.
#include <catch2/catch.hpp>

#include "absl/strings/escaping.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

constexpr size_t kLittle = 100'000;  // what a small zone takes

// One secret of about `bytes`; incompressible it need not be.
void PutSecret(KdsEnv& env, const model::TenantScope& scope, const std::string& name,
               size_t bytes) {
  const std::string data = absl::Base64Escape(std::string(bytes, 's'));
  const absl::Status put = env.Put(scope, "Secret", "default", name, "\"data\":\"" + data + "\"");
  INFO(put);
  REQUIRE(put.ok());
}

FakeZone ZoneThatTakes(KdsEnv& env, const model::TenantScope& scope, const std::string& name,
                       size_t bytes) {
  FakeZone::Options options;
  options.name = name;
  options.user_info = env.UserInfo(scope, name);
  options.message_bytes_max = bytes;
  return env.Zone(options);
}

// The next message, acknowledged.
std::optional<Received> Take(FakeZone& zone, FakeStream& down,
                             absl::Duration wait = absl::Seconds(20)) {
  const auto bytes = down.Read(wait);
  if (!bytes.has_value()) return std::nullopt;
  Received got = testing::Read(*bytes);
  REQUIRE(down.Write(zone.Ack(got.type, got.nonce)));
  return got;
}

std::vector<std::string> WarningsOn(KdsEnv& env, const model::TenantScope& scope,
                                    const std::string& name) {
  const model::Resource written = env.Find(scope, "Secret", "default", name).value();
  if (!env.server->verdicts().MayWarn(scope.tenant(), written.type)) return {};
  return env.server->verdicts().Warnings(scope, written);
}

}  // namespace

TEST_CASE("a zone is sent as much in one message as it says that it takes", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  for (const char* name : {"a", "b", "c", "d"}) PutSecret(env, scope, name, 2'900'000);
  FakeZone large = ZoneThatTakes(env, scope, "zone-large", 20u << 20);
  auto down = large.Sync({"Secret"});
  const auto all = Take(large, *down);
  REQUIRE(all.has_value());
  CHECK(all->resources.size() == 5);  // and the key that signs tokens

  // Who does not say takes 10 MiB.
  FakeZone stock = ZoneThatTakes(env, scope, "zone-stock", 0);
  auto other = stock.Sync({"Secret", "Mesh"});
  CHECK(Take(stock, *other)->type == "Mesh");
  REQUIRE(env.Eventually([&] { return !env.server->verdicts().Withheld(scope).empty(); }));
  const auto withheld = env.server->verdicts().Withheld(scope);
  REQUIRE(withheld.size() == 1);
  CHECK(withheld.front().zone_name == "zone-stock");
  CHECK(Registry().at(withheld.front().type).name == "Secret");
  CHECK(withheld.front().bytes > 4 * 2'900'000);
  CHECK(withheld.front().bytes_max == 10u << 20);
  CHECK(env.server->counters().types_withheld == 1);
}

TEST_CASE("a type that is too large for a zone is shown, and sent when it fits", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  PutSecret(env, scope, "a", 90'000);
  PutSecret(env, scope, "b", 20'000);
  FakeZone zone = ZoneThatTakes(env, scope, "zone-1", kLittle);
  auto down = zone.Sync({"Secret", "Mesh"});
  CHECK(Take(zone, *down)->type == "Mesh");
  const ZoneVerdicts& verdicts = env.server->verdicts();
  REQUIRE(env.Eventually([&] { return verdicts.Withheld(scope).size() == 1; }));
  const size_t bytes = verdicts.Withheld(scope).front().bytes;
  CHECK(bytes > 110'000);
  CHECK(bytes < 120'000);
  const absl::Time since = verdicts.Withheld(scope).front().since;

  SECTION("its size follows what is written") {
    PutSecret(env, scope, "c", 30'000);
    CHECK(env.Eventually([&] { return verdicts.Withheld(scope).front().bytes > bytes + 30'000; }));
    CHECK(verdicts.Withheld(scope).front().since == since);
  }
  SECTION("until it fits") {
    REQUIRE(env.Delete(scope, "Secret", "default", "b").ok());
    const auto sent = Take(zone, *down);
    REQUIRE(sent.has_value());
    CHECK(sent->type == "Secret");
    CHECK(sent->resources.size() == 2);
    CHECK(env.Eventually([&] { return verdicts.Withheld(scope).empty(); }));
  }
  SECTION("and not of a zone that left") {
    down = nullptr;
    CHECK(env.Eventually([&] { return verdicts.Withheld(scope).empty(); }));
  }
}

TEST_CASE("the write that makes a type too large for a connected zone warns", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  PutSecret(env, scope, "a", 60'000);
  CHECK(WarningsOn(env, scope, "a").empty());
  FakeZone zone = ZoneThatTakes(env, scope, "zone-1", kLittle);
  auto down = zone.Sync({"Secret"});
  REQUIRE(Take(zone, *down).has_value());
  PutSecret(env, scope, "b", 20'000);
  CHECK(WarningsOn(env, scope, "b").empty());
  // It has what came before, and this too, in a message of its own.
  REQUIRE(Take(zone, *down).has_value());
  PutSecret(env, scope, "c", 30'000);
  const auto warnings = WarningsOn(env, scope, "c");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings.front().find("zone zone-1 takes at most 0.1 MiB") != std::string::npos);
  REQUIRE(Take(zone, *down).has_value());
  REQUIRE(env.Delete(scope, "Secret", "default", "b").ok());
  CHECK(WarningsOn(env, scope, "a").empty());
}

TEST_CASE("differences are cut to what a small zone takes", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = ZoneThatTakes(env, scope, "zone-1", kLittle);
  auto down = zone.Sync({"Secret"});
  const auto first = testing::Read(down->Read().value());
  // While it is silent, more comes together than it takes at once.
  for (const char* name : {"a", "b", "c", "d"}) PutSecret(env, scope, name, 40'000);
  REQUIRE(down->Write(zone.Ack("Secret", first.nonce)));
  size_t messages = 0;
  size_t resources = 0;
  while (resources < 4) {
    const auto got = Take(zone, *down);
    REQUIRE(got.has_value());
    resources += got->resources.size();
    ++messages;
  }
  CHECK(messages >= 2);
}
