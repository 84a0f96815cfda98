// SPDX-License-Identifier: Apache-2.0
// The command line: `skyden serve` and the clients of a running daemon's API.
#pragma once

#include <functional>
#include <vector>

namespace CLI {
class App;
}

namespace skyden::cli {

// What the process exits with, whatever the command.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;  // it was tried and did not work; the reason is printed
inline constexpr int kExitUsage = 2;   // the command line or the configuration is at fault

// Adds commands of another module: below the root, or below `zone`. A command that ran puts what
// the process should exit with into `exit_code`.
using Extension = std::function<void(CLI::App& root, CLI::App& zone, int& exit_code)>;

// Runs one command and returns the exit code. Must be called before any thread is started.
int Main(int argc, const char* const* argv, const std::vector<Extension>& extensions);

}  // namespace skyden::cli
