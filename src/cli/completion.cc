// SPDX-License-Identifier: Apache-2.0
// Completion scripts, made from the commands themselves so that they cannot fall behind. The table
// is the same for every shell: the words of a command so far -> the words that may come next.
#include <iostream>
#include <map>
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "skyden/base/nearest.h"

namespace skyden::cli {
namespace {

using NextWords = std::map<std::string, std::vector<std::string>>;

void CollectCommands(const CLI::App& app, const std::string& path, NextWords& table) {
  std::vector<std::string>& words = table[path];
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(sub->get_name());
    CollectCommands(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), table);
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) table[path].push_back("--" + name);
  }
}

// The longest run of command words on the line selects the row of the table.
std::string BashScript(const NextWords& table) {
  std::string text =
      "_skyden() {\n"
      "  local path=\"\" word next\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"${path:+$path }$word\" in\n";
  for (const auto& [path, words] : table) {
    if (!path.empty()) text += fmt::format("      '{}') path='{}' ;;\n", path, path);
  }
  text += "    esac\n  done\n  case \"$path\" in\n";
  for (const auto& [path, words] : table) {
    text += fmt::format("    '{}') next='{}' ;;\n", path, fmt::join(words, " "));
  }
  text +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$next\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
      "  if [ ${#COMPREPLY[@]} -eq 0 ]; then compopt -o default; fi\n"
      "}\n"
      "complete -F _skyden skyden\n";
  return text;
}

std::string FishScript(const NextWords& table) {
  std::string text =
      "function __skyden_at\n"
      "  set -l words (commandline -opc)\n"
      "  test \"$words[2..-1]\" = \"$argv[1]\"\n"
      "end\n";
  for (const auto& [path, words] : table) {
    text += fmt::format("complete -c skyden -n \"__skyden_at '{}'\" -a '{}'\n", path,
                        fmt::join(words, " "));
  }
  return text;
}

}  // namespace

std::string CompletionScript(const CLI::App& root, const std::string& shell) {
  NextWords table;
  CollectCommands(root, "", table);
  if (shell == "fish") return FishScript(table);
  const std::string bash = BashScript(table);
  if (shell == "bash") return bash;
  return "#compdef skyden\nautoload -U +X bashcompinit && bashcompinit\n" + bash;
}

void AddCompletion(CLI::App& root) {
  CLI::App* command = root.add_subcommand("completion", "print a completion script for a shell");
  command->footer("\nExample:\n  source <(skyden completion bash)");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check([](const std::string& word) {
        return base::NotOneOf(word, {"bash", "zsh", "fish"});
      });
  command->callback([&root, shell] { std::cout << CompletionScript(root, *shell); });
}

}  // namespace skyden::cli
