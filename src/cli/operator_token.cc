// SPDX-License-Identifier: Apache-2.0
// `skyden operator-token`: on the files of a daemon that does not run.
#include "skyden/server/operator_token.h"

#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/settings.h"
#include "fmt/format.h"
#include "skyden/cli/cli.h"

namespace skyden::cli {
namespace {

struct OperatorTokenFlags {
  server::ConfigSources sources;
  bool write = false;
};

void PrintMade(const Context& context, const server::MadeOperatorToken& made) {
  if (context.format != Format::kTable) {
    Json document = {{"account", made.account}};
    if (!made.token.empty()) document["token"] = made.token;
    if (!made.file.empty()) document["file"] = made.file;
    return PrintDocument(std::cout, context.format, document);
  }
  if (!made.file.empty()) {
    std::cout << fmt::format("A token of \"{}\" is in {}.\n", made.account, made.file);
    return;
  }
  std::cout << made.token << '\n';
  std::cerr << fmt::format("A token of \"{}\". Shown once.\n", made.account);
}

int RunOperatorToken(const Context& context, OperatorTokenFlags& flags) {
  ReadVariables(flags.sources);
  const auto config = server::LoadConfig(flags.sources);
  if (!config.ok()) {
    PrintError(config.status());
    return kExitUsage;
  }
  const auto made =
      server::MakeOperatorToken(*config, flags.write ? server::OperatorTokenFile::kIsWritten
                                                     : server::OperatorTokenFile::kIsKept);
  if (!made.ok()) {
    const int failed = PrintError(made.status());
    return absl::IsInvalidArgument(made.status()) ? kExitUsage : failed;
  }
  PrintMade(context, *made);
  return kExitDone;
}

}  // namespace

void AddOperatorToken(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "operator-token", "make a token that may run the daemon; no daemon may be running");
  command->footer(
      "\nFor when the last one is lost or expired. The daemon refuses to end the last operator's\n"
      "last token, role or account, but nothing keeps a token from expiring: one that expires is "
      "no\n"
      "good as the only one. This one does not. Earlier tokens stay what they are.\n"
      "\nExamples:\n"
      "  skyden operator-token --data-dir /var/lib/skyden\n"
      "  skyden operator-token --data-dir /var/lib/skyden --write\n"
      "  skyden operator-token --config /etc/skyden.yaml -o json");
  auto flags = std::make_shared<OperatorTokenFlags>();
  AddSettings(*command, flags->sources,
              [](std::string_view key) { return key == "data_dir" || key == "secrets_key_file"; });
  command->add_flag("--write", flags->write,
                    "into the data directory's admin.token, instead of printing it");
  AddOutput(*command, context);
  command->callback([&context, flags] { context.exit_code = RunOperatorToken(context, *flags); });
}

}  // namespace skyden::cli
