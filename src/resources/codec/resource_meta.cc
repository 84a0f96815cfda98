// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/resource_meta.h"

#include "resources/codec/meta.h"

namespace skyden::resources {

std::string RenderMeta(const model::TypeDescriptor& type, const model::Resource& resource) {
  return UniversalMeta(type, resource) + "}";
}

}  // namespace skyden::resources
