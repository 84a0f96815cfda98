// SPDX-License-Identifier: Apache-2.0
// `skyden history`: what people wrote into a control plane, and taking it back.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

struct HistoryFlags {
  std::string control_plane;
  std::string type, mesh, name;
  std::string revision;  // or N..M
  size_t limit = 50;
  bool dry_run = false;
  bool no_mesh = false;
};

void AddHistoryFilters(CLI::App& command, HistoryFlags& flags) {
  command.add_option("--type", flags.type, "only of this type, e.g. MeshTimeout");
  command.add_option("--mesh", flags.mesh, "only of this mesh");
  command.add_option("--name", flags.name, "only what has this name");
}

std::string QueryOf(const HistoryFlags& flags) {
  std::string query;
  const auto add = [&query](const char* key, const std::string& value) {
    if (value.empty()) return;
    query += fmt::format("{}{}={}", query.empty() ? "?" : "&", key, EncodeUrl(value));
  };
  add("type", flags.type);
  add("mesh", flags.mesh);
  add("name", flags.name);
  return query;
}

std::string HistoryPath(const std::string& id, const char* what) {
  return fmt::format("{}/ops/{}", ApiClient::PathOf(id), what);
}

// "MeshTimeout default/web".
std::string ResourceCell(const Json& item) {
  const std::string mesh = Cell(item, "mesh");
  return fmt::format("{} {}{}{}", Cell(item, "type"), mesh, mesh.empty() ? "" : "/",
                     Cell(item, "name"));
}

// Pages, until there are as many as were asked for.
absl::StatusOr<Json> ReadHistory(const HistoryFlags& flags, const std::string& id,
                                 const ApiClient& client) {
  constexpr size_t kPage = 1000;
  const std::string query = QueryOf(flags);
  Json all;
  std::string after;
  while (true) {
    const size_t had = all.is_null() ? 0 : all["data"].size();
    const size_t size = std::min(kPage, flags.limit - had);
    std::string path = fmt::format("{}{}{}page[size]={}", HistoryPath(id, "history"), query,
                                   query.empty() ? "?" : "&", size);
    if (!after.empty()) path += fmt::format("&page[after]={}", after);
    SKYDEN_ASSIGN_OR_RETURN(Json page, client.Call("GET", path));
    const Json next = page["meta"]["page"]["next"];
    if (all.is_null()) {
      all = std::move(page);
    } else {
      for (Json& entry : page["data"]) all["data"].push_back(std::move(entry));
    }
    if (!next.is_string() || all["data"].size() >= flags.limit) break;
    after = next.get<std::string>();
  }
  all.erase("meta");
  return all;
}

absl::Status ListHistory(const Context& context, const HistoryFlags& flags,
                         const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  SKYDEN_ASSIGN_OR_RETURN(const Json history, ReadHistory(flags, id, client));
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, history);
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& entry : history["data"]) {
    const Json& actor = entry["actor"];
    const std::string who = Cell(actor, "name");
    rows.push_back({Cell(entry, "revision"), TimeCell(entry, "at"), Cell(entry, "action"),
                    ResourceCell(entry), who.empty() ? Cell(actor, "kind") : who});
  }
  PrintTable(std::cout, {"REVISION", "AT", "ACTION", "RESOURCE", "BY"}, rows);
  return absl::OkStatus();
}

void PrintRevisions(const Json& lines) {
  for (const Json& line : lines) {
    std::cout << Printable(Cell(line, "outcome")) << ' ' << Printable(ResourceCell(line));
    const std::string reason = Cell(line, "reason");
    if (!reason.empty()) std::cout << " (" << Printable(reason) << ')';
    std::cout << '\n';
    const auto changes = line.find("changes");
    if (changes == line.end()) continue;
    for (const Json& change : *changes) {
      const auto side = [&change](const char* key) {
        const std::string text = Cell(change, key);
        return text.empty() ? std::string("none") : Printable(text);
      };
      std::cout << "    " << Printable(Cell(change, "path")) << ": " << side("before") << " -> "
                << side("after") << '\n';
    }
  }
}

absl::Status Diff(const Context& context, const HistoryFlags& flags, const ApiClient& client) {
  const size_t dots = flags.revision.find("..");
  const std::string from = flags.revision.substr(0, dots);
  const std::string to = dots == std::string::npos ? "" : flags.revision.substr(dots + 2);
  if (from.empty()) {
    return UsageError(
        fmt::format("{}: write it as N..M, or N.. for what came since N", flags.revision));
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  std::string path = HistoryPath(id, "diff") + QueryOf(flags);
  path += fmt::format("{}from={}", QueryOf(flags).empty() ? "?" : "&", EncodeUrl(from));
  if (!to.empty()) path += fmt::format("&to={}", EncodeUrl(to));
  SKYDEN_ASSIGN_OR_RETURN(const Json diff, client.Call("GET", path));
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, diff);
    return absl::OkStatus();
  }
  PrintRevisions(diff["resources"]);
  if (diff["resources"].empty()) {
    std::cout << "Nothing differs between revisions " << diff["from"] << " and " << diff["to"]
              << ".\n";
  }
  return absl::OkStatus();
}

absl::Status Restore(const Context& context, const HistoryFlags& flags, const ApiClient& client) {
  Json body = {{"revision", flags.revision}};
  if (!flags.type.empty()) body["type"] = flags.type;
  if (!flags.mesh.empty()) body["mesh"] = flags.mesh;
  if (!flags.name.empty()) body["name"] = flags.name;
  if (flags.type.empty() != flags.name.empty()) {
    return UsageError("--type and --name go together: the resource that is meant");
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  const std::string path = HistoryPath(id, "restore") + (flags.dry_run ? "?dry_run=true" : "");
  SKYDEN_ASSIGN_OR_RETURN(const Json done, client.Call("POST", path, body));
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, done);
    return absl::OkStatus();
  }
  PrintRevisions(done["resources"]);
  std::cout << fmt::format("{}{} created, {} updated, {} deleted.\n",
                           flags.dry_run ? "Nothing was changed. Would be: " : "",
                           Cell(done, "created"), Cell(done, "updated"), Cell(done, "deleted"));
  return absl::OkStatus();
}

// The path of a resource in the API of its control plane.
absl::StatusOr<std::string> ResourcePath(const HistoryFlags& flags, const std::string& id,
                                         const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const Json all,
                          client.Call("GET", ApiClient::PathOf(id) + "/api/_resources"));
  for (const Json& type : all["resources"]) {
    if (Cell(type, "name") != flags.type) continue;
    const bool in_mesh = Cell(type, "scope") == "Mesh";
    if (in_mesh && flags.mesh.empty()) return UsageError("--mesh: name the mesh that it is in");
    return fmt::format("{}/api{}/{}/{}", ApiClient::PathOf(id),
                       in_mesh ? "/meshes/" + EncodeUrl(flags.mesh) : "", Cell(type, "path"),
                       EncodeUrl(flags.name));
  }
  return UsageError(fmt::format("--type {}: there is no such type", flags.type));
}

absl::Status ShowHistory(const Context& context, const HistoryFlags& flags,
                         const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, ResourcePath(flags, id, client));
  SKYDEN_ASSIGN_OR_RETURN(
      const Json resource,
      client.Call("GET", fmt::format("{}?at-revision={}", path, EncodeUrl(flags.revision))));
  PrintDocument(std::cout, context.format == Format::kTable ? Format::kYaml : context.format,
                resource);
  return absl::OkStatus();
}

CLI::App* AddHistoryCommand(CLI::App& history, Context& context, const char* name,
                            const char* about, const char* footer,
                            const std::shared_ptr<HistoryFlags>& flags,
                            absl::Status (*run)(const Context&, const HistoryFlags&,
                                                const ApiClient&)) {
  CLI::App* command = history.add_subcommand(name, about);
  command->footer(footer);
  command->add_option("control-plane", flags->control_plane, "its name or id")->required();
  AddClientCommand(*command, context, [&context, flags, run](const ApiClient& client) {
    return run(context, *flags, client);
  });
  return command;
}

}  // namespace

void AddHistoryCommands(CLI::App& root, Context& context) {
  CLI::App* history = root.add_subcommand(
      "history", "what people wrote into a control plane, by revision, and taking it back");
  history->require_subcommand(1);

  auto listed = std::make_shared<HistoryFlags>();
  CLI::App* list = AddHistoryCommand(
      *history, context, "list", "changes, the newest first",
      "\nExample:\n  skyden history list payments --mesh default --limit 10", listed, &ListHistory);
  AddHistoryFilters(*list, *listed);
  list->add_option("--limit", listed->limit, "no more than so many; 50 without it")
      ->check(CLI::Range(1, 1'000'000));

  auto shown = std::make_shared<HistoryFlags>();
  CLI::App* show =
      AddHistoryCommand(*history, context, "show", "a resource as it was at a revision",
                        "\nExample:\n  skyden history show payments 41 --type MeshTimeout --mesh "
                        "default --name web",
                        shown, &ShowHistory);
  show->add_option("revision", shown->revision, "a revision")->required();
  show->add_option("--type", shown->type, "its type, e.g. MeshTimeout")->required();
  show->add_option("--mesh", shown->mesh, "the mesh that it is in");
  show->add_option("--name", shown->name, "its name")->required();

  auto compared = std::make_shared<HistoryFlags>();
  CLI::App* diff =
      AddHistoryCommand(*history, context, "diff", "what differs between two revisions",
                        "\nExamples:\n"
                        "  skyden history diff payments 41..43\n"
                        "  skyden history diff payments 41.. --mesh default",
                        compared, &Diff);
  diff->add_option("revisions", compared->revision, "N..M, or N.. for what came since N")
      ->required();
  AddHistoryFilters(*diff, *compared);

  auto restored = std::make_shared<HistoryFlags>();
  CLI::App* restore = AddHistoryCommand(
      *history, context, "restore",
      "take everything, a mesh or a resource back to what it was, in a new revision",
      "\nKeys that sign tokens, lists of revoked ones and zones are left alone, unless one is "
      "named.\n"
      "\nExamples:\n"
      "  skyden history restore payments 41 --dry-run\n"
      "  skyden history restore payments 41 --mesh default\n"
      "  skyden history restore payments 41 --type MeshTimeout --mesh default --name web",
      restored, &Restore);
  restore->add_option("revision", restored->revision, "the revision to go back to")->required();
  AddHistoryFilters(*restore, *restored);
  restore->add_flag("--dry-run", restored->dry_run, "only say what would change");
}

}  // namespace skyden::cli
