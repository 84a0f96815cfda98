// SPDX-License-Identifier: Apache-2.0
// What zones tell, from the message to resources that are ready to be stored.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "kds/ingest.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"

namespace {

const skyden::model::TypeRegistry& Registry() {
  static const auto registry = skyden::model::TypeRegistry::LoadEmbedded().value();
  return registry;
}

const skyden::resources::ResourceCodec& Codec() {
  static const auto codec = skyden::resources::ResourceCodec::Create(Registry()).value();
  return *codec;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::kds;
  const auto response = ScanDeltaResponse({reinterpret_cast<const char*>(data), size});
  if (!response.ok()) return 0;
  const auto* type = Registry().FindByName(response->type_url);
  if (type == nullptr) return 0;
  const auto batch = DecodeBatch({Codec(), "zone-1", false}, *type, true, *response);
  if (!batch.ok()) return 0;
  for (const auto& resource : batch->upserts) {
    // Whatever came in, it is this zone's.
    if (resource.zone != "zone-1" || resource.labels.at("kuma.io/zone") != "zone-1") {
      __builtin_trap();
    }
  }
  return 0;
}
