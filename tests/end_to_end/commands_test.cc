// SPDX-License-Identifier: Apache-2.0
// Every command that the help names, as somebody meets it who gets it wrong. The list is the help's
// own, so that a new command is in it from its first day.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <sstream>

#include "fmt/format.h"
#include "tests/end_to_end/process.h"

namespace skyden::end_to_end {
namespace {

using Words = std::vector<std::string>;

std::string Text(const Words& command) {
  std::string text = "skyden";
  for (const std::string& word : command) text += " " + word;
  return text;
}

Words With(const Words& command, const Words& more) {
  Words arguments = {SKYDEN_BINARY};
  arguments.insert(arguments.end(), command.begin(), command.end());
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// The first words of the lines below `title`.
Words Section(const std::string& help, const std::string& title) {
  Words found;
  std::istringstream lines(help);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == title) {
      inside = true;
    } else if (inside && line.rfind("  ", 0) != 0) {
      inside = false;
    } else if (inside && line[2] != ' ') {  // else it goes on with the line before
      found.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
  }
  return found;
}

struct Command {
  Words words;
  std::string help;
  Words subcommands() const { return Section(help, "Subcommands:"); }
  Words positionals() const { return Section(help, "Positionals:"); }
  bool Takes(const std::string& text) const { return help.find(text) != std::string::npos; }
};

// The root and all that is below it.
std::vector<Command> AllCommands() {
  std::vector<Command> all;
  std::vector<Words> level = {{}};
  while (!level.empty()) {
    std::vector<Words> asked;
    for (const Words& words : level) asked.push_back(With(words, {"--help"}));
    const std::vector<Ran> ran = RunAll(asked);
    std::vector<Words> next;
    for (size_t i = 0; i < level.size(); ++i) {
      INFO(Text(level[i]));
      CHECK(ran[i].exit_code == 0);
      CHECK(ran[i].errors.empty());
      CHECK(ran[i].output.find("Usage: " + Text(level[i])) != std::string::npos);
      all.push_back({level[i], ran[i].output});
      for (const std::string& sub : all.back().subcommands()) {
        next.push_back(level[i]);
        next.back().push_back(sub);
      }
    }
    level = std::move(next);
  }
  return all;
}

const std::vector<Command>& Commands() {
  static const std::vector<Command> all = AllCommands();
  return all;
}

// Runs each command that `which` picks with `more`, and checks that it is refused as a mistake of
// the line, in two lines: `why`, and whose help says more.
void CheckRefused(const std::function<bool(const Command&)>& which,
                  const std::function<Words(const Command&)>& more, const std::string& why) {
  std::vector<Command> picked;
  std::vector<Words> lines;
  for (const Command& command : Commands()) {
    if (!which(command)) continue;
    picked.push_back(command);
    lines.push_back(With(command.words, more(command)));
  }
  CHECK_FALSE(picked.empty());
  const std::vector<Ran> ran = RunAll(lines);
  for (size_t i = 0; i < picked.size(); ++i) {
    INFO(Text(picked[i].words) << " said: " << ran[i].errors);
    CHECK(ran[i].exit_code == 2);
    CHECK(ran[i].output.empty());
    CHECK(ran[i].errors.find(why) != std::string::npos);
    CHECK(ran[i].errors.find(fmt::format("Run \"{} --help\"", Text(picked[i].words))) !=
          std::string::npos);
    CHECK(std::count(ran[i].errors.begin(), ran[i].errors.end(), '\n') == 2);
  }
}

bool Any(const Command&) { return true; }
bool IsGroup(const Command& command) { return !command.subcommands().empty(); }
bool NeedsAName(const Command& command) {
  return !command.positionals().empty() && command.Takes("REQUIRED");
}

TEST_CASE("every command explains itself", "[end_to_end][cli]") {
  CHECK(Commands().size() > 40);
  for (const Command& command : Commands()) {
    INFO(Text(command.words));
    CHECK((IsGroup(command) || command.Takes("Options:")));
  }
}

TEST_CASE("every command refuses a flag that it does not have", "[end_to_end][cli]") {
  CheckRefused(
      Any, [](const Command&) { return Words{"--no-such-flag"}; },
      "there is no flag \"--no-such-flag\"");
}

TEST_CASE("every group of commands wants one of them, and names the nearest", "[end_to_end][cli]") {
  CheckRefused(
      IsGroup, [](const Command&) { return Words{}; }, "is required");
  CheckRefused(
      IsGroup, [](const Command& command) { return Words{command.subcommands().front() + "x"}; },
      "did you mean");
}

TEST_CASE("every command that needs a name says so, and takes no empty one", "[end_to_end][cli]") {
  CheckRefused(
      NeedsAName, [](const Command&) { return Words{}; }, "is required");
  // As of a variable that is not set. A shell's name is one of three words.
  CheckRefused(
      [](const Command& command) {
        return NeedsAName(command) && command.words[0] != "completion";
      },
      [](const Command& command) { return Words(command.positionals().size(), ""); },
      "it is empty");
}

TEST_CASE("every command that prints knows three forms", "[end_to_end][cli]") {
  // What a simulated zone tells is lines, not a table.
  CheckRefused(
      [](const Command& command) {
        return command.Takes("--output TEXT") && Text(command.words) != "skyden zone simulate";
      },
      [](const Command&) {
        return Words{"-o", "tabel"};
      },
      "did you mean \"table\"?");
}

}  // namespace
}  // namespace skyden::end_to_end
