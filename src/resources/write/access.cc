// SPDX-License-Identifier: Apache-2.0
// Kuma refuses only secrets, and only to those who are not administrators. Viewers are accounts of
// the manager that Kuma does not know; they write nothing. A Kuma user token was issued by an
// administrator of the control plane and may do what it may do in Kuma.
#include "skyden/resources/access.h"

#include <fmt/format.h>

#include "resources/go/text.h"
#include "resources/write/errors.h"

namespace skyden::resources {
namespace {

absl::Status Denied(const model::TenantScope& scope, const model::TypeDescriptor& type) {
  return errors::AccessDenied(scope.who(),
                              fmt::format("the resource of type {}", GoQuote(type.name)));
}

}  // namespace

bool IsAdmin(const model::TenantScope& scope) {
  return scope.role() == model::Role::kAdmin || scope.role() == model::Role::kOperator;
}

absl::Status CheckMayRead(const model::TenantScope& scope, const model::TypeDescriptor& type) {
  if (IsAdmin(scope)) return absl::OkStatus();
  if (scope.role() == model::Role::kViewer && !type.admin_only) return absl::OkStatus();
  return Denied(scope, type);
}

absl::Status CheckMayWrite(const model::TenantScope& scope, const model::TypeDescriptor& type) {
  if (!scope.read_only().empty()) return errors::ReadOnly(scope.read_only());
  if (IsAdmin(scope)) return absl::OkStatus();
  const bool kuma_user = scope.who().kind == model::Principal::Kind::kKumaUser;
  if (kuma_user && !type.admin_only) return absl::OkStatus();
  return Denied(scope, type);
}

}  // namespace skyden::resources
