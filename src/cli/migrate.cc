// SPDX-License-Identifier: Apache-2.0
// `skyden migrate`: on the files of a daemon that does not run.
#include "skyden/server/migrate.h"

#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
  std::string to;
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

void PrintTaken(const Context& context, const store::TakenOver& taken) {
  if (context.format != Format::kTable) {
    Json tables = Json::array();
    for (const store::TakenTable& table : taken.tables) {
      tables.push_back({{"name", table.name}, {"rows", table.rows}, {"sha256", table.sha256}});
    }
    return PrintDocument(std::cout, context.format,
                         {{"was_there", taken.was_there}, {"tables", std::move(tables)}});
  }
  std::vector<std::vector<std::string>> rows;
  for (const store::TakenTable& table : taken.tables) {
    rows.push_back({table.name, std::to_string(table.rows), table.sha256});
  }
  PrintTable(std::cout, {"TABLE", "ROWS", "SHA-256"}, rows);
  std::cout
      << (taken.was_there ? "Everything was there already, row by row.\n"
                          : "Everything is there, read back and compared row by row.\n")
      << "The old database is called skyden.db.taken-over now. Start the daemon with the same\n"
         "data_dir (its secrets key opens what is stored), store postgres and\n"
         "postgres_dsn_file. Watchers begin anew; zones stay what they are.\n";
}

int RunTakeOver(const Context& context, const MigrateFlags& flags, const server::Config& config) {
  const bool watched = isatty(STDERR_FILENO) == 1;
  const auto taken = server::TakeOverToPostgres(
      config, flags.owner_dsn_file, [watched](const std::string& table, uint64_t rows) {
        if (watched) std::cerr << fmt::format("{}: {} rows\n", table, rows);
      });
  if (!taken.ok()) {
    const int failed = PrintError(taken.status());
    return absl::IsInvalidArgument(taken.status()) ? kExitUsage : failed;
  }
  PrintTaken(context, *taken);
  return kExitDone;
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
  if (!flags.to.empty()) return RunTakeOver(context, flags, *config);
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
      "  skyden migrate --print-sql | psql --dbname skyden\n"
      "  skyden migrate --data-dir /var/lib/skyden --to postgres --owner-dsn-file "
      "/root/skyden-owner.dsn");
  auto flags = std::make_shared<MigrateFlags>();
  AddSettings(*migrate, flags->sources, [](std::string_view key) {
    return key == "data_dir" || key == "secrets_key_file" || key == "store" ||
           key == "postgres_dsn_file" || key == "postgres_ca_file" ||
           key == "postgres_require_sync";
  });
  CLI::Option* const rotate =
      migrate->add_flag("--rotate-secrets-key", flags->rotate,
                        "seal every secret anew under a new key, and forget the old one");
  CLI::Option* const adopt =
      migrate->add_flag("--adopt-database", flags->adopt,
                        "take the database files as they are, a restored backup for one");
  CLI::Option* const owner =
      migrate->add_option("--owner-dsn-file", flags->owner_dsn_file,
                          "store postgres: make roles and schema, or bring them up to date, as who "
                          "this file (mode 0600) with a connection string names");
  CLI::Option* const to = migrate->add_option(
      "--to", flags->to,
      "take the whole database of --data-dir over into an empty one on PostgreSQL, whose schema "
      "was made; may be run again when it was cut short");
  to->check(CLI::IsMember({"postgres"}))->needs(owner);
  for (CLI::Option* other : {rotate, adopt}) to->excludes(other);
  migrate->add_flag("--print-sql", flags->print_sql,
                    "print what makes roles and schema in an empty database of PostgreSQL, for "
                    "an administrator to run");
  AddOutput(*migrate, context);
  migrate->callback([&context, flags] { context.exit_code = RunMigrate(context, *flags); });
}

}  // namespace skyden::cli
