// SPDX-License-Identifier: Apache-2.0
// Bounds on what is asked across control planes; all others are in limits.h.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace skyden::base::limits {

// Zones that are turned away, by the names that they claim
inline constexpr size_t kRefusedZones = 1000;       // of a control plane
inline constexpr size_t kAllRefusedZones = 50'000;  // of all of them

// What is remembered
inline constexpr size_t kFleetZones = 500'000;  // rows, all tenants

// Answers
inline constexpr size_t kFacetValues = 50;    // of one field
inline constexpr size_t kFleetCauses = 100;   // told in one answer
inline constexpr size_t kFleetNamed = 3;      // control planes or zones of a cause
inline constexpr size_t kCursorBytes = 2048;  // of where a page begins

// Search
inline constexpr size_t kSearchBytes = 200;  // of what is looked for
inline constexpr size_t kSearchShown = 5;    // of each kind
inline constexpr size_t kSearchControlPlanes = 1000;
inline constexpr size_t kSearchAccounts = 1000;  // of each kind
inline constexpr size_t kSearchItems = 500'000;  // looked at by one question

// What ends
inline constexpr size_t kExpiryAccounts = 10'000;  // of each kind, looked at by one question

// Watching organizations (Server-Sent Events)
inline constexpr size_t kFleetWatches = 1024;
inline constexpr size_t kFleetWatchesPerOrganization = 256;
inline constexpr size_t kFleetLog = 10'000;                       // things told lately, of each
inline constexpr absl::Duration kFleetLinger = absl::Minutes(2);  // kept so long for nobody

}  // namespace skyden::base::limits
