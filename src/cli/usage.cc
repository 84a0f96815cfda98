// SPDX-License-Identifier: Apache-2.0
// `skyden usage`: what control planes used.
#include "cli/usage.h"

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "skyden/base/nearest.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

struct Flags {
  std::string from, to;
  std::string group = "total";
  std::string control_plane;
  bool csv = false;
};

absl::StatusOr<std::string> PathOf(const Flags& flags, const ApiClient& client) {
  std::string path = fmt::format("/v3/usage?group={}", flags.group);
  if (!flags.from.empty()) path += "&from=" + EncodeUrl(flags.from);
  if (!flags.to.empty()) path += "&to=" + EncodeUrl(flags.to);
  if (flags.control_plane.empty()) return path;
  // One that was deleted has no name that it could be found by.
  const bool is_id =
      flags.control_plane.size() == 36 &&
      flags.control_plane.find_first_not_of("0123456789abcdef-") == std::string::npos;
  std::string id = flags.control_plane;
  if (!is_id) {
    SKYDEN_ASSIGN_OR_RETURN(id, client.FindControlPlane(flags.control_plane));
  }
  return path + "&control_plane_id=" + EncodeUrl(id);
}

// Page by page: the head is that of the first.
absl::Status PrintCsv(const std::string& path, const ApiClient& client) {
  std::string page = path + "&format=csv";
  for (bool first = true;; first = false) {
    std::string link;
    SKYDEN_ASSIGN_OR_RETURN(const std::string csv, client.Fetch(page, "Link", link));
    const size_t head = csv.find('\n');
    const bool has_head = head != std::string::npos;
    PrintRaw(std::cout, first || !has_head ? csv : csv.substr(head + 1));
    const size_t end = link.find('>');
    if (link.empty() || link.front() != '<' || end == std::string::npos) return absl::OkStatus();
    page = link.substr(1, end - 1);
  }
}

absl::StatusOr<Json> ReadUsage(const std::string& path, const ApiClient& client) {
  Json all = Json::array();
  for (std::string after;;) {
    SKYDEN_ASSIGN_OR_RETURN(
        const Json page,
        client.Call("GET", path + "&page[size]=1000" +
                               (after.empty() ? "" : "&page[after]=" + EncodeUrl(after))));
    for (const Json& line : page.value("data", Json::array())) all.push_back(line);
    after = Cell(page.value("meta", Json::object()).value("page", Json::object()), "next");
    if (after.empty()) return all;
  }
}

std::string HoursCell(const Json& line, const char* key) {
  return fmt::format("{:.2f}", line.value(key, 0.0));
}

void PrintUsage(const Json& lines, bool is_total) {
  std::vector<std::vector<std::string>> rows;
  double zones = 0;
  double dataplanes = 0;
  uint64_t writes = 0;
  uint64_t bytes = 0;
  for (const Json& line : lines) {
    const Json control_plane = line.value("control_plane", Json::object());
    std::string name = Cell(control_plane, "name");
    if (!Cell(line, "deleted_at").empty()) name += " (deleted)";
    rows.push_back({name, TimeCell(line, "from"), TimeCell(line, "to"),
                    HoursCell(line, "zone_hours"), HoursCell(line, "dataplane_hours"),
                    Cell(line, "writes"), Cell(line, "bytes")});
    zones += line.value("zone_hours", 0.0);
    dataplanes += line.value("dataplane_hours", 0.0);
    writes += line.value("writes", uint64_t{0});
    bytes += line.value("bytes", uint64_t{0});
  }
  if (is_total && rows.size() > 1) {
    rows.push_back({"(all)", "", "", fmt::format("{:.2f}", zones),
                    fmt::format("{:.2f}", dataplanes), std::to_string(writes),
                    std::to_string(bytes)});
  }
  PrintTable(std::cout,
             {"CONTROL PLANE", "FROM", "TO", "ZONE HOURS", "DATAPLANE HOURS", "WRITES", "BYTES"},
             rows);
}

absl::Status ShowUsage(const Context& context, const Flags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, PathOf(flags, client));
  if (flags.csv) return PrintCsv(path, client);
  SKYDEN_ASSIGN_OR_RETURN(const Json lines, ReadUsage(path, client));
  if (context.format == Format::kTable) {
    PrintUsage(lines, flags.group == "total");
  } else {
    PrintDocument(std::cout, context.format, lines);
  }
  return absl::OkStatus();
}

// As of every command, and csv.
void AddUsageOutput(CLI::App& command, Context& context, const std::shared_ptr<Flags>& flags) {
  static const std::map<std::string, Format> formats = {{"table", Format::kTable},
                                                        {"json", Format::kJson},
                                                        {"yaml", Format::kYaml},
                                                        {"csv", Format::kTable}};
  command.remove_option(command.get_option("--output"));
  command
      .add_option_function<std::string>(
          "-o,--output",
          [&context, flags](const std::string& name) {
            context.format = formats.at(name);
            flags->csv = name == "csv";
          },
          "table, json, yaml or csv")
      ->check([](const std::string& name) {
        return base::NotOneOf(name, {"table", "json", "yaml", "csv"});
      });
}

}  // namespace

void AddUsage(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "usage", "what control planes used: hours of zones and dataplanes, writes and their bytes");
  command->footer(
      "\nCounted by the hour; what was used within the last five minutes may be missing. What a\n"
      "control plane holds now, and may hold: skyden cp quota.\n"
      "\nExamples:\n"
      "  skyden usage\n"
      "  skyden usage --from 2026-11-01 --to 2026-12-01\n"
      "  skyden usage --from 2026-11-01 --group day --cp demo -o json\n"
      "  skyden usage --from 2026-01-01 --group month -o csv > usage.csv");
  auto flags = std::make_shared<Flags>();
  command->add_option("--from", flags->from,
                      "a day or a time, e.g. 2026-11-01; the first of this month without it");
  command->add_option("--to", flags->to, "until then, at most 400 days later; now without it");
  command->add_option("--group", flags->group, "what is one line: total, hour, day or month")
      ->check([](const std::string& word) {
        return base::NotOneOf(word, {"total", "hour", "day", "month"});
      });
  command->add_option("--cp", flags->control_plane,
                      "only of this control plane: its name or id; of a deleted one its id");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) {
    return ShowUsage(context, *flags, client);
  });
  AddUsageOutput(*command, context, flags);
}

}  // namespace skyden::cli
