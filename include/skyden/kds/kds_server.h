// SPDX-License-Identifier: Apache-2.0
// The zones' side: the gRPC server that stock Kuma zone control planes connect
// to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/kds/connected_zones.h"
#include "skyden/kds/deliveries.h"
#include "skyden/kds/deps.h"
#include "skyden/kds/options.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/kds/zone_gateway.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::kds {

// Thread-safe.
class KdsServer {
 public:
  // UNAVAILABLE when the address cannot be bound; INVALID_ARGUMENT for
  // unreadable TLS files.
  static absl::StatusOr<std::unique_ptr<KdsServer>> Start(Deps deps, KdsOptions options);
  virtual ~KdsServer() = default;

  virtual std::string address() const = 0;  // what was bound
  virtual ZoneGateway& gateway() = 0;
  // Zones of a control plane that are connected now, sorted.
  virtual std::vector<std::string> OnlineZones(const model::TenantScope& scope) const = 0;
  // The same, for who would turn a person away because of it: waits a moment
  // for zones whose connections have just ended. AssertMayBlock.
  virtual std::vector<std::string> SettledOnlineZones(const model::TenantScope& scope) const = 0;
  // Newest first.
  virtual std::vector<RejectedConnection> Rejected(const model::TenantScope& scope) const = 0;
  // The same by zone, ordered by name.
  virtual std::vector<RefusedZone> RefusedZones(const model::TenantScope& scope) const = 0;
  // Of every control plane, and strangers: for operators. Newest first.
  virtual std::vector<RejectedConnection> AllRejected() const = 0;
  // Who is connected, and how far the sync is.
  virtual ConnectedZones& connected() = 0;
  // What zones refused, and what is kept from them.
  virtual ZoneVerdicts& verdicts() = 0;
  // How many zones are connected.
  virtual size_t CountZones() const = 0;
  // Ends the streams of all zones that are connected now with `why`. Does not wait.
  virtual void EndStreams(const absl::Status& why) = 0;
  // Ends all streams (UNAVAILABLE, so that zones come back), flushes insights,
  // stops. Blocks.
  virtual void Drain(absl::Duration at_most) = 0;

  struct Counters {
    uint64_t streams = 0;
    uint64_t messages_in = 0;
    uint64_t messages_out = 0;
    uint64_t snapshots_built = 0;
    uint64_t bytes_in_flight = 0;
    uint64_t nacks = 0;
    uint64_t rejected_connections = 0;
    uint64_t types_withheld = 0;     // over all zones: too large for one message, see README
    uint64_t refused_resources = 0;  // over all zones
  };
  virtual Counters counters() const = 0;
  // How far changes came.
  virtual Deliveries& deliveries() = 0;
};

}  // namespace skyden::kds
