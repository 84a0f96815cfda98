// SPDX-License-Identifier: Apache-2.0
// The part of `skyden cp` for the road to Kuma 3.
#pragma once

#include "CLI/CLI.hpp"
#include "cli/commands.h"

namespace skyden::cli {

void AddReadiness(CLI::App& cp, Context& context);
void AddUpgrade(CLI::App& cp, Context& context);

}  // namespace skyden::cli
