// SPDX-License-Identifier: Apache-2.0
// What a simulation tells: one line an event while there are few zones, and a summary.
#pragma once

#include <map>
#include <ostream>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "agent/simulated_zone.h"

namespace skyden::agent {

struct ReportOptions {
  size_t zones = 1;
  bool dataplanes = false;  // the zones have some, and a global must take them
  bool json = false;        // one JSON object a line
  bool events = true;       // false: the summary only
};

// Thread-safe. Lines are whole and flushed.
class SimulationReport final : public ZoneObserver {
 public:
  SimulationReport(ReportOptions options, base::Clock& clock, std::ostream& out);

  void OnReceived(const std::string& zone_name, const Response& response, bool first) override
      ABSL_LOCKS_EXCLUDED(mu_);
  void OnSynced(const std::string& zone_name) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnAnswered(const std::string& zone_name, const std::string& type, int count,
                  const std::optional<std::string>& error) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDisconnected(const std::string& zone_name, const grpc::Status& why) override
      ABSL_LOCKS_EXCLUDED(mu_);

  // Every zone has everything, and the global has all that the zones own.
  bool complete() const ABSL_LOCKS_EXCLUDED(mu_);
  // The global said no in a way that trying again will not change.
  bool refused() const ABSL_LOCKS_EXCLUDED(mu_);
  void PrintSummary() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  bool CompleteLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void PrintReceived(const std::string& zone_name, const Response& response, bool first)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const ReportOptions options_;
  base::Clock& clock_;
  const absl::Duration started_;

  mutable absl::Mutex mu_;
  std::ostream& out_ ABSL_GUARDED_BY(mu_);
  std::set<std::string> synced_ ABSL_GUARDED_BY(mu_);  // zones
  std::set<std::string> taken_ ABSL_GUARDED_BY(mu_);   // zones whose dataplanes were taken
  std::map<std::string, uint64_t> received_ ABSL_GUARDED_BY(mu_);  // resources by type
  uint64_t dataplanes_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t refusals_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t disconnects_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Duration complete_after_ ABSL_GUARDED_BY(mu_) = absl::InfiniteDuration();
  std::string last_error_ ABSL_GUARDED_BY(mu_);
  bool refused_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace skyden::agent
