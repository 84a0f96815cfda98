// SPDX-License-Identifier: Apache-2.0
#include "cli/role_commands.h"

#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr char kEntityType[] = "Mesh Control Planes";
constexpr char kAll[] = "*";

struct RoleFields {
  std::string role;
  std::string control_plane = kAll;
};

void PrintRoles(const Context& context, const Json& roles) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, roles);
  std::vector<std::vector<std::string>> rows;
  for (const Json& role : roles) {
    rows.push_back({Cell(role, "role_name"), Cell(role, "entity_id"), Cell(role, "id")});
  }
  PrintTable(std::cout, {"ROLE", "CONTROL PLANE", "ID"}, rows);
}

// "*" or the id of the control plane.
absl::StatusOr<std::string> EntityOf(const ApiClient& client, const std::string& which) {
  if (which == kAll) return which;
  return client.FindControlPlane(which);
}

absl::Status TakeRole(const ApiClient& client, const std::string& path, const std::string& word,
                      const RoleFields& taken) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string entity, EntityOf(client, taken.control_plane));
  SKYDEN_ASSIGN_OR_RETURN(const Json roles, client.ListAll(path + "/assigned-roles"));
  for (const Json& role : roles) {
    if (Cell(role, "role_name") != taken.role || Cell(role, "entity_id") != entity) continue;
    return client.Call("DELETE", path + "/assigned-roles/" + Cell(role, "id")).status();
  }
  return absl::NotFoundError(fmt::format("the {} does not hold this role there", word));
}

void AddFields(CLI::App& command, RoleFields& fields) {
  command.add_option("role", fields.role, "Admin, Creator, Viewer or Connector")->required();
  command.add_option("--on", fields.control_plane, "a control plane, by name or id; default: all");
}

}  // namespace

CLI::App* AddOnHolder(CLI::App& parent, Context& context, const RoleHolder& holder,
                      const std::string& name, const std::string& help, OnHolder action) {
  CLI::App* command = parent.add_subcommand(name, help);
  auto which = std::make_shared<std::string>();
  command->add_option(holder.word, *which, holder.how)->required();
  AddClientCommand(*command, context,
                   [which, find = holder.find,
                    action = std::move(action)](const ApiClient& client) -> absl::Status {
                     SKYDEN_ASSIGN_OR_RETURN(const std::string path, find(client, *which));
                     return action(client, path);
                   });
  return command;
}

absl::Status GrantRole(const ApiClient& client, const std::string& path, const std::string& role,
                       const std::string& control_plane) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string entity, EntityOf(client, control_plane));
  const Json body = {{"role_name", role},
                     {"entity_id", entity},
                     {"entity_type_name", kEntityType},
                     {"entity_region", kAll}};
  return client.Call("POST", path + "/assigned-roles", body).status();
}

void AddRoleCommands(CLI::App& parent, Context& context, const RoleHolder& holder) {
  AddOnHolder(parent, context, holder, "roles", fmt::format("what {} may do", holder.article),
              [&context](const ApiClient& client, const std::string& path) -> absl::Status {
                SKYDEN_ASSIGN_OR_RETURN(const Json roles, client.ListAll(path + "/assigned-roles"));
                PrintRoles(context, roles);
                return absl::OkStatus();
              });
  auto granted = std::make_shared<RoleFields>();
  CLI::App* grant =
      AddOnHolder(parent, context, holder, "grant", fmt::format("give {} a role", holder.article),
                  [granted](const ApiClient& client, const std::string& path) {
                    return GrantRole(client, path, granted->role, granted->control_plane);
                  });
  grant->footer(fmt::format("\nExample:\n  skyden {} grant {} Viewer --on payments", holder.word,
                            holder.example));
  AddFields(*grant, *granted);

  auto taken = std::make_shared<RoleFields>();
  CLI::App* take = AddOnHolder(
      parent, context, holder, "take",
      fmt::format("take a role from {}; streams end where they must", holder.article),
      [taken, word = std::string(holder.word)](const ApiClient& client, const std::string& path) {
        return TakeRole(client, path, word, *taken);
      });
  take->footer(fmt::format("\nExample:\n  skyden {} take {} Viewer --on payments", holder.word,
                           holder.example));
  AddFields(*take, *taken);
}

}  // namespace skyden::cli
