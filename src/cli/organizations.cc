// SPDX-License-Identifier: Apache-2.0
// `skyden organization`: for operators, and `show` for everybody.
#include <iostream>
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr char kOrganizations[] = "/v3/organizations";

void PrintOrganization(const Context& context, const Json& items) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, items);
  std::vector<std::vector<std::string>> rows;
  const Json list = items.is_array() ? items : Json::array({items});
  for (const Json& item : list) {
    rows.push_back({Cell(item, "name"), Cell(item, "id"), TimeCell(item, "created_at")});
  }
  PrintTable(std::cout, {"NAME", "ID", "CREATED"}, rows);
}

}  // namespace

void AddOrganizationCommands(CLI::App& root, Context& context) {
  CLI::App* organization =
      root.add_subcommand("organization", "who owns control planes; for operators of the daemon");
  organization->require_subcommand(1);

  CLI::App* create = organization->add_subcommand(
      "create", "create an organization; prints the token of its administrator once");
  auto name = std::make_shared<std::string>();
  create->add_option("name", *name, "its name")->required();
  AddClientCommand(*create, context, [&context, name](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Json made,
                            client.Call("POST", kOrganizations, {{"name", *name}}));
    if (context.format != Format::kTable) {
      PrintDocument(std::cout, context.format, made);
      return absl::OkStatus();
    }
    std::cout << Printable(Cell(made.value("access_token", Json::object()), "token")) << '\n';
    std::cerr << "The token of the administrator of " << Printable(Cell(made, "id"))
              << ". Shown once.\n";
    return absl::OkStatus();
  });

  CLI::App* list = organization->add_subcommand("list", "all organizations");
  AddClientCommand(*list, context, [&context](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Json all, client.ListAll(kOrganizations));
    PrintOrganization(context, all);
    return absl::OkStatus();
  });

  CLI::App* show = organization->add_subcommand("show", "your own organization");
  AddClientCommand(*show, context, [&context](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Json mine,
                            client.Call("GET", fmt::format("{}/me", kOrganizations)));
    PrintOrganization(context, mine);
    return absl::OkStatus();
  });

  CLI::App* remove = organization->add_subcommand(
      "delete", "delete an organization that owns no control planes any more");
  auto id = std::make_shared<std::string>();
  remove->add_option("organization", *id, "its id")->required();
  AddClientCommand(*remove, context, [&context, id](const ApiClient& client) -> absl::Status {
    const std::string path = fmt::format("{}/{}", kOrganizations, EncodeUrl(*id));
    SKYDEN_RETURN_IF_ERROR(client.Call("DELETE", path).status());
    PrintDone(std::cout, context.format, "deleted", *id);
    return absl::OkStatus();
  });
}

}  // namespace skyden::cli
