// SPDX-License-Identifier: Apache-2.0
// Of `serve`, for who started it.
#pragma once

namespace skyden::server {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitConfiguration = 2;

}  // namespace skyden::server
