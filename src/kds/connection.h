// SPDX-License-Identifier: Apache-2.0
// The calls of one TCP connection. A stock zone shows its credential in one of them only, so the
// connection is what is authenticated, and the other calls wait for that.
#pragma once

#include <grpcpp/security/auth_context.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "kds/live_count.h"
#include "kds/sockets.h"
#include "skyden/base/executor.h"
#include "skyden/identity/authenticator.h"

namespace skyden::kds {

class ZoneCall;
class ConnectionTable;

using IdentityOr = absl::StatusOr<identity::ZoneIdentity>;
// Whether a zone that came in may stay; the status it is sent away with.
using Verdict = std::function<absl::Status(const identity::ZoneIdentity&)>;

// Strand-bound, but for what says otherwise. Lives as long as one of its calls.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ConnectionTable& table, const void* key,
             std::shared_ptr<const grpc::AuthContext> context, std::string peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  base::Strand& strand() { return strand_; }  // any thread

  // Tells `call` the identity now or once it is known; after limits::kKdsAuthenticationWait it is
  // refused, and so is a call too many.
  void Await(const std::shared_ptr<ZoneCall>& call);
  // Whoever brought the credential. The first identity stays: PERMISSION_DENIED when this one is
  // another zone's. A failure ends those that wait.
  absl::Status Settle(const IdentityOr& identity);
  // Forgets the identity unless `verdict` is OK. Any thread.
  void Review(std::shared_ptr<const Verdict> verdict);

  // Grows while the zone's side takes bytes that wait for it.
  uint64_t TakenBytes();
  // Hangs up when nothing has moved for limits::kKdsSendStall: neither came anything, nor was
  // anything taken. Not strand-bound: for one caller, which asks again and again.
  void CutIfSilent(absl::Duration now);

 private:
  void TellAll();

  ConnectionTable& table_;
  const LiveOne live_;
  const void* const key_;
  const std::shared_ptr<const grpc::AuthContext> context_;  // keeps `key_` from being used again
  const std::string peer_;
  base::Strand strand_;
  std::optional<IdentityOr> identity_;
  std::vector<std::weak_ptr<ZoneCall>> waiting_;
  base::Timers::Id timer_ = 0;
  uint64_t taken_ = 0;
  Socket::Traffic seen_;  // by CutIfSilent
  absl::Duration moved_at_ = -absl::InfiniteDuration();
};

// Finds the connection of a call. Thread-safe.
class ConnectionTable {
 public:
  ConnectionTable(base::Executor& workers, base::Timers& timers, size_t per_address_max)
      : workers_(workers), timers_(timers), per_address_max_(per_address_max) {}

  // `peer`: address and port, as gRPC writes them. nullptr when the address has too many already.
  std::shared_ptr<Connection> Of(std::shared_ptr<const grpc::AuthContext> context,
                                 const std::string& peer) ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<std::shared_ptr<Connection>> All() const ABSL_LOCKS_EXCLUDED(mu_);
  LiveCount& live() { return live_; }
  Sockets& sockets() { return sockets_; }

 private:
  friend class Connection;
  void Remove(const void* key, const std::string& peer) ABSL_LOCKS_EXCLUDED(mu_);

  base::Executor& workers_;
  base::Timers& timers_;
  const size_t per_address_max_;
  LiveCount live_;
  Sockets sockets_;
  mutable absl::Mutex mu_;
  absl::flat_hash_map<const void*, std::weak_ptr<Connection>> connections_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, size_t> per_address_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::kds
