// SPDX-License-Identifier: Apache-2.0
// What the process exits with, whatever the command.
#pragma once

namespace skyden::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;  // it was tried and did not work; the reason is printed
inline constexpr int kExitUsage = 2;   // the command line or the configuration is at fault

}  // namespace skyden::cli
