// SPDX-License-Identifier: Apache-2.0
// From a request's credential to a scope, and to the user that Kuma would see.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rest/call.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::rest {

// Fills call.caller. UNAUTHENTICATED. May read from the disk, as do the others.
absl::Status SignIn(identity::Authenticator& authenticator, Call& call);
// Fills call.caller and call.organization. PERMISSION_DENIED for the credentials of zones.
absl::Status SignInToOrganization(identity::Authenticator& authenticator, Call& call);
// Fills call.caller and call.scope for call.control_plane. NOT_FOUND when there is none for the
// caller.
absl::Status SignInToControlPlane(identity::Authenticator& authenticator, Call& call);
// The same, and takes user tokens that the control plane itself issued.
absl::Status SignInToKuma(identity::Authenticator& authenticator, Call& call);

struct KumaUser {
  std::string name;
  std::vector<std::string> groups;
};
KumaUser KumaUserOf(const model::TenantScope& scope);

}  // namespace skyden::rest
