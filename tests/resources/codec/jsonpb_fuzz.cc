// SPDX-License-Identifier: Apache-2.0
// A REST body of a protobuf type: the first byte picks the type. What is taken must read back as
// itself.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "resources/codec/protobuf_codec.h"
#include "skyden/base/check.h"

namespace {

using skyden::model::TypeDescriptor;
using skyden::resources::MakeProtobufTypeCodec;
using skyden::resources::TypeCodec;

struct Type {
  TypeDescriptor descriptor;
  std::unique_ptr<TypeCodec> codec;
};

std::vector<Type> MakeTypes() {
  std::vector<Type> types;
  for (const char* name : {"Mesh", "TrafficRoute", "Retry", "HealthCheck", "ExternalService",
                           "MeshGateway", "MeshGatewayRoute", "VirtualOutbound", "ProxyTemplate"}) {
    types.emplace_back().descriptor.protobuf_message = std::string("kuma.mesh.v1alpha1.") + name;
  }
  for (Type& type : types) {
    type.descriptor.name = "Type";
    type.codec = *MakeProtobufTypeCodec(type.descriptor);
  }
  return types;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<Type> types = MakeTypes();
  if (size == 0) return 0;
  const Type& type = types[data[0] % types.size()];
  const auto body = type.codec->DecodeRest({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!body.ok()) return 0;
  skyden::model::Resource resource;
  resource.spec = body->spec;
  const auto again = type.codec->SpecFromJson(type.codec->SpecJson(resource));
  SKYDEN_CHECK(again.ok() && *again == body->spec);
  static_cast<void>(type.codec->ValidateNamed(resource));
  return 0;
}
