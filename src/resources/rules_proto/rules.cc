// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_proto/rules.h"

#include <google/protobuf/message.h>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/gateway.pb.h"
#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "kuma/mesh/v1alpha1/resilience.pb.h"
#include "kuma/mesh/v1alpha1/traffic.pb.h"
#include "kuma/mesh/v1alpha1/zone_proxies.pb.h"

namespace skyden::resources::rules_proto {
namespace {

using google::protobuf::Message;

// Checks `spec` when it is a Type; false when it is something else.
template <class Type>
bool CheckAs(const Message& spec, const JsonpbNotes& notes, Report& report) {
  if (spec.GetDescriptor() != Type::descriptor()) return false;
  const auto& typed = static_cast<const Type&>(spec);
  if constexpr (std::is_same_v<Type, kuma::mesh::v1alpha1::TrafficRoute>) {
    Check(typed, notes, report);
  } else {
    Check(typed, report);
  }
  return true;
}

template <class... Types>
struct ListOf {
  static void CheckAsOneOf(const Message& spec, const JsonpbNotes& notes, Report& report) {
    static_cast<void>((CheckAs<Types>(spec, notes, report) || ...));
  }
  static std::vector<std::string> Names() { return {Types::descriptor()->full_name()...}; }
};

namespace mesh = kuma::mesh::v1alpha1;
using WithRules =
    ListOf<mesh::CircuitBreaker, mesh::Dataplane, mesh::ExternalService, mesh::FaultInjection,
           mesh::HealthCheck, mesh::Mesh, mesh::MeshGateway, mesh::MeshGatewayRoute,
           mesh::ProxyTemplate, mesh::RateLimit, mesh::Retry, mesh::Timeout, mesh::TrafficLog,
           mesh::TrafficPermission, mesh::TrafficRoute, mesh::TrafficTrace, mesh::VirtualOutbound,
           mesh::ZoneEgress, mesh::ZoneIngress>;

}  // namespace

std::vector<base::FieldViolation> CheckMeaning(const Message& spec, const JsonpbNotes& notes) {
  Report report;
  WithRules::CheckAsOneOf(spec, notes, report);
  return report.Take();
}

std::vector<std::string> MessagesWithRules() { return WithRules::Names(); }

void ApplyDefaults(Message& spec) {
  if (spec.GetDescriptor() != kuma::mesh::v1alpha1::Mesh::descriptor()) return;
  ApplyDefaults(static_cast<kuma::mesh::v1alpha1::Mesh&>(spec));
}

}  // namespace skyden::resources::rules_proto
