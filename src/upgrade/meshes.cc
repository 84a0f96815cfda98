// SPDX-License-Identifier: Apache-2.0
// What a Mesh says in Kuma 2 beside its name; in Kuma 3 policies say it.
#include <fmt/format.h>

#include <string>

#include "upgrade/turn.h"

namespace skyden::upgrade {
namespace {

struct Field {
  std::string_view kind;
  std::string_view path;
};
// That nothing stands in for but what a person writes.
constexpr Field kFields[] = {
    {"mesh-mtls", "mtls"},
    {"mesh-logging", "logging"},
    {"mesh-tracing", "tracing"},
    {"mesh-metrics", "metrics"},
    {"mesh-locality", "routing.localityAwareLoadBalancing"},
    {"mesh-forbids-external", "routing.defaultForbidMeshExternalServiceAccess"},
    {"mesh-zone-egress", "routing.zoneEgress"},
    {"mesh-constraints", "constraints"},
};

// A block that nothing is in, or a switch that is off, says nothing.
bool SaysSomething(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  return !value.empty();
}

// As a MeshPassthrough for all of the mesh says it.
void TurnPassthrough(Turn& turn) {
  Json* passthrough = FindBelow(turn.spec, "networking.outbound.passthrough");
  const model::TypeDescriptor* type = turn.registry.FindByName("MeshPassthrough");
  if (passthrough == nullptr || !passthrough->is_boolean() || type == nullptr) return;
  turn.Tell("mesh-passthrough", "networking.outbound.passthrough");
  const std::string& mesh = turn.resource.key.name;
  const Json conf = Json::object({{"passthroughMode", passthrough->get<bool>() ? "All" : "None"}});
  turn.besides.push_back(
      {type,
       {mesh, fmt::format("mesh-passthrough-all-{}", mesh)},
       {},
       Json::object({{"targetRef", Json::object({{"kind", "Mesh"}})}, {"default", conf}})});
}

}  // namespace

void TurnMesh(Turn& turn) {
  for (const Field& field : kFields) {
    const Json* value = FindBelow(turn.spec, field.path);
    if (value != nullptr && SaysSomething(*value)) turn.Tell(field.kind, std::string(field.path));
  }
  TurnPassthrough(turn);
  // A mesh that nobody is in has nobody who would miss it.
  Json* services = Find(turn.spec, "meshServices");
  const std::string mode = services == nullptr ? std::string() : TextOf(*services, "mode");
  if (mode != "Exclusive" && !turn.facts.proxies().empty()) {
    turn.Tell("mesh-services", "meshServices.mode", mode.empty() ? "Disabled" : mode);
  }
  for (const char* gone : {"mtls", "logging", "tracing", "metrics", "routing", "constraints",
                           "networking", "meshServices"}) {
    turn.spec.erase(gone);
  }
}

}  // namespace skyden::upgrade
