// SPDX-License-Identifier: Apache-2.0
// What is wrong with a command line that did not parse.
#pragma once

#include <string>

#include "CLI/CLI.hpp"

namespace skyden::cli {

struct Mistake {
  std::string text;     // names the word that is not known and the nearest that is; or empty
  std::string command;  // where it stands: "skyden zone"
};
// Looks for the first command or flag that is not known.
Mistake FindUnknownWord(const CLI::App& root, int argc, const char* const* argv);

}  // namespace skyden::cli
