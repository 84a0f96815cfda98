// SPDX-License-Identifier: Apache-2.0
// What all sessions of a listener share.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/byte_shares.h"
#include "skyden/base/clock.h"
#include "skyden/base/cond_var.h"
#include "skyden/base/limits.h"
#include "skyden/http/handler.h"
#include "skyden/http/options.h"
#include "skyden/net/address_limits.h"
#include "skyden/net/arrivals.h"
#include "skyden/net/offence_log.h"

namespace skyden::http {

class Session;

// Thread-safe.
struct ListenerState {
  ListenerState(ServerOptions o, Handler h)
      : options(std::move(o)),
        handler(std::move(h)),
        body_bytes(options.request_bytes_max, options.request_bytes_per_share_max),
        body_bytes_of_shares(options.request_bytes_max, options.request_bytes_per_share_max),
        answer_bytes(options.answer_bytes_max, options.answer_bytes_per_share_max),
        answer_bytes_of_strangers(
            options.answer_bytes_max / base::limits::kAnswerBytesStrangersPart,
            options.answer_bytes_per_share_max / base::limits::kAnswerBytesStrangersPart),
        offences(options.name),
        arrivals(clock, offences, options.arrivals),
        handshakes(options.handshakes_max, options.handshakes_per_address_max) {}

  const ServerOptions options;
  Handler handler;  // called concurrently; see its contract
  std::atomic<bool> draining{false};
  std::atomic<bool> gone{false};  // the Server is: call the handler no more
  // Of requests that are being received or handled: by address, and of those that were taken by
  // what the handler says as well.
  base::ByteShares body_bytes;
  base::ByteShares body_bytes_of_shares;
  base::ByteShares answer_bytes;  // of answers that are being sent, to whom the handler knows
  // The same to all others, by address: documents that everybody may read. Whoever takes them
  // slowly, from however many addresses, must not hold what is for those who signed in.
  base::ByteShares answer_bytes_of_strangers;
  std::atomic<uint64_t> request_number{0};
  std::string request_id_prefix;

  const base::RealClock clock;
  net::OffenceLog offences;
  net::Arrivals arrivals;
  net::AddressLimits handshakes;     // in progress
  std::atomic<uint64_t> refused{0};  // connections, but for arrivals'

  absl::Mutex mu;
  base::CondVar empty;  // no session is left
  size_t sessions ABSL_GUARDED_BY(mu) = 0;
  absl::flat_hash_map<std::string, size_t> sessions_of ABSL_GUARDED_BY(mu);  // by AddressKey

  // Those that are open and were asked nothing, the longest first. None is closed.
  std::list<Session*> resting ABSL_GUARDED_BY(mu);

  // False when there are too many, of this address or at all. `evicted`: who has to go for it,
  // since it rests longest and there is hardly any room left; it is to be told (Session::Evict).
  bool Enter(const std::string& peer_key, std::shared_ptr<Session>& evicted)
      ABSL_LOCKS_EXCLUDED(mu);
  void Leave(const std::string& peer_key) ABSL_LOCKS_EXCLUDED(mu);
  void Rest(Session& session) ABSL_LOCKS_EXCLUDED(mu);
  void Wake(Session& session) ABSL_LOCKS_EXCLUDED(mu);
};

}  // namespace skyden::http
