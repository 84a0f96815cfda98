// SPDX-License-Identifier: Apache-2.0
// Whose rules policies are read and matched by.
#pragma once

#include <cstdint>

namespace skyden::matching {

// Those of Kuma 2; the same where zones of Kuma 3 are told the policies of a control plane of 2
// (services are resources only, whatever the mesh says); those of Kuma 3.
enum class Rules : uint8_t { kTwo, kTwoForThree, kThree };

}  // namespace skyden::matching
