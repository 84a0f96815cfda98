// SPDX-License-Identifier: Apache-2.0
// Features and names as they go over the wire.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "skyden/kds/hashed_name.h"
#include "skyden/model/resource.h"

namespace skyden::kds {

// What a zone says that it can take. A set of bits.
using Features = uint8_t;
inline constexpr Features kHashSuffix = 1;
inline constexpr Features kMultiZoneSelector = 2;
inline constexpr Features kProducerPolicies = 4;
inline constexpr Features kOptionalTargetRef = 8;
// Reads what Kuma 3 reads. Not announced as a feature.
inline constexpr Features kThirdGeneration = 16;
// 0 for a name that is not known.
Features FeatureOf(std::string_view name);
// What follows from the zone-version header ("v3") and the version of a zone. One of the two is
// enough: a build may not know its version, and a proxy may drop the header.
Features FeaturesOfVersion(std::string_view zone_version, std::string_view version);

// The display name of a resource: its label, else its name.
std::string_view DisplayNameOf(const model::Labels& labels, std::string_view name);

// The zone a resource came from: its label, or for very old ones what comes before the first dot.
std::string_view ZoneOf(const model::Labels& labels, std::string_view name);

}  // namespace skyden::kds
