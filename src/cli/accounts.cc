// SPDX-License-Identifier: Apache-2.0
// `skyden account`: who may come in, and what they may do.
#include "cli/accounts.h"

#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/role_commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

const RoleHolder kAccount = {"account", "an account", "ci", "its id, name or e-mail address",
                             FindAccount};

struct AccountFields {
  std::string which;
  std::string name;
  std::string description;
  std::string email;
  RoleWords role;
  bool users = false;
};

void PrintAccount(const Context& context, const Json& items) {
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

void AddCreateAccount(CLI::App& account, Context& context) {
  CLI::App* command = account.add_subcommand("create", "create a system account or a user");
  command->footer(
      "\nExamples:\n"
      "  skyden account create ci --role Admin --on payments\n"
      "  skyden account create Jane --email jane@example.com --role Viewer");
  auto fields = std::make_shared<AccountFields>();
  command->add_option("name", fields->name, "a system account's name, or a user's full name")
      ->required();
  CLI::Option* email =
      command->add_option("--email", fields->email, "makes it a user with this address");
  command->add_option("--description", fields->description, "what it is for")->excludes(email);
  AddRoleOptions(*command, fields->role);
  AddClientCommand(*command, context, [&context, fields](const ApiClient& client) -> absl::Status {
    const bool user = !fields->email.empty();
    const Json body = user ? Json{{"full_name", fields->name}, {"email", fields->email}}
                           : Json{{"name", fields->name}, {"description", fields->description}};
    const std::string list = user ? kUsers : kSystemAccounts;
    SKYDEN_ASSIGN_OR_RETURN(const Json made, client.Call("POST", list, body));
    if (!fields->role.role.empty()) {
      SKYDEN_RETURN_IF_ERROR(GrantRole(client, list + "/" + Cell(made, "id"), fields->role));
    }
    PrintAccount(context, made);
    if (context.format == Format::kTable) {
      std::cout << "\nGive it a token:  skyden token create "
                << Printable(Cell(made, user ? "email" : "name")) << " --name first\n";
    }
    return absl::OkStatus();
  });
}

void AddListAccounts(CLI::App& account, Context& context) {
  CLI::App* command = account.add_subcommand("list", "system accounts, or users");
  auto users = std::make_shared<bool>(false);
  command->add_flag("--users", *users, "users instead");
  AddClientCommand(*command, context, [&context, users](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Json all, client.ListAll(*users ? kUsers : kSystemAccounts));
    PrintAccount(context, all);
    return absl::OkStatus();
  });
}

CLI::App* AddOn(CLI::App& account, Context& context, const std::string& name,
                const std::string& help, OnHolder action) {
  return AddOnHolder(account, context, kAccount, name, help, std::move(action));
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
  AddCreateAccount(*account, context);
  AddListAccounts(*account, context);
  AddOn(*account, context, "get", "one account",
        [&context](const ApiClient& client, const std::string& path) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const Json found, client.Call("GET", path));
          PrintAccount(context, found);
          return absl::OkStatus();
        });
  AddOn(*account, context, "delete", "delete an account; its tokens end at once",
        [](const ApiClient& client, const std::string& path) {
          return client.Call("DELETE", path).status();
        });
  AddRoleCommands(*account, context, kAccount);
}

}  // namespace skyden::cli
