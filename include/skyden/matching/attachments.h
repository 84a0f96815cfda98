// SPDX-License-Identifier: Apache-2.0
// Which policies are attached to which part of a sidecar, or of a built-in gateway: the older view,
// which the policies of the time before targetRef have as well.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "skyden/matching/mesh_model.h"
#include "skyden/matching/proxy.h"
#include "skyden/matching/rules.h"

namespace skyden::matching {

struct AttachedPolicy {
  const model::TypeDescriptor* type = nullptr;
  Item resource;
};

// A part of a sidecar.
struct Attachment {
  std::string kind;     // "inbound", "outbound", "service", "dataplane"
  std::string name;     // "10.0.0.1:80:8080"; empty for the dataplane
  std::string service;  // the same
  std::vector<AttachedPolicy> policies;
};

// In the order in which they are shown; parts without policies are left out. `only`: policies of
// one type; nullptr: of all.
std::vector<Attachment> AttachmentsOf(const MeshModel& mesh, const Proxy& proxy,
                                      const model::TypeDescriptor* only);

// A built-in gateway, by what its MeshGateway and MeshGatewayRoutes make of it.
struct GatewayView {
  struct Destination {
    Tags tags;
    std::vector<AttachedPolicy> policies;  // at most one of each type
  };
  struct Entry {  // one match of one rule of a route
    std::string route;
    std::vector<Destination> mirrors;  // at most one
    std::vector<Destination> forwards;
  };
  struct Host {
    std::string name;
    std::vector<Entry> entries;
  };
  struct Listener {
    uint32_t port = 0;
    std::string protocol;
    std::vector<Host> hosts;
  };
  Item gateway;                          // null when no MeshGateway configures the proxy
  std::vector<Listener> listeners;       // by port
  std::vector<AttachedPolicy> policies;  // of all of it
};
GatewayView ViewGateway(const MeshModel& mesh, const Proxy& proxy);

// Whether the named MeshGateway's selectors select a built-in gateway, whichever is chosen in the
// end.
bool GatewaySelects(const MeshModel& mesh, std::string_view gateway_name, const Proxy& proxy);

// A subset rule where it applies: to the clients of an inbound, to the destination of an outbound,
// to the proxy.
struct RuleAttachment {
  std::string kind;  // "ClientSubset", "DestinationSubset", "SingleItem"
  std::string name;
  std::vector<std::string> addresses;
  std::string service;
  Tags tags;
  const model::TypeDescriptor* type = nullptr;
  SubsetRule rule;
};
// In the order in which they are shown.
std::vector<RuleAttachment> RuleAttachmentsOf(const MeshModel& mesh, const Proxy& proxy);

// The ports of services that the proxy may call, by identifier.
struct ReachablePort {
  Identifier id;
  int32_t port = 0;
  std::string protocol;
};
std::vector<ReachablePort> ReachablePorts(const MeshModel& mesh, const Proxy& proxy);

}  // namespace skyden::matching
