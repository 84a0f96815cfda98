// SPDX-License-Identifier: Apache-2.0
// What daemons over one database may ask of each other.
#pragma once

#include <cstddef>

#include "absl/time/time.h"
#include "skyden/base/limits.h"

namespace skyden::base::limits {

inline constexpr absl::Duration kPeerTime = absl::Seconds(1);  // of what is answered from memory
// What is not answered in its time costs the one that asks no more than this beyond it.
inline constexpr absl::Duration kPeerSlack = absl::Seconds(2);
inline constexpr absl::Duration kPeerRetry = absl::Seconds(2);  // whoever was told to come again
inline constexpr size_t kPeerQuestionBytes = 1u << 20;
inline constexpr size_t kPeerAnswerBytes = 2 * kKdsMessageBytes;
inline constexpr size_t kPeerCalls = 256;  // under way at a time, at the one that is asked
inline constexpr size_t kPeerConnections = 64;
inline constexpr size_t kPeerProofBytes = 512;
inline constexpr absl::Duration kPeerFirstCall = absl::Seconds(10);
// A daemon that has not heard of the database for so long asks the others whether they have.
inline constexpr absl::Duration kPeerDoubt = absl::Seconds(2);
// And for so long: its zones' calls end, if others have it. Before it is given up by them.
inline constexpr absl::Duration kPeerCutOff = absl::Milliseconds(3500);
// One that has had it for less than this may only have been the first to find it again.
inline constexpr absl::Duration kPeerSteady = absl::Seconds(3);
inline constexpr absl::Duration kPeerLook = absl::Seconds(1);

}  // namespace skyden::base::limits
