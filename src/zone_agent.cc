// SPDX-License-Identifier: Apache-2.0
#include "absl/synchronization/mutex.h"
#include "skyden/agent/agent.h"

int main(int argc, char** argv) {
  // As in main.cc.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return skyden::agent::Main(argc, argv);
}
