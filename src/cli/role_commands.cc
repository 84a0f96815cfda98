// SPDX-License-Identifier: Apache-2.0
#include "cli/role_commands.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "cli/members.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr char kEntityType[] = "Mesh Control Planes";
constexpr char kAll[] = "*";

std::vector<std::string> SortedWords(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

// The options that say the same.
std::string NarrowingText(const std::vector<std::string>& meshes,
                          const std::vector<std::string>& types) {
  if (meshes.empty() && types.empty()) return "not at all";
  std::string text;
  if (!meshes.empty()) text = fmt::format("--mesh {}", fmt::join(meshes, ","));
  if (types.empty()) return text;
  return fmt::format("{}{}--type {}", text, text.empty() ? "" : " ", fmt::join(types, ","));
}

void PrintRoles(const Context& context, const Json& roles) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, roles);
  std::vector<std::vector<std::string>> rows;
  for (const Json& role : roles) {
    rows.push_back({Cell(role, "role_name"), Cell(role, "entity_id"),
                    JoinedOrAll(WordsIn(role, "meshes")), JoinedOrAll(WordsIn(role, "types")),
                    Cell(role, "id")});
  }
  PrintTable(std::cout, {"ROLE", "CONTROL PLANE", "MESHES", "TYPES", "ID"}, rows);
}

// "*" or the id of the control plane.
absl::StatusOr<std::string> EntityOf(const ApiClient& client, const std::string& which) {
  if (which == kAll) return which;
  return client.FindControlPlane(which);
}

absl::Status TakeRole(const ApiClient& client, const std::string& path, const std::string& word,
                      const RoleWords& taken) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string entity, EntityOf(client, taken.control_plane));
  SKYDEN_ASSIGN_OR_RETURN(const Json roles, client.ListAll(path + "/assigned-roles"));
  std::string others;  // which are narrowed otherwise
  for (const Json& role : roles) {
    if (Cell(role, "role_name") != taken.role || Cell(role, "entity_id") != entity) continue;
    const std::vector<std::string> meshes = WordsIn(role, "meshes");
    const std::vector<std::string> types = WordsIn(role, "types");
    if (meshes == SortedWords(taken.meshes) && types == SortedWords(taken.types)) {
      return client.Call("DELETE", path + "/assigned-roles/" + Cell(role, "id")).status();
    }
    others += fmt::format("{}{}", others.empty() ? "" : "; ", NarrowingText(meshes, types));
  }
  if (others.empty()) {
    return absl::NotFoundError(fmt::format("the {} does not hold this role there", word));
  }
  return absl::NotFoundError(
      fmt::format("the {} holds this role there narrowed otherwise: {}", word, others));
}

void AddNarrowingOptions(CLI::App& command, RoleWords& role) {
  command
      .add_option("--mesh", role.meshes,
                  "only what is in these meshes, separated by commas; default: all")
      ->delimiter(',');
  command
      .add_option("--type", role.types,
                  "only resources of these types, separated by commas; default: all")
      ->delimiter(',');
}

void AddRoleFields(CLI::App& command, RoleWords& fields) {
  command.add_option("role", fields.role, "Admin, Editor, Viewer, Creator or Connector")
      ->required();
  command.add_option("--on", fields.control_plane, "a control plane, by name or id; default: all");
  AddNarrowingOptions(command, fields);
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

std::string JoinedOrAll(const std::vector<std::string>& words) {
  return words.empty() ? "*" : fmt::format("{}", fmt::join(words, ","));
}

absl::Status GrantRole(const ApiClient& client, const std::string& path, const RoleWords& role) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string entity, EntityOf(client, role.control_plane));
  Json body = {{"role_name", role.role},
               {"entity_id", entity},
               {"entity_type_name", kEntityType},
               {"entity_region", kAll}};
  if (!role.meshes.empty()) body["meshes"] = role.meshes;
  if (!role.types.empty()) body["types"] = role.types;
  return client.Call("POST", path + "/assigned-roles", body).status();
}

void AddRoleOptions(CLI::App& command, RoleWords& role) {
  CLI::Option* named =
      command.add_option("--role", role.role, "Admin, Editor, Viewer, Creator or Connector");
  command.add_option("--on", role.control_plane,
                     "the control plane the role is for, by name or id; default: all");
  AddNarrowingOptions(command, role);
  command.get_option("--mesh")->needs(named);
  command.get_option("--type")->needs(named);
}

void AddRoleCommands(CLI::App& parent, Context& context, const RoleHolder& holder) {
  AddOnHolder(parent, context, holder, "roles", fmt::format("what {} may do", holder.article),
              [&context](const ApiClient& client, const std::string& path) -> absl::Status {
                SKYDEN_ASSIGN_OR_RETURN(const Json roles, client.ListAll(path + "/assigned-roles"));
                PrintRoles(context, roles);
                return absl::OkStatus();
              });
  auto granted = std::make_shared<RoleWords>();
  CLI::App* grant =
      AddOnHolder(parent, context, holder, "grant", fmt::format("give {} a role", holder.article),
                  [granted](const ApiClient& client, const std::string& path) {
                    return GrantRole(client, path, *granted);
                  });
  grant->footer(
      fmt::format("\nExamples:\n  skyden {0} grant {1} Viewer --on payments\n"
                  "  skyden {0} grant {1} Editor --on payments --mesh default,orders"
                  " --type MeshTimeout,MeshRetry",
                  holder.word, holder.example));
  AddRoleFields(*grant, *granted);

  auto taken = std::make_shared<RoleWords>();
  CLI::App* take = AddOnHolder(
      parent, context, holder, "take",
      fmt::format("take a role from {}; streams end where they must", holder.article),
      [taken, word = std::string(holder.word)](const ApiClient& client, const std::string& path) {
        return TakeRole(client, path, word, *taken);
      });
  take->footer(fmt::format("\nExample:\n  skyden {} take {} Viewer --on payments", holder.word,
                           holder.example));
  AddRoleFields(*take, *taken);
}

}  // namespace skyden::cli
