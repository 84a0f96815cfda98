// SPDX-License-Identifier: Apache-2.0
// `skyden fleet`, and `skyden zone list --all`.
#include "cli/fleet.h"

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Json Member(const Json& object, const char* key) { return object.value(key, Json::object()); }

// "zones_offline" -> "zones offline"
std::string Words(std::string text) {
  for (char& c : text) c = c == '_' ? ' ' : c;
  return text;
}

// The names in a list of objects; how many more there are in all.
std::string NamesIn(const Json& list, uint64_t all) {
  std::string names;
  for (const Json& one : list) names += (names.empty() ? "" : ", ") + Cell(one, "name");
  if (all > list.size()) names += fmt::format(" and {} more", all - list.size());
  return names;
}

void PrintCauses(const Json& causes) {
  Rows rows;
  for (const Json& cause : causes) {
    const Json control_planes = cause.value("control_planes", Json::array());
    const std::string end = TimeCell(cause, "ended");
    rows.push_back({Cell(cause, "severity"), Words(Cell(cause, "kind")), Cell(cause, "count"),
                    TimeCell(cause, "since"), end, Cell(cause, "network"),
                    NamesIn(control_planes, cause.value("control_plane_count", uint64_t{0})),
                    Cell(cause, "reason"), Cell(cause, "advice")});
  }
  PrintTable(
      std::cout,
      {"SEVERITY", "WHAT", "COUNT", "SINCE", "ENDED", "NETWORK", "WHERE", "REASON", "WHAT TO DO"},
      rows);
}

void PrintControlPlanes(const Json& control_planes) {
  Rows rows;
  for (const Json& one : control_planes) {
    const Json zones = Member(one, "zones");
    const Json versions = Member(one, "versions");
    const std::string oldest = Cell(versions, "oldest");
    const std::string newest = Cell(versions, "newest");
    rows.push_back({Cell(one, "name"), Cell(one, "worst"), Cell(zones, "total"),
                    Cell(zones, "online"), Cell(zones, "behind"), Cell(zones, "offline"),
                    Cell(zones, "refused"), Cell(Member(one, "proxies"), "total"),
                    oldest == newest ? newest : oldest + "-" + newest,
                    TimeCell(one, "last_change")});
  }
  PrintTable(std::cout,
             {"CONTROL PLANE", "WORST", "ZONES", "ONLINE", "BEHIND", "OFFLINE", "REFUSED",
              "PROXIES", "VERSIONS", "LAST CHANGE"},
             rows);
}

absl::Status ShowFleet(const Context& context, int top, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const Json fleet,
                          client.Call("GET", fmt::format("/v3/fleet?top={}", top)));
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, fleet);
    return absl::OkStatus();
  }
  PrintCauses(fleet.value("causes", Json::array()));
  std::cout << '\n';
  PrintControlPlanes(fleet.value("control_planes", Json::array()));
  return absl::OkStatus();
}

void PrintFleetZones(const Json& zones) {
  Rows rows;
  for (const Json& zone : zones) {
    const std::string reason = Cell(zone, "reason");
    const std::string advice = Cell(zone, "advice");
    rows.push_back({Cell(zone, "name"), Cell(Member(zone, "control_plane"), "name"),
                    Cell(zone, "status"), TimeCell(zone, "since"), Cell(zone, "version"),
                    Cell(zone, "proxies"), Cell(zone, "peer"),
                    TimeCell(Member(zone, "token"), "ends_at"), reason, advice});
  }
  PrintTable(std::cout,
             {"ZONE", "CONTROL PLANE", "STATUS", "SINCE", "VERSION", "PROXIES", "FROM",
              "TOKEN ENDS", "REASON", "WHAT TO DO"},
             rows);
}

}  // namespace

absl::Status ListFleetZones(const Context& context, const std::string& status,
                            const ApiClient& client) {
  const std::string path =
      "/v3/zones?page[size]=1000" + (status.empty() ? "" : "&filter[status]=" + status);
  Json all = Json::array();
  for (std::string after;;) {
    SKYDEN_ASSIGN_OR_RETURN(
        const Json page, client.Call("GET", path + (after.empty() ? "" : "&page[after]=" + after)));
    for (const Json& zone : page.value("data", Json::array())) all.push_back(zone);
    after = Cell(Member(Member(page, "meta"), "page"), "next");
    if (after.empty()) break;
  }
  if (context.format == Format::kTable) {
    PrintFleetZones(all);
  } else {
    PrintDocument(std::cout, context.format, all);
  }
  return absl::OkStatus();
}

void AddFleet(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "fleet", "how all control planes are: what needs attention, and the worst of them");
  command->footer(
      "\nExamples:\n"
      "  skyden fleet\n"
      "  skyden fleet --top 300 -o json");
  constexpr int kTopMax = 1000;
  auto top = std::make_shared<int>(50);
  command->add_option("--top", *top, "how many control planes are shown")
      ->check(CLI::Range(0, kTopMax));
  AddClientCommand(*command, context, [&context, top](const ApiClient& client) {
    return ShowFleet(context, *top, client);
  });
}

}  // namespace skyden::cli
