// SPDX-License-Identifier: Apache-2.0
#include "resources/envoy/resource.h"

#include <google/protobuf/arena.h>

#include <functional>
#include <memory>

#include "resources/envoy/descriptions.h"
#include "resources/envoy/embedded.h"
#include "resources/envoy/outer_check.h"
#include "resources/envoy/rules.h"
#include "resources/envoy/validate.h"
#include "resources/go/json.h"
#include "resources/go/yaml.h"
#include "resources/proto/jsonpb.h"
#include "skyden/base/check.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/strings.h"
#include "skyden/resources/envoy_api.h"

namespace skyden::resources::envoy {
namespace {

using google::protobuf::Message;

// What is not YAML is read as JSON, which it is not either, for the sake of its error.
std::string JsonOf(std::string_view text) {
  auto json = YamlToJson(text);
  return json.ok() ? *std::move(json) : std::string(text);
}

struct Api {
  std::unique_ptr<Descriptions> descriptions;
  RuleBook rules{*descriptions};
};

// Constant data, unfolded when it is first needed and then kept: most daemons never need it. Null
// when it is not compiled in.
const Api* LoadedApi() {
  static const Api* const api = []() -> const Api* {
    base::AssertMayBlock();
    if (Embedded().bytes.empty()) return nullptr;
    auto descriptions = Descriptions::Load(Embedded().bytes);
    SKYDEN_CHECK(descriptions.ok());
    return new Api{*std::move(descriptions)};
  }();
  return api;
}

const char* TypeOf(Resource resource) {
  switch (resource) {
    case Resource::kCluster:
      return "envoy.config.cluster.v3.Cluster";
    case Resource::kListener:
      return "envoy.config.listener.v3.Listener";
    case Resource::kVirtualHost:
      return "envoy.config.route.v3.VirtualHost";
    case Resource::kNetworkFilter:
      return "envoy.config.listener.v3.Filter";
    case Resource::kHttpFilter:
      break;
  }
  return "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter";
}

// Where the messages of one snippet lie while they are looked at.
class Room {
 public:
  explicit Room(const Descriptions& descriptions) : descriptions_(descriptions) {}

  absl::StatusOr<const Message*> Decode(std::string_view json, const Message& prototype) {
    return JsonpbDecode(json, prototype, Types());
  }
  absl::StatusOr<const Message*> DecodeAny(std::string_view json) {
    return JsonpbDecodeAny(json, Types());
  }

 private:
  JsonpbTypes Types() { return {find_, arena_, base::limits::kEnvoyMessageBytes}; }

  const Descriptions& descriptions_;
  const std::function<absl::StatusOr<const Message*>(const std::string&)> find_ =
      [this](const std::string& name) { return descriptions_.Find(name); };
  google::protobuf::Arena arena_;
};

std::string Why(const absl::Status& status) { return std::string(base::ToStd(status.message())); }

}  // namespace

std::string WhyNotResource(std::string_view text, Resource resource, Completeness completeness) {
  const std::string source = JsonOf(text);
  const auto json = go_json::FirstOf(source, base::limits::kJsonDepth);
  if (!json.ok()) return Why(json.status());
  const Api* const api = LoadedApi();
  if (api == nullptr) return WhyNotOutside(*json, resource, completeness);
  Room room(*api->descriptions);
  const auto prototype = api->descriptions->Find(TypeOf(resource));
  const auto message = room.Decode(*json, **prototype);
  if (!message.ok()) return Why(message.status());
  return completeness == Completeness::kWhole ? WhyNotValid(**message, api->rules) : "";
}

std::string WhyNotPacked(std::string_view text) {
  const std::string source = JsonOf(text);
  const auto json = go_json::FirstOf(source, base::limits::kJsonDepth);
  if (!json.ok()) return Why(json.status());
  const Api* const api = LoadedApi();
  if (api == nullptr) return WhyNotPackedOutside(*json);
  Room room(*api->descriptions);
  const auto message = room.DecodeAny(*json);
  if (!message.ok()) return Why(message.status());
  if (*message == nullptr) return "proto:\u00a0invalid empty type URL";
  return WhyNotValid(**message, api->rules);
}

}  // namespace skyden::resources::envoy

namespace skyden::resources {

std::string_view EnvoyApiName() { return envoy::Embedded().name; }

}  // namespace skyden::resources
