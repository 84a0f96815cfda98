// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/new_zone.h"

#include "kuma/system/v1alpha1/system.pb.h"

namespace skyden::resources {

model::Resource NewZone(const model::CoreTypes& types, const std::string& zone, absl::Time now) {
  kuma::system::v1alpha1::Zone spec;
  spec.mutable_enabled()->set_value(true);
  model::Resource resource;
  resource.type = types.zone->id;
  resource.key = {"", zone};
  resource.spec = spec.SerializeAsString();
  resource.creation_time = resource.modification_time = now;
  return resource;
}

}  // namespace skyden::resources
