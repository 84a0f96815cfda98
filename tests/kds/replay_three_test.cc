// SPDX-License-Identifier: Apache-2.0
// A recorded zone of Kuma 3 against a fresh control plane. It was recorded twice, under a global of
// 2.14.3 and under one of its own version: it is to get what the latter gave it.
#include <catch2/catch.hpp>

#include "tests/kds/kds_env.h"
#include "tests/kds/recorded_writer.h"
#include "tests/kds/recorded_zone.h"
#include "tests/kds/recording.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

constexpr char kUnderTwo[] = "recordings/session-3-under-2.14.jsonl";
constexpr char kUnderThree[] = "recordings/session-3.jsonl";
// Streams of GlobalToZoneSync, before and after the zone was started anew.
constexpr int kTwoFirst = 1, kThreeFirst = 3, kThreeAgain = 9;
// In the session under 2.14.3.
constexpr int64_t kWritesAt = 2'500, kChangesAt = 17'000, kZoneRestartsAt = 22'000;

// What was done at both globals, in the shapes that both take.
const std::vector<RecordedWrite>& Writes() {
  static const auto* writes = new std::vector<RecordedWrite>{
      {kWritesAt, "Mesh", "", "shop", R"("skipCreatingInitialPolicies":[])"},
      {kWritesAt, "MeshIdentity", "default", "id",
       R"("spec":{"selector":{"dataplane":{"matchLabels":{}}},"provider":{"type":"Bundled",)"
       R"("bundled":{"meshTrustCreation":"Enabled","insecureAllowSelfSigned":true,)"
       R"("autogenerate":{"enabled":true}}}})"},
      {kWritesAt, "MeshMultiZoneService", "default", "everywhere",
       R"("spec":{"selector":{"meshService":{"matchLabels":{"kuma.io/display-name":"web"}}},)"
       R"("ports":[{"port":8080,"appProtocol":"http"}]})"},
      {kWritesAt, "MeshOpenTelemetryBackend", "default", "otel",
       R"("spec":{"endpoint":{"address":"otel.example","port":4317}})"},
      {kWritesAt, "HostnameGenerator", "", "hg",
       R"("spec":{"selector":{"meshMultiZoneService":{"matchLabels":{}}},)"
       R"("template":"{{ .DisplayName }}.mz.example"})"},
      {kWritesAt, "Secret", "default", "ca", R"("data":"aGVsbG8=")"},
      {kWritesAt, "MeshTimeout", "default", "to-only",
       R"("spec":{"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"MeshService","labels":)"
       R"({"kuma.io/display-name":"web"}},"default":{"idleTimeout":"33s"}}]})"},
      {kWritesAt, "MeshTimeout", "default", "no-target",
       R"("spec":{"rules":[{"default":{"idleTimeout":"44s"}}]})"},
      {kWritesAt, "MeshTLS", "default", "strict",
       R"("spec":{"rules":[{"default":{"mode":"Strict"}}]})"},
      {kWritesAt, "MeshTrafficPermission", "default", "allow",
       R"("spec":{"rules":[{"default":{"allow":[{"spiffeID":{"type":"Prefix",)"
       R"("value":"spiffe://default.z1.mesh.local"}}]}}]})"},
      {kChangesAt, "MeshTimeout", "default", "to-only",
       R"("spec":{"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},)"
       R"("default":{"idleTimeout":"34s"}}]})"},
      {kChangesAt, "MeshTLS", "default", "strict", ""},
  };
  return *writes;
}

// What the zone held at the end of a recorded stream, but for a service whose TLS only Kuma 3 could
// be told.
ZoneState RecordedState(const std::vector<RecordedEvent>& events, int stream) {
  ZoneState state;
  for (const RecordedEvent& event : events) {
    if (event.stream != stream || event.from_zone) continue;
    if (event.kind == RecordedEvent::Kind::kMessage) Apply(event.message, state);
  }
  state.erase("MeshExternalService");
  return state;
}

// Kuma 3 labels what is made at a global with its name; 2.14 does not, and neither do we. It shows
// where names are not hashed.
ZoneState WithoutNewLabels(ZoneState state) {
  for (std::string* text : {&state.at("Mesh").at("shop."), &state.at("Secret").at("ca.default")}) {
    const size_t begin = text->find("kuma.io/display-name=");
    REQUIRE(begin != std::string::npos);
    text->erase(begin, text->find(' ', begin) + 1 - begin);
  }
  return state;
}

// A control plane of Kuma 3 seeds no policies: those that the recorded one gave every mesh are not
// there.
ZoneState WithoutDefaults(ZoneState state) {
  for (const char* type : {"MeshTimeout", "MeshCircuitBreaker", "MeshRetry"}) {
    const auto found = state.find(type);
    if (found == state.end()) continue;
    std::erase_if(found->second,
                  [](const auto& entry) { return entry.first.find("-all-") != std::string::npos; });
  }
  return state;
}

class Replay {
 public:
  Replay(KdsEnv& env, const model::TenantScope& scope)
      : global_(env, scope, Writes()),
        zone_(env.server->address(), "z1", env.Provision(scope, "z1"), {{"zone-version", "v3"}},
              scope.version()) {}

  void Play(const std::vector<RecordedEvent>& events, int64_t from, int64_t to) {
    for (const RecordedEvent& event : events) {
      if (event.ms < from || event.ms >= to) continue;
      global_.CatchUp(event.ms);
      zone_.Play(event);
    }
  }
  RecordedZone& zone() { return zone_; }

 private:
  RecordedWriter global_;
  RecordedZone zone_;
};

}  // namespace

TEST_CASE("a recorded zone of Kuma 3 gets what a global of Kuma 3 gave it", "[kds][replay]") {
  const auto played = LoadRecording(kUnderTwo);
  const auto wanted = LoadRecording(kUnderThree);
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Replay replay(env, scope);
  replay.Play(played, 0, kZoneRestartsAt);
  CHECK(replay.zone().ReceiveUntil(WithoutNewLabels(RecordedState(wanted, kThreeFirst))) == "");
  // Not what one of 2.14.3 gave it: this is all that is different.
  const std::string differences =
      Differences(RecordedState(played, kTwoFirst), replay.zone().State());
  for (const char* name :
       {"mesh-gateways-timeout-all-default", "mesh-gateways-timeout-all-shop",
        "mesh-timeout-to-all-default", "mesh-timeout-to-all-shop", "no-target", "allow"}) {
    CHECK(differences.find(name) != std::string::npos);
  }
  // It told what it has, five types among it that it has none of any more.
  CHECK(env.List(scope, "Dataplane").size() == 1);
  CHECK(env.List(scope, "MeshTrust").size() == 1);
  for (const char* type :
       {"MeshGateway", "ZoneEgress", "ZoneEgressInsight", "ZoneIngress", "ZoneIngressInsight"}) {
    CHECK(env.List(scope, type).empty());
  }

  replay.zone().Disconnect();
  replay.Play(played, kZoneRestartsAt, INT64_MAX);
  CHECK(replay.zone().ReceiveUntil(WithoutNewLabels(RecordedState(wanted, kThreeAgain))) == "");
}

TEST_CASE("a control plane of version v3 gives a zone of Kuma 3 the same, labels as well",
          "[kds][replay]") {
  const auto played = LoadRecording(kUnderTwo);
  const auto wanted = LoadRecording(kUnderThree);
  KdsEnv env;
  const auto scope = env.NewControlPlane("three", model::KumaVersion::kThree);
  Replay replay(env, scope);
  replay.Play(played, 0, kZoneRestartsAt);
  CHECK(replay.zone().ReceiveUntil(WithoutDefaults(RecordedState(wanted, kThreeFirst))) == "");
  CHECK(env.List(scope, "Dataplane").size() == 1);
  CHECK(env.List(scope, "MeshTrust").size() == 1);

  replay.zone().Disconnect();
  replay.Play(played, kZoneRestartsAt, INT64_MAX);
  CHECK(replay.zone().ReceiveUntil(WithoutDefaults(RecordedState(wanted, kThreeAgain))) == "");
}
