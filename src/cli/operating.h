// SPDX-License-Identifier: Apache-2.0
// Commands of who installs and runs a daemon. As in commands.h: each adds its own to `root`.
#pragma once

#include "cli/commands.h"

namespace skyden::cli {

void AddDaemons(CLI::App& root, Context& context);
void AddHealth(CLI::App& root, Context& context);
void AddManual(CLI::App& root, Context& context);
void AddVersion(CLI::App& root, Context& context);

}  // namespace skyden::cli
