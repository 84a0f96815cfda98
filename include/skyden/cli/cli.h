// SPDX-License-Identifier: Apache-2.0
// The command line: `skyden serve` and the clients of a running daemon's API.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/cli/exit_codes.h"

namespace CLI {
class App;
}

namespace skyden::cli {

// A daemon's REST API, for commands of other modules. Errors are ready to be shown.
struct Api {
  // Adds the options that say which daemon is asked, and as whom.
  std::function<void(CLI::App& command)> add_options;
  // The path of a control plane that is given by id or by name.
  std::function<absl::StatusOr<std::string>(const std::string& id_or_name)> find_control_plane;
  // The answer's body. `json` empty sends none.
  std::function<absl::StatusOr<std::string>(const std::string& method, const std::string& path,
                                            const std::string& json)>
      call;
};

// Adds commands of another module: below the root, or below `zone`. A command that ran puts what
// the process should exit with into `exit_code`.
using Extension =
    std::function<void(CLI::App& root, CLI::App& zone, const Api& api, int& exit_code)>;

// Runs one command and returns the exit code. Must be called before any thread is started.
int Main(int argc, const char* const* argv, const std::vector<Extension>& extensions);

}  // namespace skyden::cli
