// SPDX-License-Identifier: Apache-2.0
// CLI11 says of an unknown command only that one is missing, and of an unknown flag only that it
// was not expected; so the line is walked once more.
#include "cli/mistakes.h"

#include <string_view>
#include <vector>

#include "cli/output.h"
#include "fmt/format.h"
#include "skyden/base/nearest.h"

namespace skyden::cli {
namespace {

constexpr size_t kShownBytes = 64;

std::vector<std::string> CommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  return names;
}

std::vector<std::string> FlagsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

const CLI::App* SubcommandOf(const CLI::App& app, std::string_view name) {
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->get_name() == name) return sub;
  }
  return nullptr;
}

std::string Unknown(std::string_view what, std::string_view word,
                    const std::vector<std::string>& known) {
  return fmt::format("there is no {} \"{}\"; {}", what, Printable(word.substr(0, kShownBytes)),
                     base::NearestWord(word, known));
}

// The flag's name as it stands in `word`: "--name" of "--name=value", "-o" of "-oyaml".
std::string FlagIn(std::string_view word) {
  return std::string(word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2));
}

}  // namespace

Mistake FindUnknownWord(const CLI::App& root, int argc, const char* const* argv) {
  const CLI::App* app = &root;
  std::string command = root.get_name();
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") break;
    if (word.size() > 1 && word.front() == '-') {
      const std::string flag = FlagIn(word);
      const CLI::Option* option = app->get_option_no_throw(flag);
      if (option == nullptr) return {Unknown("flag", flag, FlagsOf(*app)), command};
      // Its value is not ours to judge.
      if (word.size() == flag.size() && option->get_items_expected_min() > 0) ++i;
      continue;
    }
    if (CommandsOf(*app).empty()) continue;  // an argument
    const CLI::App* sub = SubcommandOf(*app, word);
    if (sub == nullptr) return {Unknown("command", word, CommandsOf(*app)), command};
    app = sub;
    command += fmt::format(" {}", word);
  }
  return {"", command};
}

}  // namespace skyden::cli
