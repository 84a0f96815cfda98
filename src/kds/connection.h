// SPDX-License-Identifier: Apache-2.0
// The calls of one connection. A stock zone shows its credential in one of them only, so the
// connection is what is authenticated, and the other calls wait for that. It ends at the first sign
// that the connection carries the calls of more than one zone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "kds/authenticated_call.h"
#include "kds/live_count.h"
#include "kds/zone_session.h"
#include "skyden/base/executor.h"
#include "skyden/identity/authenticator.h"
#include "skyden/rpc/connection.h"

namespace skyden::kds {

class Connections;

// What a call shows of whose it is, before its credential was looked at.
struct Arrival {
  std::string_view client_id;
  std::string_view proxy_header;   // see ProxyHeaderOf
  bool own_credential = false;     // in its headers: it needs no other call
  std::optional<StreamKind> kind;  // of streams, of which a zone has one each
};

// Strand-bound, but for what says otherwise. What the server keeps of an rpc::Connection.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Connections> table, const std::shared_ptr<rpc::Connection>& wire);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Any thread.
  base::Strand& strand() { return strand_; }
  const std::string& peer() const { return peer_; }
  const std::string& peer_ip() const { return peer_ip_; }

  // Of every call, first of all. When it cannot be of the zone that the others are of, all end,
  // the connection too, with the status that this returns.
  absl::Status Admit(const Arrival& arrival);
  // It was ended so, and calls that were under way are still coming in.
  const std::optional<absl::Status>& broken() const { return broken_; }
  // The end of a call that was admitted.
  void Leave(const Arrival& arrival);

  // Tells `call` the identity now or once it is known; after limits::kKdsAuthenticationWait it is
  // refused, and so is a call too many.
  void Await(const std::shared_ptr<AuthenticatedCall>& call);
  // By the call that brought the credential in its first message. The first identity stays: when
  // this one is another zone's, the connection is ended (PERMISSION_DENIED). A failure ends those
  // that wait. Who settled it tells when it has gone (Unsettle); with the last of them the
  // identity goes.
  absl::Status Settle(const IdentityOr& identity);
  void Unsettle();
  // By a call that brought one in its headers, which is for itself alone. PERMISSION_DENIED, and
  // the connection is ended, when the connection is another zone's.
  absl::Status Meet(const identity::ZoneIdentity& identity);
  // Forgets the identity unless `verdict` is OK. Any thread.
  void Review(std::shared_ptr<const Verdict> verdict);

  // Nothing is taken on it any more: what waits for it would be held for nothing.
  void HangUp(const absl::Status& why);

  // Grows while the zone's side takes bytes that wait for it.
  uint64_t TakenBytes();

 private:
  struct Zone {
    model::TenantKey tenant{};
    std::string name;
  };
  absl::Status Break(absl::Status why);
  bool Fits(const identity::ZoneIdentity& identity) const;
  void TellAll();
  void Trust(const identity::ZoneIdentity& identity);

  const std::shared_ptr<Connections> table_;
  const LiveOne live_;
  const std::weak_ptr<rpc::Connection> wire_;
  const uint64_t id_;
  const std::string peer_, peer_ip_;
  base::Strand strand_;

  std::optional<IdentityOr> identity_;
  size_t settled_by_ = 0;  // live calls
  std::vector<std::weak_ptr<AuthenticatedCall>> waiting_;
  base::Timers::Id timer_ = 0;
  uint64_t taken_ = 0;

  std::string bound_name_;  // client-id of the calls that show no credential of their own
  size_t bound_calls_ = 0;  // those calls, live
  uint8_t bound_kinds_ = 0;
  bool proxied_ = false;
  std::optional<Zone> met_;  // of calls that showed their own
  bool met_several_ = false;
  std::optional<absl::Status> broken_;
};

// All of them. Thread-safe.
class Connections {
 public:
  Connections(base::Executor& workers, base::Timers& timers) : workers_(workers), timers_(timers) {}

  // What belongs to `wire`, made when there is none yet. On its loop's thread.
  static std::shared_ptr<Connection> Of(const std::shared_ptr<Connections>& table,
                                        const std::shared_ptr<rpc::Connection>& wire)
      ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<std::shared_ptr<Connection>> All() const ABSL_LOCKS_EXCLUDED(mu_);
  LiveCount& live() { return live_; }

 private:
  friend class Connection;
  void Remove(uint64_t id) ABSL_LOCKS_EXCLUDED(mu_);

  base::Executor& workers_;
  base::Timers& timers_;
  LiveCount live_;
  mutable absl::Mutex mu_;
  absl::flat_hash_map<uint64_t, std::weak_ptr<Connection>> connections_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::kds
