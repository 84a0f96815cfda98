// SPDX-License-Identifier: Apache-2.0
// Questions to zones about their proxies.
#pragma once

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "skyden/model/tenant_scope.h"

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

}  // namespace skyden::kds
