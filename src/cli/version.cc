// SPDX-License-Identifier: Apache-2.0
// `skyden version`: what was built, and whether it goes with a database.
#include "skyden/base/version.h"

#include <iostream>
#include <memory>
#include <string>

#include "cli/operating.h"
#include "cli/settings.h"
#include "fmt/format.h"
#include "skyden/cli/cli.h"
#include "skyden/console/console.h"
#include "skyden/resources/envoy_api.h"
#include "skyden/server/compatibility.h"

namespace skyden::cli {
namespace {

struct VersionFlags {
  server::ConfigSources sources;
  bool check = false;
};

// How a database and this program go together.
enum class Fit { kSame, kOlder, kNewer };

Fit FitOf(const store::SchemaVersion& schema) {
  if (schema.stored == schema.known) return Fit::kSame;
  return schema.stored < schema.known ? Fit::kOlder : Fit::kNewer;
}

const char* VersionName(Fit fit) {
  switch (fit) {
    case Fit::kSame:
      return "same";
    case Fit::kOlder:
      return "older";
    case Fit::kNewer:
      return "newer";
  }
  return "";
}

const char* AdviceOn(Fit fit) {
  switch (fit) {
    case Fit::kSame:
      return "They go together; versions with the same schema may take turns.";
    case Fit::kOlder:
      return "The next start, or \"skyden migrate\", brings it up to date. Older versions cannot "
             "open it then: keep a backup to go back.";
    case Fit::kNewer:
      return "This version cannot open it: install a newer one, or restore a backup that was made "
             "with this one.";
  }
  return "";
}

Json Built() {
  return {{"version", base::Version()},
          {"envoy_api", resources::EnvoyApiName()},
          {"console", console::ConsoleVersion()}};
}

void PrintBuilt() {
  const std::string_view envoy = resources::EnvoyApiName();
  std::cout << "skyden " << base::Version() << "\nEnvoy API "
            << (envoy.empty() ? "not built in: Envoy snippets are checked only outside" : envoy)
            << '\n';
  const std::string_view page = console::ConsoleVersion();
  std::cout << "Console "
            << (page.empty() ? "not built in: its packages were missing, see schema/console" : page)
            << '\n';
}

int RunVersionCheck(const Context& context, VersionFlags& flags) {
  ReadVariables(flags.sources);
  const auto config = server::LoadConfig(flags.sources);
  if (!config.ok()) {
    PrintError(config.status());
    return kExitUsage;
  }
  const auto found = server::LookAtDatabase(*config);
  if (!found.ok()) {
    const int failed = PrintError(found.status());
    return absl::IsInvalidArgument(found.status()) ? kExitUsage : failed;
  }
  const Fit fit = FitOf(found->schema);
  if (context.format == Format::kTable) {
    PrintBuilt();
    std::cout << fmt::format("Database {}: schema {}, this program's is {}\n{}\n", found->file,
                             found->schema.stored, found->schema.known, AdviceOn(fit));
  } else {
    Json document = Built();
    document["database"] = found->file;
    document["schema"] = {{"stored", found->schema.stored},
                          {"known", found->schema.known},
                          {"database_is", VersionName(fit)}};
    PrintDocument(std::cout, context.format, document);
  }
  return fit == Fit::kNewer ? kExitFailed : kExitDone;
}

int RunVersion(const Context& context, VersionFlags& flags) {
  if (flags.check) return RunVersionCheck(context, flags);
  if (context.format == Format::kTable) {
    PrintBuilt();
  } else {
    PrintDocument(std::cout, context.format, Built());
  }
  return kExitDone;
}

}  // namespace

void AddVersion(CLI::App& root, Context& context) {
  CLI::App* version = root.add_subcommand(
      "version", "print the version, and whether it goes with a database (--check)");
  version->footer(
      "\nTo be asked before an upgrade, and before going back. Exit code 1: this version cannot\n"
      "open that database.\n"
      "\nExamples:\n"
      "  skyden version\n"
      "  skyden version --check --config /etc/skyden/skyden.yaml\n"
      "  skyden version --check --data-dir /var/lib/skyden -o json");
  auto flags = std::make_shared<VersionFlags>();
  version->add_flag("--check", flags->check,
                    "compare the database's schema with this program's; nothing is changed");
  AddSettings(*version, flags->sources,
              [](std::string_view key) { return key == "data_dir" || key == "store"; });
  AddOutput(*version, context);
  version->callback([&context, flags] { context.exit_code = RunVersion(context, *flags); });
}

}  // namespace skyden::cli
