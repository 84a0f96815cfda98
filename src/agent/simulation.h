// SPDX-License-Identifier: Apache-2.0
// `skyden zone simulate`: many simulated zones and their report.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "agent/simulated_zone.h"
#include "agent/simulation_report.h"

namespace skyden::agent {

// One zone's name and the address, credential included, it connects to.
struct ZoneTicket {
  std::string zone_name;
  GlobalAddress global;
  // What it has; null: so many as all have.
  std::shared_ptr<const std::vector<PlayedDataplane>> played = nullptr;
};

// Reads "<zone> <control plane id> <token>" lines; each zone connects to `global`'s host with its
// own credential. INVALID_ARGUMENT names the line.
absl::StatusOr<std::vector<ZoneTicket>> ReadTickets(const std::string& path,
                                                    const GlobalAddress& global);

// Runs zones from construction to destruction. The report must outlive it.
class Simulation {
 public:
  // `like` is what all zones share; name and address come from the tickets.
  Simulation(const std::vector<ZoneTicket>& tickets, const SimulatedZoneOptions& like,
             ZoneObserver& observer);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

 private:
  base::RealClock clock_;
  InFlight in_flight_;
  base::WorkerPool executor_{"zones", 2};
  std::unique_ptr<base::Timers> timers_ = base::MakeTimers();
  std::vector<std::shared_ptr<SimulatedZone>> zones_;
};

}  // namespace skyden::agent
