// SPDX-License-Identifier: Apache-2.0
#include "tests/kds/recording.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "kds/messages.h"
#include "skyden/base/crypto.h"
#include "tests/test_data.h"

namespace skyden::kds::testing {
namespace {

// When things were done to the recorded global, between which events.
constexpr int64_t kWritesAt = 38'300;
constexpr int64_t kChangeAt = 51'300;
constexpr int64_t kDeleteAt = 52'300;

std::string Slow(std::string_view connection_timeout) {
  return fmt::format(R"("labels":{{"team":"pay"}},"spec":{{"targetRef":{{"kind":"Mesh"}},"to":)"
                     R"([{{"targetRef":{{"kind":"Mesh"}},"default":{{"connectionTimeout":"{}"}}}})"
                     R"(]}})",
                     connection_timeout);
}

// Protobuf bytes have many forms for one value; its text has one.
std::string ProtobufText(std::string_view type_url, std::string_view bytes) {
  const std::string name(type_url.substr(type_url.rfind('/') + 1));
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  REQUIRE(descriptor != nullptr);
  const auto* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
  const std::unique_ptr<google::protobuf::Message> message(prototype->New());
  REQUIRE(message->ParseFromString(std::string(bytes)));
  return message->ShortDebugString();
}

bool IsMasked(const std::string& type, std::string_view name) {
  return type == "Config" || type == "Secret" ||
         (type == "GlobalSecret" && name.find("token-signing") != std::string_view::npos);
}

std::string SpecText(const std::string& type, const SentResource& sent) {
  if (IsMasked(type, sent.name)) return "(masked) " + std::string(sent.spec_type_url);
  if (!sent.spec_type_url.empty()) return ProtobufText(sent.spec_type_url, sent.spec);
  return nlohmann::json::parse(sent.spec).dump();
}

}  // namespace

std::vector<RecordedEvent> LoadRecording(const std::string& name) {
  std::vector<RecordedEvent> events;
  std::map<int, std::string> zones;
  for (const std::string& line : TestDataLines(name)) {
    const auto json = nlohmann::json::parse(line);
    RecordedEvent event;
    event.ms = json.at("ms");
    event.stream = json.at("stream");
    const std::string method = json.at("method");
    event.method = method.substr(method.rfind('/') + 1);
    event.from_zone = json.at("from") == "zone";
    if (json.contains("headers")) {
      event.kind = RecordedEvent::Kind::kOpen;
      zones[event.stream] = json.at("headers").at("client-id").at(0);
    }
    event.zone_name = zones[event.stream];
    if (json.contains("status")) event.kind = RecordedEvent::Kind::kEnd;
    if (json.contains("msg")) {
      event.message = base::Base64Decode(json.at("msg").get<std::string>()).value();
    }
    events.push_back(std::move(event));
  }
  return events;
}

const std::vector<RecordedWrite>& SessionWrites() {
  static const auto* writes = new std::vector<RecordedWrite>{
      {kWritesAt, "Mesh", "", "payments",
       R"("mtls":{"enabledBackend":"ca-1","backends":[{"name":"ca-1","type":"builtin"}]})"},
      {kWritesAt, "MeshTimeout", "payments", "slow", Slow("20s")},
      {kWritesAt, "MeshTrafficPermission", "payments", "allow",
       R"("spec":{"targetRef":{"kind":"Mesh"},"from":[{"targetRef":{"kind":"Mesh"},)"
       R"("default":{"action":"Allow"}}]})"},
      {kWritesAt, "MeshGateway", "payments", "gw",
       R"("selectors":[{"match":{"kuma.io/service":"edge"}}],)"
       R"("conf":{"listeners":[{"port":8080,"protocol":"HTTP","tags":{"port":"http"}}]})"},
      {kWritesAt, "MeshHTTPRoute", "payments", "rt",
       R"("spec":{"targetRef":{"kind":"MeshGateway","name":"gw"},"to":[{"targetRef":)"
       R"({"kind":"Mesh"},"rules":[{"matches":[{"path":{"type":"PathPrefix","value":"/"}}],)"
       R"("default":{"backendRefs":[{"kind":"MeshService","name":"backend","weight":1}]}}]}]})"},
      {kWritesAt, "MeshExternalService", "payments", "ext",
       R"("spec":{"match":{"type":"HostnameGenerator","port":443,"protocol":"tcp"},)"
       R"("endpoints":[{"address":"192.0.2.10","port":443}]})"},
      {kWritesAt, "MeshMultiZoneService", "payments", "mz",
       R"("spec":{"selector":{"meshService":{"matchLabels":{"kuma.io/display-name":"ms-1"}}},)"
       R"("ports":[{"port":8080,"appProtocol":"http"}]})"},
      {kWritesAt, "ExternalService", "payments", "es",
       R"("tags":{"kuma.io/service":"es","kuma.io/protocol":"http"},)"
       R"("networking":{"address":"192.0.2.11:80"})"},
      {kWritesAt, "TrafficPermission", "payments", "tp",
       R"("sources":[{"match":{"kuma.io/service":"*"}}],)"
       R"("destinations":[{"match":{"kuma.io/service":"*"}}])"},
      {kWritesAt, "HostnameGenerator", "", "hg",
       R"("spec":{"selector":{"meshService":{"matchLabels":{"kuma.io/origin":"global"}}},)"
       R"("template":"{{ .DisplayName }}.{{ .Zone }}.corp"})"},
      {kWritesAt, "Secret", "payments", "tls-cert", R"("data":"aGVsbG8=")"},
      {kWritesAt, "GlobalSecret", "", "gs-1", R"("data":"aGVsbG8=")"},
      {kChangeAt, "MeshTimeout", "payments", "slow", Slow("25s")},
      {kDeleteAt, "MeshTrafficPermission", "payments", "allow", ""},
  };
  return *writes;
}

std::pair<std::string, std::string> Apply(const std::string& response, ZoneState& state) {
  const DeltaResponse scanned = ScanDeltaResponse(response).value();
  const std::string type(scanned.type_url);
  auto& resources = state[type];
  for (const std::string_view name : scanned.removed) resources.erase(std::string(name));
  for (const SentResource& sent : scanned.resources) {
    const std::map<std::string_view, std::string_view> labels(sent.labels.begin(),
                                                              sent.labels.end());
    std::string text;
    for (const auto& [key, value] : labels) text += fmt::format("{}={} ", key, value);
    resources[fmt::format("{}.{}", sent.name, sent.mesh)] = text + SpecText(type, sent);
  }
  return {type, std::string(scanned.nonce)};
}

std::string Differences(const ZoneState& expected, const ZoneState& actual) {
  std::string out;
  const auto of = [](const ZoneState& state, const std::string& type) {
    const auto found = state.find(type);
    return found == state.end() ? std::map<std::string, std::string>() : found->second;
  };
  ZoneState types = expected;
  types.insert(actual.begin(), actual.end());
  for (const auto& [type, ignored] : types) {
    const auto wanted = of(expected, type), got = of(actual, type);
    for (const auto& [name, text] : wanted) {
      const auto found = got.find(name);
      if (found == got.end()) {
        out += fmt::format("{} {} is missing\n", type, name);
      } else if (found->second != text) {
        out +=
            fmt::format("{} {}\n  recorded: {}\n  ours:     {}\n", type, name, text, found->second);
      }
    }
    for (const auto& [name, text] : got) {
      if (wanted.count(name) == 0) out += fmt::format("{} {} is too much\n", type, name);
    }
  }
  return out;
}

}  // namespace skyden::kds::testing
