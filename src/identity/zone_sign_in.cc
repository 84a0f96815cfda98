// SPDX-License-Identifier: Apache-2.0
// How a zone's credential becomes a ZoneIdentity: by a token of ours, or by a zone token (JWT) that
// the control plane itself signed. Everything is checked in the order in which a person would mend
// it: the token, then the control plane, then the zone's name.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "identity/authenticator_impl.h"
#include "identity/errors.h"
#include "skyden/base/crypto.h"
#include "skyden/base/jws.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::identity {
namespace {

constexpr char kControlPlaneScope[] = "cp";

// The control plane that an unverified JWT says it was issued by. Proves nothing: it only picks the
// keys that the token is then verified with.
std::optional<model::ControlPlaneId> IssuerOf(std::string_view jwt) {
  const auto parts = base::SplitJws(jwt);
  if (!parts.has_value()) return std::nullopt;
  const auto payload = base::Base64UrlDecode(parts->payload);
  if (!payload.ok()) return std::nullopt;
  // Nothing below the top level is wanted; dropping it bounds what foreign nesting can cost.
  const auto top_level = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    return depth <= 1;
  };
  const auto claims = nlohmann::json::parse(*payload, top_level, false);
  if (!claims.is_object()) return std::nullopt;
  const auto issuer = claims.find("iss");
  if (issuer == claims.end() || !issuer->is_string()) return std::nullopt;
  auto id = model::ParseControlPlaneId(issuer->get_ref<const std::string&>());
  return id.ok() ? std::optional(*std::move(id)) : std::nullopt;
}

absl::StatusOr<model::ZoneName> ParseClaimedZone(std::string_view claimed_zone) {
  if (claimed_zone.empty()) return ZoneNameNotGiven();
  auto zone = model::ParseZoneName(claimed_zone);
  if (!zone.ok()) return ZoneNameNotValid(base::ToStd(zone.status().message()));
  return zone;
}

// Other codes mean that the token could not be checked, which is not the token's fault.
bool IsRefusal(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsInvalidArgument(status) ||
         absl::IsPermissionDenied(status) || absl::IsNotFound(status);
}

}  // namespace

ZoneIdentity Authenticator::Impl::MakeIdentity(const model::ControlPlaneId& id,
                                               const KnownControlPlane& known,
                                               model::ZoneName zone) {
  model::Principal who{model::Principal::Kind::kZone, zone.str(), zone.str(), {}};
  return ZoneIdentity{
      model::TenantScope(model::TenantScope::Key(), known.organization, known.tenant, id,
                         known.version, std::move(who), model::Role::kConnector),
      std::move(zone), std::nullopt};
}

absl::StatusOr<model::ControlPlaneId> Authenticator::Impl::MeantBy(
    const KnownToken& token, const std::optional<model::ControlPlaneId>& addressed) const {
  const std::optional<model::ControlPlaneId>& own = token.owner.control_plane;
  if (own && addressed && *own != *addressed)
    return ZoneTokenOfAnotherControlPlane(addressed->str());
  if (addressed) return *addressed;
  if (own) return *own;
  std::optional<model::ControlPlaneId> only;
  for (const store::RoleRecord& role : token.owner.roles) {
    const bool connects =
        role.narrowing.empty() && model::Allows(role.role, model::Action::kConnect);
    if (!connects || only == role.control_plane) continue;
    if (only || role.control_plane.empty()) return ZoneTokenHasNoControlPlane();
    only = role.control_plane;
  }
  if (!only)
    return token.owner.roles.empty() ? ZoneTokenOfWrongRole() : ZoneTokenHasNoControlPlane();
  return *only;
}

ShownCredential Authenticator::Impl::ShownBy(
    const KnownToken& token, const std::optional<model::ControlPlaneId>& addressed) {
  ShownCredential shown{token.owner.organization, {}, {}};
  const std::optional<model::ControlPlaneId>& own = token.owner.control_plane;
  const std::optional<model::ControlPlaneId>& meant = own ? own : addressed;
  if (!meant) return shown;
  const auto known = cache.ControlPlane(*meant);
  const bool theirs = known.ok() && *known != nullptr &&
                      (*known)->organization == token.owner.organization &&
                      (own || token.caller.access->Knows((*known)->tenant));
  if (!theirs) return shown;
  shown.tenant = (*known)->tenant;
  shown.control_plane = *meant;
  return shown;
}

absl::StatusOr<ZoneIdentity> Authenticator::Impl::SignInWithToken(
    std::string_view text, const std::optional<model::ControlPlaneId>& addressed,
    std::string_view claimed_zone, std::optional<ShownCredential>& shown) {
  SKYDEN_ASSIGN_OR_RETURN(const std::shared_ptr<const KnownToken> token, Recognise(text));
  shown = ShownBy(*token, addressed);
  SKYDEN_RETURN_IF_ERROR(CheckUsable(token->owner));
  NoteUse(*token);
  const store::AccountRecord& account = token->owner.account;
  SKYDEN_ASSIGN_OR_RETURN(const model::ControlPlaneId id, MeantBy(*token, addressed));
  SKYDEN_ASSIGN_OR_RETURN(const auto known, cache.ControlPlane(id));
  const model::Access& access = *token->caller.access;
  // What is not there, what is another organization's and what the account holds nothing on look
  // the same.
  if (!known || known->organization != token->owner.organization || !access.Knows(known->tenant)) {
    return ZoneTokenOfAnotherControlPlane(id.str());
  }
  if (!access.Connects(known->tenant)) return ZoneTokenOfWrongRole();
  SKYDEN_ASSIGN_OR_RETURN(model::ZoneName zone, ParseClaimedZone(claimed_zone));
  if (account.kind == store::AccountRecord::Kind::kZone && account.zone != zone) {
    return ZoneTokenOfAnotherZone(account.zone.str(), claimed_zone);
  }
  if (known->SuspendedAt(clock.Now())) return ControlPlaneSuspended(*known->suspension);
  ZoneIdentity identity = MakeIdentity(id, *known, std::move(zone));
  identity.token = token->owner.token.id;
  identity.account = account.id;
  identity.expires_at = token->owner.token.expires_at.value_or(absl::InfiniteFuture());
  return identity;
}

absl::StatusOr<ZoneIdentity> Authenticator::Impl::SignInWithJwt(
    std::string_view jwt, const std::optional<model::ControlPlaneId>& addressed,
    std::string_view claimed_zone, std::optional<ShownCredential>& shown) {
  const std::optional<model::ControlPlaneId> id = addressed ? addressed : IssuerOf(jwt);
  if (!id) return ZoneTokenHasNoControlPlane();
  SKYDEN_ASSIGN_OR_RETURN(const auto known, cache.ControlPlane(*id));
  // A control plane that is not there looks like one that did not sign this token.
  if (!known) return KumaZoneTokenNotValid(TokenNotValid());
  const auto token = VerifyKuma(*id, *known, jwt);
  if (token.ok() || base::IsGenuine(token.status())) {
    shown = ShownCredential{known->organization, known->tenant, *id};
  }
  if (IsRefusal(token.status())) return KumaZoneTokenNotValid(token.status());
  SKYDEN_RETURN_IF_ERROR(token.status());
  if (token->expires_at <= clock.Now()) return ZoneTokenExpired(token->expires_at);
  if (token->kind != KumaToken::Kind::kZone ||
      std::find(token->scopes.begin(), token->scopes.end(), kControlPlaneScope) ==
          token->scopes.end()) {
    return ZoneTokenWithoutScope();
  }
  SKYDEN_ASSIGN_OR_RETURN(model::ZoneName zone, ParseClaimedZone(claimed_zone));
  if (token->name != zone.str()) return ZoneTokenOfAnotherZone(token->name, claimed_zone);
  if (known->SuspendedAt(clock.Now())) return ControlPlaneSuspended(*known->suspension);
  ZoneIdentity identity = MakeIdentity(*id, *known, std::move(zone));
  identity.expires_at = token->expires_at;
  identity.kuma_token = std::make_shared<const std::string>(jwt);
  return identity;
}

absl::Status Authenticator::CheckStillValid(const ZoneIdentity& zone) {
  const absl::Time now = impl_->clock.Now();
  if (zone.expires_at <= now) return ZoneTokenExpired(zone.expires_at);
  if (zone.token) {
    SKYDEN_ASSIGN_OR_RETURN(const auto known, impl_->cache.Token(*zone.token));
    if (!known) return CredentialEnded();
    SKYDEN_RETURN_IF_ERROR(impl_->CheckUsable(known->owner));
    if (!known->caller.access->Connects(zone.scope.tenant())) return ZoneTokenOfWrongRole();
  }
  const model::ControlPlaneId& id = zone.scope.control_plane();
  SKYDEN_ASSIGN_OR_RETURN(const auto known, impl_->cache.ControlPlane(id));
  if (!known || known->tenant != zone.scope.tenant()) return CredentialEnded();
  if (known->version != zone.scope.version()) return ControlPlaneOfAnotherVersion();
  if (known->SuspendedAt(now)) return ControlPlaneSuspended(*known->suspension);
  if (zone.kuma_token == nullptr) return absl::OkStatus();
  const absl::Status verified = impl_->VerifyKuma(id, *known, *zone.kuma_token).status();
  return IsRefusal(verified) ? KumaZoneTokenNotValid(verified) : verified;
}

}  // namespace skyden::identity
