// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/commands.h"

namespace skyden::cli {

void AddUsage(CLI::App& root, Context& context);

}  // namespace skyden::cli
