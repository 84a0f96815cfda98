// SPDX-License-Identifier: Apache-2.0
// model/access.h says who may do what; here it is said in Kuma's words.
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

bool May(const model::TenantScope& scope, model::Action action) {
  const bool kuma_user = scope.who().kind == model::Principal::Kind::kKumaUser;
  return model::Allows(scope.role(), action) || (kuma_user && model::AllowsKumaUser(action));
}

}  // namespace

bool IsAdmin(const model::TenantScope& scope) { return May(scope, model::Action::kManage); }

absl::Status CheckMayRead(const model::TenantScope& scope, const model::TypeDescriptor& type) {
  using model::Action;
  if (May(scope, type.admin_only ? Action::kReadSecrets : Action::kRead)) return absl::OkStatus();
  return Denied(scope, type);
}

absl::Status CheckMayWrite(const model::TenantScope& scope, const model::TypeDescriptor& type) {
  using model::Action;
  if (!scope.read_only().empty()) return errors::ReadOnly(scope.read_only());
  if (May(scope, type.admin_only ? Action::kWriteSecrets : Action::kWrite)) return absl::OkStatus();
  return Denied(scope, type);
}

}  // namespace skyden::resources
