// SPDX-License-Identifier: Apache-2.0
// What must hold of a protobuf resource beyond its shape, type by type.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resources/proto/jsonpb.h"
#include "resources/rules_proto/report.h"
#include "skyden/base/status.h"

namespace google::protobuf {
class Message;
}

namespace kuma::mesh::v1alpha1 {
class CircuitBreaker;
class Dataplane;
class ExternalService;
class FaultInjection;
class HealthCheck;
class Mesh;
class MeshGateway;
class MeshGatewayRoute;
class ProxyTemplate;
class RateLimit;
class Retry;
class Timeout;
class TrafficLog;
class TrafficPermission;
class TrafficRoute;
class TrafficTrace;
class VirtualOutbound;
class ZoneEgress;
class ZoneIngress;
}  // namespace kuma::mesh::v1alpha1

namespace skyden::resources::rules_proto {

// Everything that is wrong with `spec`, in Kuma's order and words. Types without rules pass.
// `notes` come from decoding JSON; empty for what came as protobuf.
std::vector<base::FieldViolation> CheckMeaning(const google::protobuf::Message& spec,
                                               const JsonpbNotes& notes);

// The full names of the messages that have rules.
std::vector<std::string> MessagesWithRules();

// Fills in what Kuma fills in before it stores a resource (Mesh only). `spec` passed CheckMeaning.
void ApplyDefaults(google::protobuf::Message& spec);

// The rules of single types, which CheckMeaning chooses from.
void Check(const kuma::mesh::v1alpha1::CircuitBreaker& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::Dataplane& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::ExternalService& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::FaultInjection& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::HealthCheck& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::Mesh& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::MeshGateway& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::MeshGatewayRoute& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::ProxyTemplate& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::RateLimit& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::Retry& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::Timeout& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::TrafficLog& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::TrafficPermission& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::TrafficRoute& spec, const JsonpbNotes& notes,
           Report& report);
void Check(const kuma::mesh::v1alpha1::TrafficTrace& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::VirtualOutbound& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::ZoneEgress& spec, Report& report);
void Check(const kuma::mesh::v1alpha1::ZoneIngress& spec, Report& report);
void ApplyDefaults(kuma::mesh::v1alpha1::Mesh& spec);

}  // namespace skyden::resources::rules_proto
