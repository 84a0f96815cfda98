// SPDX-License-Identifier: Apache-2.0
// `skyden manual`. A page is: name, synopsis, then for the command and each below it what --help
// says, in man's macros.
#include "cli/manual.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "cli/operating.h"
#include "fmt/format.h"
#include "skyden/base/version.h"
#include "skyden/cli/exit_codes.h"
#include "skyden/server/config_text.h"

namespace skyden::cli {
namespace {

// Text that troff prints as it is: nothing in it is a request, a dash stays a dash.
std::string EscapedRoff(std::string_view text) {
  std::string escaped;
  bool begins_line = true;
  for (const char c : text) {
    if (begins_line && (c == '.' || c == '\'')) escaped += "\\&";
    begins_line = c == '\n';
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// As it is laid out.
std::string Verbatim(std::string_view text) {
  while (text.starts_with('\n')) text.remove_prefix(1);
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text.empty() ? "" : fmt::format(".PP\n.nf\n{}\n.fi\n", EscapedRoff(text));
}

std::string UpperCase(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string ManualHead(const std::string& name, int section, std::string_view about) {
  return fmt::format(".TH {} {} \"\" \"Skyden {}\" \"Skyden\"\n.SH NAME\n{} \\- {}\n",
                     EscapedRoff(UpperCase(name)), section, base::Version(), EscapedRoff(name),
                     EscapedRoff(about));
}

// "skyden cp create"
std::string WordsOf(const CLI::App& command) {
  const CLI::App* const parent = command.get_parent();
  return parent == nullptr ? command.get_name() : WordsOf(*parent) + " " + command.get_name();
}

std::vector<const CLI::App*> Below(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

std::string Synopsis(const CLI::App& command) {
  std::string text = fmt::format(".B {}\n", EscapedRoff(WordsOf(command)));
  if (!Below(command).empty()) text += ".I COMMAND\n";
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const std::string name = EscapedRoff(UpperCase(option->get_name(/*positional=*/true)));
    const bool many = option->get_expected_max() > 1;
    text += option->get_required() ? fmt::format(".I {}{}\n", name, many ? "..." : "")
                                   : fmt::format(".RI [ {} ]{}\n", name, many ? "..." : "");
  }
  return text + "[options]\n";
}

// "-o, --output table|json" as man sets it.
std::string OptionHead(const CLI::Option& option) {
  if (option.get_positional()) {
    return fmt::format(".I {}\n", EscapedRoff(UpperCase(option.get_name(/*positional=*/true))));
  }
  std::string names;
  for (const std::string& name : option.get_snames()) names += ", -" + name;
  for (const std::string& name : option.get_lnames()) names += ", --" + name;
  return fmt::format(".B {}\n", EscapedRoff(names.substr(std::min<size_t>(2, names.size()))));
}

std::string Options(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    std::string about = option->get_description();
    if (!option->get_default_str().empty()) {
      about += fmt::format(" [{}]", option->get_default_str());
    }
    if (!option->get_envname().empty()) about += fmt::format(" ({})", option->get_envname());
    text += fmt::format(".TP\n{}{}\n", OptionHead(*option), EscapedRoff(about));
  }
  return text;
}

// A section of each command that is below `command`, however deep.
void AddCommands(const CLI::App& command, std::string& page) {
  for (const CLI::App* sub : Below(command)) {
    page += fmt::format(".SS {}\n{}\n.PP\n{}{}", EscapedRoff(WordsOf(*sub)),
                        EscapedRoff(sub->get_description()), Synopsis(*sub), Options(*sub));
    page += Verbatim(sub->get_footer());
    AddCommands(*sub, page);
  }
}

std::string RootPage(const CLI::App& root) {
  const std::string about = root.get_description();
  const size_t first = about.find('\n');
  std::string page =
      ManualHead(root.get_name(), 1, "Kuma global control planes, many in one process");
  page += ".SH SYNOPSIS\n" + Synopsis(root) + ".SH DESCRIPTION\n" +
          EscapedRoff(about.substr(0, first)) + '\n' +
          Verbatim(about.substr(std::min(first, about.size()))) + ".SH COMMANDS\n";
  std::string see_also;
  for (const CLI::App* sub : Below(root)) {
    page += fmt::format(".TP\n.B {}\n{}\n", EscapedRoff(sub->get_name()),
                        EscapedRoff(sub->get_description()));
    see_also += fmt::format(".BR {} (1),\n", EscapedRoff("skyden-" + sub->get_name()));
  }
  return page + ".SH NOTES\n" + Verbatim(root.get_footer()) + ".SH SEE ALSO\n" + see_also +
         ".BR skyden.yaml (5)\n";
}

std::string CommandPage(const CLI::App& command) {
  std::string page = ManualHead("skyden-" + command.get_name(), 1, command.get_description());
  page += ".SH SYNOPSIS\n" + Synopsis(command) + ".SH OPTIONS\n" + Options(command);
  if (const std::string footer = Verbatim(command.get_footer()); !footer.empty()) {
    page += ".SH DESCRIPTION\n" + footer;
  }
  if (!Below(command).empty()) {
    page += ".SH COMMANDS\n";
    AddCommands(command, page);
  }
  return page + ".SH SEE ALSO\n.BR skyden (1)\n";
}

std::string SettingsPage() {
  std::string page = ManualHead("skyden.yaml", 5, "settings of the Skyden daemon");
  page +=
      ".SH DESCRIPTION\n"
      "A map of settings, one on each line:\n"
      ".I key: value\n"
      ".PP\n" +
      EscapedRoff(
          "Each may stand in the environment as well (SKYDEN_HTTP_ADDRESS), and on the command "
          "line (--http-address); later ones win. \"skyden serve --print-config\" prints what is "
          "in "
          "effect.\n") +
      ".SH SETTINGS\n";
  for (const server::SettingDefault& setting : server::SettingDefaults()) {
    page += fmt::format(".TP\n.B {}\n{}\n.br\nDefault: {}\n", EscapedRoff(setting.key),
                        EscapedRoff(setting.help), EscapedRoff(setting.value));
  }
  return page + ".SH SEE ALSO\n.BR skyden (1),\n.BR skyden\\-serve (1)\n";
}

absl::Status WriteManual(const CLI::App& root, const std::string& folder) {
  for (const auto& [name, text] : ManualPages(root)) {
    std::ofstream file(folder + "/" + name, std::ios::binary);
    file << text;
    file.close();
    if (!file) return absl::UnavailableError(fmt::format("cannot write {}/{}", folder, name));
  }
  return absl::OkStatus();
}

}  // namespace

std::map<std::string, std::string> ManualPages(const CLI::App& root) {
  std::map<std::string, std::string> pages;
  pages["skyden.1"] = RootPage(root);
  for (const CLI::App* sub : Below(root)) {
    pages["skyden-" + sub->get_name() + ".1"] = CommandPage(*sub);
  }
  pages["skyden.yaml.5"] = SettingsPage();
  return pages;
}

void AddManual(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand("manual", "write the manual pages into a folder");
  command->footer("\nExample:\n  mkdir man && skyden manual man && man -l man/skyden.1");
  auto folder = std::make_shared<std::string>();
  command->add_option("folder", *folder, "where they are written; it must be there")->required();
  command->callback([&root, &context, folder] {
    const absl::Status written = WriteManual(root, *folder);
    context.exit_code = written.ok() ? kExitDone : PrintError(written);
  });
}

}  // namespace skyden::cli
