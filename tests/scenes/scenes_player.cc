// SPDX-License-Identifier: Apache-2.0
// Gives a daemon what a real Kuma global was given, zones' traffic included, asks it the same
// questions, and writes down the answers, into the folder that SKYDEN_ANSWERS names.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <regex>

#include "absl/time/clock.h"
#include "tests/end_to_end/daemon.h"
#include "tests/kds/dialogue.h"
#include "tests/kds/recorded_zone.h"
#include "tests/kds/recording.h"
#include "tests/test_data.h"

namespace skyden::end_to_end {
namespace {

using kds::testing::LoadRecording;
using kds::testing::RecordedEvent;
using kds::testing::RecordedWrite;
using kds::testing::RecordedZone;
using kds::testing::SessionWrites;

constexpr char kScenes[] = "scenes/scenes-2.14.3.jsonl";
constexpr char kSceneZones[] = "scenes/zones-2.14.3.jsonl";
constexpr char kScenesOf3[] = "scenes/scenes-3.jsonl";
constexpr char kSceneZonesOf3[] = "scenes/zones-3.jsonl";
constexpr char kSessionAnswers[] = "recordings/rest-2.14.3.json";
constexpr absl::Duration kSettle = absl::Seconds(20);
constexpr absl::Duration kQuiet = absl::Milliseconds(300);

std::ofstream OpenAnswers(const std::string& name) {
  const char* folder = std::getenv("SKYDEN_ANSWERS");
  INFO("SKYDEN_ANSWERS names the folder for the answers");
  REQUIRE(folder != nullptr);
  return std::ofstream(std::string(folder) + "/" + name);
}

std::vector<Json> LoadScenes(const char* name) {
  std::vector<Json> scenes;
  for (const std::string& line : TestDataLines(name)) scenes.push_back(Json::parse(line));
  return scenes;
}

// As the recorded answers are masked.
Json WithoutTimes(const Json& answer) {
  static const std::regex time(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*)");
  if (answer.is_string()) {
    return std::regex_match(answer.get<std::string>(), time) ? Json("<time>") : answer;
  }
  Json masked = answer;
  if (answer.is_structured()) {
    for (auto& child : masked) child = WithoutTimes(child);
  }
  return masked;
}

// One control plane of a fresh daemon, its API, and its zones.
class Global {
 public:
  explicit Global(model::KumaVersion version = model::KumaVersion::kTwo)
      : version_(version),
        id_(daemon_.CreateControlPlane("played", std::string(model::NameOf(version)))),
        rest_(daemon_.NewRest()) {}

  Answer Call(const std::string& method, const std::string& path, const Json& body = nullptr) {
    const std::string slash = path.starts_with('/') ? "" : "/";
    Answer answer = rest_.Call(method, TestDaemon::ApiOf(id_) + slash + path, body);
    // The recorder wrote text as an object, and nothing as null.
    if (answer.body.is_string()) answer.body = {{"text", answer.body}};
    return answer;
  }

  void PlayZones(const std::vector<RecordedEvent>& events, int64_t from, int64_t to) {
    for (const RecordedEvent& event : events) {
      if (event.ms >= from && event.ms < to) Zone(event.zone_name).Play(event);
    }
  }

  // Lets the zones take, and confirm, all that has come for them.
  void DrainZones() {
    for (const auto& [name, zone] : zones_) {
      while (zone->Receive(kQuiet)) {
      }
    }
  }

 private:
  RecordedZone& Zone(const std::string& name) {
    auto& zone = zones_[name];
    if (zone == nullptr) {
      zone =
          std::make_unique<RecordedZone>(daemon_.address("kds"), name, daemon_.Provision(id_, name),
                                         kds::testing::Headers(), version_);
    }
    return *zone;
  }

  TestDaemon daemon_;
  const model::KumaVersion version_;
  const std::string id_;
  Rest rest_;
  std::map<std::string, std::unique_ptr<RecordedZone>> zones_;
};

void PutScene(Global& global, const Json& scene) {
  std::map<std::string, int> refused;
  for (const Json& refusal : scene.at("refused")) refused[refusal.at(0)] = refusal.at(1);
  for (const Json& put : scene.at("global")) {
    const std::string path = put.at(0);
    const Answer answer = global.Call("PUT", path, put.at(1));
    INFO(path << ": " << answer.body);
    const auto refusal = refused.find(path);
    if (refusal == refused.end()) {
      CHECK((answer.status == 200 || answer.status == 201));
    } else {
      CHECK(answer.status == refusal->second);
    }
  }
}

// Waits until what is computed behind the scenes is as much as was recorded.
void AwaitServices(Global& global, const std::vector<Json>& scenes) {
  const absl::Time give_up = absl::Now() + kSettle;
  for (const Json& scene : scenes) {
    for (const Json& asked : scene.at("asked")) {
      const std::string path = asked.at("path");
      if (!path.ends_with("/service-insights")) continue;
      while (absl::Now() < give_up) {
        if (global.Call("GET", path).body["total"] == asked.at("answer")["total"]) break;
        absl::SleepFor(absl::Milliseconds(20));
      }
    }
  }
}

// The policies that the recorded build gave a new mesh, and later ones do not: by their path below
// the mesh, with what they are but for that.
struct DefaultPolicy {
  const char* type;
  const char* name;
  const char* spec;
};
constexpr DefaultPolicy kDefaultsOf3[] = {
    {"MeshTimeout", "mesh-timeout-all",
     R"({"targetRef":{"kind":"Mesh"},"rules":[{"default":{"connectionTimeout":"10s",
         "idleTimeout":"2h","http":{"requestTimeout":"0s","streamIdleTimeout":"1h",
         "maxStreamDuration":"0s"}}}]})"},
    {"MeshTimeout", "mesh-timeout-to-all",
     R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},"default":{
         "connectionTimeout":"5s","idleTimeout":"1h","http":{"requestTimeout":"15s",
         "streamIdleTimeout":"30m"}}}]})"},
    {"MeshCircuitBreaker", "mesh-circuit-breaker-all",
     R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},"default":{
         "connectionLimits":{"maxConnections":1024,"maxPendingRequests":1024,"maxRetries":3,
         "maxRequests":1024}}}]})"},
    {"MeshRetry", "mesh-retry-all",
     R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},"default":{
         "tcp":{"maxConnectAttempt":5},
         "http":{"numRetries":5,"perTryTimeout":"16s",
                 "backOff":{"baseInterval":"25ms","maxInterval":"250ms"}},
         "grpc":{"numRetries":5,"perTryTimeout":"16s",
                 "backOff":{"baseInterval":"25ms","maxInterval":"250ms"}}}}]})"}};

void PutDefaultsOf3(Global& global, const std::string& mesh) {
  for (const DefaultPolicy& policy : kDefaultsOf3) {
    const std::string name = policy.name + ("-" + mesh);
    const std::string path = "/meshes/" + mesh + "/" +
                             kds::testing::Registry().FindByName(policy.type)->path + "/" + name;
    if (global.Call("GET", path).status == 200) continue;
    const Answer answer = global.Call("PUT", path,
                                      {{"type", policy.type},
                                       {"mesh", mesh},
                                       {"name", name},
                                       {"spec", Json::parse(policy.spec)}});
    INFO(path << ": " << answer.body);
    CHECK(answer.status == 201);
  }
}

void AskScenes(Global& global, std::vector<Json>& scenes, std::ofstream& out) {
  for (Json& scene : scenes) {
    for (Json& asked : scene.at("asked")) {
      const Answer answer = global.Call("GET", asked.at("path"));
      asked["status"] = answer.status;
      asked["answer"] = WithoutTimes(answer.body);
    }
    out << scene.dump() << "\n";
  }
}

TEST_CASE("scenes of a real global of Kuma 3 are played and asked about", "[scenes3]") {
  const auto events = LoadRecording(kSceneZonesOf3);
  std::vector<Json> scenes = LoadScenes(kScenesOf3);
  auto out = OpenAnswers("scenes3.jsonl");
  Global global(model::KumaVersion::kThree);
  for (const Json& scene : scenes) {
    const std::string mesh = scene.at("mesh");
    PutScene(global, scene);
    // The last one is of no mesh: it asks about the whole control plane.
    if (mesh.empty()) continue;
    const Json& put = scene.at("global").at(0).at(1);
    if (!put.contains("skipCreatingInitialPolicies")) PutDefaultsOf3(global, mesh);
  }
  PutDefaultsOf3(global, "default");
  global.PlayZones(events, 0, INT64_MAX);
  global.DrainZones();
  AskScenes(global, scenes, out);
}

TEST_CASE("scenes of a real global are played and asked about", "[scenes]") {
  const auto events = LoadRecording(kSceneZones);
  std::vector<Json> scenes = LoadScenes(kScenes);
  auto out = OpenAnswers("scenes.jsonl");
  Global global;
  // As it was recorded: everything at the global first, then everything in the zones.
  for (const Json& scene : scenes) PutScene(global, scene);
  global.PlayZones(events, 0, INT64_MAX);
  AwaitServices(global, scenes);
  AskScenes(global, scenes, out);
}

// How many types zones were sent, by what `overview` says of their latest connection.
std::vector<size_t> CountedTypes(const Json& overview) {
  std::vector<size_t> counted;
  for (const Json& zone : overview.value("items", Json::array())) {
    const auto pointer = "/zoneInsight/subscriptions"_json_pointer;
    if (!zone.contains(pointer)) continue;
    counted.push_back(zone.at(pointer).back().value("/status/stat"_json_pointer, Json()).size());
  }
  return counted;
}

class SessionGlobal {
 public:
  void Play(const std::vector<RecordedEvent>& events) {
    int64_t from = 0;
    for (const RecordedWrite& write : SessionWrites()) {
      global_.PlayZones(events, from, write.ms);
      from = write.ms;
      Write(write);
    }
    global_.PlayZones(events, from, kds::testing::kSessionRestartAt);
  }

  Global& global() { return global_; }

 private:
  void Write(const RecordedWrite& write) {
    const std::string mesh = write.mesh.empty() ? "" : "/meshes/" + write.mesh;
    const std::string path =
        mesh + "/" + kds::testing::Registry().FindByName(write.type)->path + "/" + write.name;
    Answer answer;
    if (write.rest.empty()) {
      answer = global_.Call("DELETE", path);
    } else {
      Json body = Json::parse("{" + write.rest + "}");
      body["type"] = write.type;
      body["name"] = write.name;
      if (!write.mesh.empty()) body["mesh"] = write.mesh;
      answer = global_.Call("PUT", path, body);
    }
    INFO(path << ": " << answer.body);
    REQUIRE((answer.status == 200 || answer.status == 201));
  }

  Global global_;
};

TEST_CASE("the recorded session is played and asked about", "[session]") {
  const auto events = LoadRecording();
  Json asked = Json::parse(ReadTestData(kSessionAnswers));
  auto out = OpenAnswers("session.json");
  SessionGlobal session;
  session.Play(events);
  const absl::Time give_up = absl::Now() + kSettle;
  while (session.global().Call("GET", "/meshes/payments/service-insights").body["total"] != 4 &&
         absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  session.global().DrainZones();
  const auto recorded = std::find_if(asked.begin(), asked.end(), [](const Json& question) {
    return question.at("path") == "/zones/_overview";
  });
  REQUIRE(recorded != asked.end());
  const std::vector<size_t> counted = CountedTypes(recorded->at("body"));
  while (CountedTypes(session.global().Call("GET", "/zones/_overview").body) != counted &&
         absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  for (Json& question : asked) {
    const Answer answer = session.global().Call("GET", question.at("path"));
    question["status"] = answer.status;
    question["body"] = answer.body;
  }
  out << asked.dump() << "\n";
}

}  // namespace
}  // namespace skyden::end_to_end
