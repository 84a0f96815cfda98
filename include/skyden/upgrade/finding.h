// SPDX-License-Identifier: Apache-2.0
// What of a control plane of Kuma 2 is not there in Kuma 3, or means something else there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::upgrade {

// Who sees to it.
enum class Remedy : uint8_t {
  kUpgrade,  // the upgrade writes what means the same
  kPerson,   // somebody has to decide, and to write it, before
  kZone,     // likewise, in the zone that the resource is of
};
std::string_view NameOf(Remedy remedy);  // "upgrade", "person", "zone"

// One kind of finding. What is said of it is said here alone.
struct Kind {
  std::string_view id;  // "from-peers": for scripts, never to change
  // Where the public preflight tool puts it.
  std::string_view group, category;
  std::string_view title;
  std::string_view effect;  // what Kuma 3 makes of it
  std::string_view advice;  // what to do
  Remedy remedy = Remedy::kPerson;
};
// All that there are, in the order in which they are told.
std::span<const Kind> AllKinds();

struct Finding {
  const Kind* kind = nullptr;
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
  std::string zone;    // that made it; empty: it is the control plane's own
  std::string field;   // "spec.to[0].targetRef"; empty: the resource
  std::string detail;  // what is special about this one; may be empty
  Remedy remedy = Remedy::kPerson;

  bool blocks() const { return remedy != Remedy::kUpgrade; }
};

}  // namespace skyden::upgrade
