// SPDX-License-Identifier: Apache-2.0
// `skyden store check`: is the database set up so that owners are kept apart, and nothing is lost?
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/settings.h"
#include "skyden/cli/cli.h"
#include "skyden/server/migrate.h"

namespace skyden::cli {
namespace {

int RunCheck(const Context& context, server::ConfigSources& sources) {
  ReadVariables(sources);
  const auto config = server::LoadConfig(sources);
  if (!config.ok()) {
    PrintError(config.status());
    return kExitUsage;
  }
  const auto found = server::FindWeaknesses(*config);
  if (!found.ok()) {
    const int failed = PrintError(found.status());
    return absl::IsInvalidArgument(found.status()) ? kExitUsage : failed;
  }
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, {{"sound", found->empty()}, {"weak", *found}});
  } else {
    for (const std::string& weakness : *found) std::cout << weakness << '\n';
    if (found->empty()) std::cout << "The store is sound.\n";
  }
  return found->empty() ? kExitDone : kExitFailed;
}

}  // namespace

void AddStore(CLI::App& root, Context& context) {
  CLI::App* store = root.add_subcommand("store", "look at where everything is kept");
  store->require_subcommand(1);
  CLI::App* check = store->add_subcommand(
      "check", "say what is weak in the set-up of the database, and what to do");
  check->footer(
      "\nThe daemon refuses to start on a database of PostgreSQL that this has something to say "
      "of.\n"
      "\nExamples:\n"
      "  skyden store check --config /etc/skyden.yaml");
  auto sources = std::make_shared<server::ConfigSources>();
  AddSettings(*check, *sources, [](std::string_view key) {
    return key == "data_dir" || key == "store" || key == "postgres_dsn_file" ||
           key == "postgres_ca_file" || key == "postgres_require_sync";
  });
  AddOutput(*check, context);
  check->callback([&context, sources] { context.exit_code = RunCheck(context, *sources); });
}

}  // namespace skyden::cli
