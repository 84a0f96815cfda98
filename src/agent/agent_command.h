// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "CLI/CLI.hpp"

namespace skyden::agent {

inline constexpr char kAboutAgent[] =
    "run beside a zone that cannot carry a token in its own address";

// Makes `app` the zone's agent: a command of skyden, or a program of its own; `name` is what it is
// called. Each option can be given in the environment as well, where a service has its settings.
// When it ran (inside parse), `exit_code` is what the process should exit with.
void MakeAgent(CLI::App& app, const std::string& name, int& exit_code);

}  // namespace skyden::agent
