// SPDX-License-Identifier: Apache-2.0
// What happens to proxies, as previews and readiness tell it.
#pragma once

#include "rest/json_writer.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/preview/effects.h"

namespace skyden::rest {

// Members of an open object: `type`, `mesh`, `name`.
void WriteName(const model::TypeDescriptor& type, const model::ResourceKey& key, JsonWriter& json);

// Likewise: `proxies`, `groups`, `groups_left_out`, `policies_begin`, `policies_stop`.
void WriteEffects(const preview::Effects& effects, JsonWriter& json);

}  // namespace skyden::rest
