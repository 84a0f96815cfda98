// SPDX-License-Identifier: Apache-2.0
// Control planes as resources of their own, and what belongs to one but is not Kuma's.
#pragma once

#include "rest/caller_routes.h"
#include "rest/control_plane_figures.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Immutable once made, thread-safe.
class ManagerApi {
 public:
  explicit ManagerApi(const Deps& deps);

  // Patterns are relative to "/v1/mesh": "/control-planes/{id}".
  const CallerRoutes& routes() const { return routes_; }

 private:
  void List(CallPtr call) const;
  void ListWithFigures(CallPtr call, const ListFigures& request) const;
  void Create(CallPtr call) const;
  void Get(CallPtr call) const;
  void Replace(CallPtr call) const;
  void Patch(CallPtr call) const;
  void Delete(CallPtr call) const;
  void Suspend(CallPtr call) const;
  void Resume(CallPtr call) const;
  void ShareToken(CallPtr call) const;
  void ProvisionZone(CallPtr call) const;
  void RejectedConnections(CallPtr call) const;
  void RejectedResources(CallPtr call) const;
  void WithheldTypes(CallPtr call) const;
  void Audit(CallPtr call) const;

  void Finish(CallPtr call, int status,
              const absl::StatusOr<store::ControlPlaneRecord>& record) const;

  const Deps& deps_;
  CallerRoutes routes_;
};

}  // namespace skyden::rest
