// SPDX-License-Identifier: Apache-2.0
// `skyden plan`, `apply`, `sync` and `drift`: a folder of documents against a control plane. What
// would change is asked of the daemon, which tries it in a transaction that it gives up: whatever
// it stores otherwise than it is written (defaults, computed labels) is no difference, and nothing
// here has to know of it.
#include <unistd.h>

#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "cli/commands.h"
#include "cli/folder.h"
#include "cli/import_result.h"
#include "cli/textfile.h"
#include "fmt/format.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/cli/exit_codes.h"

namespace skyden::cli {
namespace {

struct PlanFlags : FolderFlags {
  bool detailed_exit_code = false;
  bool yes = false;
  std::string textfile;
  std::string if_revision;
};

enum class Try { kDry, kReal };

// What is the same of the plan and of what is done after it.
class Change {
 public:
  static absl::StatusOr<Change> Read(const PlanFlags& flags, const ApiClient& client) {
    SKYDEN_ASSIGN_OR_RETURN(Folder folder, ReadFolder(flags));
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
    std::string path = fmt::format("{}/ops/import?{}", ApiClient::PathOf(id), folder.query);
    if (!flags.if_revision.empty()) path += "&if-revision=" + EncodeUrl(flags.if_revision);
    return Change(std::move(folder.documents), std::move(path));
  }

  absl::StatusOr<Json> Ask(const ApiClient& client, Try how) const {
    auto result =
        SendImport(client, path_ + (how == Try::kDry ? "&dry_run=true" : "&dry_run=false"),
                   documents_.stream, "the folder");
    if (result.ok()) {
      NamePlaces(*result);
      return result;
    }
    return absl::Status(result.status().code(),
                        WithPlaces(base::ToStd(result.status().message()), documents_));
  }

  const Documents& documents() const { return documents_; }

 private:
  Change(Documents documents, std::string path)
      : documents_(std::move(documents)), path_(std::move(path)) {}

  // Says of each line where its document stands.
  void NamePlaces(Json& result) const {
    const auto lines = result.find("resources");
    if (lines == result.end() || !lines->is_array()) return;
    for (Json& line : *lines) {
      const uint64_t document = CountIn(line, "document");
      line.erase("document");
      if (document > 0 && document <= documents_.places.size()) {
        line["place"] = documents_.places[document - 1];
      }
    }
  }

  Documents documents_;
  std::string path_;
};

void PrintPlan(const Context& context, const Change& change, const Json& plan) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, plan);
  PrintImport(std::cout, plan);
  const size_t documents = change.documents().places.size();
  const size_t files = change.documents().files;
  std::cout << fmt::format("{} document{} in {} file{}: {}\n", documents, documents == 1 ? "" : "s",
                           files, files == 1 ? "" : "s", ImportTotals(plan));
}

absl::Status Plan(Context& context, const PlanFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const Change change, Change::Read(flags, client));
  SKYDEN_ASSIGN_OR_RETURN(const Json plan, change.Ask(client, Try::kDry));
  PrintPlan(context, change, plan);
  if (flags.detailed_exit_code && ChangesIn(plan) > 0) context.exit_code = kExitDiffers;
  return absl::OkStatus();
}

// Whether whoever sits there wants it.
absl::StatusOr<bool> Confirmed(const PlanFlags& flags) {
  if (flags.yes) return true;
  if (flags.path == "-" || isatty(STDIN_FILENO) == 0) {
    return UsageError("there is nobody to ask whether to go on: look at the plan, then give --yes");
  }
  std::cerr << "Apply this? Only \"yes\" goes on: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "yes";
}

absl::Status Apply(Context& context, const PlanFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const Change change, Change::Read(flags, client));
  SKYDEN_ASSIGN_OR_RETURN(const Json plan, change.Ask(client, Try::kDry));
  const bool for_people = context.format == Format::kTable;
  if (for_people || ChangesIn(plan) == 0) PrintPlan(context, change, plan);
  if (ChangesIn(plan) == 0) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(const bool confirmed, Confirmed(flags));
  if (!confirmed) return absl::CancelledError("nothing was applied");
  SKYDEN_ASSIGN_OR_RETURN(const Json done, change.Ask(client, Try::kReal));
  if (!for_people) {
    PrintDocument(std::cout, context.format, done);
  } else {
    std::cout << "applied: " << ImportTotals(done) << '\n';
  }
  return absl::OkStatus();
}

absl::Status Drift(Context& context, const PlanFlags& flags, const ApiClient& client) {
  const auto found = [&]() -> absl::StatusOr<Json> {
    SKYDEN_ASSIGN_OR_RETURN(const Change change, Change::Read(flags, client));
    SKYDEN_ASSIGN_OR_RETURN(const Json plan, change.Ask(client, Try::kDry));
    PrintPlan(context, change, plan);
    return plan;
  }();
  if (!flags.textfile.empty()) {
    SKYDEN_RETURN_IF_ERROR(
        WriteTextfile(flags.textfile, DriftMetrics(flags.control_plane, found, absl::Now())));
  }
  if (!found.ok()) return found.status();
  if (ChangesIn(*found) > 0) context.exit_code = kExitDiffers;
  return absl::OkStatus();
}

void AddIfRevision(CLI::App& command, PlanFlags& flags) {
  command.add_option("--if-revision", flags.if_revision,
                     "only while what people write is as it was then, e.g. what a preview said");
}

using Run = absl::Status (*)(Context&, const PlanFlags&, const ApiClient&);

// `add` gives the command what only it has.
void AddCommand(CLI::App& root, Context& context, const char* name, const char* what,
                const char* footer, Run run, const std::string& default_owner,
                const std::function<void(CLI::App&, PlanFlags&)>& add) {
  CLI::App* command = root.add_subcommand(name, what);
  command->footer(footer);
  auto flags = std::make_shared<PlanFlags>();
  AddFolderFlags(*command, *flags,
                 default_owner.empty()
                     ? "what \"sync --owner\" was given, to see it as that sees it"
                     : "whose these are; another folder needs another owner [default]");
  add(*command, *flags);
  AddClientCommand(*command, context,
                   [&context, flags, run, default_owner](const ApiClient& client) {
                     FillOwner(*flags, default_owner);
                     return run(context, *flags, client);
                   });
}

}  // namespace

void AddPlanCommands(CLI::App& root, Context& context) {
  AddCommand(
      root, context, "plan", "say what a folder of documents would change in a control plane",
      "\nDocuments are YAML or JSON as Kuma's universal format has them, and as \"kumactl "
      "export\"\n"
      "prints them: *.yaml, *.yml, *.json of the folder and of folders in it. A document that "
      "says\n"
      "\"delete: true\" beside type, mesh and name, and nothing else, is to be deleted. Times and\n"
      "what zones made do not count; values of secrets are not shown. Nothing is stored.\n"
      "\nExit code 0 whether there are changes or not; with --detailed-exitcode 0 without changes "
      "and\n"
      "3 with some (terraform's plan says 2, which is a mistake of the command line here).\n"
      "\nExamples:\n"
      "  skyden plan demo -f policies/\n"
      "  skyden plan demo -f policies/ --prune --detailed-exitcode\n"
      "  kumactl export | skyden plan demo -f -",
      Plan, "", [](CLI::App& command, PlanFlags& flags) {
        command.add_flag("--detailed-exitcode", flags.detailed_exit_code,
                         "exit with 3 when something would change");
      });
  AddCommand(root, context, "apply", "bring a control plane to what a folder of documents says",
             "\nShows what \"skyden plan\" shows, asks, and does all of it in one transaction or "
             "nothing:\n"
             "secrets and meshes first, deletions last.\n"
             "\nExamples:\n"
             "  skyden apply demo -f policies/\n"
             "  skyden apply demo -f timeout.yaml --yes",
             Apply, "", [](CLI::App& command, PlanFlags& flags) {
               command.add_flag("--yes", flags.yes, "do not ask");
               AddIfRevision(command, flags);
             });
  AddCommand(
      root, context, "sync", "keep a control plane as a folder of documents says",
      "\nAs \"skyden apply --yes\", and every resource gets the label skyden/owner. With --prune,\n"
      "resources that have that label and no document are deleted: what somebody else made never "
      "is.\n"
      "The folder is all there is: no state is kept, and a second run changes nothing.\n"
      "\nExamples:\n"
      "  skyden sync demo -f policies/ --prune\n"
      "  skyden sync demo -f team-a/ --owner team-a --prune",
      Apply, kDefaultOwner, [](CLI::App& command, PlanFlags& flags) {
        flags.yes = true;
        AddIfRevision(command, flags);
      });
  AddCommand(root, context, "drift",
             "say what in a control plane differs from a folder of documents",
             "\nExit code 0 when nothing does, 3 when something does. With --textfile the numbers "
             "are written\n"
             "for Prometheus' node exporter as well, also when the daemon could not be asked.\n"
             "\nExamples:\n"
             "  skyden drift demo -f policies/ --prune\n"
             "  skyden drift demo -f policies/ --textfile /var/lib/node_exporter/skyden-demo.prom",
             Drift, "", [](CLI::App& command, PlanFlags& flags) {
               command.add_option("--textfile", flags.textfile, "write metrics here, all at once");
             });
}

}  // namespace skyden::cli
