// SPDX-License-Identifier: Apache-2.0
// What zones of any daemon over one database say and have, at every daemon: each knows of its own
// zones, and asks the others for theirs.
//
// A question goes to the daemon that a zone is connected to, or to all, and is answered there from
// its own zones: it is never passed on. Who asks was signed in at the daemon that asks; the control
// plane is looked up again at the other.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/peers/port.h"

namespace skyden::base {
class Clock;
class Executor;
class Timers;
}  // namespace skyden::base
namespace skyden::kds {
class Deliveries;
class KdsServer;
class ZoneGateway;
class ZoneVerdicts;
}  // namespace skyden::kds
namespace skyden::model {
class TypeRegistry;
}
namespace skyden::resources {
class ResourceViews;
}
namespace skyden::store {
class Daemons;
class Sealer;
class Store;
}  // namespace skyden::store

namespace skyden::peers {

struct Deps {  // all must outlive the peers
  store::Store& store;
  store::Daemons& daemons;      // of it
  const store::Sealer& sealer;  // its key is what daemons of one database know each other by
  const model::TypeRegistry& registry;
  resources::ResourceViews& views;
  kds::KdsServer& zones;  // this daemon's
  base::Clock& clock;
  base::Executor& workers;
  base::Timers& timers;
  Port* port = nullptr;     // null: others cannot ask this daemon
  TlsFiles tls = {};        // to ask others with
  std::string instance_id;  // of this daemon, as ZoneInsights name it
  // Told how many daemons there are, this one among them, once and whenever that changes; may be
  // null. On a worker.
  std::function<void(size_t)> on_count = nullptr;
};

// Thread-safe. What is asked blocks for limits::kPeerTime at most, unless it says otherwise.
class Peers {
 public:
  // UNAVAILABLE when it cannot be read who is there.
  static absl::StatusOr<std::unique_ptr<Peers>> Create(Deps deps);
  virtual ~Peers() = default;

  // As those of kds::KdsServer, of all daemons' zones. UNAVAILABLE, with when to come again, where
  // a daemon that has zones of the control plane does not answer: nobody is told half of it.
  virtual kds::ZoneGateway& gateway() = 0;
  virtual kds::Deliveries& deliveries() = 0;
  // What the others' zones refuse is left out while they do not answer. Who subscribes hears of
  // this daemon's zones, and warnings are about those.
  virtual kds::ZoneVerdicts& verdicts() = 0;
  // Newest first. Those that did not answer are named first (RejectedConnection::unanswered).
  virtual std::vector<kds::RejectedConnection> Rejected(const model::TenantScope& scope) = 0;
  virtual std::vector<kds::RejectedConnection> AllRejected() = 0;
  // `here`, and those that are connected to other daemons, as their insights say; sorted.
  virtual std::vector<std::string> OnlineZones(const model::TenantScope& scope,
                                               std::vector<std::string> here) = 0;

  // Nobody asks or is answered any more: who waits gets UNAVAILABLE. Blocks until nothing is under
  // way.
  virtual void Close() = 0;
};

}  // namespace skyden::peers
