// SPDX-License-Identifier: Apache-2.0
// The zones' side: the gRPC server that stock Kuma zone control planes connect
// to.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/identity/authenticator.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"

namespace skyden::kds {

// A question to a zone about one of its proxies, over the stream the zone keeps
// open for it.
struct ZoneRequest {
  enum class Kind { kConfigDump, kStats, kClusters } kind = Kind::kConfigDump;
  std::string zone_name;
  std::string resource_type;  // "Dataplane", "ZoneIngress", "ZoneEgress"
  std::string resource_name;  // in the zone's store
  std::string resource_mesh;
  bool include_eds = false;  // config dump
  bool json = false;         // stats, clusters
  bool used_only = false;    // stats
};

// Thread-safe.
class ZoneGateway {
 public:
  virtual ~ZoneGateway() = default;
  // `done` is called once, with the bytes or, in Kuma's words: UNAVAILABLE (the
  // zone is not connected, or was not any more), FAILED_PRECONDITION (its
  // stream for such questions is not, or the zone's own error),
  // DEADLINE_EXCEEDED (limits::kZoneRequestTime), RESOURCE_EXHAUSTED
  // (limits::kZoneRequests wait for that stream).
  // The ticket is for Cancel; it is empty when `done` was called already.
  using Ticket = std::string;
  virtual Ticket Ask(const model::TenantScope& scope, ZoneRequest request,
                     absl::AnyInvocable<void(absl::StatusOr<std::string>)> done) = 0;
  // Nobody waits any more: `done` is dropped, unless it was called.
  virtual void Cancel(const Ticket& ticket) = 0;
};

// A connection that was turned away. The newest limits::kRejectedConnections
// are kept of each control plane, of all together, and of strangers.
struct RejectedConnection {
  absl::Time at;
  std::string peer;  // with its port; of several together without
  std::string peer_ip{};
  std::string zone_name{};  // as claimed, at most 63 bytes
  std::string reason{};
  std::string advice = {};  // what to do about it
  // Where a credential that was shown had been issued, though it did not open
  // the door. Empty for strangers, whatever they claim.
  model::ControlPlaneId control_plane = {};
  model::OrganizationKey organization = {};  // may be known without a control plane; 0 when not
  model::TenantKey tenant = {};
};

struct KdsOptions {
  std::string address;  // "127.0.0.1:0"
  // PEM files, reloaded when they change; empty for plaintext.
  std::string certificate_file;
  std::string key_file;
  std::string instance_id;  // of this daemon
  // Connections that one address may have: all zones of a control plane may sit
  // behind one.
  size_t connections_max = base::limits::kKdsConnections;
  size_t connections_per_address_max = base::limits::kZonesPerControlPlane;
  base::limits::Rate arrivals = base::limits::kArrivals;  // of one address; see net::Arrivals
  absl::Duration health_check_interval = absl::Seconds(30);
  absl::Duration debounce = absl::Milliseconds(2);       // quiet time before a change is sent
  absl::Duration debounce_max = absl::Milliseconds(20);  // and the longest a change waits
  absl::Duration insight_flush = absl::Seconds(10);
  absl::Duration resync = absl::Minutes(5);  // repairs lost notices
  // No call lets the others of its connection in: each needs an authorization
  // header.
  bool header_credentials_only = false;
};

// Thread-safe. The dependencies must outlive it.
class KdsServer {
 public:
  struct Deps {
    store::Store& store;
    const model::TypeRegistry& registry;
    const resources::ResourceCodec& codec;
    resources::ResourceManager& manager;
    resources::ResourceViews& views;
    identity::Authenticator& authenticator;
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    // Told of connections that were turned away, on a worker; may be null. Of
    // many from one address the first, and how many more there were.
    std::function<void(const RejectedConnection&)> on_rejected = nullptr;
  };
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
  // Of every control plane, and strangers: for operators. Newest first.
  virtual std::vector<RejectedConnection> AllRejected() const = 0;
  // What zones refused, and what is kept from them.
  virtual ZoneVerdicts& verdicts() = 0;
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
};

}  // namespace skyden::kds
