// SPDX-License-Identifier: Apache-2.0
// What a MeshModel is made of.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "matching/policy.h"
#include "matching/rule_table.h"
#include "skyden/matching/mesh_model.h"

namespace skyden::matching {

// The name of traffic to no service that the mesh knows.
inline constexpr std::string_view kPassThrough = "pass_through";

// A policy of the time before targetRef.
struct LegacyPolicy {
  Item resource;
  const model::TypeDescriptor* type = nullptr;
  std::vector<Tags> sources;       // of a policy on connections
  std::vector<Tags> destinations;  // the same
  std::vector<Tags> selectors;     // of a policy on proxies
  std::vector<Tags> splits;        // of a TrafficRoute: where it sends to
};

enum class ListenerProtocol { kNone, kTcp, kTls, kHttp, kHttps };

struct Gateway {
  struct Port {
    std::string hostname;  // "*" when it names none
    uint32_t port = 0;
    ListenerProtocol protocol = ListenerProtocol::kNone;
    Tags tags;
  };
  Item resource;
  std::vector<Tags> selectors;
  Tags tags;
  std::vector<Port> ports;
};

struct GatewayRoute {
  struct Match {
    enum class Path { kExact, kPrefix, kOther } path = Path::kPrefix;
    std::string value;
  };
  struct Rule {
    std::vector<Match> matches;    // HTTP
    std::vector<Tags> backends;    // destinations
    std::optional<Tags> mirror;    // a copy of the traffic goes there
    bool rewrites_prefix = false;  // the path, or that of a redirect
  };
  enum class Kind { kNone, kHttp, kTcp };
  Item resource;
  std::vector<Tags> selectors;
  Kind kind = Kind::kNone;
  std::vector<std::string> hostnames;
  std::vector<Rule> rules;
};

// Something that a targetRef of `to` can mean.
struct Target {
  struct Port {
    std::string name;  // or the number
    bool is_named = false;
    int32_t value = 0;
    std::string protocol;
  };
  Item resource;
  Identifier id;
  bool has_ports = false;
  bool any_port_name = false;  // every port name means the only port
  std::vector<Port> ports;
  std::string vip;                     // the address that names are resolved to
  std::vector<std::string> hostnames;  // that are
};

// Targets of one mesh by what they are called.
class TargetIndex {
 public:
  void Add(const Target& target);

  // nullptr when there is none. Sections do not count.
  const Target* Find(const Identifier& id) const;
  // Those of a type that have all of `labels`, in the order in which they were added.
  std::vector<const Target*> WithLabels(std::string_view type, const Tags& labels) const;
  const std::vector<const Target*>& all() const { return all_; }

 private:
  absl::flat_hash_map<Identifier, const Target*> by_id_;
  absl::flat_hash_map<std::pair<std::string, std::string>, std::vector<const Target*>> by_label_;
  std::vector<const Target*> all_;
};

template <class T>
using SharedList = std::vector<std::shared_ptr<const T>>;

// By type. A list is shared between models while nothing in it changes.
template <class T>
using ListsByType = std::map<model::TypeId, std::shared_ptr<const SharedList<T>>>;

struct MeshModel::Data {
  Item mesh;
  Rules rules = Rules::kTwo;
  const RuleTable* table = nullptr;
  bool exclusive_services = false;
  std::optional<Proxy::Prometheus> prometheus;
  std::shared_ptr<const Target> mesh_target;

  ListsByType<Policy> policies;
  ListsByType<LegacyPolicy> legacy;
  std::shared_ptr<const SharedList<Gateway>> gateways;
  std::shared_ptr<const SharedList<GatewayRoute>> gateway_routes;
  ListsByType<Target> services;
  ListsByType<Target> routes;  // MeshHTTPRoute as something to refer to
  std::shared_ptr<const TargetIndex> index;
  size_t bytes = 0;

  const SharedList<Policy>& PoliciesOf(model::TypeId type) const;
  const SharedList<LegacyPolicy>& LegacyOf(model::TypeId type) const;
};

}  // namespace skyden::matching
