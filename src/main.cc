// SPDX-License-Identifier: Apache-2.0
#include "absl/synchronization/mutex.h"
#include "skyden/agent/agent.h"
#include "skyden/cli/cli.h"

int main(int argc, char** argv) {
  // The packaged library comes with its search for deadlocks on, which takes one lock of all locks
  // whenever two are held. Tests keep it.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const auto agent = [](CLI::App& root, CLI::App& zone, const skyden::cli::Api& api, int& code) {
    skyden::agent::AddCommands(root, zone, {api.add_options, api.find_control_plane, api.call},
                               code);
  };
  return skyden::cli::Main(argc, argv, {agent});
}
