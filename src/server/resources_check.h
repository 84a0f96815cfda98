// SPDX-License-Identifier: Apache-2.0
// What a start needs of the system, and how its lack is said.
#pragma once

#include "absl/status/status.h"

namespace skyden::server {

// RESOURCE_EXHAUSTED, saying what to raise, when this process may not have `count` more threads.
absl::Status CheckThreads(int count);

// Until the process ends: an exception that nobody takes (no memory, no thread) is one line of the
// log and exit code 1. `KeepAborts` ends what holds for a start only: libraries that abort.
void SayWhyItEnds();
void KeepAborts();

}  // namespace skyden::server
