// SPDX-License-Identifier: Apache-2.0
#include "agent/simulation.h"

#include <fstream>
#include <sstream>

#include "fmt/format.h"

namespace skyden::agent {

absl::StatusOr<std::vector<ZoneTicket>> ReadTickets(const std::string& path,
                                                    const GlobalAddress& global) {
  std::ifstream in(path);
  if (!in) return absl::InvalidArgumentError(fmt::format("cannot read {}", path));
  std::vector<ZoneTicket> tickets;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    std::istringstream words(line);
    ZoneTicket ticket{"", global};
    if (!(words >> ticket.zone_name)) continue;
    std::string rest;
    if (!(words >> ticket.global.user >> ticket.global.password) || (words >> rest)) {
      return absl::InvalidArgumentError(
          fmt::format("{}:{}: a line is <zone> <control plane id> <token>", path, number));
    }
    tickets.push_back(std::move(ticket));
  }
  if (tickets.empty()) return absl::InvalidArgumentError(fmt::format("{} names no zone", path));
  return tickets;
}

Simulation::Simulation(const std::vector<ZoneTicket>& tickets, const SimulatedZoneOptions& like,
                       ZoneObserver& observer) {
  for (const ZoneTicket& ticket : tickets) {
    SimulatedZoneOptions options = like;
    options.zone_name = ticket.zone_name;
    options.global = ticket.global;
    options.played = ticket.played;
    zones_.push_back(std::make_shared<SimulatedZone>(
        std::move(options),
        SimulatedZone::Deps{clock_, executor_, *timers_, observer, in_flight_}));
  }
  for (const auto& zone : zones_) zone->Start();
}

Simulation::~Simulation() {
  for (const auto& zone : zones_) zone->Stop();
  in_flight_.WaitForNone();
  timers_.reset();
}

}  // namespace skyden::agent
