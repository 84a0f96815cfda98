// SPDX-License-Identifier: Apache-2.0
// Commands about the roles of whatever can hold some: accounts and teams.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/commands.h"

namespace skyden::cli {

struct RoleHolder {
  const char* word;     // "account": the argument
  const char* article;  // "an account": in help
  const char* example;  // a name
  const char* how;      // how it is named
  // Its path: "/v3/users/<id>". NOT_FOUND when there is none.
  std::function<absl::StatusOr<std::string>(const ApiClient&, const std::string& which)> find;
};

// Adds `<parent> <name> <holder>`, which finds it and hands its path to `action`.
using OnHolder = std::function<absl::Status(const ApiClient&, const std::string& path)>;
CLI::App* AddOnHolder(CLI::App& parent, Context& context, const RoleHolder& holder,
                      const std::string& name, const std::string& help, OnHolder action);

// A role on a control plane, by name or id, or "*" for all; narrowed where meshes or types are
// named.
struct RoleWords {
  std::string role = {};
  std::string control_plane = "*";
  std::vector<std::string> meshes = {};
  std::vector<std::string> types = {};
};
// "default,orders"; "*" when it is narrowed to none of them.
std::string JoinedOrAll(const std::vector<std::string>& words);
absl::Status GrantRole(const ApiClient& client, const std::string& path, const RoleWords& role);
// The options --role, --on, --mesh and --type of who makes a holder.
void AddRoleOptions(CLI::App& command, RoleWords& role);

// roles, grant, take.
void AddRoleCommands(CLI::App& parent, Context& context, const RoleHolder& holder);

}  // namespace skyden::cli
