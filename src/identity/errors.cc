// SPDX-License-Identifier: Apache-2.0
#include "identity/errors.h"

#include <fmt/format.h>

#include <string>

#include "identity/suspension.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"

namespace skyden::identity {
absl::Status TokenMissing() { return absl::UnauthenticatedError("a token is required"); }
absl::Status TokenNotValid() { return absl::UnauthenticatedError("the token is not valid"); }

absl::Status SessionIsNoToken() {
  return absl::UnauthenticatedError(
      "this is the session of a browser, which opens nothing but the page: use a token");
}
absl::Status NotASession() {
  return absl::UnauthenticatedError("the cookie is not a session: it was cut or made up");
}
absl::Status SessionIdle() {
  return absl::UnauthenticatedError("the session was not used for too long");
}
absl::Status SessionOfNoProvider() {
  return absl::UnauthenticatedError("the session is of an identity provider that is not in use");
}

absl::Status ZoneTokenMissing() {
  return absl::UnauthenticatedError(
      "the zone presented no token: put one into its global address "
      "(grpcs://<control plane id>:<token>@host:port) or into the metadata `authorization`");
}
absl::Status TokenMalformed() {
  return absl::UnauthenticatedError(
      "the zone's token is not a complete token: it was cut or mistyped");
}
absl::Status ZoneTokenUnknown() {
  return absl::UnauthenticatedError(
      "the zone's token is not known: it was never issued here, or it ended with its zone, account "
      "or control plane");
}
absl::Status ZoneTokenExpired(absl::Time at) {
  return absl::UnauthenticatedError(
      fmt::format("the zone's token expired at {}", base::FormatRfc3339(at)));
}
absl::Status ZoneTokenRevoked(absl::Time at) {
  return absl::UnauthenticatedError(
      fmt::format("the zone's token was revoked at {}", base::FormatRfc3339(at)));
}
absl::Status ZoneTokenHasNoControlPlane() {
  return absl::UnauthenticatedError(
      "the zone's token does not say which control plane it is for: put the control plane's id "
      "into the zone's global address");
}
absl::Status ZoneTokenOfAnotherControlPlane(std::string_view addressed) {
  return absl::PermissionDeniedError(fmt::format(
      "the zone's token does not belong to the control plane \"{}\" that its address names",
      addressed.substr(0, base::limits::kClaimedNameBytes)));
}
absl::Status ZoneTokenOfAnotherZone(std::string_view token_zone, std::string_view claimed_zone) {
  return absl::PermissionDeniedError(
      fmt::format("the token belongs to zone \"{}\", not to zone \"{}\"", token_zone,
                  claimed_zone.substr(0, base::limits::kClaimedNameBytes)));
}
absl::Status ZoneTokenWithoutScope() {
  return absl::PermissionDeniedError(
      "the zone token lacks the scope \"cp\", which a zone control plane needs");
}
absl::Status ZoneTokenOfWrongRole() {
  return absl::PermissionDeniedError("the token's role may not connect zones");
}
absl::Status ZoneNameNotGiven() {
  return absl::PermissionDeniedError("the zone did not say its name (metadata `client-id`)");
}
absl::Status ZoneNameNotValid(std::string_view reason) {
  return absl::PermissionDeniedError(fmt::format("the zone's name is not valid: {}", reason));
}
absl::Status KumaZoneTokenNotValid(const absl::Status& cause) {
  return absl::UnauthenticatedError(fmt::format(
      "the zone token is not valid for this control plane: {}", std::string(cause.message())));
}
absl::Status CredentialEnded() {
  return absl::UnauthenticatedError("the zone's credential was revoked or ended");
}
absl::Status AccountNotActive() {
  return absl::UnauthenticatedError("the token's account is not active");
}
absl::Status ControlPlaneSuspended(const store::Suspension& suspension) {
  return absl::UnavailableError(DescribeSuspension(suspension));
}

absl::Status ControlPlaneOfAnotherVersion() {
  return absl::UnavailableError("the control plane is of another version now: connect again");
}

absl::Status ControlPlaneNotFound() { return absl::NotFoundError("control plane not found"); }
absl::Status ConnectsZonesOnly() {
  return absl::PermissionDeniedError("this token connects zones and may do nothing else");
}
absl::Status RoleMayNot() {
  return absl::PermissionDeniedError("the token's role does not allow this");
}
absl::Status RoleIsNarrowed() {
  return absl::PermissionDeniedError(
      "the token's roles are narrowed to meshes or types, and this is not: ask for a role on the "
      "whole control plane");
}
absl::Status ReadOnly(std::string_view read_only) {
  return absl::FailedPreconditionError(
      fmt::format("{}: nothing can be changed until it is resumed", read_only));
}

absl::Status AccountNotFound() { return absl::NotFoundError("account not found"); }
absl::Status TeamNotFound() { return absl::NotFoundError("team not found"); }
absl::Status TokenNotFound() { return absl::NotFoundError("token not found"); }
absl::Status SessionNotFound() { return absl::NotFoundError("session not found"); }
absl::Status RoleNotFound() { return absl::NotFoundError("role not found"); }
absl::Status OrganizationNotFound() { return absl::NotFoundError("organization not found"); }
absl::Status LastOperator() {
  return absl::FailedPreconditionError(
      "nobody could run the daemon any more: give another account the role Operator and a token "
      "first");
}
absl::Status TooMany(std::string_view what) {
  return absl::ResourceExhaustedError(fmt::format("there are too many {}", what));
}
absl::Status Taken(std::string_view what) {
  return absl::AlreadyExistsError(fmt::format("{} exists already", what));
}

}  // namespace skyden::identity
