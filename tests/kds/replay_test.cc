// SPDX-License-Identifier: Apache-2.0
// Two recorded zones against a fresh control plane: what they receive is what a Kuma global gave
// them, type by type, and nothing else.
#include <catch2/catch.hpp>

#include "server/services.h"
#include "tests/kds/kds_env.h"
#include "tests/kds/recorded_writer.h"
#include "tests/kds/recorded_zone.h"
#include "tests/kds/recording.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

// Streams of the recording.
constexpr int kEastDown = 1, kWestDown = 8, kEastDownAgain = 15;
// Before anything was done to the global.
constexpr int64_t kQuietUntil = 38'300;

// What a recorded zone held after everything before `ms` was sent to it on `stream`.
ZoneState RecordedState(const std::vector<RecordedEvent>& events, int stream, int64_t ms) {
  ZoneState state;
  for (const RecordedEvent& event : events) {
    if (event.stream != stream || event.from_zone || event.ms >= ms) continue;
    if (event.kind == RecordedEvent::Kind::kMessage) Apply(event.message, state);
  }
  return state;
}

class Replay {
 public:
  Replay(KdsEnv& env, const model::TenantScope& scope)
      : global_(env, scope, SessionWrites()),
        east_(env.server->address(), "zone-east", env.Provision(scope, "zone-east")),
        west_(env.server->address(), "zone-west", env.Provision(scope, "zone-west")) {}

  // Plays the zones' part, and what was done at the global, from `from` to `to`.
  void Play(const std::vector<RecordedEvent>& events, int64_t from, int64_t to) {
    for (const RecordedEvent& event : events) {
      if (event.ms < from || event.ms >= to) continue;
      global_.CatchUp(event.ms);
      (event.zone_name == "zone-east" ? east_ : west_).Play(event);
    }
  }

  RecordedZone& east() { return east_; }
  RecordedZone& west() { return west_; }

 private:
  RecordedWriter global_;
  RecordedZone east_;
  RecordedZone west_;
};

}  // namespace

TEST_CASE("recorded zones receive what a Kuma global gave them", "[kds][replay]") {
  const auto events = LoadRecording();
  KdsEnv env;
  env.services().KeepServiceInsights(absl::Milliseconds(20));
  const auto scope = env.NewControlPlane();
  Replay replay(env, scope);

  replay.Play(events, 0, kQuietUntil);
  CHECK(replay.east().ReceiveUntil(RecordedState(events, kEastDown, kQuietUntil)) == "");
  CHECK(replay.west().ReceiveUntil(RecordedState(events, kWestDown, kQuietUntil)) == "");

  replay.Play(events, kQuietUntil, kSessionRestartAt);
  CHECK(replay.east().ReceiveUntil(RecordedState(events, kEastDown, kSessionRestartAt)) == "");
  CHECK(replay.west().ReceiveUntil(RecordedState(events, kWestDown, kSessionRestartAt)) == "");

  // zone-east comes back with an empty store, and is told everything anew.
  replay.east().Disconnect();
  replay.Play(events, kSessionRestartAt, INT64_MAX);
  CHECK(replay.east().ReceiveUntil(RecordedState(events, kEastDownAgain, INT64_MAX)) == "");
  CHECK(replay.west().ReceiveUntil(RecordedState(events, kWestDown, INT64_MAX)) == "");
}
