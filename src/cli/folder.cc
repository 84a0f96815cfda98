// SPDX-License-Identifier: Apache-2.0
#include "cli/folder.h"

#include <map>
#include <utility>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

absl::StatusOr<std::map<std::string, std::string>> LabelsOf(const FolderFlags& flags) {
  std::map<std::string, std::string> labels;
  for (const std::string& pair : flags.selector) {
    const size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return UsageError(fmt::format("--selector {}: write it as key=value", pair));
    }
    labels[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return labels;
}

}  // namespace

void AddFolderFlags(CLI::App& command, FolderFlags& flags, const std::string& owner_help) {
  command.add_option("control-plane", flags.control_plane, "its name or id")->required();
  command.add_option("-f,--file", flags.path, "a folder, a file, or \"-\" for standard input")
      ->required();
  command
      .add_option("-l,--selector", flags.selector,
                  "only documents with this label, key=value; all, when given several times")
      ->allow_extra_args(false);
  command.add_option("--owner", flags.owner, owner_help);
  command.add_flag("--prune", flags.prune, "the owner's resources without a document go");
  command.add_flag("--take-over", flags.take_over, "take what another owner keeps");
}

void FillOwner(FolderFlags& flags, const std::string& otherwise) {
  if (!flags.owner.empty()) return;
  flags.owner = flags.prune || flags.take_over ? kDefaultOwner : otherwise;
}

absl::StatusOr<Folder> ReadFolder(const FolderFlags& flags) {
  SKYDEN_ASSIGN_OR_RETURN(const auto labels, LabelsOf(flags));
  Folder folder;
  SKYDEN_ASSIGN_OR_RETURN(folder.documents, ReadDocuments(flags.path, labels));
  folder.query = "desired=true";
  if (!flags.owner.empty()) folder.query += "&owner=" + EncodeUrl(flags.owner);
  if (flags.take_over) folder.query += "&take_over=true";
  if (flags.prune) folder.query += "&prune=true";
  if (flags.prune && !labels.empty()) {
    std::string pairs;
    for (const auto& [key, value] : labels) {
      pairs += fmt::format("{}{}={}", pairs.empty() ? "" : ",", key, value);
    }
    folder.query += "&prune_labels=" + EncodeUrl(pairs);
  }
  return folder;
}

}  // namespace skyden::cli
