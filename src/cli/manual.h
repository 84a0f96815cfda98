// SPDX-License-Identifier: Apache-2.0
// Manual pages, made from the commands themselves so that they cannot fall behind.
#pragma once

#include <map>
#include <string>

#include "CLI/CLI.hpp"

namespace skyden::cli {

// Every page by its file's name: "skyden.1", one for each command below the root ("skyden-cp.1"),
// and "skyden.yaml.5" of the settings. In the language of man(7).
std::map<std::string, std::string> ManualPages(const CLI::App& root);

}  // namespace skyden::cli
