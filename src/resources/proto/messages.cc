// SPDX-License-Identifier: Apache-2.0
// Every message is named here: the linker leaves out generated code that nothing mentions.
#include "resources/proto/messages.h"

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/gateway.pb.h"
#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "kuma/mesh/v1alpha1/resilience.pb.h"
#include "kuma/mesh/v1alpha1/traffic.pb.h"
#include "kuma/mesh/v1alpha1/zone_proxies.pb.h"
#include "kuma/system/v1alpha1/system.pb.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"

namespace skyden::resources {
namespace {

using google::protobuf::Message;

template <class... Types>
const Message* Among(std::string_view full_name) {
  const Message* found = nullptr;
  ((Types::descriptor()->full_name() == full_name ? void(found = &Types::default_instance())
                                                  : void()),
   ...);
  return found;
}

}  // namespace

const Message* PrototypeOf(std::string_view full_name) {
  namespace mesh = kuma::mesh::v1alpha1;
  namespace system = kuma::system::v1alpha1;
  return Among<mesh::CircuitBreaker, mesh::Dataplane, mesh::DataplaneInsight, mesh::ExternalService,
               mesh::FaultInjection, mesh::HealthCheck, mesh::Mesh, mesh::MeshGateway,
               mesh::MeshGatewayRoute, mesh::MeshInsight, mesh::ProxyTemplate, mesh::RateLimit,
               mesh::Retry, mesh::ServiceInsight, mesh::Timeout, mesh::TrafficLog,
               mesh::TrafficPermission, mesh::TrafficRoute, mesh::TrafficTrace,
               mesh::VirtualOutbound, mesh::ZoneEgress, mesh::ZoneEgressInsight, mesh::ZoneIngress,
               mesh::ZoneIngressInsight, system::Config, system::Secret, system::Zone,
               system::ZoneInsight>(full_name);
}

}  // namespace skyden::resources
