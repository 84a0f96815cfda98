// SPDX-License-Identifier: Apache-2.0
// The first byte picks the JSON type, the rest is a body. Whatever is taken must be stored in a
// form that is taken again and stays the same.
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resources/codec/json_type_codec.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {
namespace {

struct World {
  World() : registry(*model::TypeRegistry::LoadEmbedded()) {
    for (const model::TypeDescriptor& type : registry.all()) {
      if (type.encoding != model::SpecEncoding::kJson) continue;
      codecs.emplace_back(&type, *MakeJsonTypeCodec(type, registry.shared_shapes_yaml()));
    }
  }
  model::TypeRegistry registry;
  std::vector<std::pair<const model::TypeDescriptor*, std::unique_ptr<TypeCodec>>> codecs;
};

}  // namespace
}  // namespace skyden::resources

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::resources;
  static const World world;
  if (size == 0) return 0;
  const auto& [type, codec] = world.codecs[data[0] % world.codecs.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  static_cast<void>(codec->DecodeZone("", text, text));
  for (const std::string& body :
       {std::string(text), fmt::format(R"({{"type":"{}","mesh":"default","name":"f","spec":{}}})",
                                       type->name, text)}) {
    const auto decoded = codec->DecodeRest(body);
    if (!decoded.ok()) continue;
    // Reading fills in a default that an empty text had kept out, so it takes one round to settle.
    const auto again = codec->SpecFromJson(decoded->spec);
    if (!again.ok()) std::abort();
    const auto settled = codec->SpecFromJson(*again);
    if (!settled.ok() || *settled != *again) std::abort();
    skyden::model::Resource resource;
    resource.key = {decoded->mesh, decoded->name};
    resource.labels = decoded->labels;
    resource.spec = decoded->spec;
    std::string out;
    codec->AppendUniversal(resource, out);
    static_cast<void>(codec->RenderKubernetes(resource, "ns"));
  }
  return 0;
}
