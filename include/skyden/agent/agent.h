// SPDX-License-Identifier: Apache-2.0
// What runs beside zones rather than in the daemon: `skyden zone-agent`, which carries a zone's
// calls to a global control plane with a token, and `skyden zone simulate`, which plays zones.
#pragma once

namespace CLI {
class App;
}

namespace skyden::agent {

// Adds both commands: `zone-agent` below `root`, `simulate` below `zone`. When one of them ran
// (inside root.parse), `exit_code` is what the process should exit with.
void AddCommands(CLI::App& root, CLI::App& zone, int& exit_code);

// The agent as a program of its own, for machines that need nothing else of Skyden. Runs until
// SIGTERM or SIGINT; returns the exit code. Must be called before any thread is started.
int Main(int argc, const char* const* argv);

}  // namespace skyden::agent
