// SPDX-License-Identifier: Apache-2.0
// `skyden zone provision` and `skyden zone list`.
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/fleet.h"
#include "cli/private_output.h"
#include "fmt/format.h"
#include "skyden/base/nearest.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

struct ProvisionFlags {
  std::string control_plane;
  std::vector<std::string> zones;
  std::string setup = "universal";
  std::string tokens_file;
};

// One line a zone, as `skyden zone simulate --tokens-file` reads it.
absl::Status AppendToken(const std::string& path, const std::string& zone, const std::string& id,
                         const std::string& token) {
  return WritePrivately(path, fmt::format("{} {} {}\n", zone, id, token), Existing::kAppendedTo);
}

absl::Status Provision(const Context& context, const ProvisionFlags& flags,
                       const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  const std::string path = ApiClient::PathOf(id) + "/api/provision-zone";
  const bool as_text = context.format == Format::kTable && flags.tokens_file.empty();
  const std::string query = as_text ? "?format=" + flags.setup : "";
  for (const std::string& zone : flags.zones) {
    SKYDEN_ASSIGN_OR_RETURN(const Json made, client.Call("POST", path + query, {{"name", zone}}));
    if (!flags.tokens_file.empty()) {
      SKYDEN_RETURN_IF_ERROR(AppendToken(flags.tokens_file, zone, id, Cell(made, "token")));
    } else if (as_text) {
      // A file, of several lines.
      PrintRaw(std::cout, made.is_string() ? made.get<std::string>() : Cell(made, "token"));
      std::cout << '\n';
    } else {
      // Several documents are several in YAML too.
      if (context.format == Format::kYaml && &zone != &flags.zones.front()) std::cout << "---\n";
      PrintDocument(std::cout, context.format,
                    {{"zone", zone}, {"control_plane", id}, {"token", Cell(made, "token")}});
    }
  }
  return absl::OkStatus();
}

void AddProvision(CLI::App& zone, Context& context) {
  CLI::App* command = zone.add_subcommand(
      "provision", "create zones that may connect, and print how they do; the token is shown once");
  command->footer(
      "\nExamples:\n"
      "  skyden zone provision demo zone-1\n"
      "  skyden zone provision demo zone-1 --setup helm\n"
      "  skyden zone provision demo zone-1 zone-2 --tokens-file tokens");
  auto flags = std::make_shared<ProvisionFlags>();
  command->add_option("control-plane", flags->control_plane, "its name or id")->required();
  command->add_option("zone", flags->zones, "names of the zones")->required();
  command->add_option("--setup", flags->setup, "how to run the zone: universal, helm or kubectl")
      ->check([](const std::string& word) {
        return base::NotOneOf(word, {"universal", "helm", "kubectl"});
      });
  command->add_option("--tokens-file", flags->tokens_file,
                      "append \"zone control-plane token\" to this file instead of printing");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) {
    return Provision(context, *flags, client);
  });
}

// Online as Kuma means it: a subscription that has begun and not ended, and the zone not disabled.
bool IsOnline(const Json& overview) {
  const Json& insight = overview.value("zoneInsight", Json::object());
  const Json subscriptions = insight.value("subscriptions", Json::array());
  const Json zone = overview.value("zone", Json::object());
  if (zone.value("enabled", Json(true)) == Json(false)) return false;
  return std::any_of(subscriptions.begin(), subscriptions.end(), [](const Json& s) {
    return !Cell(s, "connectTime").empty() && Cell(s, "disconnectTime").empty();
  });
}

// How many of `list` are of each zone.
std::map<std::string, size_t> CountByZone(const Json& list) {
  std::map<std::string, size_t> counts;
  for (const Json& one : list) ++counts[Cell(one, "zone_name")];
  return counts;
}

void PrintZones(const Json& items, const Json& refused, const Json& withheld) {
  std::map<std::string, size_t> refusals = CountByZone(refused);
  std::map<std::string, std::string> types;
  for (const Json& one : withheld) {
    std::string& list = types[Cell(one, "zone_name")];
    list += (list.empty() ? "" : ",") + Cell(one, "type");
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& item : items) {
    const Json subscriptions =
        item.value("zoneInsight", Json::object()).value("subscriptions", Json::array());
    std::string version;
    std::string since;
    if (!subscriptions.empty()) {
      const Json& last = subscriptions.back();
      version =
          Cell(last.value("version", Json::object()).value("kumaCp", Json::object()), "version");
      since = TimeCell(last, "connectTime");
    }
    const std::string name = Cell(item, "name");
    rows.push_back({name, IsOnline(item) ? "Online" : "Offline", version, since,
                    std::to_string(refusals[name]), types[name]});
  }
  PrintTable(std::cout, {"ZONE", "STATUS", "VERSION", "LAST CONNECTED", "REFUSES", "NOT SENT"},
             rows);
}

// What `path` lists, each marked with its kind. Of several daemons each has a part of it.
absl::StatusOr<Json> Collect(const ApiClient& client, const std::string& path, const char* kind) {
  SKYDEN_ASSIGN_OR_RETURN(const Json answer, client.Call("GET", path));
  if (answer.is_object()) {
    for (const Json& instance : answer.value("unanswered", Json::array())) {
      std::cerr << fmt::format(
          "skyden: the daemon {} did not answer: what it alone knows is missing here\n",
          instance.is_string() ? instance.get<std::string>() : std::string());
    }
  }
  Json list = answer.is_object() ? answer.value("data", Json::array()) : Json::array();
  for (Json& one : list) one["kind"] = kind;
  return list;
}

absl::Status ListZones(const Context& context, const std::string& which, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(which));
  Json all = Json::array();
  constexpr size_t kPage = 1000;
  for (size_t offset = 0;; offset += kPage) {
    SKYDEN_ASSIGN_OR_RETURN(
        const Json page, client.Call("GET", fmt::format("{}/api/zones/_overview?size={}&offset={}",
                                                        ApiClient::PathOf(id), kPage, offset)));
    const Json items = page.is_object() ? page.value("items", Json::array()) : Json::array();
    for (const Json& item : items) all.push_back(item);
    if (items.size() < kPage) break;
  }
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, all);
  } else {
    const std::string ops = ApiClient::PathOf(id) + "/ops";
    SKYDEN_ASSIGN_OR_RETURN(const Json refused,
                            Collect(client, ops + "/rejected-resources", "resource"));
    SKYDEN_ASSIGN_OR_RETURN(const Json withheld, Collect(client, ops + "/withheld-types", "type"));
    PrintZones(all, refused, withheld);
  }
  return absl::OkStatus();
}

void PrintRejected(const Json& connections, const Json& resources, const Json& types) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : connections) {
    rows.push_back({TimeCell(one, "at"), Cell(one, "peer"), Cell(one, "zone_name"),
                    Cell(one, "reason"), Cell(one, "advice")});
  }
  PrintTable(std::cout, {"AT", "FROM", "ZONE", "REASON", "WHAT TO DO"}, rows);
  if (!resources.empty()) {
    rows.clear();
    for (const Json& one : resources) {
      const std::string name = Cell(one, "name");
      rows.push_back({TimeCell(one, "since"), Cell(one, "zone_name"), Cell(one, "zone_version"),
                      Cell(one, "type"), Cell(one, "mesh"), name.empty() ? "(not said)" : name,
                      Cell(one, "reason")});
    }
    std::cout << "\nRefused by connected zones, which keep what they had of it:\n";
    PrintTable(std::cout, {"SINCE", "ZONE", "VERSION", "TYPE", "MESH", "NAME", "REASON"}, rows);
  }
  if (types.empty()) return;
  rows.clear();
  for (const Json& one : types) {
    rows.push_back({TimeCell(one, "since"), Cell(one, "zone_name"), Cell(one, "type"),
                    Cell(one, "bytes"), Cell(one, "bytes_max")});
  }
  std::cout
      << "\nNot sent, too large for one message (multizone.zone.kds.maxMsgSize of the zone):\n";
  PrintTable(std::cout, {"SINCE", "ZONE", "TYPE", "BYTES", "ZONE TAKES"}, rows);
}

absl::Status ListRejected(const Context& context, const std::string& which,
                          const ApiClient& client) {
  std::string path = "/v3";
  Json resources = Json::array();
  Json types = Json::array();
  if (!which.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(which));
    path = ApiClient::PathOf(id) + "/ops";
    SKYDEN_ASSIGN_OR_RETURN(resources, Collect(client, path + "/rejected-resources", "resource"));
    SKYDEN_ASSIGN_OR_RETURN(types, Collect(client, path + "/withheld-types", "type"));
  }
  SKYDEN_ASSIGN_OR_RETURN(Json connections,
                          Collect(client, path + "/rejected-connections", "connection"));
  if (context.format == Format::kTable) {
    PrintRejected(connections, resources, types);
    return absl::OkStatus();
  }
  for (const Json* list : {&resources, &types}) {
    connections.insert(connections.end(), list->begin(), list->end());
  }
  PrintDocument(std::cout, context.format, connections);
  return absl::OkStatus();
}

}  // namespace

void AddZoneCommands(CLI::App& zone, Context& context) {
  AddProvision(zone, context);
  CLI::App* list =
      zone.add_subcommand("list", "zones of a control plane, or of all, and how they are");
  list->footer(
      "\nExamples:\n"
      "  skyden zone list demo\n"
      "  skyden zone list --all --status refused");
  auto which = std::make_shared<std::string>();
  auto status = std::make_shared<std::string>();
  auto* control_plane = list->add_option("control-plane", *which, "its name or id");
  auto all = std::make_shared<bool>(false);
  auto* all_flag = list->add_flag("--all", *all, "those of every control plane, the worst first");
  all_flag->excludes(control_plane);
  list->add_option("--status", *status,
                   "with --all: refused, offline, behind, suspended, never or online")
      ->needs(all_flag)
      ->check([](const std::string& word) {
        return base::NotOneOf(word,
                              {"refused", "offline", "behind", "suspended", "never", "online"});
      });
  AddClientCommand(*list, context, [&context, which, status, all](const ApiClient& client) {
    if (*all) return ListFleetZones(context, *status, client);
    if (which->empty()) return UsageError("name a control plane, or say --all");
    return ListZones(context, *which, client);
  });
  CLI::App* rejected = zone.add_subcommand(
      "rejected",
      "zones that were turned away, and what zones refuse or are not sent: why, and what to do");
  rejected->footer(
      "\nExamples:\n"
      "  skyden zone rejected demo\n"
      "  skyden zone rejected demo -o json    one list; kind is connection, resource or type");
  auto whose = std::make_shared<std::string>();
  rejected->add_option("control-plane", *whose, "its name or id; those of all for operators");
  AddClientCommand(*rejected, context, [&context, whose](const ApiClient& client) {
    return ListRejected(context, *whose, client);
  });
}

}  // namespace skyden::cli
