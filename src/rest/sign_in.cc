// SPDX-License-Identifier: Apache-2.0
#include "rest/sign_in.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "skyden/base/status.h"
#include "skyden/identity/tokens.h"
#include "skyden/model/kuma_names.h"

namespace skyden::rest {
namespace {

// Whoever shows one bad credential after another is told to wait.
absl::Status Refused(const Call& call, const absl::Status& why) {
  const bool shown = call.credential.way != Credential::Way::kNothing;
  if (absl::IsUnauthenticated(why) && shown && call.door != nullptr) {
    SKYDEN_RETURN_IF_ERROR(call.door->AfterRefusal(call.origin.peer));
  }
  return why;
}

}  // namespace

absl::Status SignIn(identity::Authenticator& authenticator, Call& call) {
  const Credential& shown = call.credential;
  if (!shown.forged.empty()) return absl::PermissionDeniedError(shown.forged);
  auto caller = shown.way == Credential::Way::kCookie
                    ? authenticator.AuthenticateSession(shown.text, call.origin, call.noting)
                    : authenticator.Authenticate(shown.text, call.origin);
  if (!caller.ok()) return Refused(call, caller.status());
  call.caller = *std::move(caller);
  return absl::OkStatus();
}

absl::Status SignInToOrganization(identity::Authenticator& authenticator, Call& call) {
  SKYDEN_RETURN_IF_ERROR(SignIn(authenticator, call));
  SKYDEN_ASSIGN_OR_RETURN(call.organization, authenticator.EnterOrganization(*call.caller));
  return absl::OkStatus();
}

absl::Status SignInToControlPlane(identity::Authenticator& authenticator, Call& call) {
  SKYDEN_RETURN_IF_ERROR(SignIn(authenticator, call));
  if (call.control_plane.empty()) return absl::NotFoundError("");
  SKYDEN_ASSIGN_OR_RETURN(call.scope, authenticator.Enter(*call.caller, call.control_plane));
  return absl::OkStatus();
}

absl::Status SignInToKuma(identity::Authenticator& authenticator, Call& call) {
  const std::string_view token = identity::CredentialOf(call.credential.text);
  const bool by_cookie = call.credential.way == Credential::Way::kCookie;
  if (by_cookie || !identity::LooksLikeJwt(token) || authenticator.IsPersonsToken(token)) {
    return SignInToControlPlane(authenticator, call);
  }
  auto scope = authenticator.AuthenticateKumaUser(call.control_plane, token, call.origin);
  if (!scope.ok()) return Refused(call, scope.status());
  call.scope = *std::move(scope);
  return absl::OkStatus();
}

KumaUser KumaUserOf(const model::TenantScope& scope) {
  const model::Principal& who = scope.who();
  if (who.kind == model::Principal::Kind::kKumaUser) {
    KumaUser user{who.name, who.groups};
    if (std::find(user.groups.begin(), user.groups.end(), model::kAuthenticatedGroup) ==
        user.groups.end()) {
      user.groups.emplace_back(model::kAuthenticatedGroup);
    }
    return user;
  }
  if (scope.role() == model::Role::kAdmin || scope.role() == model::Role::kOperator) {
    return {std::string(model::kAdminGroup),
            {std::string(model::kAdminGroup), std::string(model::kAuthenticatedGroup)}};
  }
  return {who.name, {std::string(model::kAuthenticatedGroup)}};
}

}  // namespace skyden::rest
