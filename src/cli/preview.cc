// SPDX-License-Identifier: Apache-2.0
// `skyden preview`: what a change would do, before it is written.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/effects_print.h"
#include "cli/folder.h"
#include "cli/import_result.h"
#include "cli/members.h"
#include "fmt/format.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/cli/exit_codes.h"

namespace skyden::cli {
namespace {

struct PreviewFlags : FolderFlags {
  std::optional<uint64_t> fail_over;
};

void PrintPreview(const Json& preview) {
  PrintChanges(preview);
  PrintEffects(preview);
  for (const Json& service : ListIn(preview, "services")) {
    const bool is_new = Cell(service, "effect") == "new";
    std::cout << fmt::format("service {}: {}\n", is_new ? "comes" : "goes", NameOf(service));
  }
  for (const char* name : {"hostnames_come", "hostnames_go"}) {
    const bool come = std::string_view(name) == "hostnames_come";
    for (const Json& hostname : ListIn(preview, name)) {
      std::cout << fmt::format("hostname {}: {} ({})\n", come ? "comes" : "goes",
                               Printable(Cell(hostname, "hostname")),
                               NameOf(hostname.value("service", Json::object())));
    }
  }
  for (const char* name : {"refusals", "warnings"}) {
    for (const Json& text : ListIn(preview, name)) {
      if (text.is_string()) std::cout << fmt::format("! {}\n", Printable(text.get<std::string>()));
    }
  }
  PrintSum(preview);
}

// The daemon's lines are those of the stream that it was sent.
std::string WithoutLines(std::string text) {
  constexpr std::string_view kLine = ", line ";
  for (size_t at = text.find(kLine); at != std::string::npos; at = text.find(kLine, at)) {
    const size_t end = text.find_first_not_of("0123456789", at + kLine.size());
    text.erase(at, std::min(end, text.size()) - at);
  }
  return text;
}

absl::Status Preview(Context& context, const PreviewFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const Folder folder, ReadFolder(flags));
  const Documents& documents = folder.documents;
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  // Without an owner they are taken as kumactl would write them, one by one.
  const auto answer = SendImport(
      client,
      fmt::format("{}/ops/preview{}{}", ApiClient::PathOf(id), flags.owner.empty() ? "" : "?",
                  flags.owner.empty() ? "" : folder.query),
      documents.stream, flags.path);
  if (!answer.ok()) {
    return absl::Status(
        answer.status().code(),
        WithPlaces(WithoutLines(std::string(base::ToStd(answer.status().message()))), documents));
  }
  if (context.format == Format::kTable) {
    PrintPreview(*answer);
  } else {
    PrintDocument(std::cout, context.format, *answer);
  }
  const bool complete = answer->value("complete", false);
  if (!complete) {
    std::cerr << fmt::format("Not all was looked at{}{}: what is shown is the least.\n",
                             answer->contains("stopped") ? ", " : "",
                             Printable(Cell(*answer, "stopped")));
  }
  if (!flags.fail_over) return absl::OkStatus();
  const uint64_t changed = CountIn(answer->value("proxies", Json::object()), "changed");
  if (changed > *flags.fail_over) {
    std::cerr << fmt::format("{} proxies change, more than {} (--fail-over)\n", changed,
                             *flags.fail_over);
    context.exit_code = kExitDiffers;
  } else if (!complete) {
    std::cerr << "whether that is more than --fail-over allows is not known\n";
    context.exit_code = kExitDiffers;
  }
  return absl::OkStatus();
}

}  // namespace

void AddPreviewCommand(CLI::App& root, Context& context) {
  CLI::App* command =
      root.add_subcommand("preview", "print what documents would change, for every proxy");
  command->footer(
      "\nNothing is written. Documents are read and checked as an import does it; one that says\n"
      "\"delete: true\" beside type, mesh and name is a resource to be deleted. Printed are the\n"
      "proxies whose configuration would be another, put together by what is other, with what\n"
      "inspection says of them before and after. Of a folder that is kept by \"skyden sync\", give "
      "the\n"
      "same --owner and --prune.\n"
      "\nExamples:\n"
      "  skyden preview demo -f timeout.yaml\n"
      "  skyden preview demo -f policies/ --fail-over 20    # exit code 3 when more change\n"
      "  skyden preview demo -f policies/ --owner gitops --prune\n"
      "  skyden preview demo -f - -o json < change.yaml | jq .proxies.changed");
  auto flags = std::make_shared<PreviewFlags>();
  AddFolderFlags(*command, *flags,
                 "as \"sync --owner\" would do it: its label, and what it deletes");
  command->add_option("--fail-over", flags->fail_over,
                      "exit with 3 when more proxies than this change");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) {
    FillOwner(*flags, "");
    return Preview(context, *flags, client);
  });
}

}  // namespace skyden::cli
