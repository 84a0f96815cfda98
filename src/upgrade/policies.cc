// SPDX-License-Identifier: Apache-2.0
// targetRef policies: whom they select, whom they are about, and fields that moved. What
// resources::FormsFor makes of `from`, of two lists in one policy and of hash policies for zones of
// Kuma 3 is left to it; here it is only told.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "skyden/matching/identifier.h"
#include "skyden/model/kuma_labels.h"
#include "upgrade/otel.h"
#include "upgrade/turn.h"

namespace skyden::upgrade {
namespace {

constexpr std::string_view kPermission = "MeshTrafficPermission";
constexpr std::string_view kFaultInjection = "MeshFaultInjection";

bool Is(std::string_view text, std::initializer_list<std::string_view> any) {
  return std::find(any.begin(), any.end(), text) != any.end();
}

// A mesh's own from the beginning, which the upgrade turns without a word.
bool IsDefault(const Turn& turn) {
  if (turn.is_of_zone()) return false;
  const std::string suffix = "-all-" + turn.resource.key.mesh;
  return Is(turn.resource.key.name, {"mesh-timeout" + suffix, "mesh-gateways-timeout" + suffix,
                                     "mesh-circuit-breaker" + suffix, "mesh-retry" + suffix});
}

class PolicyTurn {
 public:
  explicit PolicyTurn(Turn& turn)
      : turn_(turn),
        is_default_(IsDefault(turn)),
        name_space_(model::LabelOf(turn.resource.labels, model::kNamespaceLabel)),
        is_producer_(model::LabelOf(turn.resource.labels, model::kPolicyRoleLabel) == "producer") {}

  void Run() {
    if (Json* target = Find(turn_.spec, "targetRef")) TurnTarget(*target);
    TellFrom();
    TellTwoLists();
    ForEach(turn_.spec, "to", [&](Json& entry, size_t i) {
      const std::string at = fmt::format("spec.to[{}]", i);
      if (Json* target = Find(entry, "targetRef")) TurnDestination(*target, at + ".targetRef");
      TurnConf(entry, at);
    });
    TurnOtelEndpoints(turn_);
  }

 private:
  void TellUnlessDefault(std::string_view kind, std::string field) {
    if (!is_default_) turn_.Tell(kind, std::move(field));
  }

  void TurnTarget(Json& target) {
    if (Json* types = Find(target, "proxyTypes"); types != nullptr) {
      const bool sidecars = !types->is_array() || types->empty() ||
                            std::find(types->begin(), types->end(), "Sidecar") != types->end();
      TellUnlessDefault(sidecars ? "proxy-types" : "gateways-only", "spec.targetRef.proxyTypes");
      if (!sidecars) turn_.goes = true;
      target.erase("proxyTypes");
    }
    const std::string kind = TextOf(target, "kind");
    if (Is(kind, {"", "Mesh"})) return;
    if (kind == "Dataplane") return TurnProxyByName(target);
    TurnProxiesByTags(target, kind);
  }

  void TurnProxyByName(Json& target) {
    const std::string name = TextOf(target, "name");
    if (name.empty()) return;
    turn_.Tell("target-by-name", "spec.targetRef.name");
    std::string name_space = TextOf(target, "namespace");
    if (name_space.empty()) name_space = name_space_;
    target.erase("name");
    target.erase("namespace");
    target["labels"][std::string(model::kDisplayNameLabel)] = name;
    if (!name_space.empty()) target["labels"][std::string(model::kNamespaceLabel)] = name_space;
  }

  // Labels of the same names, if the proxies that there are bear them just so.
  void TurnProxiesByTags(Json& target, const std::string& kind) {
    model::Labels tags;
    if (Is(kind, {"MeshSubset", "MeshServiceSubset"})) tags = PairsOf(target, "tags");
    model::Labels labels = tags;
    if (Is(kind, {"MeshService", "MeshServiceSubset"})) {
      const std::string name = TextOf(target, "name");
      tags.insert_or_assign(std::string(model::kServiceTag), name);
      labels.insert_or_assign(std::string(model::kWorkloadLabel), name);
    } else if (kind != "MeshSubset") {
      return turn_.Tell("target-kind", "spec.targetRef.kind", kind);
    }
    if (tags.empty()) {
      turn_.Tell("proxy-types", "spec.targetRef.kind", kind);
      target = Json::object({{"kind", "Mesh"}});
      return;
    }
    if (!turn_.facts.SaySame(labels, tags)) {
      return turn_.Tell("target-kind", "spec.targetRef.kind", kind);
    }
    target = Json::object({{"kind", "Dataplane"}, {"labels", Json::object()}});
    for (const auto& [key, value] : labels) target["labels"][key] = value;
    turn_.TellWith(Remedy::kUpgrade, "target-kind", "spec.targetRef.kind", kind);
  }

  void TellFrom() {
    Json* from = Find(turn_.spec, "from");
    if (from == nullptr || from->empty()) return;
    // Kuma 2, too, looks at it only where there are no rules.
    if (HasSome(turn_.spec, "rules")) return TellUnlessDefault("from", "spec.from");
    if (turn_.type.name == kPermission) return turn_.Tell("permission-from", "spec.from");
    size_t peers = 0;
    ForEach(turn_.spec, "from", [&](Json& entry, size_t i) {
      Json* target = Find(entry, "targetRef");
      if (target != nullptr && TextOf(*target, "kind") == "Mesh") return;
      ++peers;
      turn_.Tell("from-peers", fmt::format("spec.from[{}].targetRef", i),
                 target == nullptr ? std::string() : TextOf(*target, "kind"));
    });
    if (peers != 0) return;
    if (turn_.type.name == kFaultInjection && from->size() > 1) {
      return turn_.TellWith(Remedy::kPerson, "from", "spec.from",
                            "several entries are one together, and of rules the first counts");
    }
    TellUnlessDefault("from", "spec.from");
  }

  void TellTwoLists() {
    if (!Is(turn_.type.name, {"MeshTimeout", "MeshAccessLog", "MeshRateLimit"})) return;
    const bool inbound = HasSome(turn_.spec, "rules") || HasSome(turn_.spec, "from");
    if (inbound && HasSome(turn_.spec, "to")) TellUnlessDefault("two-lists", "spec.to");
  }

  void TurnDestination(Json& target, const std::string& at) {
    const std::string kind = TextOf(target, "kind");
    if (Is(kind, {"MeshSubset", "MeshServiceSubset", "MeshGateway"})) {
      return turn_.Tell("to-kind", at + ".kind", kind);
    }
    Refer(target, at);
  }

  void Refer(Json& target, const std::string& at) {
    const std::string name = TextOf(target, "name");
    if (!ReferByLabels(target, name_space_)) return;
    turn_.Tell(is_producer_ ? "producer-by-name" : "to-by-name", at + ".name", name);
  }

  void TurnBackend(Json& backend, const std::string& at) {
    const std::string kind = TextOf(backend, "kind");
    if (Is(kind, {"MeshServiceSubset", "MeshSubset", "MeshGateway"})) {
      return turn_.Tell("backend-kind", at + ".kind", kind);
    }
    Refer(backend, at);
    const Json* port = Find(backend, "port");
    const uint32_t number =
        port != nullptr && port->is_number_unsigned() ? port->get<uint32_t>() : 0;
    if (!turn_.facts.HasService(kind, PairsOf(backend, "labels"), number)) {
      turn_.Tell("backend-nowhere", at, kind);
    }
  }

  void TurnRoute(Json& rule, const std::string& at) {
    Json* conf = Find(rule, "default");
    if (conf == nullptr) return;
    ForEach(*conf, "backendRefs", [&](Json& backend, size_t i) {
      TurnBackend(backend, fmt::format("{}.default.backendRefs[{}]", at, i));
    });
    ForEach(*conf, "filters", [&](Json& filter, size_t i) {
      const std::string filter_at = fmt::format("{}.default.filters[{}]", at, i);
      if (Json* backend = FindBelow(filter, "requestMirror.backendRef")) {
        TurnBackend(*backend, filter_at + ".requestMirror.backendRef");
      }
      Json* to_backend = FindBelow(filter, "urlRewrite.hostToBackendHostname");
      if (to_backend != nullptr && *to_backend == true) {
        turn_.Tell("route-hostnames", filter_at + ".urlRewrite.hostToBackendHostname");
      }
    });
  }

  // An element of `to`.
  void TurnConf(Json& entry, const std::string& at) {
    if (HasSome(entry, "hostnames")) turn_.Tell("route-hostnames", at + ".hostnames");
    ForEach(entry, "rules",
            [&](Json& rule, size_t i) { TurnRoute(rule, fmt::format("{}.rules[{}]", at, i)); });
    Json* conf = Find(entry, "default");
    if (conf == nullptr) return;
    if (turn_.type.name == "MeshHealthCheck" && Find(*conf, "healthyPanicThreshold") != nullptr) {
      turn_.Tell("panic-threshold", at + ".default.healthyPanicThreshold");
    }
    if (turn_.type.name == "MeshLoadBalancingStrategy") TurnHashPolicies(*conf, at + ".default");
  }

  void TurnHashPolicies(Json& conf, const std::string& at) {
    for (const std::string_view kind : {"ringHash", "maglev"}) {
      Json* settings = FindBelow(conf, fmt::format("loadBalancer.{}", kind));
      if (settings == nullptr || Find(*settings, "hashPolicies") == nullptr) continue;
      turn_.Tell("hash-policies", fmt::format("{}.loadBalancer.{}.hashPolicies", at, kind));
    }
    ForEach(conf, "hashPolicies", [&](Json& policy, size_t i) {
      if (TextOf(policy, "type") != "SourceIP") return;
      policy["type"] = "Connection";
      policy["connection"] = Json::object({{"sourceIP", true}});
      turn_.Tell("hash-policies", fmt::format("{}.hashPolicies[{}].type", at, i), "SourceIP");
    });
  }

  Turn& turn_;
  const bool is_default_;
  const std::string name_space_;
  const bool is_producer_;
};

}  // namespace

void TurnPolicy(Turn& turn) { PolicyTurn(turn).Run(); }

}  // namespace skyden::upgrade
