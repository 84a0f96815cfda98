// SPDX-License-Identifier: Apache-2.0
// One stored Kuma resource, in the form that is stored and sent.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "skyden/model/ids.h"
#include "skyden/model/labels.h"

namespace skyden::model {

// Dense index of a type in the TypeRegistry of this process. Never stored: the name is.
enum class TypeId : uint16_t {};

// Name of a resource within its type. `mesh` is empty for global-scoped types.
// Ordered as Kuma orders lists: bytewise by mesh, then name.
struct ResourceKey {
  std::string mesh;
  std::string name;
  friend bool operator==(const ResourceKey&, const ResourceKey&) = default;
  friend auto operator<=>(const ResourceKey&, const ResourceKey&) = default;
};

struct Resource {
  TypeId type{};
  ResourceKey key;
  Labels labels;
  // Wire form: what goes into KumaResource.spec.value. JSON text for JSON types, serialised
  // protobuf for protobuf types (see TypeDescriptor::encoding).
  std::string spec;
  std::string status;  // JSON text; empty for types without a status
  // The zone it came from; empty when it was authored at the control plane.
  std::string zone;
  absl::Time creation_time;
  absl::Time modification_time;
  // Set by the store: the control plane's revision that wrote it, and 1, 2, 3... per resource.
  Revision revision = 0;
  uint64_t version = 0;
  // A tombstone: key, revision and zone only. Seen in "changed since" reads, nowhere else.
  bool deleted = false;
};

}  // namespace skyden::model
