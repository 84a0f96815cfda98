// SPDX-License-Identifier: Apache-2.0
// Kills the daemon, again and again, while clients write to it, and looks for what it had
// acknowledged. The moments come from a seed, which is printed; the clock decides what they hit.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <thread>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

constexpr int kKills = 50;
constexpr int kWriters = 4;
constexpr int kNamesEach = 25;  // so that updates and deletes meet what was there

// What a writer knows of one resource: what was acknowledged last, and what was asked since.
struct Known {
  int acknowledged = 0;           // the timeout's seconds; 0: deleted or never there
  std::optional<int> unanswered;  // an answer never came: this or `acknowledged` must be there
};

// Writes until the daemon is gone. Owns its names alone.
class Writer {
 public:
  Writer(int number, std::string api, uint64_t seed)
      : number_(number), api_(std::move(api)), random_(seed) {}

  void WriteUntilGone(Rest rest) {
    while (true) {
      const std::string name = fmt::format("w{}-{}", number_, random_() % kNamesEach);
      Known& known = known_[name];
      const bool remove = known.acknowledged != 0 && random_() % 5 == 0;
      const int seconds = remove ? 0 : ++last_value_;
      known.unanswered = seconds;
      const std::string path = PathOf(name);
      const Answer answer =
          remove ? rest.Call("DELETE", path) : rest.Call("PUT", path, Timeout(name, seconds));
      if (answer.status == 0) return;
      if (answer.status != 200 && answer.status != 201) {
        // A refusal of a daemon that is going down writes nothing.
        known.unanswered.reset();
        ++refused_;
        return;
      }
      known.acknowledged = seconds;
      known.unanswered.reset();
      ++acknowledged_;
    }
  }

  // Compares with what is stored, and takes that as known from now on. Returns what is wrong.
  std::vector<std::string> Check(const std::map<std::string, int>& stored) {
    std::vector<std::string> wrong;
    for (auto& [name, known] : known_) {
      const auto found = stored.find(name);
      const int have = found == stored.end() ? 0 : found->second;
      if (have != known.acknowledged && have != known.unanswered.value_or(known.acknowledged)) {
        wrong.push_back(fmt::format("{}: stored {}, acknowledged {}, unanswered {}", name, have,
                                    known.acknowledged, known.unanswered.value_or(-1)));
      }
      known = {have, std::nullopt};
    }
    return wrong;
  }

  uint64_t acknowledged() const { return acknowledged_; }
  uint64_t refused() const { return refused_; }

 private:
  std::string PathOf(const std::string& name) const {
    return api_ + "/meshes/default/meshtimeouts/" + name;
  }

  const int number_;
  const std::string api_;
  std::mt19937_64 random_;
  int last_value_ = 0;
  uint64_t acknowledged_ = 0;
  uint64_t refused_ = 0;
  std::map<std::string, Known> known_;
};

std::map<std::string, int> Stored(const TestDaemon& daemon, const std::string& api) {
  const Answer listed = daemon.Call("GET", api + "/meshes/default/meshtimeouts?size=1000");
  std::map<std::string, int> stored;
  for (const Json& item : listed.body.at("items")) {
    if (item.at("name").get<std::string>().starts_with("mesh-")) continue;  // came with the mesh
    const std::string text =
        item.at("/spec/to/0/default/connectionTimeout"_json_pointer).get<std::string>();
    // Go prints 75 s as "1m15s": minutes and seconds are all that occurs here.
    int minutes = 0;
    int hours = 0;
    std::string rest = text;
    if (const size_t h = rest.find('h'); h != std::string::npos) {
      hours = std::stoi(rest);
      rest = rest.substr(h + 1);
    }
    if (const size_t m = rest.find('m'); m != std::string::npos) {
      minutes = std::stoi(rest);
      rest = rest.substr(m + 1);
    }
    stored[item.at("name").get<std::string>()] = (hours * 60 + minutes) * 60 + std::stoi(rest);
  }
  return stored;
}

TEST_CASE("fifty kills at random moments lose nothing that was acknowledged",
          "[end_to_end][crash]") {
  const char* given = std::getenv("SKYDEN_TEST_SEED");
  const uint64_t seed =
      given == nullptr ? std::random_device{}() : std::strtoull(given, nullptr, 10);
  std::cout << "seed " << seed << std::endl;
  INFO("SKYDEN_TEST_SEED=" << seed);
  std::mt19937_64 random(seed);

  TestDaemon daemon;
  const std::string api = TestDaemon::ApiOf(daemon.CreateControlPlane("crash"));
  std::vector<Writer> writers;
  for (int i = 0; i < kWriters; ++i) writers.emplace_back(i, api, random());
  for (int kill = 0; kill < kKills; ++kill) {
    std::vector<std::thread> threads;
    for (Writer& writer : writers) {
      threads.emplace_back(
          [&writer, rest = daemon.NewRest()]() mutable { writer.WriteUntilGone(std::move(rest)); });
    }
    absl::SleepFor(absl::Microseconds(static_cast<int64_t>(random() % 150'000)));
    daemon.Kill();
    for (std::thread& thread : threads) thread.join();
    daemon.Start();
    const auto stored = Stored(daemon, api);
    for (Writer& writer : writers) {
      for (const std::string& wrong : writer.Check(stored))
        FAIL_CHECK("kill " << kill << ": " << wrong);
    }
  }
  uint64_t acknowledged = 0;
  for (const Writer& writer : writers) {
    acknowledged += writer.acknowledged();
    CHECK(writer.refused() == 0);
  }
  std::cout << kKills << " kills, " << acknowledged << " acknowledged writes" << std::endl;
  CHECK(acknowledged > kKills);
  CHECK(daemon.Stop() == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
