// SPDX-License-Identifier: Apache-2.0
// Deleted control planes that can be had back: `skyden cp undelete`, `purge` and `list --deleted`.
#include "cli/undelete.h"

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr char kDeleted[] = "/v3/deleted-control-planes";

// By id, or by the name that it had.
absl::StatusOr<std::string> FindDeleted(const ApiClient& client, const std::string& which) {
  SKYDEN_ASSIGN_OR_RETURN(const Json all, client.Call("GET", kDeleted));
  std::vector<std::string> ids;
  for (const Json& one : all["data"]) {
    if (Cell(one, "id") == which) return which;
    if (Cell(one, "name") == which) ids.push_back(Cell(one, "id"));
  }
  if (ids.size() == 1) return ids.front();
  if (ids.empty()) {
    return absl::NotFoundError(fmt::format(
        "no deleted control plane is called {}, or is kept any more; see skyden cp list --deleted",
        which));
  }
  return absl::InvalidArgumentError(
      fmt::format("several were called {}; name one by its id: {}", which, fmt::join(ids, ", ")));
}

}  // namespace

absl::Status ListDeleted(const Context& context, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const Json all, client.Call("GET", kDeleted));
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, all["data"]);
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : all["data"]) {
    const Json& by = one["deleted_by"];
    const std::string who = Cell(by, "name");
    rows.push_back({Cell(one, "name"), Cell(one, "id"), TimeCell(one, "deleted_at"),
                    TimeCell(one, "kept_until"), who.empty() ? Cell(by, "kind") : who});
  }
  PrintTable(std::cout, {"NAME", "ID", "DELETED", "KEPT UNTIL", "BY"}, rows);
  return absl::OkStatus();
}

void AddUndelete(CLI::App& cp, Context& context, const PrintControlPlane& print) {
  struct Flags {
    std::string which, name;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* undelete =
      cp.add_subcommand("undelete", "have a deleted control plane back, with its zones' tokens");
  undelete->footer("\nExample:\n  skyden cp undelete payments");
  undelete->add_option("control-plane", flags->which, "its id, or the name that it had")
      ->required();
  undelete->add_option("--name", flags->name,
                       "a name for it; without it its own, or, when another has that by now, its "
                       "own with -restored behind it");
  AddClientCommand(*undelete, context, [flags, print](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, FindDeleted(client, flags->which));
    Json body = Json::object();
    if (!flags->name.empty()) body["name"] = flags->name;
    SKYDEN_ASSIGN_OR_RETURN(const Json back,
                            client.Call("POST", ApiClient::PathOf(id) + "/ops/undelete", body));
    print(back);
    return absl::OkStatus();
  });

  auto which = std::make_shared<std::string>();
  CLI::App* purge =
      cp.add_subcommand("purge", "end a deleted control plane for good, now; for operators");
  purge->add_option("control-plane", *which, "its id, or the name that it had")->required();
  AddClientCommand(*purge, context, [&context, which](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, FindDeleted(client, *which));
    SKYDEN_RETURN_IF_ERROR(client.Call("POST", ApiClient::PathOf(id) + "/ops/purge").status());
    PrintDone(std::cout, context.format, "purged", id);
    return absl::OkStatus();
  });
}

void AddClone(CLI::App& cp, Context& context, const PrintControlPlane& print) {
  struct Flags {
    std::string source, name, description;
    bool with_keys = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      cp.add_subcommand("clone", "make a control plane with the resources that another has");
  command->footer(
      "\nWhat zones sent is not copied, nor are zones. It signs tokens with keys of its own.\n"
      "\nExample:\n  skyden cp clone payments payments-staging");
  command->add_option("source", flags->source, "the other one's name or id")->required();
  command->add_option("name", flags->name, "what the new one is called")->required();
  command->add_option("--description", flags->description, "what it is for");
  command->add_flag("--with-keys", flags->with_keys,
                    "with the same keys: tokens of the one are good for the other");
  AddClientCommand(*command, context, [flags, print](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags->source));
    Json body = {{"name", flags->name}, {"keys", flags->with_keys ? "same" : "own"}};
    if (!flags->description.empty()) body["description"] = flags->description;
    SKYDEN_ASSIGN_OR_RETURN(const Json made,
                            client.Call("POST", ApiClient::PathOf(id) + "/ops/clone", body));
    print(made);
    return absl::OkStatus();
  });
}

}  // namespace skyden::cli
