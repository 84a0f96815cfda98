// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"
#include "skyden/model/ids.h"

namespace skyden::kds {

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
  // Not empty: no connection, but a daemon of the same database that did not say which it had
  // turned away.
  std::string unanswered = {};
};

// What becomes of one that tries again and again: the newest limits::kRefusedZones of each control
// plane are kept, by the name that they claim.
struct RefusedZone {
  std::string zone_name;
  std::string peer_ip;
  std::string reason;
  std::string advice;
  absl::Time since;  // for this reason, with no pause of an hour in between
  absl::Time at;     // the last time
};

}  // namespace skyden::kds
