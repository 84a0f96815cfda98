// SPDX-License-Identifier: Apache-2.0
// A data plane proxy as policies see it: what it listens on, what it calls, what it is tagged with.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"

namespace skyden::matching {

using Item = std::shared_ptr<const model::Resource>;
using Tags = model::Labels;  // sorted pairs, whatever they tag

// Where traffic enters a proxy.
struct Listener {
  uint32_t port = 0;
  std::string address;
  friend bool operator==(const Listener&, const Listener&) = default;
  friend auto operator<=>(const Listener&, const Listener&) = default;
};

struct Proxy {
  struct Inbound {
    Listener at;
    uint32_t workload_port = 0;
    std::string name;  // may be empty
    std::string protocol;
    Tags tags;

    // Its name, or its port.
    std::string section() const { return name.empty() ? std::to_string(at.port) : name; }
    std::string_view service() const;
  };
  // A port on which the proxy serves its zone.
  struct ZoneListener {
    enum class Kind { kOther, kIngress, kEgress } kind = Kind::kOther;
    Listener at;
    std::string name;

    std::string section() const { return name.empty() ? std::to_string(at.port) : name; }
  };
  struct Backend {  // a service as a resource
    std::string kind;
    std::string name;
    std::string name_space;
    std::optional<uint32_t> port;
    Tags labels;
  };
  struct Outbound {
    Listener at;
    Tags tags;
    std::optional<Backend> backend;

    std::string_view service() const;
  };
  struct Prometheus {  // overrides of the mesh's
    uint32_t port = 0;
    Tags tags;
  };
  enum class Kind { kSidecar, kDelegatedGateway, kBuiltinGateway };

  Item resource;
  Kind kind = Kind::kSidecar;
  std::string address;
  Tags gateway_tags;
  std::vector<Inbound> inbounds;
  std::vector<ZoneListener> zone_listeners;
  std::vector<Outbound> outbounds;
  // Traffic reaches it by redirection; its outbounds are then not those that it lists.
  bool transparent = false;
  std::optional<std::vector<Backend>> reachable_backends;
  std::optional<Prometheus> prometheus;

  bool is_gateway() const { return kind != Kind::kSidecar; }
  // Any of its inbounds, or the gateway it is, has all of these tags ("*": any value).
  bool HasTags(const Tags& selector) const;
  const Inbound* InboundAt(uint32_t port) const;
};

// INVALID_ARGUMENT when the spec does not decode.
absl::StatusOr<Proxy> ReadProxy(Item dataplane);

// The proxy that a MeshGateway's own rules are shown for: a built-in gateway with the tags of its
// first selector. FAILED_PRECONDITION when it has none, INVALID_ARGUMENT when it does not decode.
absl::StatusOr<Proxy> ProxyOfGateway(Item mesh_gateway);

// Whether `tags` has every pair of `selector`, where "*" stands for any value.
bool Selects(const Tags& selector, const Tags& tags);

}  // namespace skyden::matching
