// SPDX-License-Identifier: Apache-2.0
// model/access.h says who may do what; here it is said in Kuma's words.
#include "skyden/resources/access.h"

#include <fmt/format.h>

#include "resources/go/text.h"
#include "resources/write/errors.h"

namespace skyden::resources {
namespace {

using model::Action;

absl::Status Denied(const model::TenantScope& scope, const model::TypeDescriptor& type) {
  return errors::AccessDenied(scope.who(),
                              fmt::format("the resource of type {}", GoQuote(type.name)));
}

Action ToRead(const model::TypeDescriptor& type) {
  return type.admin_only ? Action::kReadSecrets : Action::kRead;
}
Action ToWrite(const model::TypeDescriptor& type) {
  return type.admin_only ? Action::kWriteSecrets : Action::kWrite;
}

bool May(const model::TenantScope& scope, Action action) {
  const bool kuma_user = scope.who().kind == model::Principal::Kind::kKumaUser;
  return model::Allows(scope.role(), action) || (kuma_user && model::AllowsKumaUser(action));
}

}  // namespace

bool IsAdmin(const model::TenantScope& scope) { return May(scope, Action::kManage); }

absl::Status CheckMayRead(const model::TenantScope& scope, const model::TypeDescriptor& type) {
  return MayRead(scope, type).everything ? absl::OkStatus() : Denied(scope, type);
}

absl::Status CheckMayWrite(const model::TenantScope& scope, const model::TypeDescriptor& type) {
  if (!scope.read_only().empty()) return errors::ReadOnly(scope.read_only());
  const Action action = ToWrite(type);
  if (May(scope, action)) return absl::OkStatus();
  return model::ExtentOf(scope, action, type).everything ? absl::OkStatus() : Denied(scope, type);
}

absl::Status CheckMayRead(const model::TenantScope& scope, const model::TypeDescriptor& type,
                          const model::ResourceKey& key) {
  const Action action = ToRead(type);
  if (May(scope, action) || model::Reaches(scope, action, type, key)) return absl::OkStatus();
  return Denied(scope, type);
}

absl::Status CheckMayWrite(const model::TenantScope& scope, const model::TypeDescriptor& type,
                           const model::ResourceKey& key) {
  if (!scope.read_only().empty()) return errors::ReadOnly(scope.read_only());
  const Action action = ToWrite(type);
  if (May(scope, action) || model::Reaches(scope, action, type, key)) return absl::OkStatus();
  return Denied(scope, type);
}

absl::Status CheckMayDelete(const model::TenantScope& scope, const model::CoreTypes& types,
                            const model::TypeDescriptor& type, const model::ResourceKey& key) {
  if (type.id != types.mesh->id && type.id != types.zone->id) {
    return CheckMayWrite(scope, type, key);
  }
  if (!scope.read_only().empty()) return errors::ReadOnly(scope.read_only());
  return May(scope, Action::kWrite) ? absl::OkStatus() : Denied(scope, type);
}

model::Extent MayRead(const model::TenantScope& scope, const model::TypeDescriptor& type) {
  const Action action = ToRead(type);
  if (May(scope, action)) return {.everything = true};
  return model::ExtentOf(scope, action, type);
}

absl::Status CheckMayKnow(const model::TenantScope& scope, const model::TypeDescriptor& type,
                          const model::ResourceKey& key) {
  return model::IsInParts(scope) ? CheckMayRead(scope, type, key) : absl::OkStatus();
}

absl::Status CheckReadsAllOf(const model::TenantScope& scope, std::string_view mesh) {
  if (!model::IsInParts(scope) || model::ReadsAllOf(scope, mesh)) return absl::OkStatus();
  return errors::AccessDenied(scope.who(), "what is worked out of everything in a mesh");
}

}  // namespace skyden::resources
