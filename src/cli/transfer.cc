// SPDX-License-Identifier: Apache-2.0
// `skyden import` and `skyden export`: whole control planes, in the form of `kumactl export`.
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>

#include "cli/commands.h"
#include "cli/import_result.h"
#include "cli/private_output.h"
#include "fmt/format.h"
#include "skyden/base/gzip.h"
#include "skyden/base/limits.h"
#include "skyden/base/nearest.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

// What is going on, for people who wait: to standard error, when that is a terminal.
void Progress(const std::string& text) {
  if (isatty(STDERR_FILENO) != 0) std::cerr << text << '\n';
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  std::string text;
  if (path == "-") {
    if (isatty(STDIN_FILENO) != 0)
      Progress("Reading resources from standard input; end with Ctrl-D.");
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream all;
    if (in) all << in.rdbuf();
    if (!in) return absl::InvalidArgumentError(fmt::format("cannot read {}", path));
    text = std::move(all).str();
  }
  if (text.size() > base::limits::kImportBytes && !base::LooksLikeGzip(text)) {
    return absl::InvalidArgumentError(fmt::format("{} is over {} MiB, more than one import takes",
                                                  path, base::limits::kImportBytes >> 20));
  }
  return text;
}

struct ImportFlags {
  std::string control_plane;
  std::string file;
  std::string from;
  bool dry_run = false;
};

// Why documents of another version are not stored as they came.
void PrintTurned(const Json& result) {
  for (const Json& finding : result.value("turned", Json::array())) {
    const Json resource = finding.value("resource", Json::object());
    const std::string mesh = Cell(resource, "mesh");
    const std::string field = Cell(finding, "field");
    std::cout << fmt::format(
        "turned: {} {}{}{}{}: {}\n", Printable(Cell(resource, "type")), Printable(mesh),
        mesh.empty() ? "" : "/", Printable(Cell(resource, "name")),
        field.empty() ? "" : " " + Printable(field), Printable(Cell(finding, "title")));
  }
  if (const uint64_t left_out = CountIn(result, "of_zones_left_out"); left_out > 0) {
    std::cout << fmt::format("left out: {} that zones made, and tell when they connect\n",
                             left_out);
  }
}

absl::Status Import(const Context& context, const ImportFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  SKYDEN_ASSIGN_OR_RETURN(std::string text, ReadAll(flags.file));
  Progress(fmt::format("{} {} KiB ...", flags.dry_run ? "Checking" : "Importing",
                       (text.size() + 1023) / 1024));
  SKYDEN_ASSIGN_OR_RETURN(
      const Json result,
      SendImport(client,
                 fmt::format("{}/ops/import?dry_run={}{}", ApiClient::PathOf(id), flags.dry_run,
                             flags.from.empty() ? "" : "&from=" + flags.from),
                 std::move(text), flags.file));
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, result);
    return absl::OkStatus();
  }
  if (flags.dry_run) PrintImport(std::cout, result);
  PrintTurned(result);
  std::cout << (flags.dry_run ? "dry run, nothing was stored: " : "") << ImportTotals(result)
            << '\n';
  return absl::OkStatus();
}

void AddImport(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "import", "take over the resources of a Kuma global, or of another control plane");
  command->footer(
      "\nFILE is what \"kumactl export --format universal\" or \"skyden export\" printed, or any\n"
      "YAML stream of resources; \"-\" is standard input. All of it is stored or, when one "
      "resource\n"
      "is refused, nothing. Resources that are there already are updated; deleted is what a\n"
      "document says of: type, mesh, name and \"delete: true\", and nothing else. Secrets,\n"
      "signing keys and certificate authorities come along byte for byte, so tokens and dataplane\n"
      "certificates stay valid. What the control plane computes itself is skipped. With --from v2\n"
      "a control plane of v3 takes what one of Kuma 2 exported: turned as an upgrade would.\n"
      "\nExamples:\n"
      "  kumactl export --profile federation-with-policies > global.yaml\n"
      "  skyden import --control-plane demo --dry-run global.yaml     # what would change\n"
      "  skyden import --control-plane demo global.yaml\n"
      "  skyden export --control-plane demo | skyden import --control-plane copy -\n"
      "  skyden import --control-plane three --from v2 --dry-run global.yaml");
  auto flags = std::make_shared<ImportFlags>();
  command->add_option("--control-plane", flags->control_plane, "its name or id")->required();
  command->add_option("file", flags->file, "YAML, gzip or not; \"-\" is standard input")
      ->required();
  command->add_flag("--dry-run", flags->dry_run, "check everything and print the difference only");
  command->add_option("--from", flags->from, "the Kuma of the documents, where it is another: v2")
      ->check(CLI::IsMember({"v2"}));
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) {
    return Import(context, *flags, client);
  });
}

struct ExportFlags {
  std::string control_plane;
  std::string profile = "all";
  std::string file = "-";
  bool without_secrets = false;
};

absl::Status Export(const Context& context, const ExportFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  SKYDEN_ASSIGN_OR_RETURN(
      const std::string text,
      client.Send("GET", fmt::format("{}/ops/export?profile={}&secrets={}&format={}",
                                     ApiClient::PathOf(id), flags.profile, !flags.without_secrets,
                                     context.format != Format::kTable ? "json" : "yaml")));
  if (!flags.without_secrets) {
    Progress("This export contains private keys: keep it as you would keep those.");
  }
  if (flags.file != "-") return WritePrivately(flags.file, text, Existing::kReplaced);
  PrintRaw(std::cout, text);
  return std::cout.flush() ? absl::OkStatus()
                           : absl::UnavailableError("cannot write standard output");
}

void AddExport(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "export", "print every resource of a control plane, to be imported again");
  command->footer(
      "\nPrints what \"kumactl export\" prints, complete and at one point in time; \"skyden "
      "import\"\n"
      "and \"kumactl apply\" take it. Profiles: all; no-dataplanes; federation (what a global "
      "needs\n"
      "to take over, without policies); federation-with-policies.\n"
      "\nExamples:\n"
      "  skyden export --control-plane demo --file demo.yaml\n"
      "  skyden export --control-plane demo --without-secrets -o json | jq length");
  auto flags = std::make_shared<ExportFlags>();
  command->add_option("--control-plane", flags->control_plane, "its name or id")->required();
  command->add_option("--profile", flags->profile, "what to print")
      ->check([](const std::string& word) {
        return base::NotOneOf(word,
                              {"all", "no-dataplanes", "federation", "federation-with-policies"});
      });
  command->add_option("--file", flags->file, "write here, readable for you alone");
  command->add_flag("--without-secrets", flags->without_secrets,
                    "leave out keys, tokens and certificate authorities");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) {
    return Export(context, *flags, client);
  });
}

}  // namespace

void AddTransferCommands(CLI::App& root, Context& context) {
  AddImport(root, context);
  AddExport(root, context);
}

}  // namespace skyden::cli
