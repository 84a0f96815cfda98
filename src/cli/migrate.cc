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
#include "skyden/store/postgres_store.h"

namespace skyden::cli {
namespace {

struct MigrateFlags {
  server::ConfigSources sources;
  bool rotate = false;
  bool adopt = false;
  std::string owner_dsn_file;
  bool print_sql = false;
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
  if (flags.print_sql) {
    std::cout << store::PostgresSchemaScript();
    return kExitDone;
  }
  ReadVariables(flags.sources);
  const auto config = server::LoadConfig(flags.sources);
  if (!config.ok()) {
    PrintError(config.status());
    return kExitUsage;
  }
  if (!flags.owner_dsn_file.empty()) {
    if (config->store != server::Config::Engine::kPostgres) {
      PrintError(absl::InvalidArgumentError("--owner-dsn-file is for store postgres"));
      return kExitUsage;
    }
    const absl::Status made = server::MigratePostgres(*config, flags.owner_dsn_file);
    if (!made.ok()) {
      const int failed = PrintError(made);
      return absl::IsInvalidArgument(made) ? kExitUsage : failed;
    }
    if (!flags.rotate) {
      PrintMigrated(context, flags, {});
      return kExitDone;
    }
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
      "  skyden migrate --config /etc/skyden.yaml --rotate-secrets-key\n"
      "  skyden migrate --config /etc/skyden.yaml --owner-dsn-file /root/skyden-owner.dsn\n"
      "  skyden migrate --print-sql | psql --dbname skyden");
  auto flags = std::make_shared<MigrateFlags>();
  AddSettings(*migrate, flags->sources, [](std::string_view key) {
    return key == "data_dir" || key == "secrets_key_file" || key == "store" ||
           key == "postgres_dsn_file" || key == "postgres_ca_file" ||
           key == "postgres_require_sync";
  });
  migrate->add_flag("--rotate-secrets-key", flags->rotate,
                    "seal every secret anew under a new key, and forget the old one");
  migrate->add_flag("--adopt-database", flags->adopt,
                    "take the database files as they are, a restored backup for one");
  migrate->add_option("--owner-dsn-file", flags->owner_dsn_file,
                      "store postgres: make roles and schema, or bring them up to date, as who "
                      "this file (mode 0600) with a connection string names");
  migrate->add_flag("--print-sql", flags->print_sql,
                    "print what makes roles and schema in an empty database of PostgreSQL, for "
                    "an administrator to run");
  AddOutput(*migrate, context);
  migrate->callback([&context, flags] { context.exit_code = RunMigrate(context, *flags); });
}

}  // namespace skyden::cli
