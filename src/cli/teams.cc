// SPDX-License-Identifier: Apache-2.0
// `skyden team`: what holds roles for whoever is in it.
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "cli/accounts.h"
#include "cli/commands.h"
#include "cli/role_commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr char kTeams[] = "/v3/teams";

const RoleHolder kTeam = {"team", "a team", "mesh-ops", "its id or name", FindTeam};

void PrintTeam(const Context& context, const Json& items) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, items);
  std::vector<std::vector<std::string>> rows;
  const Json list = items.is_array() ? items : Json::array({items});
  for (const Json& item : list) {
    rows.push_back({Cell(item, "name"), Cell(item, "id"), TimeCell(item, "created_at"),
                    Cell(item, "description")});
  }
  PrintTable(std::cout, {"NAME", "ID", "CREATED", "DESCRIPTION"}, rows);
}

// Users and system accounts: of each, which it is.
void PrintMembers(const Context& context, const Json& members) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, members);
  std::vector<std::vector<std::string>> rows;
  for (const Json& member : members) {
    const bool user = member.contains("email");
    rows.push_back({Cell(member, user ? "email" : "name"), Cell(member, "id"),
                    user ? "User" : "System account"});
  }
  PrintTable(std::cout, {"NAME", "ID", "KIND"}, rows);
}

void AddCreateTeam(CLI::App& team, Context& context) {
  CLI::App* command = team.add_subcommand("create", "create a team");
  command->footer(
      "\nExample:\n"
      "  skyden team create mesh-ops --description \"who is on call\"");
  struct Fields {
    std::string name;
    std::string description;
    RoleWords role;
  };
  auto fields = std::make_shared<Fields>();
  command->add_option("name", fields->name, "unique among teams")->required();
  command->add_option("--description", fields->description, "what it is for");
  AddRoleOptions(*command, fields->role);
  AddClientCommand(*command, context, [&context, fields](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(
        const Json made,
        client.Call("POST", kTeams,
                    Json{{"name", fields->name}, {"description", fields->description}}));
    if (!fields->role.role.empty()) {
      SKYDEN_RETURN_IF_ERROR(
          GrantRole(client, fmt::format("{}/{}", kTeams, Cell(made, "id")), fields->role));
    }
    PrintTeam(context, made);
    if (context.format == Format::kTable) {
      std::cout << "\nTake somebody in:  skyden team add " << Printable(fields->name)
                << " <account>\n";
    }
    return absl::OkStatus();
  });
}

void AddListTeams(CLI::App& team, Context& context) {
  CLI::App* command = team.add_subcommand("list", "teams, or those of one account");
  auto account = std::make_shared<std::string>();
  command->add_option("--of", *account, "an account, by id, name or e-mail address");
  AddClientCommand(*command, context, [&context, account](const ApiClient& client) -> absl::Status {
    std::string list = kTeams;
    if (!account->empty()) {
      SKYDEN_ASSIGN_OR_RETURN(const std::string path, FindAccount(client, *account));
      list = path + "/teams";
    }
    SKYDEN_ASSIGN_OR_RETURN(const Json all, client.ListAll(list));
    PrintTeam(context, all);
    return absl::OkStatus();
  });
}

// "/users/<id>" or "/system-accounts/<id>", without the version in front.
absl::StatusOr<std::string> FindMember(const ApiClient& client, const std::string& which) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, FindAccount(client, which));
  return path.substr(std::string("/v3").size());
}

// Adds `team <name> <team> <account>...`.
using OnMember = absl::Status (*)(const ApiClient&, const std::string& team,
                                  const std::string& member);
void AddOnMembers(CLI::App& team, Context& context, const std::string& name,
                  const std::string& help, OnMember action) {
  auto accounts = std::make_shared<std::vector<std::string>>();
  CLI::App* command = AddOnHolder(
      team, context, kTeam, name, help,
      [accounts, action](const ApiClient& client, const std::string& path) -> absl::Status {
        std::vector<std::string> members;  // all are looked up before anything is changed
        for (const std::string& which : *accounts) {
          SKYDEN_ASSIGN_OR_RETURN(std::string member, FindMember(client, which));
          members.push_back(std::move(member));
        }
        for (const std::string& member : members) {
          SKYDEN_RETURN_IF_ERROR(action(client, path, member));
        }
        return absl::OkStatus();
      });
  command->add_option("account", *accounts, "ids, names or e-mail addresses")->required();
  command->footer(fmt::format("\nExample:\n  skyden team {} mesh-ops ci jane@example.com", name));
}

absl::Status AddMember(const ApiClient& client, const std::string& team,
                       const std::string& member) {
  const size_t slash = member.rfind('/');
  return client.Call("POST", team + member.substr(0, slash), Json{{"id", member.substr(slash + 1)}})
      .status();
}

absl::Status RemoveMember(const ApiClient& client, const std::string& team,
                          const std::string& member) {
  return client.Call("DELETE", team + member).status();
}

}  // namespace

absl::StatusOr<std::string> FindTeam(const ApiClient& client, const std::string& which) {
  const auto by_id = client.Call("GET", fmt::format("{}/{}", kTeams, EncodeUrl(which)));
  if (by_id.ok()) return fmt::format("{}/{}", kTeams, Cell(*by_id, "id"));
  if (!absl::IsNotFound(by_id.status())) return by_id.status();
  SKYDEN_ASSIGN_OR_RETURN(
      const Json found,
      client.ListAll(fmt::format("{}?filter%5Bname%5D%5Beq%5D={}", kTeams, EncodeUrl(which))));
  if (!found.empty()) return fmt::format("{}/{}", kTeams, Cell(found[0], "id"));
  return absl::NotFoundError(
      fmt::format("there is no team \"{}\"; \"skyden team list\" shows those there are", which));
}

void AddTeamCommands(CLI::App& root, Context& context) {
  CLI::App* team = root.add_subcommand("team", "teams: roles for several accounts at once");
  team->require_subcommand(1);
  team->footer(
      "\nExamples:\n"
      "  skyden team create mesh-ops --role Admin --on payments\n"
      "  skyden team add mesh-ops jane@example.com ci\n"
      "  skyden team take mesh-ops Admin --on payments");
  AddCreateTeam(*team, context);
  AddListTeams(*team, context);
  AddOnHolder(*team, context, kTeam, "get", "one team",
              [&context](const ApiClient& client, const std::string& path) -> absl::Status {
                SKYDEN_ASSIGN_OR_RETURN(const Json found, client.Call("GET", path));
                PrintTeam(context, found);
                return absl::OkStatus();
              });
  AddOnHolder(*team, context, kTeam, "delete", "delete a team; what it gave ends at once",
              [](const ApiClient& client, const std::string& path) {
                return client.Call("DELETE", path).status();
              });
  AddOnHolder(*team, context, kTeam, "members", "who is in a team",
              [&context](const ApiClient& client, const std::string& path) -> absl::Status {
                SKYDEN_ASSIGN_OR_RETURN(Json members, client.ListAll(path + "/users"));
                SKYDEN_ASSIGN_OR_RETURN(const Json robots,
                                        client.ListAll(path + "/system-accounts"));
                members.insert(members.end(), robots.begin(), robots.end());
                PrintMembers(context, members);
                return absl::OkStatus();
              });
  AddOnMembers(*team, context, "add", "take accounts into a team", AddMember);
  AddOnMembers(*team, context, "remove", "take accounts out of a team; what it gave ends at once",
               RemoveMember);
  AddRoleCommands(*team, context, kTeam);
}

}  // namespace skyden::cli
