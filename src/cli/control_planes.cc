// SPDX-License-Identifier: Apache-2.0
// `skyden cp`: control planes, by id or by name.
#include <iostream>
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

struct Fields {
  std::string which;  // name or id
  std::string name;
  std::string description;
  std::string version;
  std::vector<std::string> labels;  // "key=value"; "key=" removes it in an update
};

absl::StatusOr<Json> LabelsOf(const std::vector<std::string>& labels, bool empty_removes) {
  Json object = Json::object();
  for (const std::string& label : labels) {
    const size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(fmt::format("--label {}: write it as key=value", label));
    }
    const std::string value = label.substr(equals + 1);
    object[label.substr(0, equals)] = empty_removes && value.empty() ? Json() : Json(value);
  }
  return object;
}

void Print(const Context& context, const Json& items) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, items);
  std::vector<std::vector<std::string>> rows;
  const Json list = items.is_array() ? items : Json::array({items});
  for (const Json& item : list) {
    std::string labels;
    const auto stored = item.find("labels");
    if (stored != item.end() && stored->is_object()) {
      for (const auto& label : stored->items()) {
        labels +=
            (labels.empty() ? "" : ",") + label.key() + "=" + Cell(*stored, label.key().c_str());
      }
    }
    const bool suspended = item.is_object() && item.contains("suspension");
    rows.push_back({Cell(item, "name"), Cell(item, "id"), suspended ? "Suspended" : "Running",
                    TimeCell(item, "created_at"), labels, Cell(item, "description")});
  }
  PrintTable(std::cout, {"NAME", "ID", "STATE", "CREATED", "LABELS", "DESCRIPTION"}, rows);
}

void AddCreate(CLI::App& cp, Context& context) {
  CLI::App* command = cp.add_subcommand("create", "create a control plane");
  command->footer("\nExample:\n  skyden cp create payments --label team=payments");
  auto fields = std::make_shared<Fields>();
  command->add_option("name", fields->name, "its name")->required();
  command->add_option("--description", fields->description, "what it is for");
  command->add_option("--label", fields->labels, "key=value; may be repeated");
  command->add_option("--api-version", fields->version, "v2 (Kuma 2.x) or v3");
  AddClientCommand(*command, context, [&context, fields](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Json labels, LabelsOf(fields->labels, false));
    Json body = {{"name", fields->name}};
    if (!fields->description.empty()) body["description"] = fields->description;
    if (!labels.empty()) body["labels"] = labels;
    if (!fields->version.empty()) body["version"] = fields->version;
    SKYDEN_ASSIGN_OR_RETURN(const Json made, client.Call("POST", "/v1/mesh/control-planes", body));
    Print(context, made);
    if (context.format == Format::kTable) {
      std::cout << "\nConnect a zone:  skyden zone provision " << Cell(made, "name") << " zone-1\n"
                << "Use kumactl:     kumactl config control-planes add --name skyden --address "
                << client.address() << ApiClient::PathOf(Cell(made, "id"))
                << "/api --headers \"authorization=Bearer $SKYDEN_TOKEN\"\n";
    }
    return absl::OkStatus();
  });
}

void AddUpdate(CLI::App& cp, Context& context) {
  CLI::App* command =
      cp.add_subcommand("update", "change a control plane; what is not given stays");
  command->footer("\nExample:\n  skyden cp update payments --label team=core --label old=");
  auto fields = std::make_shared<Fields>();
  command->add_option("control-plane", fields->which, "its name or id")->required();
  CLI::Option* name = command->add_option("--name", fields->name, "a new name");
  CLI::Option* text =
      command->add_option("--description", fields->description, "a new description");
  command->add_option("--label", fields->labels, "key=value sets it, key= removes it");
  AddClientCommand(*command, context,
                   [&context, fields, name, text](const ApiClient& client) -> absl::Status {
                     SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(fields->which));
                     SKYDEN_ASSIGN_OR_RETURN(const Json labels, LabelsOf(fields->labels, true));
                     Json body = Json::object();
                     if (name->count() > 0) body["name"] = fields->name;
                     if (text->count() > 0) body["description"] = fields->description;
                     if (!labels.empty()) body["labels"] = labels;
                     SKYDEN_ASSIGN_OR_RETURN(const Json changed,
                                             client.Call("PATCH", ApiClient::PathOf(id), body));
                     Print(context, changed);
                     return absl::OkStatus();
                   });
}

void AddDelete(CLI::App& cp, Context& context) {
  CLI::App* command = cp.add_subcommand(
      "delete", "delete a control plane with all it holds; its zones must be off");
  auto which = std::make_shared<std::string>();
  auto force = std::make_shared<bool>(false);
  command->add_option("control-plane", *which, "its name or id")->required();
  command->add_flag("--force", *force, "though zones are online: they lose their connection");
  AddClientCommand(*command, context, [which, force](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(*which));
    const std::string path = ApiClient::PathOf(id) + (*force ? "?force=true" : "");
    SKYDEN_RETURN_IF_ERROR(client.Call("DELETE", path).status());
    std::cout << "deleted " << id << '\n';
    return absl::OkStatus();
  });
}

void AddSuspend(CLI::App& cp, Context& context) {
  CLI::App* command =
      cp.add_subcommand("suspend", "turn zones away and let nothing change, until it is resumed");
  command->footer("\nExample:\n  skyden cp suspend payments --reason maintenance --for 2h");
  struct Flags {
    std::string which, reason, until, duration;
  };
  auto flags = std::make_shared<Flags>();
  command->add_option("control-plane", flags->which, "its name or id")->required();
  command->add_option("--reason", flags->reason, "told to zones and clients");
  CLI::Option* until = command->add_option("--until", flags->until,
                                           "resumes by itself then, e.g. 2030-01-31T12:00:00Z");
  command->add_option("--for", flags->duration, "resumes by itself after that, e.g. 2h")
      ->excludes(until);
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags->which));
    Json body = {{"reason", flags->reason}};
    if (!flags->until.empty()) body["until"] = flags->until;
    if (!flags->duration.empty()) {
      SKYDEN_ASSIGN_OR_RETURN(body["until"], TimeAfter("--for", flags->duration));
    }
    SKYDEN_ASSIGN_OR_RETURN(const Json changed,
                            client.Call("POST", ApiClient::PathOf(id) + "/ops/suspend", body));
    Print(context, changed);
    return absl::OkStatus();
  });
}

void AddResume(CLI::App& cp, Context& context) {
  CLI::App* command =
      cp.add_subcommand("resume", "end a suspension: zones come back by themselves");
  auto which = std::make_shared<std::string>();
  command->add_option("control-plane", *which, "its name or id")->required();
  AddClientCommand(*command, context, [&context, which](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(*which));
    SKYDEN_ASSIGN_OR_RETURN(const Json changed,
                            client.Call("POST", ApiClient::PathOf(id) + "/ops/resume"));
    Print(context, changed);
    return absl::OkStatus();
  });
}

}  // namespace

void AddControlPlaneCommands(CLI::App& root, Context& context) {
  CLI::App* cp =
      root.add_subcommand("cp", "create, list, change, suspend and delete control planes");
  cp->require_subcommand(1);
  AddCreate(*cp, context);
  CLI::App* list = cp->add_subcommand("list", "all control planes");
  AddClientCommand(*list, context, [&context](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Json all, client.ListControlPlanes());
    Print(context, all);
    return absl::OkStatus();
  });
  CLI::App* get = cp->add_subcommand("get", "one control plane");
  auto which = std::make_shared<std::string>();
  get->add_option("control-plane", *which, "its name or id")->required();
  AddClientCommand(*get, context, [&context, which](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(*which));
    SKYDEN_ASSIGN_OR_RETURN(const Json found, client.Call("GET", ApiClient::PathOf(id)));
    Print(context, found);
    return absl::OkStatus();
  });
  AddUpdate(*cp, context);
  AddDelete(*cp, context);
  AddSuspend(*cp, context);
  AddResume(*cp, context);
}

}  // namespace skyden::cli
