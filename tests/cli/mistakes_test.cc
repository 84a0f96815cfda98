// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>
#include <vector>

#include "skyden/cli/cli.h"

namespace skyden::cli {
namespace {

struct Ran {
  int exit_code;
  std::string errors;
};

// Runs the command line in this process; nothing that is asked here gets as far as a daemon.
Ran Run(std::vector<const char*> words) {
  words.insert(words.begin(), "skyden");
  std::ostringstream errors;
  std::streambuf* const before = std::cerr.rdbuf(errors.rdbuf());
  const int exit_code = Main(static_cast<int>(words.size()), words.data(), {});
  std::cerr.rdbuf(before);
  return {exit_code, errors.str()};
}

}  // namespace

TEST_CASE("a word that is not known is named, and so is the nearest that is", "[cli]") {
  struct Case {
    std::vector<const char*> words;
    std::string says;
    std::string help;
  };
  for (const Case& one : std::vector<Case>{
           {{"frobnicate"}, "there is no command \"frobnicate\"; the nearest is \"", "skyden"},
           {{"serv"}, "there is no command \"serv\"; did you mean \"serve\"?", "skyden"},
           {{"zone", "provison", "demo", "zone-1"},
            "there is no command \"provison\"; did you mean \"provision\"?",
            "skyden zone"},
           {{"zone", "provision", "demo", "zone-1", "--token-file", "x"},
            "there is no flag \"--token-file\"; did you mean \"--tokens-file\"?",
            "skyden zone provision"},
           {{"cp", "list", "--adress=x"},
            "there is no flag \"--adress\"; did you mean \"--address\"?",
            "skyden cp list"},
           {{"cp", "list", "-x"}, "there is no flag \"-x\"; did you mean \"-", "skyden cp list"},
           {{"--halp"}, "there is no flag \"--halp\"; did you mean \"--help\"?", "skyden"},
           // The value of a flag is no command.
           {{"serve", "--data-dir", "frobnicate", "--http-adress", "x"},
            "there is no flag \"--http-adress\"; did you mean \"--http-address\"?",
            "skyden serve"},
           {{"cp", "list", "-o", "yam"},
            "\"yam\" is none of table, json, yaml; did you mean \"yaml\"?",
            "skyden cp list"},
           {{"zone", "provision", "demo", "zone-1", "--setup", "helmm"},
            "\"helmm\" is none of universal, helm, kubectl; did you mean \"helm\"?",
            "skyden zone provision"},
           {{"export", "--control-plane", "demo", "--profile", "everything"},
            "\"everything\" is none of all, ",
            "skyden export"},
           {{"completion", "bsh"},
            "\"bsh\" is none of bash, zsh, fish; did you mean \"bash\"?",
            "skyden completion"},
       }) {
    const Ran ran = Run(one.words);
    CAPTURE(one.says, ran.errors);
    CHECK(ran.exit_code == kExitUsage);
    CHECK(ran.errors.starts_with("Error: "));
    CHECK(ran.errors.find(one.says) != std::string::npos);
    CHECK(ran.errors.find("\nRun \"" + one.help + " --help\" for what can be given.\n") !=
          std::string::npos);
  }
}

TEST_CASE("what is missing is said as it was", "[cli]") {
  const Ran ran = Run({"zone"});
  CHECK(ran.exit_code == kExitUsage);
  CHECK(ran.errors.find("subcommand is required") != std::string::npos);
}

TEST_CASE("control characters of a word do nothing to a terminal", "[cli]") {
  const Ran ran = Run({"\x1b[31mred"});
  CHECK(ran.errors.find('\x1b') == std::string::npos);
}

}  // namespace skyden::cli
