// SPDX-License-Identifier: Apache-2.0
// Sends organizations' audits to where they want them (audit/destinations.h).
//
// Each delivery is a POST of up to 100 entries, in the order in which they were written, a line
// each (AuditLine, or audit/cef.h), with
//   authorization: what the destination says
//   x-skyden-organization: <id>
//   x-skyden-delivery: <organization id>:<first place>-<last place>
//   x-skyden-replay: <since when>, of what is sent once more because somebody asked for it
// It is done when the answer is 2xx and whole, and tried again until then, later each time: at
// least once. How far it came is kept in the store.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/audit/destinations.h"
#include "skyden/base/clock.h"
#include "skyden/base/cond_var.h"
#include "skyden/base/limits.h"
#include "skyden/http/fetch.h"
#include "skyden/store/audit.h"
#include "skyden/store/store.h"

namespace skyden::audit {

struct SenderOptions {
  Endpoints allowed = Endpoints::kOutside;
  std::string ca_file = {};  // PEM; empty: the system's authorities
  // Organizations take turns on them: one whose destination is slow holds up few.
  size_t threads = 4;
  absl::Duration retry_min = absl::Seconds(1);
  absl::Duration retry_max = absl::Minutes(5);
  absl::Duration time_max = base::limits::kWebhookTime;  // of one delivery
};

// Thread-safe. Its threads sleep while there is nothing to send. What an organization does where
// nothing is sent costs no look into the store. Of several daemons over one database the one that
// leads (store::Leads) sends. `store` and `clock` must outlive it.
class Sender {
 public:
  static absl::StatusOr<std::unique_ptr<Sender>> Start(store::Store& store, base::Clock& clock,
                                                       SenderOptions options);
  ~Sender();

  struct Counters {
    uint64_t delivered = 0;  // entries
    uint64_t failures = 0;   // attempts
  };
  Counters counters() const { return {delivered_.load(), failures_.load()}; }

 private:
  struct Batch;
  // When an organization has its turn, by a clock that only goes forward.
  struct Turn {
    absl::Duration due;
    absl::Duration pause;  // after the next failure
  };
  Sender(store::Store& store, base::Clock& clock, SenderOptions options);

  void Hear(const store::AuditGrowth& grown) ABSL_LOCKS_EXCLUDED(mu_);
  void LookWhoLeads() ABSL_LOCKS_EXCLUDED(mu_);
  void Loop() ABSL_LOCKS_EXCLUDED(mu_);
  // Waits for somebody's turn, and takes it; nullopt: it is over.
  std::optional<model::OrganizationKey> Take(Turn& turn) ABSL_LOCKS_EXCLUDED(mu_);
  void Queue(model::OrganizationKey organization, Turn turn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // A turn. Not OK: try again later.
  absl::Status Deliver(model::OrganizationKey organization) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status DeliverBatch(const model::OrganizationScope& scope, Batch& batch);
  absl::Status Read(const model::OrganizationScope& scope, Batch& batch);
  absl::Status Note(const model::OrganizationScope& scope, const Batch& batch,
                    const store::AuditAttempt& attempt);
  // The status of the answer; 0: there was none. `why` it failed.
  int Send(const Batch& batch, std::string& why);
  bool stopping() const ABSL_LOCKS_EXCLUDED(mu_);

  store::Store& store_;
  base::Clock& clock_;
  const SenderOptions options_;
  http::Interrupt interrupt_;
  std::atomic<uint64_t> delivered_{0};
  std::atomic<uint64_t> failures_{0};
  mutable absl::Mutex mu_;
  base::CondVar changed_;
  absl::flat_hash_map<model::OrganizationKey, Turn> waiting_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<model::OrganizationKey> busy_ ABSL_GUARDED_BY(mu_);
  // Those for whom something is sent. What becomes of the others' control planes is nobody's
  // business here; how they are to be sent stands in their own chains.
  absl::flat_hash_set<model::OrganizationKey> enabled_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  bool leads_ ABSL_GUARDED_BY(mu_) = false;
  std::unique_ptr<store::Subscription> daemons_;
  std::unique_ptr<store::Subscription> subscription_;
  std::vector<std::thread> threads_;
};

}  // namespace skyden::audit
