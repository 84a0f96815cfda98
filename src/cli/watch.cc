// SPDX-License-Identifier: Apache-2.0
// `skyden watch`: a line for each change, for as long as one likes. A lost connection is taken up
// again behind the last change that was seen.
#include <iostream>
#include <memory>
#include <vector>

#include "absl/time/clock.h"
#include "cli/commands.h"
#include "cli/event_reader.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr absl::Duration kWatchPause = absl::Seconds(1);  // before it is tried again

struct WatchAsked {
  std::string which;  // name or id
  std::vector<std::string> types;
  std::string mesh;
  std::string since;
};

void PrintChange(const Json& change) {
  const auto cell = [&](const char* key) { return Printable(Cell(change, key)); };
  // What a zone refuses comes with the zone and its reason, and without a revision.
  const std::string zone = change.contains("zone_name") ? cell("zone_name") : cell("zone");
  const std::string reason = cell("reason");
  std::cout << fmt::format("{:<10} {:<6} {:<26} {:<20} {:<30} {}{}{}", cell("revision"),
                           cell("operation"), cell("type"), cell("mesh"), cell("name"), zone,
                           reason.empty() ? "" : ": ", reason)
            << std::endl;
}

void PrintRolloutEvent(const Json& rollout) {
  const auto cell = [&](const char* key) { return Printable(Cell(rollout, key)); };
  const std::string reason = cell("reason");
  std::cout << fmt::format("{:<10} {:<6} {:<26} {:<20} {:<30} {} of {} waves{}{}", "", "rollout",
                           cell("state"), cell("mesh"), cell("id"), cell("wave"), cell("waves"),
                           reason.empty() ? "" : ": ", reason)
            << std::endl;
}

// An object on one line is YAML too, a document of its own once it is marked as one.
void BeginLine(Format format) {
  if (format == Format::kYaml) std::cout << "--- ";
}

void ShowEvent(Format format, const Event& event) {
  const Json data = Json::parse(event.data, nullptr, /*allow_exceptions=*/false);
  if (!data.is_object()) return;
  if (event.name == "reset") {
    std::cerr
        << "Some changes cannot be told (too long ago, or of a database that was replaced): list "
           "what you need. Watching from revision "
        << Printable(Cell(data, "revision")) << " on.\n";
    if (format == Format::kTable) return;
    BeginLine(format);
    const Json line = {{"operation", "reset"}, {"revision", data.value("revision", Json())}};
    std::cout << JsonLine(line) << std::endl;
    return;
  }
  const bool is_rollout = event.name == "rollout";
  const bool is_known =
      is_rollout || event.name == "change" || event.name == "rejected" || event.name == "cleared";
  if (!is_known) return;
  if (format == Format::kTable) return is_rollout ? PrintRolloutEvent(data) : PrintChange(data);
  BeginLine(format);
  std::cout << JsonLine(data) << std::endl;
}

// `kGoesOn`: behind the event whose id the request names.
enum class From { kAsAsked, kGoesOn };
std::string WatchPath(const std::string& id, const WatchAsked& asked, From how) {
  std::string path = ApiClient::PathOf(id) + "/api/events";
  char separator = '?';
  const auto add = [&](const char* key, const std::string& value) {
    if (value.empty()) return;
    path += fmt::format("{}{}={}", separator, key, EncodeUrl(value));
    separator = '&';
  };
  for (const std::string& type : asked.types) add("type", type);
  add("mesh", asked.mesh);
  if (how == From::kAsAsked) add("since", asked.since);
  return path;
}

absl::Status Watch(const ApiClient& client, Format format, const WatchAsked& asked) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string id, client.FindControlPlane(asked.which));
  std::string last;
  bool ever = false;
  for (;;) {
    EventReader reader([&](const Event& event) {
      ever = true;
      if (!event.id.empty()) last = event.id;
      ShowEvent(format, event);
    });
    const std::string path = WatchPath(id, asked, last.empty() ? From::kAsAsked : From::kGoesOn);
    const absl::Status status =
        client.Listen(path, last, [&](std::string_view text) { return reader.Put(text); });
    const bool lost = status.ok() || absl::IsUnavailable(status);
    if (!lost || !ever) return status;
    absl::SleepFor(kWatchPause);
  }
}

}  // namespace

void AddWatch(CLI::App& root, Context& context) {
  CLI::App* command =
      root.add_subcommand("watch", "print what changes in a control plane, as it does");
  command->footer(
      "\nExamples:\n"
      "  skyden watch demo\n"
      "  skyden watch demo --type Dataplane --type DataplaneInsight --mesh default\n"
      "  skyden watch demo --since 120 -o json      one object a line; what came after 120 first\n"
      "\nWhere changes cannot be told any more there is a line {\"operation\":\"reset\"} instead.");
  auto asked = std::make_shared<WatchAsked>();
  command->add_option("control-plane", asked->which, "name or id")->required();
  command->add_option(
      "--type", asked->types,
      "a type, e.g. MeshTimeout; may be repeated. Without it: all that have a path");
  command->add_option("--mesh", asked->mesh, "only what is in this mesh");
  command->add_option("--since", asked->since, "a revision: begin behind it, not now");
  AddClientCommand(*command, context, [&context, asked](const ApiClient& client) {
    return Watch(client, context.format, *asked);
  });
}

}  // namespace skyden::cli
