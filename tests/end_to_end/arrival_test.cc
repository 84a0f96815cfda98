// SPDX-License-Identifier: Apache-2.0
// 200 zones of a real daemon, 20 of them slow, cut off at random: who waits is never told that they
// have arrived before the last one acknowledged. How much later he is told is printed.
#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <deque>
#include <iostream>
#include <random>
#include <thread>

#include "absl/time/clock.h"
#include "tests/end_to_end/daemon.h"
#include "tests/kds/fake_zone.h"

namespace skyden::end_to_end {
namespace {

using kds::testing::FakeZone;

constexpr size_t kZones = 200;
constexpr size_t kSlow = 20;  // the first ones
constexpr int kWrites = 60;
constexpr absl::Duration kLook = absl::Microseconds(20);

using Times = std::array<absl::Time, kWrites + 1>;  // by number

class PlayedZone {
 public:
  PlayedZone(const TestDaemon& daemon, const std::string& id, size_t index)
      : slow_(index < kSlow), random_(static_cast<uint32_t>(index)) {
    FakeZone::Options options;
    options.name = "zone-" + std::to_string(index);
    options.user_info = id + ":" + daemon.Provision(id, options.name);
    options.hash_suffix = false;
    options.features = {"zone-token", "producer-policy-flow", "optional-top-level-target-ref"};
    zone_ = std::make_unique<FakeZone>(daemon.address("kds"), options);
    acknowledged.fill(absl::InfiniteFuture());
  }

  // A little of what there is to do.
  void Step() {
    if (Chance(0.0005)) stream_ = nullptr;
    if (stream_ == nullptr) {
      stream_ = zone_->Sync({"Mesh", "MeshTimeout"});
      waiting_.clear();
    }
    while (auto bytes = stream_->Read(kLook)) waiting_.push_back(*std::move(bytes));
    while (!waiting_.empty() && !(slow_ && Chance(0.8))) {
      const auto received = kds::testing::Read(waiting_.front());
      waiting_.pop_front();
      for (const auto& [name, spec] : received.resources) {
        if (name.starts_with("t-")) number_ = std::max(number_, std::atoi(name.c_str() + 2));
      }
      // Noted before it is said: the daemon may have it sooner than we know.
      for (int n = number_; n > 0 && acknowledged[static_cast<size_t>(n)] > absl::Now(); --n) {
        acknowledged[static_cast<size_t>(n)] = absl::Now();
      }
      if (stream_->Write(zone_->Ack(received.type, received.nonce))) continue;
      stream_ = nullptr;
      return;
    }
  }

  Times acknowledged;

 private:
  bool Chance(double probability) { return std::bernoulli_distribution(probability)(random_); }

  const bool slow_;
  std::mt19937 random_;
  std::unique_ptr<FakeZone> zone_;
  std::unique_ptr<kds::testing::FakeStream> stream_;
  std::deque<std::string> waiting_;
  int number_ = 0;
};

// Writes and waits, over and over. No assertions: another thread has those.
struct Person {
  void Run(const TestDaemon& daemon, const std::string& id) {
    Rest rest = daemon.NewRest();
    const std::string wait =
        "/v1/mesh/control-planes/" + id + "/ops/propagation?zones=all&wait=20s&show=open";
    for (int number = 1; number <= kWrites; ++number) {
      const std::string name = "t-" + std::to_string(number);
      const std::string path = TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/" + name;
      if (rest.Call("PUT", path, Timeout(name, 7)).status != 201) break;
      Answer answer = rest.Call("GET", wait);
      for (int i = 0; i < 20 && answer.body.value("outcome", "") == "waiting"; ++i) {
        answer = rest.Call("GET", wait + "&revision=" + answer.body.value("revision", ""));
      }
      if (answer.body.value("outcome", "") != "arrived") break;
      told[static_cast<size_t>(number)] = absl::Now();
      done = number;
    }
    over = true;
  }

  Times told{};
  std::atomic<int> done{0};
  std::atomic<bool> over{false};
};

}  // namespace

TEST_CASE("who waits for 200 zones is told when the last has acknowledged", "[end_to_end]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  std::vector<std::unique_ptr<PlayedZone>> zones;
  for (size_t i = 0; i < kZones; ++i) {
    zones.push_back(std::make_unique<PlayedZone>(daemon, id, i));
  }
  Person person;
  std::thread asks([&] { person.Run(daemon, id); });
  while (!person.over) {
    for (const auto& zone : zones) zone->Step();
  }
  asks.join();
  REQUIRE(person.done == kWrites);
  std::vector<double> late_ms;
  for (size_t number = 1; number <= kWrites; ++number) {
    absl::Time last = absl::InfinitePast();
    for (const auto& zone : zones) last = std::max(last, zone->acknowledged[number]);
    CHECK(last <= person.told[number]);
    late_ms.push_back(absl::ToDoubleMilliseconds(person.told[number] - last));
  }
  std::sort(late_ms.begin(), late_ms.end());
  std::cout << kZones << " zones, " << kWrites
            << " writes: told after the last acknowledgement, ms: p50 "
            << late_ms[late_ms.size() / 2] << ", p90 " << late_ms[late_ms.size() * 9 / 10]
            << ", worst " << late_ms.back() << '\n';
}

}  // namespace skyden::end_to_end
