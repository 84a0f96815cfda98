// SPDX-License-Identifier: Apache-2.0
// Dataplanes are their zones': what is said of them is to be done there.
#include <fmt/format.h>

#include <string>

#include "skyden/model/kuma_labels.h"
#include "upgrade/turn.h"

namespace skyden::upgrade {
namespace {

void TellInbounds(Turn& turn, Json& networking) {
  ForEach(networking, "inbound", [&](Json& inbound, size_t i) {
    Json* tags = Find(inbound, "tags");
    const std::string tag = tags == nullptr ? std::string() : TextOf(*tags, model::kProtocolTag);
    // TCP is what it is without.
    if (tag.empty() || tag == "tcp" || HasSome(inbound, "protocol")) return;
    turn.Tell("inbound-protocol", fmt::format("networking.inbound[{}].protocol", i), tag);
  });
}

bool IsUniversal(const model::Labels& labels) {
  return model::LabelOf(labels, model::kEnvironmentLabel) != "kubernetes";
}

}  // namespace

void TurnDataplane(Turn& turn) {
  Json none = Json::object();
  Json* found = Find(turn.spec, "networking");
  Json& networking = found == nullptr ? none : *found;
  Json* gateway = Find(networking, "gateway");
  if (gateway != nullptr && TextOf(*gateway, "type") == "BUILTIN") {
    turn.Tell("builtin-gateway", "networking.gateway.type");
  }
  TellInbounds(turn, networking);
  ForEach(networking, "outbound", [&](Json& outbound, size_t i) {
    if (HasSome(outbound, "backendRef")) return;
    turn.Tell("outbound-tags", fmt::format("networking.outbound[{}].tags", i));
  });
  Json* proxying = Find(networking, "transparentProxying");
  if (proxying != nullptr && HasSome(*proxying, "reachableServices")) {
    turn.Tell("reachable-services", "networking.transparentProxying.reachableServices");
  }
  for (const char* field : {"networking.advertisedAddress", "probes", "metrics"}) {
    const Json* value = FindBelow(turn.spec, field);
    if (value != nullptr && !value->empty()) turn.Tell("dataplane-fields", field);
  }
  const bool has_inbounds = HasSome(networking, "inbound");
  if (has_inbounds && IsUniversal(turn.resource.labels) &&
      !turn.resource.labels.contains(model::kWorkloadLabel)) {
    turn.Tell("workload-label", "labels");
  }
}

}  // namespace skyden::upgrade
