// SPDX-License-Identifier: Apache-2.0
// Policies that a zone's service owner writes for the consumers of that service, in every zone.
#pragma once

#include <string>
#include <string_view>

#include "skyden/model/resource.h"

namespace skyden::kds {

// True when the policy says that it is a producer's and is one: made in a namespace, and each item
// of `to` selects one service or route of that namespace, by name (Kuma 2) or by labels (Kuma 3).
// A zone may have its checks turned off, so its word is not enough.
bool IsProducerPolicy(const model::Resource& policy);

// The zone in the tags of a top-level targetRef of kind MeshSubset; empty when there is none.
std::string TargetedZone(std::string_view spec);

}  // namespace skyden::kds
