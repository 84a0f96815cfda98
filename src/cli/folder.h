// SPDX-License-Identifier: Apache-2.0
// A folder of documents as what a control plane is to hold: the flags of plan, apply, sync, drift
// and preview, and what they come to.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "cli/documents.h"

namespace skyden::cli {

inline constexpr char kDefaultOwner[] = "default";

struct FolderFlags {
  std::string control_plane;
  std::string path;
  std::vector<std::string> selector;
  std::string owner;
  bool prune = false;
  bool take_over = false;
};

// `owner_help`: what --owner means to the command.
void AddFolderFlags(CLI::App& command, FolderFlags& flags, const std::string& owner_help);
// Where the flags need an owner and name none, it is kDefaultOwner, else `otherwise`.
void FillOwner(FolderFlags& flags, const std::string& otherwise);

struct Folder {
  Documents documents;
  std::string query;  // "desired=true&owner=...": how the daemon is asked
};
absl::StatusOr<Folder> ReadFolder(const FolderFlags& flags);

}  // namespace skyden::cli
