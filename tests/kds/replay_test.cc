// SPDX-License-Identifier: Apache-2.0
// Two recorded zones against a fresh control plane: what they receive is what a Kuma global gave
// them, type by type, and nothing else.
#include <catch2/catch.hpp>

#include "skyden/insights/service_insight_keeper.h"
#include "tests/kds/kds_env.h"
#include "tests/kds/recording.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

constexpr size_t kUpTypes = 31;

// When things were done to the recorded global, between which events.
constexpr int64_t kWritesAt = 38'300;
constexpr int64_t kChangeAt = 51'300;
constexpr int64_t kDeleteAt = 52'300;
constexpr int64_t kRestartAt = 60'000;

// Streams of the recording.
constexpr int kEastDown = 1, kEastUp = 2, kWestUp = 7, kWestDown = 8;
constexpr int kEastUpAgain = 14, kEastDownAgain = 15;

// A recorded zone that plays its part: its subscriptions and what it tells are sent as they were,
// only its ACKs carry our nonces.
class Player {
 public:
  Player(KdsEnv& env, const model::TenantScope& scope, const std::string& name)
      : zone_(env.Zone(OptionsOf(env, scope, name))) {}

  void Connect() {
    state_.clear();
    up_ = zone_.Open(kUp);
    for (size_t asked = 0; asked < kUpTypes; ++asked) REQUIRE(up_->Read().has_value());
    down_ = zone_.Open(kDown);
  }
  void Disconnect() {
    up_.reset();
    down_.reset();
  }

  void Subscribe(const std::string& message) { REQUIRE(down_->Write(message)); }
  void Tell(const std::string& message) {
    const std::string nonce(ScanDeltaResponse(message)->nonce);
    REQUIRE(up_->Write(message));
    while (true) {
      const auto bytes = up_->Read();
      REQUIRE(bytes.has_value());
      const auto answer = ScanDeltaRequest(*bytes).value();
      if (answer.response_nonce != nonce) continue;
      INFO(answer.error_message);
      CHECK_FALSE(answer.rejects);
      return;
    }
  }
  // Takes and acknowledges what has come. False when nothing has, or it is not connected.
  bool Receive(absl::Duration wait) {
    if (down_ == nullptr) return false;
    const auto bytes = down_->Read(wait);
    if (!bytes.has_value()) return false;
    const auto [type, nonce] = Apply(*bytes, state_);
    REQUIRE(down_->Write(zone_.Ack(type, nonce)));
    return true;
  }
  // Receives until it holds what is expected; answers what differs in the end.
  std::string ReceiveUntil(const ZoneState& expected) {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    std::string differences = Differences(expected, state_);
    while (!differences.empty() && absl::Now() < deadline) {
      if (Receive(absl::Milliseconds(200))) differences = Differences(expected, state_);
    }
    // And nothing else comes.
    while (Receive(absl::Milliseconds(300))) differences = Differences(expected, state_);
    return differences;
  }

 private:
  static FakeZone::Options OptionsOf(KdsEnv& env, const model::TenantScope& scope,
                                     const std::string& name) {
    FakeZone::Options options;
    options.name = name;
    // The recorded address carries somebody else's token.
    options.headers = {{"authorization", "Bearer " + env.Provision(scope, name)}};
    return options;
  }

  FakeZone zone_;
  std::unique_ptr<FakeStream> up_;
  std::unique_ptr<FakeStream> down_;
  ZoneState state_;
};

void Put(KdsEnv& env, const model::TenantScope& scope, const std::string& type,
         const std::string& mesh, const std::string& name, const std::string& rest) {
  const absl::Status status = env.Put(scope, type, mesh, name, rest);
  INFO(type << " " << name << ": " << status);
  REQUIRE(status.ok());
}

void PutSlow(KdsEnv& env, const model::TenantScope& scope, const std::string& timeout) {
  Put(env, scope, "MeshTimeout", "payments", "slow",
      R"("labels":{"team":"pay"},)" + TimeoutSpec(timeout));
}

void WriteAll(KdsEnv& env, const model::TenantScope& scope) {
  Put(env, scope, "Mesh", "", "payments",
      R"("mtls":{"enabledBackend":"ca-1","backends":[{"name":"ca-1","type":"builtin"}]})");
  PutSlow(env, scope, "20s");
  Put(env, scope, "MeshTrafficPermission", "payments", "allow",
      R"("spec":{"targetRef":{"kind":"Mesh"},"from":[{"targetRef":{"kind":"Mesh"},)"
      R"("default":{"action":"Allow"}}]})");
  Put(env, scope, "MeshGateway", "payments", "gw",
      R"("selectors":[{"match":{"kuma.io/service":"edge"}}],)"
      R"("conf":{"listeners":[{"port":8080,"protocol":"HTTP","tags":{"port":"http"}}]})");
  Put(env, scope, "MeshHTTPRoute", "payments", "rt",
      R"("spec":{"targetRef":{"kind":"MeshGateway","name":"gw"},"to":[{"targetRef":{"kind":"Mesh"},)"
      R"("rules":[{"matches":[{"path":{"type":"PathPrefix","value":"/"}}],"default":)"
      R"({"backendRefs":[{"kind":"MeshService","name":"backend","weight":1}]}}]}]})");
  Put(env, scope, "MeshExternalService", "payments", "ext",
      R"("spec":{"match":{"type":"HostnameGenerator","port":443,"protocol":"tcp"},)"
      R"("endpoints":[{"address":"192.0.2.10","port":443}]})");
  Put(env, scope, "MeshMultiZoneService", "payments", "mz",
      R"("spec":{"selector":{"meshService":{"matchLabels":{"kuma.io/display-name":"ms-1"}}},)"
      R"("ports":[{"port":8080,"appProtocol":"http"}]})");
  Put(env, scope, "ExternalService", "payments", "es",
      R"("tags":{"kuma.io/service":"es","kuma.io/protocol":"http"},)"
      R"("networking":{"address":"192.0.2.11:80"})");
  Put(env, scope, "TrafficPermission", "payments", "tp",
      R"("sources":[{"match":{"kuma.io/service":"*"}}],)"
      R"("destinations":[{"match":{"kuma.io/service":"*"}}])");
  Put(env, scope, "HostnameGenerator", "", "hg",
      R"("spec":{"selector":{"meshService":{"matchLabels":{"kuma.io/origin":"global"}}},)"
      R"("template":"{{ .DisplayName }}.{{ .Zone }}.corp"})");
  Put(env, scope, "Secret", "payments", "tls-cert", R"("data":"aGVsbG8=")");
  Put(env, scope, "GlobalSecret", "", "gs-1", R"("data":"aGVsbG8=")");
}

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
      : env_(env), scope_(scope), east_(env, scope, "zone-east"), west_(env, scope, "zone-west") {}

  // Plays the zones' part, and what was done at the global, from `from` to `to`.
  void Play(const std::vector<RecordedEvent>& events, int64_t from, int64_t to) {
    for (const RecordedEvent& event : events) {
      if (event.ms < from || event.ms >= to) continue;
      AtGlobal(event.ms);
      if (event.from_zone) OfZone(event);
    }
  }

  Player& east() { return east_; }
  Player& west() { return west_; }

 private:
  void AtGlobal(int64_t ms) {
    const auto once = [&](int64_t at, auto what) {
      if (last_ms_ < at && ms >= at) what();
    };
    once(kWritesAt, [&] { WriteAll(env_, scope_); });
    once(kChangeAt, [&] { PutSlow(env_, scope_, "25s"); });
    once(kDeleteAt,
         [&] { REQUIRE(env_.Delete(scope_, "MeshTrafficPermission", "payments", "allow").ok()); });
    last_ms_ = ms;
  }

  void OfZone(const RecordedEvent& event) {
    const bool of_east = event.stream == kEastDown || event.stream == kEastUp ||
                         event.stream == kEastDownAgain || event.stream == kEastUpAgain;
    if (!of_east && event.stream != kWestDown && event.stream != kWestUp) return;
    Player& player = of_east ? east_ : west_;
    const bool is_down = event.method == "GlobalToZoneSync";
    if (event.kind == RecordedEvent::Kind::kOpen) {
      if (is_down) player.Connect();
    } else if (event.kind == RecordedEvent::Kind::kMessage && is_down) {
      if (ScanDeltaRequest(event.message)->response_nonce.empty()) player.Subscribe(event.message);
    } else if (event.kind == RecordedEvent::Kind::kMessage) {
      player.Tell(event.message);
    }
    player.Receive(absl::Milliseconds(1));
  }

  KdsEnv& env_;
  const model::TenantScope scope_;
  Player east_;
  Player west_;
  int64_t last_ms_ = 0;
};

}  // namespace

TEST_CASE("recorded zones receive what a Kuma global gave them", "[kds][replay]") {
  const auto events = LoadRecording();
  if (!events.has_value()) return;
  KdsEnv env;
  insights::ServiceInsightKeeper keeper({*env.store, Registry(), *env.views, env.clock, *env.pool,
                                         *env.timers, absl::Milliseconds(20)});
  const auto scope = env.NewControlPlane();
  Replay replay(env, scope);

  replay.Play(*events, 0, kWritesAt);
  CHECK(replay.east().ReceiveUntil(RecordedState(*events, kEastDown, kWritesAt)) == "");
  CHECK(replay.west().ReceiveUntil(RecordedState(*events, kWestDown, kWritesAt)) == "");

  replay.Play(*events, kWritesAt, kRestartAt);
  CHECK(replay.east().ReceiveUntil(RecordedState(*events, kEastDown, kRestartAt)) == "");
  CHECK(replay.west().ReceiveUntil(RecordedState(*events, kWestDown, kRestartAt)) == "");

  // zone-east comes back with an empty store, and is told everything anew.
  replay.east().Disconnect();
  replay.Play(*events, kRestartAt, INT64_MAX);
  CHECK(replay.east().ReceiveUntil(RecordedState(*events, kEastDownAgain, INT64_MAX)) == "");
  CHECK(replay.west().ReceiveUntil(RecordedState(*events, kWestDown, INT64_MAX)) == "");
}
