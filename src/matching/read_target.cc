// SPDX-License-Identifier: Apache-2.0
#include "matching/read_target.h"

#include <utility>

namespace skyden::matching {
namespace {

constexpr std::string_view kService = "MeshService";
constexpr std::string_view kExternalService = "MeshExternalService";
constexpr std::string_view kMultiZoneService = "MeshMultiZoneService";

int32_t NumberMember(const Json& json, std::string_view name) {
  const Json* member = Member(json, name);
  return member != nullptr && member->is_number_integer() ? member->get<int32_t>() : 0;
}

Target::Port ReadPort(const Json& json, std::string_view protocol_member) {
  Target::Port port;
  port.value = NumberMember(json, "port");
  port.name = StringMember(json, "name");
  port.is_named = !port.name.empty();
  if (!port.is_named) port.name = std::to_string(port.value);
  port.protocol = StringMember(json, protocol_member);
  return port;
}

void ReadStatus(const Json& status, Target& target) {
  const Json* vip = Member(status, "vip");
  if (const Json* vips = Member(status, "vips"); vips != nullptr && vips->is_array()) {
    if (!vips->empty()) vip = &vips->front();
  }
  if (vip != nullptr) target.vip = StringMember(*vip, "ip");
  if (const Json* addresses = Member(status, "addresses")) {
    if (!addresses->is_array()) return;
    for (const Json& address : *addresses) {
      target.hostnames.push_back(StringMember(address, "hostname"));
    }
  }
}

}  // namespace

bool IsService(const model::TypeDescriptor& type) {
  return type.name == kService || type.name == kExternalService || type.name == kMultiZoneService;
}

std::shared_ptr<const Target> ReadService(const model::TypeDescriptor& type, Item resource) {
  const Json spec = ParseJson(resource->spec);
  if (spec.is_discarded()) return nullptr;
  auto target = std::make_shared<Target>();
  target->id = IdentifierOf(type, *resource);
  target->has_ports = true;
  if (type.name == kExternalService) {
    target->any_port_name = true;
    // Its `match` has no name: the section is the number.
    if (const Json* match = Member(spec, "match")) {
      target->ports.push_back(ReadPort(*match, "protocol"));
    }
  } else if (const Json* ports = Member(spec, "ports"); ports != nullptr && ports->is_array()) {
    for (const Json& port : *ports) target->ports.push_back(ReadPort(port, "appProtocol"));
  }
  const Json status = ParseJson(resource->status);
  if (!status.is_discarded()) ReadStatus(status, *target);
  target->resource = std::move(resource);
  return target;
}

std::shared_ptr<const Target> ReadPlainTarget(const model::TypeDescriptor& type, Item resource) {
  auto target = std::make_shared<Target>();
  target->id = IdentifierOf(type, *resource);
  target->resource = std::move(resource);
  return target;
}

}  // namespace skyden::matching
