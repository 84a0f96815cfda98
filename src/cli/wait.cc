// SPDX-License-Identifier: Apache-2.0
// `skyden wait`: until what was written has arrived at the zones.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

#include "absl/time/clock.h"
#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/status.h"
#include "skyden/cli/exit_codes.h"

namespace skyden::cli {
namespace {

constexpr absl::Duration kWaitPause =
    absl::Seconds(1);  // before a daemon that is away is asked again
// How long the daemon is asked to wait: somebody who looks on is told how it goes.
constexpr absl::Duration kOneWait = absl::Seconds(15);
constexpr absl::Duration kOneWaitSeen = absl::Seconds(1);

struct WaitAsked {
  std::string which;  // name or id
  std::string revision;
  std::string zones = "connected";
  std::string timeout = "1m";
  bool accepts_refused = false;
};

// One question; its answer tells where the next one goes on.
class Question {
 public:
  Question(std::string path, const WaitAsked& asked)
      : path_(std::move(path)), revision_(asked.revision), zones_(asked.zones) {}

  absl::StatusOr<Json> Ask(const ApiClient& client, absl::Duration wait) {
    std::string path = fmt::format("{}/ops/propagation?show=open&zones={}&wait={}", path_,
                                   EncodeUrl(zones_), EncodeUrl(base::FormatGoDuration(wait)));
    if (!revision_.empty()) path += "&revision=" + EncodeUrl(revision_);
    if (!since_.empty()) path += "&seen_since=" + EncodeUrl(since_);
    SKYDEN_ASSIGN_OR_RETURN(Json answer, client.Call("GET", path));
    // Of the first look: what is newer, and who goes meanwhile, makes no difference.
    revision_ = Cell(answer, "revision");
    if (since_.empty()) since_ = Cell(answer, "asked_at");
    return answer;
  }

 private:
  const std::string path_;
  std::string revision_;
  const std::string zones_;
  std::string since_;
};

uint64_t CountOf(const Json& answer, const char* standing) {
  const Json counts = answer.value("counts", Json::object());
  return counts.is_object() ? counts.value(standing, uint64_t{0}) : 0;
}

uint64_t AllOf(const Json& answer) {
  uint64_t all = 0;
  for (const char* standing : {"arrived", "behind", "refused", "withheld", "offline", "never"}) {
    all += CountOf(answer, standing);
  }
  return all;
}

// "revision 12: 18 of 20 zones"
std::string WaitSummary(const Json& answer) {
  const std::string revision = Cell(answer, "revision");
  const uint64_t all = AllOf(answer);
  return fmt::format("revision {}: {} of {} zone{}", revision.substr(revision.rfind('.') + 1),
                     CountOf(answer, "arrived"), all, all == 1 ? "" : "s");
}

std::string TypesIn(const Json& zone) {
  std::string text;
  for (const Json& type : zone.value("types", Json::array())) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", Cell(type, "type"), Cell(type, "stage"));
  }
  return text;
}

std::string RefusedIn(const Json& zone) {
  std::string text;
  for (const Json& one : zone.value("refused", Json::array())) {
    const std::string name = Cell(one, "name");
    text += fmt::format("{}{}{}: {}", text.empty() ? "" : "; ", Cell(one, "type"),
                        name.empty() ? "" : " " + name, Cell(one, "reason"));
  }
  return text;
}

void PrintOpen(const Json& answer) {
  const Json zones = answer.value("zones", Json::array());
  if (zones.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const Json& zone : zones) {
    rows.push_back({Cell(zone, "name"), Cell(zone, "standing"), TimeCell(zone, "gone_since"),
                    TypesIn(zone), RefusedIn(zone)});
  }
  PrintTable(std::cout, {"ZONE", "STANDING", "GONE SINCE", "TYPES", "REFUSED"}, rows);
}

absl::Status TellWait(const Context& context, const WaitAsked& asked, const Json& answer) {
  const std::string outcome = Cell(answer, "outcome");
  const uint64_t all = AllOf(answer);
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, answer);
  } else {
    std::cout << Printable(WaitSummary(answer)) << '\n';
    PrintOpen(answer);
  }
  if (all == 0) std::cerr << "No zone was waited for: none is connected.\n";
  if (outcome == "arrived" || (outcome == "refused" && asked.accepts_refused)) {
    return absl::OkStatus();
  }
  const uint64_t refused = CountOf(answer, "refused") + CountOf(answer, "withheld");
  if (outcome == "refused") {
    return FailureWith(kExitRefused,
                       fmt::format("{} of {} zones do not take it; \"skyden zone rejected {}\" "
                                   "says more",
                                   refused, all, asked.which));
  }
  return FailureWith(kExitNotYet,
                     fmt::format("{} of {} zones have not taken it after {}",
                                 all - CountOf(answer, "arrived") - refused, all, asked.timeout));
}

absl::Status Wait(const ApiClient& client, const Context& context, const WaitAsked& asked) {
  const auto timeout = base::ParseGoDuration(asked.timeout);
  if (!timeout.ok() || *timeout < absl::ZeroDuration()) {
    return UsageError("--timeout: " + asked.timeout + " is no duration such as 10s");
  }
  SKYDEN_ASSIGN_OR_RETURN(const std::string id, client.FindControlPlane(asked.which));
  Question question(ApiClient::PathOf(id), asked);
  const bool is_seen = isatty(STDERR_FILENO) == 1 && context.format == Format::kTable;
  const absl::Time until = absl::Now() + *timeout;
  for (bool ever = false;; ever = true) {
    const absl::Duration left = std::max(until - absl::Now(), absl::ZeroDuration());
    auto answer = question.Ask(client, std::min(left, is_seen ? kOneWaitSeen : kOneWait));
    const bool is_late = absl::Now() >= until;
    if (!answer.ok()) {
      // A daemon that was there will be there again.
      if (!absl::IsUnavailable(answer.status()) || !ever || is_late) return answer.status();
      absl::SleepFor(kWaitPause);
      continue;
    }
    const bool is_over = Cell(*answer, "outcome") != "waiting" || is_late;
    // Each line over the one before.
    if (is_seen) std::cerr << "\r\033[K" << (is_over ? "" : Printable(WaitSummary(*answer)));
    if (is_over) return TellWait(context, asked, *answer);
  }
}

}  // namespace

void AddWait(CLI::App& root, Context& context) {
  CLI::App* command =
      root.add_subcommand("wait", "wait until what was written has arrived at the zones");
  command->footer(
      "\nExamples:\n"
      "  kumactl apply -f policy.yaml && skyden wait demo --timeout 10s\n"
      "  skyden wait demo --revision 4211 --zones eu-1,eu-2\n"
      "  skyden wait demo --zones all -o json       offline zones are waited for as well\n"
      "\nA zone has arrived once it acknowledged every change up to the revision that concerns "
      "it.\n"
      "Zones that were connected and go meanwhile are waited for; the others come with it when "
      "they\n"
      "connect.\n"
      "\nExits with 0 when all have arrived, 4 when time is up before, and 5 when one refused\n"
      "something and no other is on its way.");
  auto asked = std::make_shared<WaitAsked>();
  command->add_option("control-plane", asked->which, "name or id")->required();
  command->add_option("--revision", asked->revision,
                      "what Skyden-Revision said of a write, or its number. Without it: now");
  command->add_option("--zones", asked->zones, "connected, all, or names with commas between them")
      ->capture_default_str();
  command->add_option("--timeout", asked->timeout, "how long at most, e.g. 10s")
      ->capture_default_str();
  command->add_flag("--accept-refused", asked->accepts_refused,
                    "zones that refuse something are no failure");
  AddClientCommand(*command, context, [&context, asked](const ApiClient& client) {
    return Wait(client, context, *asked);
  });
}

}  // namespace skyden::cli
