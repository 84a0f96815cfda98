// SPDX-License-Identifier: Apache-2.0
// What runs beside zones rather than in the daemon: `skyden zone-agent`, which carries a zone's
// calls to a global control plane with a token, and `skyden zone simulate`, which plays zones.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"

namespace CLI {
class App;
}

namespace skyden::agent {

// The REST API of a daemon, for what zones are played like. As the command line has it (cli/cli.h).
struct Api {
  std::function<void(CLI::App& command)> add_options;
  std::function<absl::StatusOr<std::string>(const std::string& id_or_name)> find_control_plane;
  std::function<absl::StatusOr<std::string>(const std::string& method, const std::string& path,
                                            const std::string& json)>
      call;
};

// Adds both commands: `zone-agent` below `root`, `simulate` below `zone`. When one of them ran
// (inside root.parse), `exit_code` is what the process should exit with.
void AddCommands(CLI::App& root, CLI::App& zone, const Api& api, int& exit_code);

// The agent as a program of its own, for machines that need nothing else of Skyden. Runs until
// SIGTERM or SIGINT; returns the exit code. Must be called before any thread is started.
int Main(int argc, const char* const* argv);

}  // namespace skyden::agent
