// SPDX-License-Identifier: Apache-2.0
// What an organization's administrators and the operator look at: the audit as a whole, and the
// zones that were turned away. What belongs to one control plane is the manager API's.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Immutable once made, thread-safe.
class AuditApi {
 public:
  explicit AuditApi(const Deps& deps);

  // Patterns are relative to "/v3": "/audit-logs".
  const CallerRoutes& routes() const { return routes_; }

 private:
  void List(CallPtr call) const;
  void Verify(CallPtr call) const;
  void RejectedConnections(CallPtr call) const;

  const Deps& deps_;
  CallerRoutes routes_;
};

}  // namespace skyden::rest
