// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "agent/global_address.h"
#include "agent/relay.h"
#include "agent/simulation.h"
#include "fmt/format.h"
#include "skyden/agent/agent.h"
#include "skyden/base/go_duration.h"
#include "skyden/base/nearest.h"
#include "skyden/base/strings.h"
#include "skyden/base/visible.h"
#include "skyden/telemetry/log.h"

namespace skyden::agent {
namespace {

constexpr int kExitDone = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr size_t kZonesWithEvents = 5;  // more would scroll by unread

// Blocks SIGINT and SIGTERM for this thread and those it starts, until it asks for them.
class StopSignals {
 public:
  StopSignals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  // Whether one came within `time`.
  bool CameWithin(absl::Duration time) const {
    const timespec wait = absl::ToTimespec(time);
    return sigtimedwait(&signals_, nullptr, &wait) > 0;
  }

 private:
  sigset_t signals_{};
};

int Fail(int exit_code, const absl::Status& status, std::string_view flag = {}) {
  std::cerr << "Error: " << flag << (flag.empty() ? "" : ": ")
            << base::VisibleLines(base::ToStd(status.message())) << '\n';
  return exit_code;
}

struct AgentFlags {
  RelayOptions relay;
  std::string global;
};

int RunAgent(AgentFlags& flags) {
  const StopSignals stop;
  auto global = ParseGlobalAddress(flags.global);
  if (!global.ok()) return Fail(kExitUsage, global.status(), "--global");
  if (!global->password.empty()) {
    return Fail(kExitUsage, absl::InvalidArgumentError("the token belongs into --token-file"),
                "--global");
  }
  flags.relay.global = *global;
  const auto relay = Relay::Start(flags.relay);
  if (!relay.ok()) {
    const bool usage = absl::IsInvalidArgument(relay.status());
    return Fail(usage ? kExitUsage : kExitFailed, relay.status());
  }
  telemetry::Log(telemetry::Level::info, "relaying",
                 {{"listen", (*relay)->address()}, {"global", global->Public()}});
  while (!stop.CameWithin(absl::Hours(1))) {
  }
  telemetry::Log(telemetry::Level::info, "stopped");
  return kExitDone;
}

struct SimulateFlags {
  std::string global;
  std::string tokens_file;
  std::string name = "zone-1";
  size_t zones = 1;
  SimulatedZoneOptions zone;
  std::string output = "text";
  bool until_synced = false;
  std::string run_for;
  std::string timeout = "60s";
};

absl::StatusOr<std::vector<ZoneTicket>> TicketsOf(const SimulateFlags& flags) {
  const auto global = ParseGlobalAddress(flags.global);
  if (!global.ok()) {
    return absl::InvalidArgumentError(
        base::ToAbsl(fmt::format("--global: {}", base::ToStd(global.status().message()))));
  }
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

int RunSimulate(const SimulateFlags& flags) {
  const StopSignals stop;
  const auto tickets = TicketsOf(flags);
  if (!tickets.ok()) return Fail(kExitUsage, tickets.status());
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
                           .dataplanes = flags.zone.dataplanes > 0,
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

void AddAgent(CLI::App& root, int& exit_code) {
  CLI::App* agent = root.add_subcommand(
      "zone-agent", "run beside a zone that cannot carry a token in its own address");
  agent->footer(
      "\nThe zone's globalAddress is then grpc://<the --listen address>.\n"
      "\nExample:\n"
      "  skyden zone-agent --global kds.example.com:5685 --token-file /etc/skyden/zone-1.token");
  auto flags = std::make_shared<AgentFlags>();
  agent->add_option("--listen", flags->relay.listen, "where the zone connects to")
      ->capture_default_str();
  agent->add_option("--global", flags->global, "the control plane's host:port (TLS), or grpc://...")
      ->required();
  agent->add_option("--token-file", flags->relay.token_file, "file with the zone's token")
      ->required();
  agent->add_option("--ca", flags->relay.ca_file,
                    "authority of the control plane's certificate, PEM; default: the system's");
  agent->callback([flags, &exit_code] { exit_code = RunAgent(*flags); });
}

void AddSimulate(CLI::App& zone, int& exit_code) {
  CLI::App* simulate =
      zone.add_subcommand("simulate", "play stock zones: connect, sync, offer dataplanes");
  simulate->footer(
      "\nExamples:\n"
      "  skyden zone simulate --global grpc://<control plane>:<token>@127.0.0.1:5685 \\\n"
      "    --name zone-1 --dataplanes 3\n"
      "  skyden zone provision demo zone-1 zone-2 --tokens-file tokens\n"
      "  skyden zone simulate --global grpc://127.0.0.1:5685 --tokens-file tokens --until-synced");
  auto flags = std::make_shared<SimulateFlags>();
  simulate
      ->add_option("--global", flags->global,
                   "grpc[s]://<control plane>:<token>@host:port; without credential to an agent")
      ->required();
  simulate->add_option("--name", flags->name, "the zone's name, or the names' prefix")
      ->capture_default_str();
  simulate->add_option("--zones", flags->zones, "how many")->check(CLI::Range(1, 10'000));
  simulate->add_option("--tokens-file", flags->tokens_file,
                       "lines \"zone control-plane token\", as zone provision writes them");
  simulate->add_option("--dataplanes", flags->zone.dataplanes, "dataplanes in each zone")
      ->check(CLI::Range(0, 60'000));
  simulate->add_option("--mesh", flags->zone.mesh_name, "the dataplanes' mesh")
      ->capture_default_str();
  simulate->add_option("--ca", flags->zone.ca_file,
                       "authority of the control plane's certificate, PEM; default: the system's");
  simulate->add_flag("--token-in-header", flags->zone.token_in_header,
                     "send the token as Kuma 3 zones do, not in the address");
  simulate->add_flag("--until-synced", flags->until_synced,
                     "leave when everything has arrived on both sides");
  simulate->add_option("--timeout", flags->timeout, "for --until-synced")->capture_default_str();
  simulate->add_option("--for", flags->run_for, "leave after this time, e.g. 30s");
  simulate->add_option("-o,--output", flags->output, "text or json (one object a line)")
      ->check([](const std::string& word) {
        return base::NotOneOf(word, {"text", "json"});
      });
  simulate->callback([flags, &exit_code] { exit_code = RunSimulate(*flags); });
}

}  // namespace

void AddCommands(CLI::App& root, CLI::App& zone, int& exit_code) {
  AddAgent(root, exit_code);
  AddSimulate(zone, exit_code);
}

}  // namespace skyden::agent
