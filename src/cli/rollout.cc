// SPDX-License-Identifier: Apache-2.0
// `skyden rollout`: changes that are released zone by zone.
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/documents.h"
#include "cli/members.h"
#include "fmt/format.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::cli {
namespace {

struct RolloutFlags {
  std::string control_plane;
  std::string id;  // or none: the one that is not over
  std::string path;
  std::vector<std::string> waves;
  std::string hold;
  std::string if_revision;
  std::optional<double> max_rise;
  std::optional<uint64_t> min_requests;
  bool skip_away = false;
  bool finish_when_done = false;
};
using StartFlags = std::shared_ptr<RolloutFlags>;

// "eu-1,eu-2", "30%"
absl::StatusOr<Json> WaveOf(const std::string& text) {
  if (text.ends_with('%')) return Json(text);
  Json zones = Json::array();
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    if (end == at) return UsageError("--wave: \"" + text + "\" has a name that is empty");
    zones.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return zones;
}

std::string WavesOf(const Json& rollout) {
  return fmt::format("{}/{}", Cell(rollout, "wave"), ListIn(rollout, "waves").size());
}

void PrintOneRollout(const Json& rollout) {
  std::cout << fmt::format("rollout {} of mesh {}: {}, wave {}\n", Cell(rollout, "id"),
                           Printable(Cell(rollout, "mesh")), Cell(rollout, "state"),
                           WavesOf(rollout));
  const std::string reason = Cell(rollout, "reason");
  if (!reason.empty()) std::cout << "  " << Printable(reason) << '\n';
  for (const Json& resource : ListIn(rollout, "resources")) {
    const std::string action = Cell(resource, "action");
    const char sign = action == "create" ? '+' : action == "delete" ? '-' : '~';
    std::cout << Printable(
                     fmt::format("{} {} {}", sign, Cell(resource, "type"), Cell(resource, "name")))
              << '\n';
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& zone : ListIn(rollout, "zones")) {
    const std::string wave = Cell(zone, "wave");
    rows.push_back(
        {Cell(zone, "name"), wave == "0" ? "-" : wave, Cell(zone, "told"), Cell(zone, "standing")});
  }
  if (!rows.empty()) PrintTable(std::cout, {"ZONE", "WAVE", "TOLD", "STANDING"}, rows);
}

void PrintRollouts(const Context& context, const Json& rollout) {
  if (context.format == Format::kTable) {
    PrintOneRollout(rollout);
  } else {
    PrintDocument(std::cout, context.format, rollout);
  }
}

absl::StatusOr<std::string> RolloutPath(const ApiClient& client, const RolloutFlags& flags) {
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  return ApiClient::PathOf(id) + "/ops/rollouts";
}

bool IsOver(const Json& rollout) {
  const std::string state = Cell(rollout, "state");
  return state != "running" && state != "paused" && state != "ready";
}

// The path of the one that is named, or of the only one that is not over.
absl::StatusOr<std::string> PathOfOne(const ApiClient& client, const RolloutFlags& flags) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, RolloutPath(client, flags));
  if (!flags.id.empty()) return path + "/" + EncodeUrl(flags.id);
  SKYDEN_ASSIGN_OR_RETURN(const Json all, client.Call("GET", path));
  std::vector<std::string> live;
  for (const Json& rollout : ListIn(all, "data")) {
    if (!IsOver(rollout)) live.push_back(Cell(rollout, "id"));
  }
  if (live.size() == 1) return path + "/" + EncodeUrl(live.front());
  if (live.empty()) {
    return absl::NotFoundError(fmt::format(
        "there is no rollout that is not over; \"skyden rollout list {}\" has those that are",
        flags.control_plane));
  }
  return UsageError(
      fmt::format("there are {} rollouts that are not over: name one of those that "
                  "\"skyden rollout list {}\" prints",
                  live.size(), flags.control_plane));
}

absl::Status Start(const ApiClient& client, const Context& context, const RolloutFlags& flags) {
  SKYDEN_ASSIGN_OR_RETURN(const Documents documents, ReadDocuments(flags.path, {}));
  Json body = {{"documents", documents.stream}, {"waves", Json::array()}};
  for (const std::string& text : flags.waves) {
    SKYDEN_ASSIGN_OR_RETURN(Json wave, WaveOf(text));
    body["waves"].push_back(std::move(wave));
  }
  if (!flags.hold.empty()) body["hold"] = flags.hold;
  if (flags.skip_away) body["away"] = "skipped";
  if (flags.finish_when_done) body["end"] = "by_itself";
  if (flags.max_rise.has_value()) {
    body["gate"] = {{"max_rise_percent", *flags.max_rise}};
    if (flags.min_requests.has_value()) body["gate"]["min_requests"] = *flags.min_requests;
  } else if (flags.min_requests.has_value()) {
    return UsageError("--min-requests goes with --max-rise");
  }
  SKYDEN_ASSIGN_OR_RETURN(std::string path, RolloutPath(client, flags));
  if (!flags.if_revision.empty()) path += "?if-revision=" + EncodeUrl(flags.if_revision);
  const auto started = client.Call("POST", path, body);
  if (!started.ok()) {
    return absl::Status(started.status().code(),
                        WithPlaces(base::ToStd(started.status().message()), documents));
  }
  PrintRollouts(context, *started);
  return absl::OkStatus();
}

absl::Status ListRollouts(const ApiClient& client, const Context& context,
                          const RolloutFlags& flags) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, RolloutPath(client, flags));
  SKYDEN_ASSIGN_OR_RETURN(const Json all, client.Call("GET", path));
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, all);
    return absl::OkStatus();
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& rollout : ListIn(all, "data")) {
    rows.push_back({Cell(rollout, "id"), Cell(rollout, "mesh"), Cell(rollout, "state"),
                    WavesOf(rollout), TimeCell(rollout, "created_at"), Cell(rollout, "by"),
                    Cell(rollout, "reason")});
  }
  PrintTable(std::cout, {"ID", "MESH", "STATE", "WAVE", "BEGUN", "BY", "REASON"}, rows);
  return absl::OkStatus();
}

// `step`: "", or what is done to it.
absl::Status TellRollout(const ApiClient& client, const Context& context, const RolloutFlags& flags,
                         const std::string& step) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, PathOfOne(client, flags));
  const auto rollout =
      step.empty() ? client.Call("GET", path) : client.Call("POST", path + "/" + step);
  if (absl::IsNotFound(rollout.status())) {
    return absl::NotFoundError(
        fmt::format("there is no rollout \"{}\"; \"skyden rollout list {}\" shows those there are",
                    flags.id, flags.control_plane));
  }
  if (!rollout.ok()) return rollout.status();
  PrintRollouts(context, *rollout);
  return absl::OkStatus();
}

CLI::App* AddRolloutCommand(CLI::App& parent, const char* name, const char* about,
                            const StartFlags& flags) {
  CLI::App* command = parent.add_subcommand(name, about);
  command->add_option("control-plane", flags->control_plane, "its name or id")->required();
  return command;
}

void AddStart(CLI::App& parent, Context& context) {
  const auto flags = std::make_shared<RolloutFlags>();
  CLI::App* command =
      AddRolloutCommand(parent, "start", "begin to release documents zone by zone", flags);
  command->footer(
      "\nExamples:\n"
      "  skyden rollout start demo -f timeout.yaml --wave eu-1 --wave 50% --wave 100% --hold 5m\n"
      "  skyden rollout start demo -f policies/ --wave eu-1,eu-2 --wave 100% --max-rise 1\n"
      "  skyden rollout status demo\n"
      "  skyden rollout finish demo\n"
      "\nDocuments are of one mesh, without secrets. A percentage is of all enabled zones, with\n"
      "those of the waves before. With --max-rise a wave is let through while the share of\n"
      "requests that fail rises by no more percent than that.");
  command->add_option("-f,--file", flags->path, "a folder, a file, or \"-\" for standard input")
      ->required();
  command
      ->add_option("--wave", flags->waves,
                   "names of zones with commas between them, or 30%; one "
                   "for each wave")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--hold", flags->hold, "how long a wave is held once all its zones have it");
  command->add_option("--max-rise", flags->max_rise,
                      "take it back when more requests fail than before, by percent");
  command->add_option("--min-requests", flags->min_requests,
                      "fewer requests in the hold time say nothing (100)");
  command->add_flag("--skip-away", flags->skip_away, "do not wait for zones that are away");
  command->add_flag("--finish-when-done", flags->finish_when_done,
                    "write the documents after the last wave");
  command->add_option("--if-revision", flags->if_revision,
                      "only while what people write is as it was then");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) {
    return Start(client, context, *flags);
  });
}

void AddStep(CLI::App& parent, Context& context, const char* name, const char* about,
             const char* step) {
  const auto flags = std::make_shared<RolloutFlags>();
  CLI::App* command = AddRolloutCommand(parent, name, about, flags);
  command->add_option("rollout", flags->id, "its id; without it, the one that is not over");
  AddClientCommand(*command, context, [&context, flags, step](const ApiClient& client) {
    return TellRollout(client, context, *flags, step);
  });
}

}  // namespace

void AddRolloutCommands(CLI::App& root, Context& context) {
  CLI::App* rollout = root.add_subcommand("rollout", "release changes zone by zone");
  rollout->require_subcommand(1);
  AddStart(*rollout, context);
  const auto flags = std::make_shared<RolloutFlags>();
  CLI::App* list = AddRolloutCommand(*rollout, "list", "list rollouts, the newest first", flags);
  AddClientCommand(*list, context, [&context, flags](const ApiClient& client) {
    return ListRollouts(client, context, *flags);
  });
  AddStep(*rollout, context, "status", "show how far a rollout is, zone by zone", "");
  AddStep(*rollout, context, "pause", "stop at the waves that are released", "pause");
  AddStep(*rollout, context, "resume", "go on with one that is paused", "resume");
  AddStep(*rollout, context, "abort", "take it back everywhere", "abort");
  AddStep(*rollout, context, "finish", "write the documents", "finish");
}

}  // namespace skyden::cli
