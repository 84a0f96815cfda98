// SPDX-License-Identifier: Apache-2.0
// The daemon's settings as flags, for commands that work on its files.
#pragma once

#include <functional>
#include <string_view>

#include "CLI/CLI.hpp"
#include "skyden/server/config.h"

namespace skyden::cli {

// Adds --config and a flag for each setting whose key is `wanted`. `sources` must outlive
// `command`.
void AddSettings(CLI::App& command, server::ConfigSources& sources,
                 const std::function<bool(std::string_view key)>& wanted);

// Takes the variables of this process up into `sources`.
void ReadVariables(server::ConfigSources& sources);

}  // namespace skyden::cli
