// SPDX-License-Identifier: Apache-2.0
// Which Kuma a zone runs, as far as it told when it was last connected.
#pragma once

#include <string>

#include "skyden/model/resource.h"
#include "skyden/resources/generations.h"

namespace skyden::insights {

// By the newest subscription of a stored ZoneInsight; empty when it says nothing.
std::string VersionOfZone(const model::Resource& zone_insight);
// The same; kTwo when it says nothing.
resources::Generation GenerationOfZone(const model::Resource& zone_insight);

}  // namespace skyden::insights
