// SPDX-License-Identifier: Apache-2.0
#include "peers/look_out.h"

#include <catch2/catch.hpp>

#include "skyden/base/limits_peers.h"

using namespace skyden;
using namespace skyden::peers;

namespace {

constexpr Word kHasIt{.answered = true, .unheard = absl::ZeroDuration(), .steady = absl::Hours(1)};
constexpr Word kHasItAgain{.answered = true, .steady = absl::Seconds(1)};
constexpr Word kIsWithout{.answered = true, .unheard = absl::Seconds(9)};
constexpr Word kSilent{};

// A daemon's look-out, and what it did.
struct Watched {
  Watched() {
    look_out = std::make_shared<LookOut>(
        LookOut::Deps{.clock = clock,
                      .workers = manual,
                      .timers = manual,
                      .unheard = [this] { return unheard; },
                      .count = [this] { return daemons; },
                      .on_count = [this](size_t count) { counted.push_back(count); },
                      .ask =
                          [this] {
                            ++asked;
                            return words;
                          },
                      .end_zones = [this] { ++ended; },
                      .say = [this] { ++said; }});
    look_out->Start();
  }
  ~Watched() { look_out->Stop(); }
  // As if the database had not been heard of meanwhile.
  void Pass(absl::Duration time) {
    for (absl::Duration passed; passed < time; passed += base::limits::kPeerLook) {
      if (is_away) unheard += base::limits::kPeerLook;
      manual.Advance(base::limits::kPeerLook);
    }
  }

  base::FakeClock clock;
  base::ManualExecutor manual{clock};
  absl::Duration unheard = absl::ZeroDuration();
  bool is_away = false;
  size_t daemons = 2;
  std::vector<Word> words = {kHasIt};
  std::vector<size_t> counted;
  int asked = 0;
  int ended = 0;
  int said = 0;
  std::shared_ptr<LookOut> look_out;
};

}  // namespace

TEST_CASE("a daemon is cut off when others have what it has not", "[peers]") {
  const auto long_time = base::limits::kPeerCutOff;
  CHECK(PlightOf(absl::ZeroDuration(), {kSilent}) == Plight::kNone);
  CHECK(PlightOf(absl::Seconds(3), {kHasIt}) == Plight::kOutage);  // it may be a moment
  CHECK(PlightOf(long_time, {kHasIt}) == Plight::kCutOff);
  CHECK(PlightOf(long_time, {kIsWithout, kHasIt}) == Plight::kCutOff);
  CHECK(PlightOf(long_time, {kSilent, kHasIt}) == Plight::kCutOff);
  CHECK(PlightOf(long_time, {kIsWithout}) == Plight::kOutage);
  CHECK(PlightOf(long_time, {kSilent, kIsWithout}) == Plight::kOutage);
  CHECK(PlightOf(long_time, {kHasItAgain}) == Plight::kOutage);  // this one may be next
  CHECK(PlightOf(long_time, {kSilent, kSilent}) == Plight::kCutOff);
  CHECK(PlightOf(long_time, {}) == Plight::kOutage);
}

TEST_CASE("zones of a daemon that is cut off are sent to others before 6 s are over", "[peers]") {
  Watched daemon;
  daemon.Pass(absl::Seconds(10));
  CHECK(daemon.ended == 0);
  CHECK(daemon.asked == 0);
  CHECK(daemon.look_out->Steady() == absl::Seconds(10));

  daemon.is_away = true;
  daemon.Pass(absl::Seconds(3));
  CHECK(daemon.ended == 0);
  CHECK(daemon.look_out->Steady() == absl::ZeroDuration());
  daemon.Pass(absl::Seconds(2));
  CHECK(daemon.ended > 0);
  // Who comes while it lasts goes too.
  const int before = daemon.ended;
  daemon.Pass(absl::Seconds(1));
  CHECK(daemon.ended == before + 1);

  daemon.is_away = false;
  daemon.unheard = absl::ZeroDuration();
  daemon.Pass(absl::Seconds(5));
  CHECK(daemon.ended == before + 1);
  CHECK(daemon.look_out->Steady() >= absl::Seconds(4));
}

TEST_CASE("zones stay where they are while the database is away for all", "[peers]") {
  Watched daemon;
  daemon.words = {kIsWithout, kSilent};
  daemon.is_away = true;
  daemon.Pass(absl::Minutes(5));
  CHECK(daemon.asked > 0);
  CHECK(daemon.ended == 0);
  // Another has it again first: this one has its time to.
  daemon.words = {kHasItAgain, kSilent};
  daemon.Pass(absl::Seconds(1));
  CHECK(daemon.ended == 0);
  daemon.words = {kHasIt, kSilent};
  daemon.Pass(absl::Seconds(1));
  CHECK(daemon.ended == 1);
}

TEST_CASE("how many daemons there are is told when it changes", "[peers]") {
  Watched daemon;
  CHECK(daemon.counted == std::vector<size_t>{2});
  daemon.Pass(absl::Seconds(3));
  CHECK(daemon.counted == std::vector<size_t>{2});
  daemon.daemons = 3;
  daemon.Pass(absl::Seconds(3));
  CHECK(daemon.counted == std::vector<size_t>{2, 3});
  const int said = daemon.said;
  CHECK(said > 0);
  // Nothing is read of the database, or said there, while it is away.
  daemon.is_away = true;
  daemon.unheard = absl::Seconds(2);
  daemon.daemons = 1;
  daemon.Pass(absl::Seconds(3));
  CHECK(daemon.said == said);
  CHECK(daemon.counted == std::vector<size_t>{2, 3});
}
