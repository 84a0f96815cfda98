// SPDX-License-Identifier: Apache-2.0
// An endpoint is "host" or "host:port"; what is more than that nobody but its author understands.
#include "upgrade/otel.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "skyden/model/kuma_labels.h"

namespace skyden::upgrade {
namespace {

constexpr std::string_view kBackendType = "MeshOpenTelemetryBackend";
constexpr int32_t kDefaultPort = 4317;
constexpr size_t kNameMax = 253;

struct Endpoint {
  std::string host;
  int32_t port = kDefaultPort;
};

std::optional<Endpoint> ReadEndpoint(const std::string& text) {
  Endpoint endpoint;
  const size_t colon = text.rfind(':');
  endpoint.host = text.substr(0, colon);
  if (colon != std::string::npos && (!absl::SimpleAtoi(text.substr(colon + 1), &endpoint.port) ||
                                     endpoint.port < 1 || endpoint.port > 65535)) {
    return std::nullopt;
  }
  const bool plain =
      !endpoint.host.empty() && endpoint.host.find_first_of("/:[] ") == std::string::npos;
  return plain ? std::optional(std::move(endpoint)) : std::nullopt;
}

class Endpoints {
 public:
  explicit Endpoints(Turn& turn) : turn_(turn), type_(turn.registry.FindByName(kBackendType)) {}

  void InConf(Json* conf, const std::string& at) {
    if (conf == nullptr) return;
    ForEach(*conf, "backends", [&](Json& backend, size_t i) {
      Json* otel = Find(backend, "openTelemetry");
      if (otel == nullptr) return;
      const std::string text = TextOf(*otel, "endpoint");
      otel->erase("endpoint");
      if (!text.empty() && !HasSome(*otel, "backendRef")) {
        Move(*otel, text, fmt::format("{}.backends[{}].openTelemetry.endpoint", at, i));
      }
    });
  }

 private:
  void Move(Json& otel, const std::string& text, std::string field) {
    const std::optional<Endpoint> endpoint = ReadEndpoint(text);
    const std::string name = NextName();
    if (!endpoint || type_ == nullptr || name.size() > kNameMax) {
      return turn_.TellWith(Remedy::kPerson, "otel-endpoint", std::move(field),
                            "not host and port");
    }
    turn_.Tell("otel-endpoint", std::move(field), text);
    const Json labels = Json::object({{std::string(model::kDisplayNameLabel), name}});
    otel["backendRef"] = Json::object({{"kind", std::string(kBackendType)}, {"labels", labels}});
    const Json at = Json::object({{"address", endpoint->host}, {"port", endpoint->port}});
    turn_.besides.push_back({type_,
                             {turn_.resource.key.mesh, name},
                             {{std::string(model::kDisplayNameLabel), name}},
                             Json::object({{"endpoint", at}, {"protocol", "grpc"}})});
  }

  // Named by what it was in, so that no other policy makes one of the same name.
  std::string NextName() {
    std::string name = fmt::format("{}-{}", turn_.type.short_name, turn_.resource.key.name);
    if (const size_t before = turn_.besides.size(); before != 0) {
      name += fmt::format("-{}", before + 1);
    }
    return name;
  }

  Turn& turn_;
  const model::TypeDescriptor* type_;
};

}  // namespace

void TurnOtelEndpoints(Turn& turn) {
  Endpoints endpoints(turn);
  endpoints.InConf(Find(turn.spec, "default"), "spec.default");
  for (const char* list : {"to", "from", "rules"}) {
    ForEach(turn.spec, list, [&](Json& entry, size_t i) {
      endpoints.InConf(Find(entry, "default"), fmt::format("spec.{}[{}].default", list, i));
    });
  }
}

}  // namespace skyden::upgrade
