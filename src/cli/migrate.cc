// SPDX-License-Identifier: Apache-2.0
// `skyden migrate`: on the files of a daemon that does not run.
#include "skyden/server/migrate.h"

#include <unistd.h>

#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/settings.h"
#include "fmt/format.h"
#include "skyden/base/strings.h"
#include "skyden/cli/cli.h"

namespace skyden::cli {
namespace {

struct MigrateFlags {
  server::ConfigSources sources;
  bool rotate = false;
  bool adopt = false;
};

// Every so many control planes a line says how far it is, where somebody watches.
constexpr uint64_t kProgressEvery = 1000;

void PrintMigrated(const Context& context, const MigrateFlags& flags,
                   const server::Migrated& done) {
  if (context.format != Format::kTable) {
    return PrintDocument(std::cout, context.format,
                         {{"rotated", flags.rotate},
                          {"adopted", flags.adopt},
                          {"organizations", done.organizations},
                          {"control_planes", done.control_planes},
                          {"secrets", done.secrets}});
  }
  if (flags.adopt) std::cout << "The database is taken as it is.\n";
  std::cout << "The database is up to date.\n";
  if (!flags.rotate) return;
  std::cout << fmt::format("{} secrets of {} control planes are sealed under a new key.\n",
                           done.secrets, done.control_planes);
}

int RunMigrate(const Context& context, MigrateFlags& flags) {
  ReadVariables(flags.sources);
  const auto config = server::LoadConfig(flags.sources);
  if (!config.ok()) {
    PrintError(config.status());
    return kExitUsage;
  }
  const bool watched = isatty(STDERR_FILENO) == 1;
  const auto done = server::Migrate(
      *config, flags.rotate ? server::SecretsKey::kIsRotated : server::SecretsKey::kIsKept,
      flags.adopt ? server::DatabaseFile::kIsAdopted : server::DatabaseFile::kIsExpected,
      [watched](const server::Migrated& so_far) {
        if (!watched || so_far.control_planes % kProgressEvery != 0) return;
        std::cerr << fmt::format("{} control planes\n", so_far.control_planes);
      });
  if (!done.ok()) {
    const int failed = PrintError(done.status());
    return absl::IsInvalidArgument(done.status()) ? kExitUsage : failed;
  }
  PrintMigrated(context, flags, *done);
  return kExitDone;
}

}  // namespace

void AddMigrate(CLI::App& root, Context& context) {
  CLI::App* migrate = root.add_subcommand("migrate",
                                          "bring the database up to date, take a restored one, or "
                                          "rotate its secrets key; no daemon may "
                                          "be running");
  migrate->footer(
      "\nA daemon brings its database up to date when it starts; this does only that.\n"
      "It refuses files that are not what it left. After skyden.db was restored from a backup\n"
      "(without skyden.db-wal), --adopt-database takes what is there.\n"
      "\nExamples:\n"
      "  skyden migrate --data-dir /var/lib/skyden\n"
      "  skyden migrate --data-dir /var/lib/skyden --adopt-database\n"
      "  skyden migrate --config /etc/skyden.yaml --rotate-secrets-key");
  auto flags = std::make_shared<MigrateFlags>();
  AddSettings(*migrate, flags->sources,
              [](std::string_view key) { return key == "data_dir" || key == "secrets_key_file"; });
  migrate->add_flag("--rotate-secrets-key", flags->rotate,
                    "seal every secret anew under a new key, and forget the old one");
  migrate->add_flag("--adopt-database", flags->adopt,
                    "take the database files as they are, a restored backup for one");
  AddOutput(*migrate, context);
  migrate->callback([&context, flags] { context.exit_code = RunMigrate(context, *flags); });
}

}  // namespace skyden::cli
