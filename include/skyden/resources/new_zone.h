// SPDX-License-Identifier: Apache-2.0
// The Zone that is written for a zone which nobody wrote: it was provisioned, or it just came.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

// Enabled, and nothing else.
model::Resource NewZone(const model::CoreTypes& types, const std::string& zone, absl::Time now);

}  // namespace skyden::resources
