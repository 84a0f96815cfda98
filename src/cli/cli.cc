// SPDX-License-Identifier: Apache-2.0
// CLI11 throws to report mistakes of the user and to leave after --help; nothing of it leaves Main.
#include "skyden/cli/cli.h"

#include <iostream>
#include <string_view>
#include <utility>

#include "cli/commands.h"
#include "cli/mistakes.h"
#include "cli/operating.h"
#include "cli/usage.h"
#include "fmt/format.h"
#include "skyden/base/nearest.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr char kAbout[] =
    "Skyden hosts many Kuma global control planes in one process.\n"
    "\n"
    "First steps:\n"
    "  skyden serve                              start the daemon, in ./skyden-data\n"
    "  skyden cp create demo                     create a control plane\n"
    "  skyden zone provision demo zone-1         print how zone-1 connects to it\n"
    "  skyden zone simulate --help               try it without a Kuma zone\n";
constexpr char kFooter[] =
    "\n"
    "Clients find the daemon at --address or SKYDEN_ADDRESS, as the one that you signed in to\n"
    "(skyden login, --context), or at the address that it wrote to its data directory. They sign "
    "in\n"
    "with SKYDEN_TOKEN, with what \"skyden login\" kept, or with the admin.token found there. A "
    "token\n"
    "is sent only where it belongs: SKYDEN_TOKEN to an address that you name, others to their "
    "own.\n"
    "Exit codes: 0 done, 1 it did not work, 2 the command line or configuration is wrong,\n"
    "3 it worked and found a difference that was asked for (plan --detailed-exitcode, drift,\n"
    "preview --fail-over).";

}  // namespace

void AddOutput(CLI::App& command, Context& context) {
  static const std::map<std::string, Format> formats = {
      {"table", Format::kTable}, {"json", Format::kJson}, {"yaml", Format::kYaml}};
  command
      .add_option_function<std::string>(
          "-o,--output", [&context](const std::string& name) { context.format = formats.at(name); },
          "table, json or yaml")
      ->check([](const std::string& name) {
        return base::NotOneOf(name, {"table", "json", "yaml"});
      });
}

namespace {

void AddClientOptions(CLI::App& command, Context& context) {
  command.add_option("--address", context.client.address,
                     "the daemon, e.g. host:5681; https unless it is here [SKYDEN_ADDRESS]");
  command.add_option("--context", context.client.context,
                     "a daemon that you signed in to, by its name there");
  command.add_option("--data-dir", context.client.data_dir,
                     "a local daemon's folder, for its address and token");
  command.add_option("--ca-file", context.client.ca_file,
                     "authority of the daemon's certificate, PEM [SKYDEN_CA_FILE]");
}

Api ApiFor(Context& context) {
  return {
      .add_options = [&context](CLI::App& command) { AddClientOptions(command, context); },
      .find_control_plane = [&context](const std::string& which) -> absl::StatusOr<std::string> {
        SKYDEN_ASSIGN_OR_RETURN(const ApiClient client, ApiClient::Open(context.client));
        SKYDEN_ASSIGN_OR_RETURN(const std::string id, client.FindControlPlane(which));
        return ApiClient::PathOf(id);
      },
      .call = [&context](const std::string& method, const std::string& path,
                         const std::string& json) -> absl::StatusOr<std::string> {
        SKYDEN_ASSIGN_OR_RETURN(const ApiClient client, ApiClient::Open(context.client));
        return client.Send(method, path, json.empty() ? "" : "application/json", json);
      }};
}

}  // namespace

void AddClientCommand(CLI::App& command, Context& context,
                      std::function<absl::Status(const ApiClient&)> action) {
  AddClientOptions(command, context);
  AddOutput(command, context);
  command.callback([&context, action = std::move(action)] {
    const auto client = ApiClient::Open(context.client);
    const absl::Status status = client.ok() ? action(*client) : client.status();
    if (!status.ok()) context.exit_code = PrintError(status);
  });
}

namespace {

// A variable that is not set, most often: what names something is never empty.
void RefuseEmptyNames(CLI::App& app) {
  for (CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    if (!option->get_positional()) continue;
    option->check([](const std::string& text) {
      return text.empty() ? std::string("it is empty") : std::string();
    });
  }
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) RefuseEmptyNames(*sub);
}

// What was printed is there: a disk that is full, say, must not pass for an empty answer.
int ExitCodeOf(const Context& context) {
  std::cout.flush();
  const bool worked = context.exit_code == kExitDone || context.exit_code == kExitDiffers;
  if (std::cout.good() || !worked) return context.exit_code;
  return PrintError(absl::UnavailableError("cannot write standard output"));
}

}  // namespace

int Main(int argc, const char* const* argv, const std::vector<Extension>& extensions) {
  Context context;
  CLI::App root(kAbout, "skyden");
  root.footer(kFooter);
  root.require_subcommand(1);
  root.get_formatter()->column_width(34);

  AddServe(root, context);
  AddMigrate(root, context);
  AddStore(root, context);
  AddDaemons(root, context);
  AddOperatorToken(root, context);
  AddControlPlaneCommands(root, context);
  AddFleet(root, context);
  AddUsage(root, context);
  CLI::App* zone = root.add_subcommand("zone", "connect zones to a control plane");
  zone->require_subcommand(1);
  AddZoneCommands(*zone, context);
  AddTokenCommands(root, context);
  AddWatch(root, context);
  AddWait(root, context);
  AddTransferCommands(root, context);
  AddPlanCommands(root, context);
  AddBackupCommands(root, context);
  AddPreviewCommand(root, context);
  AddRolloutCommands(root, context);
  AddHistoryCommands(root, context);
  AddAuditCommands(root, context);
  AddAccountCommands(root, context);
  AddTeamCommands(root, context);
  AddRoleImport(root, context);
  AddOrganizationCommands(root, context);
  AddLoginCommands(root, context);
  for (const Extension& extend : extensions)
    extend(root, *zone, ApiFor(context), context.exit_code);
  AddHealth(root, context);
  AddVersion(root, context);
  AddCompletion(root);
  AddManual(root, context);
  RefuseEmptyNames(root);

  try {
    root.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help
    return root.exit(asked);
  } catch (const CLI::ParseError& mistake) {
    const Mistake found = FindUnknownWord(root, argc, argv);
    std::cerr << "Error: " << (found.text.empty() ? mistake.what() : found.text) << "\nRun \""
              << found.command << " --help\" for what can be given.\n";
    return kExitUsage;
  } catch (const std::exception& e) {
    std::cerr << "Error: " << e.what() << '\n';
    return kExitFailed;
  }
  return ExitCodeOf(context);
}

}  // namespace skyden::cli
