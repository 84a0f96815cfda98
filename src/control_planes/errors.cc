// SPDX-License-Identifier: Apache-2.0
#include "control_planes/errors.h"

#include <fmt/format.h>

namespace skyden::control_planes {

absl::Status ControlPlaneNotFound() { return absl::NotFoundError("control plane not found"); }

absl::Status TooManyControlPlanes() {
  return absl::ResourceExhaustedError("the organization has too many control planes");
}

absl::Status RoleMayNot() {
  return absl::PermissionDeniedError("the token's role does not allow this");
}

absl::Status ZoneStillOnline(const std::vector<std::string>& zones) {
  return BadFields(
      {{"cpID", fmt::format("zone \"{}\" is still online. Disconnect the zone first. Zones online: "
                            "{}; with force=true it is deleted and their connections end",
                            zones.front(), zones.size())}});
}

absl::Status BadFields(const std::vector<base::FieldViolation>& violations) {
  std::string text = "Bad Request:";
  for (const base::FieldViolation& violation : violations) {
    if (&violation != &violations.front()) text += ';';
    text += fmt::format(" {} [invalid]: {}", violation.field, violation.reason);
  }
  return base::WithViolations(absl::InvalidArgumentError(text), violations);
}

absl::Status ReadOnly(std::string_view read_only) {
  return absl::FailedPreconditionError(
      fmt::format("{}: nothing can be changed until it is resumed", read_only));
}

absl::Status CheckReads(const model::Access& access, model::TenantKey tenant) {
  if (!access.Knows(tenant)) return ControlPlaneNotFound();
  return access.Reads(tenant) ? absl::OkStatus() : RoleMayNot();
}

absl::Status CheckSees(const model::Access& access, model::TenantKey tenant) {
  return access.ReadsParts(tenant) ? absl::OkStatus() : CheckReads(access, tenant);
}

absl::Status CheckChanges(const model::Access& access, model::TenantKey tenant) {
  if (!access.Knows(tenant)) return ControlPlaneNotFound();
  return access.Changes(tenant) ? absl::OkStatus() : RoleMayNot();
}

absl::Status CheckWrites(const model::TenantScope& scope) {
  const bool writes = scope.role() == model::Role::kAdmin || scope.role() == model::Role::kOperator;
  if (!writes) return RoleMayNot();
  return scope.read_only().empty() ? absl::OkStatus() : ReadOnly(scope.read_only());
}

}  // namespace skyden::control_planes
