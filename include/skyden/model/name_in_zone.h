// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "skyden/model/kuma_labels.h"
#include "skyden/model/resource.h"

namespace skyden::model {

// The zone that a resource came from; empty: none.
inline std::string ZoneOfProxy(const Resource& resource) {
  return resource.zone.empty() ? std::string(LabelOf(resource.labels, kZoneLabel)) : resource.zone;
}

// What `zone`, which made it, calls the resource.
inline std::string NameInZone(const Resource& resource, const std::string& zone) {
  std::string name(LabelOf(resource.labels, kDisplayNameLabel));
  if (name.empty()) name = resource.key.name;
  // Names of old zones begin with the zone and keep their namespace.
  if (resource.key.name.starts_with(zone + ".")) return name;
  const auto name_space = LabelOf(resource.labels, kNamespaceLabel);
  if (!name_space.empty()) name.append(".").append(name_space);
  return name;
}

}  // namespace skyden::model
