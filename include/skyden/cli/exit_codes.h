// SPDX-License-Identifier: Apache-2.0
// What the process exits with, whatever the command.
#pragma once

namespace skyden::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;  // it was tried and did not work; the reason is printed
inline constexpr int kExitUsage = 2;   // the command line or the configuration is at fault
// It worked, and what was looked at is not as it was asked to be (plan, drift, preview).
inline constexpr int kExitDiffers = 3;
// Of `wait`: it is not so yet, and it will not be without somebody's doing.
inline constexpr int kExitNotYet = 4;
inline constexpr int kExitRefused = 5;

}  // namespace skyden::cli
