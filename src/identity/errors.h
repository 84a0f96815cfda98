// SPDX-License-Identifier: Apache-2.0
// Every refusal of this module. Texts name what a person can do, never a token.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/store/records.h"

namespace skyden::identity {

// Callers of the API learn no more than these two.
absl::Status TokenMissing();
absl::Status TokenNotValid();

// Of a session where a token is wanted.
absl::Status SessionIsNoToken();
// For the audit.
absl::Status NotASession();
absl::Status SessionIdle();
absl::Status SessionOfNoProvider();

// Zones' operators learn why. Expired and revoked are said only to those who hold the secret.
absl::Status ZoneTokenMissing();
absl::Status TokenMalformed();
absl::Status ZoneTokenUnknown();
absl::Status ZoneTokenExpired(absl::Time at);
absl::Status ZoneTokenRevoked(absl::Time at);
absl::Status ZoneTokenHasNoControlPlane();
absl::Status ZoneTokenOfAnotherControlPlane(std::string_view addressed);
absl::Status ZoneTokenOfAnotherZone(std::string_view token_zone, std::string_view claimed_zone);
absl::Status ZoneTokenWithoutScope();
absl::Status ZoneTokenOfWrongRole();
absl::Status ZoneNameNotGiven();
absl::Status ZoneNameNotValid(std::string_view reason);
absl::Status KumaZoneTokenNotValid(const absl::Status& cause);
absl::Status CredentialEnded();
absl::Status AccountNotActive();
// UNAVAILABLE, with the reason and the end if there are any: a zone should come back later.
absl::Status ControlPlaneSuspended(const store::Suspension& suspension);
absl::Status ControlPlaneOfAnotherVersion();  // UNAVAILABLE: whoever comes again is let in

absl::Status ControlPlaneNotFound();
absl::Status ConnectsZonesOnly();
absl::Status RoleMayNot();
absl::Status RoleIsNarrowed();
// FAILED_PRECONDITION: `read_only` is TenantScope::read_only().
absl::Status ReadOnly(std::string_view read_only);

absl::Status AccountNotFound();
absl::Status TeamNotFound();
absl::Status TokenNotFound();
absl::Status SessionNotFound();
absl::Status RoleNotFound();
absl::Status OrganizationNotFound();
// FAILED_PRECONDITION.
absl::Status LastOperator();
// RESOURCE_EXHAUSTED.
absl::Status TooMany(std::string_view what);
// ALREADY_EXISTS.
absl::Status Taken(std::string_view what);

}  // namespace skyden::identity
