// SPDX-License-Identifier: Apache-2.0
// Zones of one version of Kuma read of a policy what those of another do not. What each of them is
// told instead of what is stored, so that it means the same to all.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "skyden/model/kuma_version.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

// Of a zone.
using Generation = model::KumaVersion;

// Of a version as a zone states it ("2.14.3", "3.0.0-dev.348b6528b"); kTwo when it cannot be read.
Generation GenerationOf(std::string_view version);

// A policy as zones of one generation are told it.
struct Form {
  // What does not go in one piece goes as two policies: one keeps the name, its twin gets another.
  enum class Kind {
    kWhole,  // or the half that keeps the name
    kTwin,
    kDefaultTwin,  // of a mesh's default policy: named as that generation names its own
  };
  model::Resource resource;
  Kind kind = Kind::kWhole;
};

// nullopt: what is stored is what they are told. Empty: they do not get it, because they would
// read something else, or because it selects none of their proxies. Pure.
std::optional<std::vector<Form>> FormsFor(Generation generation, const model::TypeDescriptor& type,
                                          const model::Resource& resource);

// The default policy whose twin would be called `key`; nullopt when there is no such twin.
std::optional<model::ResourceKey> DefaultOfTwin(Generation generation,
                                                const model::TypeDescriptor& type,
                                                const model::ResourceKey& key);

}  // namespace skyden::resources
