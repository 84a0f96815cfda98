// SPDX-License-Identifier: Apache-2.0
// Zones behind links on which bytes crawl, and behind links on which nothing moves any more. The
// link is turned by hand, and time too: what takes a quarter of an hour takes no time here.
#include "tests/kds/slow_link.h"

#include <catch2/catch.hpp>

#include "skyden/base/limits.h"
#include "skyden/store/tenant_tx.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

constexpr size_t kCrankBytes = 64u << 10;
constexpr size_t kPolicies = 80;
constexpr size_t kPolicyBytes = 100'000;  // 8 MB in all: more than kernels buffer

struct Env : KdsEnv {
  Env() : KdsEnv(Time::kManual) {
    const std::string padding(kPolicyBytes, 'x');
    for (size_t i = 0; i < kPolicies; ++i) {
      const auto put = store->Write(scope, [&](store::WriteTx& tx) {
        auto policy = MakeResource("MeshTimeout", "default", "t" + std::to_string(i),
                                   R"({"targetRef":{"kind":"Mesh"},"pad":")" + padding + "\"}");
        return tx.PutResource(policy);
      });
      REQUIRE(put.ok());
    }
  }

  // The zone asks, and the first bytes of its answer are on their way.
  void Connect() {
    down = zone.Sync({"MeshTimeout"});
    REQUIRE(RunUntil([&] { return server->counters().bytes_in_flight > 0; }));
  }
  // Lets the link carry `bytes` more; false when they do not come.
  bool Crank(size_t bytes) {
    link.Allow(bytes);
    return RunUntil([&] { return ZoneHasIt() || link.UsedUp(); });
  }
  // The zone reads all the time.
  bool ZoneHasIt() {
    if (!received.has_value()) received = down->Read(absl::Milliseconds(1));
    return received.has_value();
  }
  bool IsOnline() { return !server->OnlineZones(scope).empty(); }

  model::TenantScope scope = NewControlPlane();
  SlowLink link{server->address(), kCrankBytes};
  FakeZone zone{link.address(), [this] {
                  FakeZone::Options options;
                  options.user_info = UserInfo(scope, "zone-1");
                  return options;
                }()};
  std::unique_ptr<FakeStream> down;
  std::optional<std::string> received;
};

}  // namespace

TEST_CASE("a zone on a link that crawls is served to the end", "[kds]") {
  Env env;
  env.Connect();
  // 64 KiB in 20 s: 3 KB/s. The rest passes freely, as the last bytes may be fewer.
  for (size_t passed = 0; passed + 2 * kCrankBytes < kPolicies * kPolicyBytes;
       passed += kCrankBytes) {
    REQUIRE(env.Crank(kCrankBytes));
    env.manual().Advance(absl::Seconds(20));
    REQUIRE(env.IsOnline());
  }
  env.link.Allow(kPolicies * kPolicyBytes);
  REQUIRE(env.RunUntil([&] { return env.ZoneHasIt(); }));
  CHECK(testing::Read(*env.received).resources.size() == kPolicies + 2);
}

TEST_CASE("a zone whose link stands still is given up after a while", "[kds]") {
  Env env;
  env.Connect();
  REQUIRE(env.Crank(kCrankBytes));
  // What is under way already may still move.
  env.manual().Advance(absl::Seconds(15));
  env.manual().Advance(base::limits::kKdsSendStall - absl::Seconds(16));
  CHECK(env.IsOnline());
  env.manual().Advance(absl::Seconds(31));
  REQUIRE(env.RunUntil([&] { return !env.IsOnline(); }));
  // Once the connection is given up, too.
  CHECK(env.RunUntil([&] { return env.server->counters().bytes_in_flight == 0; }));
  env.link.Allow(10 * kPolicies * kPolicyBytes);  // what was under way, and then the end
  while (env.down->Read().has_value()) {
  }
  CHECK_FALSE(env.down->End().ok());
}
