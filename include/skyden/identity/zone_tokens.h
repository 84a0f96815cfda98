// SPDX-License-Identifier: Apache-2.0
// Tokens of zones that were provisioned here, so that one can be exchanged for another. Those that
// a control plane signs itself are not among them: nothing of them is kept.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/identity/token_service.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::store {
class Store;
}

namespace skyden::identity {

// Thread-safe; blocks (AssertMayBlock). Needs the role kAdmin on the control plane, or kOperator:
// PERMISSION_DENIED. NOT_FOUND for a control plane that the caller does not know, and for a zone
// that was not provisioned.
class ZoneTokens {
 public:
  struct Deps {  // outlive it
    store::Store& store;
    const base::Clock& clock;
  };
  struct Of {
    model::ControlPlaneId control_plane;
    model::ZoneName zone;
  };
  explicit ZoneTokens(Deps deps) : deps_(deps) {}

  // Those that are good, ordered by creation.
  absl::StatusOr<std::vector<store::TokenRecord>> List(const model::OrganizationScope& scope,
                                                       const Of& of) const;
  // One more, which the zone's others outlive; without an expiry it has none, as the one that
  // provisioning made. `request.name` empty: the zone's. RESOURCE_EXHAUSTED at
  // limits::kTokensPerAccount good ones.
  absl::StatusOr<IssuedToken> Issue(const model::OrganizationScope& scope, const Of& of,
                                    const CreateToken& request) const;
  // Ends it at once, and what is connected by it. NOT_FOUND when it is not among those of List.
  absl::Status Revoke(const model::OrganizationScope& scope, const Of& of,
                      const model::TokenId& id) const;

 private:
  Deps deps_;
};

}  // namespace skyden::identity
