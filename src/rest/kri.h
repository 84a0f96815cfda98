// SPDX-License-Identifier: Apache-2.0
// kri_<short name>_<mesh>_<zone>_<namespace>_<name>_<section>: a resource named by where it was
// made.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::rest {

struct Kri {
  const model::TypeDescriptor* type = nullptr;
  std::string mesh;
  std::string zone;
  std::string name_space;
  std::string name;
  std::string section;
  model::ResourceKey key;  // under which it is stored here
};

// INVALID_ARGUMENT in Kuma's words.
absl::StatusOr<Kri> ParseKri(const model::TypeRegistry& registry, std::string_view text,
                             model::KumaVersion version = model::KumaVersion::kTwo);

}  // namespace skyden::rest
