// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "agent/agent_command.h"
#include "agent/ending.h"
#include "agent/global_address.h"
#include "agent/likeness.h"
#include "agent/simulation.h"
#include "fmt/format.h"
#include "skyden/agent/agent.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/nearest.h"
#include "skyden/base/strings.h"

namespace skyden::agent {
namespace {

constexpr size_t kZonesWithEvents = 5;  // more would scroll by unread

struct SimulateFlags {
  std::string global;
  std::string tokens_file;
  Likeness likeness;
  std::string name = "zone-1";
  size_t zones = 1;
  SimulatedZoneOptions zone;
  std::string output = "text";
  bool until_synced = false;
  std::string run_for;
  std::string timeout = "60s";
};

absl::StatusOr<std::vector<ZoneTicket>> TicketsOf(const Api& api, const SimulateFlags& flags) {
  const auto global = ParseGlobalAddress(flags.global);
  if (!global.ok()) {
    return absl::InvalidArgumentError(
        base::ToAbsl(fmt::format("--global: {}", base::ToStd(global.status().message()))));
  }
  if (!flags.likeness.like.empty()) return TicketsLike(api, flags.likeness, *global);
  if (!flags.tokens_file.empty()) {
    auto tickets = ReadTickets(flags.tokens_file, *global);
    if (tickets.ok() && flags.zones > 1 && flags.zones < tickets->size()) {
      tickets->resize(flags.zones);
    }
    return tickets;
  }
  if (flags.zones == 1) return std::vector<ZoneTicket>{{flags.name, *global}};
  std::vector<ZoneTicket> tickets;
  for (size_t i = 1; i <= flags.zones; ++i) {
    tickets.push_back({fmt::format("{}-{}", flags.name, i), *global});
  }
  return tickets;
}

// All of them have some, so that a global must take them.
bool HaveDataplanes(const SimulateFlags& flags, const std::vector<ZoneTicket>& tickets) {
  if (flags.likeness.like.empty()) return flags.zone.dataplanes > 0;
  return std::all_of(tickets.begin(), tickets.end(),
                     [](const ZoneTicket& ticket) { return !ticket.played->empty(); });
}

int RunSimulate(const Api& api, const SimulateFlags& flags) {
  const StopSignals stop;
  const auto tickets = TicketsOf(api, flags);
  if (!tickets.ok()) {
    const bool is_usage = flags.likeness.like.empty() || absl::IsInvalidArgument(tickets.status());
    return Fail(is_usage ? kExitUsage : kExitFailed, tickets.status());
  }
  const auto timeout = base::ParseGoDuration(flags.timeout);
  if (!timeout.ok()) return Fail(kExitUsage, timeout.status(), "--timeout");
  absl::Duration run_for = absl::InfiniteDuration();
  if (!flags.run_for.empty()) {
    const auto parsed = base::ParseGoDuration(flags.run_for);
    if (!parsed.ok()) return Fail(kExitUsage, parsed.status(), "--for");
    run_for = *parsed;
  }
  const base::RealClock clock;
  base::RealClock report_clock;
  SimulationReport report({.zones = tickets->size(),
                           .dataplanes = HaveDataplanes(flags, *tickets),
                           .json = flags.output == "json",
                           .events = tickets->size() <= kZonesWithEvents},
                          report_clock, std::cout);
  bool failed = false;
  {
    const Simulation simulation(*tickets, flags.zone, report);
    const absl::Duration start = clock.Monotonic();
    while (!stop.CameWithin(absl::Milliseconds(20))) {
      const absl::Duration passed = clock.Monotonic() - start;
      if (flags.until_synced) {
        if (report.complete()) break;
        failed = report.refused() || passed >= *timeout;
        if (failed) break;
      } else if (passed >= run_for) {
        break;
      }
    }
    report.PrintSummary();
  }
  return failed ? kExitFailed : kExitDone;
}

void AddSimulate(CLI::App& zone, const Api& api, int& exit_code) {
  CLI::App* simulate =
      zone.add_subcommand("simulate", "play stock zones: connect, sync, offer dataplanes");
  simulate->footer(
      "\nExamples:\n"
      "  skyden zone simulate --global grpc://<control plane>:<token>@127.0.0.1:5685 \\\n"
      "    --name zone-1 --dataplanes 3\n"
      "  skyden zone provision demo zone-1 zone-2 --tokens-file tokens\n"
      "  skyden zone simulate --global grpc://127.0.0.1:5685 --tokens-file tokens --until-synced\n"
      "  skyden cp clone demo trial\n"
      "  skyden zone simulate --global grpc://127.0.0.1:5685 --like demo --into trial");
  auto flags = std::make_shared<SimulateFlags>();
  simulate
      ->add_option("--global", flags->global,
                   "grpc[s]://<control plane>:<token>@host:port; without credential to an agent")
      ->required();
  simulate->add_option("--name", flags->name, "the zone's name, or the names' prefix")
      ->capture_default_str();
  simulate->add_option("--zones", flags->zones, "how many")->check(CLI::Range(1, 10'000));
  auto* tokens =
      simulate->add_option("--tokens-file", flags->tokens_file,
                           "lines \"zone control-plane token\", as zone provision writes them");
  auto* dataplanes =
      simulate->add_option("--dataplanes", flags->zone.dataplanes, "dataplanes in each zone")
          ->check(CLI::Range(0, 60'000));
  auto* like = simulate
                   ->add_option("--like", flags->likeness.like,
                                "play the zones of this control plane, with their dataplanes")
                   ->excludes(tokens)
                   ->excludes(dataplanes);
  like->needs(simulate
                  ->add_option("--into", flags->likeness.into,
                               "with --like: the control plane that they are played under")
                  ->needs(like));
  simulate->add_option("--mesh", flags->zone.mesh_name, "the dataplanes' mesh")
      ->capture_default_str();
  simulate->add_option("--ca", flags->zone.ca_file,
                       "authority of the control plane's certificate, PEM; default: the system's");
  simulate->add_flag("--token-in-header", flags->zone.token_in_header,
                     "send the token as Kuma 3 zones do, not in the address");
  simulate
      ->add_option_function<std::string>(
          "--kuma",
          [flags](const std::string& name) {
            flags->zone.version = model::ParseKumaVersion(name).value_or(model::KumaVersion::kTwo);
          },
          "zones of which Kuma: v2 (2.14) or v3 (3.0)")
      ->check([](const std::string& word) {
        return base::NotOneOf(word, {"v2", "v3"});
      });
  simulate->add_flag("--until-synced", flags->until_synced,
                     "leave when everything has arrived on both sides");
  simulate->add_option("--timeout", flags->timeout, "for --until-synced")->capture_default_str();
  simulate->add_option("--for", flags->run_for, "leave after this time, e.g. 30s");
  simulate->add_option("-o,--output", flags->output, "text or json (one object a line)")
      ->check([](const std::string& word) {
        return base::NotOneOf(word, {"text", "json"});
      });
  api.add_options(*simulate);
  simulate->callback([flags, api, &exit_code] { exit_code = RunSimulate(api, *flags); });
}

}  // namespace

void AddCommands(CLI::App& root, CLI::App& zone, const Api& api, int& exit_code) {
  MakeAgent(*root.add_subcommand("zone-agent", kAboutAgent), "skyden zone-agent", exit_code);
  AddSimulate(zone, api, exit_code);
}

}  // namespace skyden::agent
