// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace skyden::store::sqlite {

// What every file of ours says of itself (PRAGMA application_id).
inline constexpr int64_t kApplicationId = 0x534b5944;  // "SKYD"

}  // namespace skyden::store::sqlite
