// SPDX-License-Identifier: Apache-2.0
// The command line: `skyden serve` and the clients of a running daemon's API.
#pragma once

#include <functional>
#include <vector>

#include "skyden/cli/exit_codes.h"

namespace CLI {
class App;
}

namespace skyden::cli {

// Adds commands of another module: below the root, or below `zone`. A command that ran puts what
// the process should exit with into `exit_code`.
using Extension = std::function<void(CLI::App& root, CLI::App& zone, int& exit_code)>;

// Runs one command and returns the exit code. Must be called before any thread is started.
int Main(int argc, const char* const* argv, const std::vector<Extension>& extensions);

}  // namespace skyden::cli
