// SPDX-License-Identifier: Apache-2.0
// A zone's message: the first byte picks the type. Whatever is taken must be stable and printable.
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
  for (const char* name :
       {"mesh.v1alpha1.Dataplane", "mesh.v1alpha1.DataplaneInsight", "mesh.v1alpha1.ZoneIngress",
        "mesh.v1alpha1.ZoneIngressInsight", "mesh.v1alpha1.ZoneEgress",
        "mesh.v1alpha1.ZoneEgressInsight", "mesh.v1alpha1.MeshGateway", "mesh.v1alpha1.Mesh",
        "system.v1alpha1.Secret", "mesh.v1alpha1.TrafficRoute", "mesh.v1alpha1.VirtualOutbound",
        "mesh.v1alpha1.ProxyTemplate", "mesh.v1alpha1.MeshGatewayRoute"}) {
    types.emplace_back().descriptor.protobuf_message = std::string("kuma.") + name;
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
  const std::string_view spec(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string url = "type.googleapis.com/" + type.descriptor.protobuf_message;
  const auto decoded = type.codec->DecodeZone(url, spec, "");
  if (!decoded.ok()) return 0;
  const auto again = type.codec->DecodeZone(url, decoded->spec, "");
  SKYDEN_CHECK(again.ok() && again->spec == decoded->spec);
  skyden::model::Resource resource;
  resource.spec = decoded->spec;
  const std::string json = type.codec->SpecJson(resource);
  SKYDEN_CHECK(type.codec->SpecFromJson(json).ok());
  return 0;
}
