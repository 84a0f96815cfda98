// SPDX-License-Identifier: Apache-2.0
// What the connections of one listening address share.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/clock.h"
#include "skyden/base/cond_var.h"
#include "skyden/net/address_limits.h"
#include "skyden/net/arrivals.h"
#include "skyden/net/offence_log.h"
#include "skyden/rpc/server.h"

namespace skyden::rpc {

class ConnectionImpl;

// Thread-safe.
class ServerState {
 public:
  ServerState(ServerOptions options, Acceptor acceptor);

  const ServerOptions& options() const { return options_; }
  const Acceptor& acceptor() const { return acceptor_; }
  net::AddressLimits& addresses() { return addresses_; }
  net::Arrivals& arrivals() { return arrivals_; }
  // TLS handshakes in progress.
  net::AddressLimits& handshakes() { return handshakes_; }

  void Add(const std::shared_ptr<ConnectionImpl>& connection) ABSL_LOCKS_EXCLUDED(mu_);
  void Remove(const ConnectionImpl& connection) ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<std::shared_ptr<ConnectionImpl>> All() const ABSL_LOCKS_EXCLUDED(mu_);
  // False when it took longer.
  bool AwaitNoConnections(absl::Duration at_most) ABSL_LOCKS_EXCLUDED(mu_);

  void CallBegins() ABSL_LOCKS_EXCLUDED(mu_);
  void CallEnds() ABSL_LOCKS_EXCLUDED(mu_);
  bool AwaitNoCalls(absl::Duration at_most) ABSL_LOCKS_EXCLUDED(mu_);

  // A connection is a stranger from its beginning until it is trusted or gone.
  void AddStranger(const std::shared_ptr<ConnectionImpl>& connection) ABSL_LOCKS_EXCLUDED(mu_);
  void RemoveStranger(const ConnectionImpl& connection) ABSL_LOCKS_EXCLUDED(mu_);
  // Hangs up on the oldest stranger when hardly any room is left, so that however many come,
  // whoever signs in soon finds a place.
  void MakeRoom() ABSL_LOCKS_EXCLUDED(mu_);

  // What is held for a stranger has changed. Whoever holds most is ended when it is too much.
  void StrangerHolds(int64_t change) ABSL_LOCKS_EXCLUDED(mu_);

  void NoteAbuse(std::string_view ip, std::string_view what);
  void TellOffences() { offences_.Tell(clock_.Monotonic()); }
  Server::Counters counters() const ABSL_LOCKS_EXCLUDED(mu_);

  Tally tally;
  std::atomic<bool> draining{false};

 private:
  const ServerOptions options_;
  const Acceptor acceptor_;
  const base::RealClock clock_;
  net::AddressLimits addresses_;
  net::AddressLimits handshakes_;
  net::OffenceLog offences_;
  net::Arrivals arrivals_;
  std::atomic<int64_t> stranger_bytes_{0};
  std::atomic<uint64_t> ended_for_abuse_{0};

  mutable absl::Mutex mu_;
  base::CondVar fewer_;
  size_t calls_ ABSL_GUARDED_BY(mu_) = 0;
  absl::flat_hash_map<uint64_t, std::weak_ptr<ConnectionImpl>> connections_ ABSL_GUARDED_BY(mu_);
  std::map<uint64_t, std::weak_ptr<ConnectionImpl>> strangers_ ABSL_GUARDED_BY(mu_);  // by age
};

}  // namespace skyden::rpc
