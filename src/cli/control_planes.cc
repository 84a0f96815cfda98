// SPDX-License-Identifier: Apache-2.0
// `skyden cp`: control planes, by id or by name.
#include <charconv>
#include <cstdint>
#include <iostream>
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "cli/undelete.h"
#include "cli/upgrade.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

struct ControlPlaneFields {
  std::string which;  // name or id
  std::string name;
  std::string description;
  std::string version;
  std::vector<std::string> labels;  // "key=value"; "key=" removes it in an update
};

absl::StatusOr<Json> ReadLabels(const std::vector<std::string>& labels, bool empty_removes) {
  Json object = Json::object();
  for (const std::string& label : labels) {
    const size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      return UsageError(fmt::format("--label {}: write it as key=value", label));
    }
    const std::string value = label.substr(equals + 1);
    object[label.substr(0, equals)] = empty_removes && value.empty() ? Json() : Json(value);
  }
  return object;
}

void PrintControlPlanes(const Context& context, const Json& items) {
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
    rows.push_back({Cell(item, "name"), Cell(item, "id"), Cell(item, "version"),
                    suspended ? "Suspended" : "Running", TimeCell(item, "created_at"), labels,
                    Cell(item, "description")});
  }
  PrintTable(std::cout, {"NAME", "ID", "VERSION", "STATE", "CREATED", "LABELS", "DESCRIPTION"},
             rows);
}

void AddCreateControlPlane(CLI::App& cp, Context& context) {
  CLI::App* command = cp.add_subcommand("create", "create a control plane");
  command->footer(
      "\nExamples:\n  skyden cp create payments --label team=payments\n  skyden cp create next "
      "--version v3");
  auto fields = std::make_shared<ControlPlaneFields>();
  command->add_option("name", fields->name, "its name")->required();
  command->add_option("--description", fields->description, "what it is for");
  command->add_option("--label", fields->labels, "key=value; may be repeated");
  command->add_option("--version,--api-version", fields->version,
                      "the Kuma that it is like: v2 (2.x) or v3 (3.x)");
  AddClientCommand(*command, context, [&context, fields](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Json labels, ReadLabels(fields->labels, false));
    Json body = {{"name", fields->name}};
    if (!fields->description.empty()) body["description"] = fields->description;
    if (!labels.empty()) body["labels"] = labels;
    if (!fields->version.empty()) body["version"] = fields->version;
    SKYDEN_ASSIGN_OR_RETURN(const Json made, client.Call("POST", "/v1/mesh/control-planes", body));
    PrintControlPlanes(context, made);
    if (context.format == Format::kTable) {
      std::cout << "\nConnect a zone:  skyden zone provision " << Printable(Cell(made, "name"))
                << " zone-1\n"
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
  auto fields = std::make_shared<ControlPlaneFields>();
  command->add_option("control-plane", fields->which, "its name or id")->required();
  CLI::Option* name = command->add_option("--name", fields->name, "a new name");
  CLI::Option* text =
      command->add_option("--description", fields->description, "a new description");
  command->add_option("--label", fields->labels, "key=value sets it, key= removes it");
  AddClientCommand(*command, context,
                   [&context, fields, name, text](const ApiClient& client) -> absl::Status {
                     SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(fields->which));
                     SKYDEN_ASSIGN_OR_RETURN(const Json labels, ReadLabels(fields->labels, true));
                     Json body = Json::object();
                     if (name->count() > 0) body["name"] = fields->name;
                     if (text->count() > 0) body["description"] = fields->description;
                     if (!labels.empty()) body["labels"] = labels;
                     SKYDEN_ASSIGN_OR_RETURN(const Json changed,
                                             client.Call("PATCH", ApiClient::PathOf(id), body));
                     PrintControlPlanes(context, changed);
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
  AddClientCommand(*command, context,
                   [&context, which, force](const ApiClient& client) -> absl::Status {
                     SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(*which));
                     const std::string path = ApiClient::PathOf(id) + (*force ? "?force=true" : "");
                     SKYDEN_RETURN_IF_ERROR(client.Call("DELETE", path).status());
                     PrintDone(std::cout, context.format, "deleted", id);
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
    PrintControlPlanes(context, changed);
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
    PrintControlPlanes(context, changed);
    return absl::OkStatus();
  });
}

// "10", "none", or "default": 0 is no limit, null what stands above.
absl::StatusOr<Json> QuotaNumber(std::string_view flag, const std::string& text, uint64_t unit) {
  if (text == "default") return Json(nullptr);
  if (text == "none") return Json(0);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool fits = error == std::errc() && end == text.data() + text.size() && number > 0 &&
                    number <= UINT64_MAX / unit;
  if (fits) return Json(number * unit);
  return UsageError(
      fmt::format("{} {}: give a number from 1, \"none\" or \"default\"", flag, text));
}

void PrintQuota(const Context& context, const Json& quota) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, quota);
  std::vector<std::vector<std::string>> rows;
  for (const char* what : {"resources", "bytes", "zones"}) {
    const auto cell = [&](const char* of, const char* none) {
      const auto found = quota.find(of);
      if (found == quota.end()) return std::string("-");
      const auto number = found->find(what);
      return number == found->end() || number->is_null() ? std::string(none) : number->dump();
    };
    rows.push_back({what, cell("used", "0"), cell("limit", "none"), cell("set", "default")});
  }
  PrintTable(std::cout, {"OF", "USED", "LIMIT", "SET"}, rows);
}

struct QuotaFlags {
  std::string which, organization, resources, mib, zones;
};

absl::Status RunQuota(const Context& context, const QuotaFlags& flags, const ApiClient& client) {
  std::string path;
  if (!flags.organization.empty()) {
    path = fmt::format("/v3/organizations/{}/quota", EncodeUrl(flags.organization));
  } else {
    // An operator names others' control planes by id; they are in no list.
    constexpr size_t kUuidLength = 36;
    std::string id = flags.which;
    if (id.size() != kUuidLength) {
      SKYDEN_ASSIGN_OR_RETURN(id, client.FindControlPlane(flags.which));
    }
    path = ApiClient::PathOf(id) + "/ops/quota";
  }
  SKYDEN_ASSIGN_OR_RETURN(Json quota, client.Call("GET", path));
  Json body = quota.value("set", Json::object());
  const Json before = body;
  const auto set = [&](const char* flag, const char* name, const std::string& text,
                       uint64_t unit) -> absl::Status {
    if (text.empty()) return absl::OkStatus();
    SKYDEN_ASSIGN_OR_RETURN(body[name], QuotaNumber(flag, text, unit));
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(set("--resources", "resources", flags.resources, 1));
  SKYDEN_RETURN_IF_ERROR(set("--mib", "bytes", flags.mib, 1u << 20));
  SKYDEN_RETURN_IF_ERROR(set("--zones", "zones", flags.zones, 1));
  if (body != before) {
    SKYDEN_ASSIGN_OR_RETURN(quota, client.Call("PUT", path, body));
  }
  PrintQuota(context, quota);
  return absl::OkStatus();
}

void AddQuota(CLI::App& cp, Context& context) {
  CLI::App* command =
      cp.add_subcommand("quota", "what a control plane holds and may hold; operators set it");
  command->footer(
      "\nWhat is not set is the organization's, then the daemon's (quota_resources and so on).\n"
      "\nExamples:\n"
      "  skyden cp quota payments\n"
      "  skyden cp quota payments --resources 20000 --zones none\n"
      "  skyden cp quota --organization 0f8b3c52-7b1e-4a55-9d0e-3f1f6f0c9a11 --mib 256");
  auto flags = std::make_shared<QuotaFlags>();
  CLI::Option* which = command->add_option("control-plane", flags->which, "its name or id");
  command
      ->add_option("--organization", flags->organization,
                   "of each control plane of this organization that has no other")
      ->excludes(which);
  command->add_option("--resources", flags->resources, "a number, none or default");
  command->add_option("--mib", flags->mib, "MiB of specs and statuses; or none, or default");
  command->add_option("--zones", flags->zones, "a number, none or default");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) -> absl::Status {
    if (flags->which.empty() && flags->organization.empty()) {
      return UsageError("name a control plane, or --organization");
    }
    return RunQuota(context, *flags, client);
  });
}

}  // namespace

void AddControlPlaneCommands(CLI::App& root, Context& context) {
  CLI::App* cp =
      root.add_subcommand("cp", "create, list, change, suspend and delete control planes");
  cp->require_subcommand(1);
  AddCreateControlPlane(*cp, context);
  CLI::App* list = cp->add_subcommand("list", "all control planes");
  auto deleted = std::make_shared<bool>(false);
  list->add_flag("--deleted", *deleted, "those that were deleted and can be had back");
  AddClientCommand(*list, context, [&context, deleted](const ApiClient& client) -> absl::Status {
    if (*deleted) return ListDeleted(context, client);
    SKYDEN_ASSIGN_OR_RETURN(const Json all, client.ListControlPlanes());
    PrintControlPlanes(context, all);
    return absl::OkStatus();
  });
  CLI::App* get = cp->add_subcommand("get", "one control plane");
  auto which = std::make_shared<std::string>();
  get->add_option("control-plane", *which, "its name or id")->required();
  AddClientCommand(*get, context, [&context, which](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(*which));
    SKYDEN_ASSIGN_OR_RETURN(const Json found, client.Call("GET", ApiClient::PathOf(id)));
    PrintControlPlanes(context, found);
    return absl::OkStatus();
  });
  AddUpdate(*cp, context);
  AddDelete(*cp, context);
  const auto print = [&context](const Json& item) { PrintControlPlanes(context, item); };
  AddUndelete(*cp, context, print);
  AddClone(*cp, context, print);
  AddSuspend(*cp, context);
  AddResume(*cp, context);
  AddQuota(*cp, context);
  AddReadiness(*cp, context);
  AddUpgrade(*cp, context);
}

}  // namespace skyden::cli
