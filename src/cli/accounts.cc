// SPDX-License-Identifier: Apache-2.0
// `skyden account`: who may come in, and what they may do.
#include "cli/accounts.h"

#include <iostream>
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr char kEntityType[] = "Mesh Control Planes";
constexpr char kAll[] = "*";

struct Fields {
  std::string which;
  std::string name;
  std::string description;
  std::string email;
  std::string role;
  std::string control_plane = kAll;
  bool users = false;
};

void Print(const Context& context, const Json& items) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, items);
  std::vector<std::vector<std::string>> rows;
  const Json list = items.is_array() ? items : Json::array({items});
  for (const Json& item : list) {
    const bool user = item.contains("email");
    const bool inactive = item.value("active", Json(true)) == Json(false);
    rows.push_back({Cell(item, user ? "email" : "name"), Cell(item, "id"),
                    user ? (inactive ? "User (inactive)" : "User") : "System account",
                    TimeCell(item, "created_at"), Cell(item, user ? "full_name" : "description")});
  }
  PrintTable(std::cout, {"NAME", "ID", "KIND", "CREATED", "DESCRIPTION"}, rows);
}

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

absl::Status Grant(const ApiClient& client, const std::string& account, const Fields& fields) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string entity, EntityOf(client, fields.control_plane));
  const Json body = {{"role_name", fields.role},
                     {"entity_id", entity},
                     {"entity_type_name", kEntityType},
                     {"entity_region", kAll}};
  return client.Call("POST", account + "/assigned-roles", body).status();
}

void AddCreate(CLI::App& account, Context& context) {
  CLI::App* command = account.add_subcommand("create", "create a system account or a user");
  command->footer(
      "\nExamples:\n"
      "  skyden account create ci --role Admin --on payments\n"
      "  skyden account create Jane --email jane@example.com --role Viewer");
  auto fields = std::make_shared<Fields>();
  command->add_option("name", fields->name, "a system account's name, or a user's full name")
      ->required();
  CLI::Option* email =
      command->add_option("--email", fields->email, "makes it a user with this address");
  command->add_option("--description", fields->description, "what it is for")->excludes(email);
  command->add_option("--role", fields->role, "Admin, Creator, Viewer or Connector");
  command->add_option("--on", fields->control_plane,
                      "the control plane the role is for, by name or id; default: all");
  AddClientCommand(*command, context, [&context, fields](const ApiClient& client) -> absl::Status {
    const bool user = !fields->email.empty();
    const Json body = user ? Json{{"full_name", fields->name}, {"email", fields->email}}
                           : Json{{"name", fields->name}, {"description", fields->description}};
    const std::string list = user ? kUsers : kSystemAccounts;
    SKYDEN_ASSIGN_OR_RETURN(const Json made, client.Call("POST", list, body));
    if (!fields->role.empty()) {
      SKYDEN_RETURN_IF_ERROR(Grant(client, list + "/" + Cell(made, "id"), *fields));
    }
    Print(context, made);
    if (context.format == Format::kTable) {
      std::cout << "\nGive it a token:  skyden token create "
                << Printable(Cell(made, user ? "email" : "name")) << " --name first\n";
    }
    return absl::OkStatus();
  });
}

void AddList(CLI::App& account, Context& context) {
  CLI::App* command = account.add_subcommand("list", "system accounts, or users");
  auto users = std::make_shared<bool>(false);
  command->add_flag("--users", *users, "users instead");
  AddClientCommand(*command, context, [&context, users](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Json all, client.ListAll(*users ? kUsers : kSystemAccounts));
    Print(context, all);
    return absl::OkStatus();
  });
}

// Adds `account <name> <account>`, which finds the account and hands its path to `action`.
using OnAccount = std::function<absl::Status(const ApiClient&, const std::string& path)>;
CLI::App* AddOn(CLI::App& account, Context& context, const std::string& name,
                const std::string& help, OnAccount action) {
  CLI::App* command = account.add_subcommand(name, help);
  auto which = std::make_shared<std::string>();
  command->add_option("account", *which, "its id, name or e-mail address")->required();
  AddClientCommand(*command, context,
                   [which, action = std::move(action)](const ApiClient& client) -> absl::Status {
                     SKYDEN_ASSIGN_OR_RETURN(const std::string path, FindAccount(client, *which));
                     return action(client, path);
                   });
  return command;
}

void AddRoles(CLI::App& account, Context& context) {
  AddOn(account, context, "roles", "what an account may do",
        [&context](const ApiClient& client, const std::string& path) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const Json roles, client.ListAll(path + "/assigned-roles"));
          PrintRoles(context, roles);
          return absl::OkStatus();
        });
  auto granted = std::make_shared<Fields>();
  CLI::App* grant = AddOn(account, context, "grant", "give an account a role",
                          [granted](const ApiClient& client, const std::string& path) {
                            return Grant(client, path, *granted);
                          });
  grant->footer("\nExample:\n  skyden account grant ci Viewer --on payments");
  grant->add_option("role", granted->role, "Admin, Creator, Viewer or Connector")->required();
  grant->add_option("--on", granted->control_plane, "a control plane, by name or id; default: all");

  auto taken = std::make_shared<Fields>();
  CLI::App* take = AddOn(
      account, context, "take", "take a role from an account; its streams end where they must",
      [taken](const ApiClient& client, const std::string& path) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const std::string entity, EntityOf(client, taken->control_plane));
        SKYDEN_ASSIGN_OR_RETURN(const Json roles, client.ListAll(path + "/assigned-roles"));
        for (const Json& role : roles) {
          if (Cell(role, "role_name") != taken->role || Cell(role, "entity_id") != entity) continue;
          return client.Call("DELETE", path + "/assigned-roles/" + Cell(role, "id")).status();
        }
        return absl::NotFoundError("the account does not hold this role there");
      });
  take->footer("\nExample:\n  skyden account take ci Viewer --on payments");
  take->add_option("role", taken->role, "Admin, Creator, Viewer or Connector")->required();
  take->add_option("--on", taken->control_plane, "a control plane, by name or id; default: all");
}

}  // namespace

absl::StatusOr<std::string> FindAccount(const ApiClient& client, const std::string& which) {
  struct Place {
    const char* list;
    const char* field;
  };
  constexpr Place kPlaces[] = {{kSystemAccounts, "name"}, {kUsers, "email"}};
  absl::Status refused;  // who may see itself only is told so when it is not "me" either
  for (const Place& place : kPlaces) {
    const auto by_id = client.Call("GET", fmt::format("{}/{}", place.list, EncodeUrl(which)));
    if (by_id.ok()) return fmt::format("{}/{}", place.list, Cell(*by_id, "id"));
    if (absl::IsPermissionDenied(by_id.status())) {
      refused = by_id.status();
      continue;
    }
    if (!absl::IsNotFound(by_id.status())) return by_id.status();
    const auto found = client.ListAll(
        fmt::format("{}?filter%5B{}%5D%5Beq%5D={}", place.list, place.field, EncodeUrl(which)));
    if (absl::IsPermissionDenied(found.status())) {
      refused = found.status();
      continue;
    }
    if (!found.ok()) return found.status();
    if (!found->empty()) return fmt::format("{}/{}", place.list, Cell((*found)[0], "id"));
  }
  if (!refused.ok()) return refused;
  return absl::NotFoundError(fmt::format(
      "there is no account \"{}\"; \"skyden account list\" and \"skyden account list --users\" "
      "show those there are",
      which));
}

void AddAccountCommands(CLI::App& root, Context& context) {
  CLI::App* account =
      root.add_subcommand("account", "users and system accounts, and what they may do");
  account->require_subcommand(1);
  AddCreate(*account, context);
  AddList(*account, context);
  AddOn(*account, context, "get", "one account",
        [&context](const ApiClient& client, const std::string& path) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const Json found, client.Call("GET", path));
          Print(context, found);
          return absl::OkStatus();
        });
  AddOn(*account, context, "delete", "delete an account; its tokens end at once",
        [](const ApiClient& client, const std::string& path) {
          return client.Call("DELETE", path).status();
        });
  AddRoles(*account, context);
}

}  // namespace skyden::cli
