// SPDX-License-Identifier: Apache-2.0
#include "kds/ingest.h"
#include "kds/names.h"
#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/zone_proxies.pb.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::kds {
namespace {

namespace mesh_pb = ::kuma::mesh::v1alpha1;

absl::Status Broken(const model::TypeDescriptor& type) {
  return absl::DataLossError("a " + type.name + " does not decode");
}

// An absent tag names no zone and stays absent.
template <class Tags>
void PinTag(Tags& tags, const std::string& zone) {
  const auto tag = tags.find(std::string(model::kZoneLabel));
  if (tag != tags.end()) tag->second = zone;
}

absl::StatusOr<std::string> PinIngress(const model::TypeDescriptor& type, const std::string& spec,
                                       const std::string& zone) {
  mesh_pb::ZoneIngress ingress;
  if (!ingress.ParseFromString(spec)) return Broken(type);
  ingress.set_zone(zone);
  for (auto& service : *ingress.mutable_availableservices()) {
    PinTag(*service.mutable_tags(), zone);
  }
  return ingress.SerializeAsString();
}

absl::StatusOr<std::string> PinEgress(const model::TypeDescriptor& type, const std::string& spec,
                                      const std::string& zone) {
  mesh_pb::ZoneEgress egress;
  if (!egress.ParseFromString(spec)) return Broken(type);
  egress.set_zone(zone);
  return egress.SerializeAsString();
}

absl::StatusOr<std::string> PinDataplane(const model::TypeDescriptor& type, const std::string& spec,
                                         const std::string& zone) {
  mesh_pb::Dataplane dataplane;
  if (!dataplane.ParseFromString(spec)) return Broken(type);
  if (!dataplane.has_networking()) return spec;
  auto& networking = *dataplane.mutable_networking();
  for (auto& inbound : *networking.mutable_inbound()) PinTag(*inbound.mutable_tags(), zone);
  if (networking.has_gateway()) PinTag(*networking.mutable_gateway()->mutable_tags(), zone);
  return dataplane.SerializeAsString();
}

}  // namespace

absl::StatusOr<std::string> PinZone(const model::TypeDescriptor& type, std::string spec,
                                    const std::string& zone) {
  if (type.name == "ZoneIngress") return PinIngress(type, spec, zone);
  if (type.name == "ZoneEgress") return PinEgress(type, spec, zone);
  // Most dataplanes name no zone at all; those are not taken apart.
  if (type.name == "Dataplane" && spec.find(model::kZoneLabel) != std::string::npos) {
    return PinDataplane(type, spec, zone);
  }
  return spec;
}

}  // namespace skyden::kds
