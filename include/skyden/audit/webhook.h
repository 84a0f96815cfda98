// SPDX-License-Identifier: Apache-2.0
// Sends the audit elsewhere as it grows.
//
// Each delivery is a POST of up to 100 entries of one chain, a line of JSON each (AuditLine), with
//   x-skyden-organization: <id>
//   x-skyden-delivery: <organization id>:<first number>-<last number>, of the organization's own;
//     <organization id>/<control plane id>:<first number>-<last number>, of a control plane's
//   x-skyden-signature: t=<unix seconds>,v1=<hex of HMAC-SHA256(secret, "<t>." + body)>
// It is done when the answer is 2xx and whole (in time, in bounds, well-formed), and tried again
// until then, later each time: at least once, and in order within a chain. How far it came is kept
// in the store, so that nothing is lost across a restart and nothing waits in memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/cond_var.h"
#include "skyden/base/limits.h"
#include "skyden/http/fetch.h"
#include "skyden/store/audit.h"
#include "skyden/store/store.h"

namespace skyden::audit {

inline constexpr char kWebhookReader[] = "webhook";  // its mark

struct WebhookOptions {
  std::string url;      // http:// or https://
  std::string secret;   // signs; must not be empty
  std::string ca_file;  // PEM; empty: the system's authorities
  absl::Duration retry_min = absl::Seconds(1);
  absl::Duration retry_max = absl::Minutes(5);
  absl::Duration time_max = base::limits::kWebhookTime;  // of one delivery
};

// Thread-safe. One thread, asleep while there is nothing to send; of several daemons over one
// database the one that leads (store::Leads) sends. `store` must outlive it.
class Webhook {
 public:
  // INVALID_ARGUMENT when the url or the secret cannot be used.
  static absl::StatusOr<std::unique_ptr<Webhook>> Start(store::Store& store, base::Clock& clock,
                                                        WebhookOptions options);
  ~Webhook();

  struct Counters {
    uint64_t delivered = 0;  // entries
    uint64_t failures = 0;   // attempts that were not answered 2xx
  };
  Counters counters() const { return {delivered_.load(), failures_.load()}; }
  const std::string& url() const { return options_.url; }
  struct Attempt {
    absl::Time at;
    int status = 0;  // of the answer; 0: there was none
  };
  std::optional<Attempt> last_attempt() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Webhook(store::Store& store, base::Clock& clock, WebhookOptions options);

  void Loop() ABSL_LOCKS_EXCLUDED(mu_);
  void LookWhoLeads() ABSL_LOCKS_EXCLUDED(mu_);
  using Chain = std::pair<model::OrganizationKey, model::TenantKey>;
  // Everything that a chain has beyond the mark. Not OK: try again later.
  absl::Status Deliver(const Chain& chain) ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Send(const std::string& organization_id, const store::AuditPage& page)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<std::string> IdOf(model::OrganizationKey organization);
  bool stopping() const ABSL_LOCKS_EXCLUDED(mu_);

  store::Store& store_;
  base::Clock& clock_;
  const WebhookOptions options_;
  http::Interrupt interrupt_;
  std::atomic<uint64_t> delivered_{0};
  std::atomic<uint64_t> failures_{0};
  mutable absl::Mutex mu_;
  base::CondVar stop_;
  absl::flat_hash_set<Chain> waiting_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  bool leads_ ABSL_GUARDED_BY(mu_) = false;
  std::unique_ptr<store::Subscription> daemons_;
  std::optional<Attempt> last_attempt_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<store::Subscription> subscription_;
  std::thread thread_;
};

}  // namespace skyden::audit
