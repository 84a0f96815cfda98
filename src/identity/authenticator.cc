// SPDX-License-Identifier: Apache-2.0
// A token is looked up by its public id and compared by the hash of its whole text. Whether the id
// is unknown or the secret wrong, the same comparison is made and the same answer given.
#include "skyden/identity/authenticator.h"

#include <algorithm>
#include <utility>

#include "identity/authenticator_impl.h"
#include "identity/errors.h"
#include "identity/suspension.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/identity/access_change.h"
#include "skyden/identity/tokens.h"
#include "skyden/model/kuma_names.h"
#include "skyden/store/directory_tx.h"

namespace skyden::identity {
namespace {

bool SameHash(const std::array<uint8_t, 32>& a, const std::array<uint8_t, 32>& b) {
  return base::ConstantTimeEqual({reinterpret_cast<const char*>(a.data()), a.size()},
                                 {reinterpret_cast<const char*>(b.data()), b.size()});
}

bool Contains(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const KnownToken>> Authenticator::Impl::Recognise(
    std::string_view text) {
  const auto parsed = ParseToken(text);
  if (!parsed.ok()) return TokenMalformed();
  if (parsed->kind == TokenKind::kSession) return SessionIsNoToken();
  return Find(*parsed);
}

absl::StatusOr<std::shared_ptr<const KnownToken>> Authenticator::Impl::Find(
    const ParsedToken& parsed) {
  SKYDEN_ASSIGN_OR_RETURN(std::shared_ptr<const KnownToken> known, cache.Token(parsed.id));
  static constexpr std::array<uint8_t, 32> kNobody{};
  const bool same = SameHash(parsed.sha256, known ? known->owner.token.sha256 : kNobody);
  if (!same || !known) return ZoneTokenUnknown();
  return known;
}

absl::StatusOr<std::shared_ptr<const KnownToken>> Authenticator::Impl::Verify(
    std::string_view text) {
  SKYDEN_ASSIGN_OR_RETURN(std::shared_ptr<const KnownToken> known, Recognise(text));
  SKYDEN_RETURN_IF_ERROR(CheckUsable(known->owner));
  NoteUse(*known);
  return known;
}

void Authenticator::Impl::NoteUse(const KnownToken& known) {
  const absl::Time now = clock.Now();
  int64_t noted = known.noted_at.load(std::memory_order_relaxed);
  if (now - absl::FromUnixNanos(noted) < base::limits::kLastUsedStep) return;
  // Of those who come at once, one writes.
  if (!known.noted_at.compare_exchange_strong(noted, absl::ToUnixNanos(now))) return;
  store.WriteDirectoryAsync(
      model::SystemScope::For("note that a token was used").In(known.owner.organization),
      [id = known.owner.token.id, now](store::DirectoryTx& tx) { return tx.TouchToken(id, now); },
      [](const absl::Status&) {});  // the next use after the step tries again
}

absl::Status Authenticator::Impl::CheckUsable(const store::TokenOwner& owner) const {
  const store::TokenRecord& token = owner.token;
  if (token.revoked_at) return ZoneTokenRevoked(*token.revoked_at);
  if (token.expires_at && *token.expires_at <= clock.Now()) {
    return ZoneTokenExpired(*token.expires_at);
  }
  return owner.account.active ? absl::OkStatus() : AccountNotActive();
}

model::TenantScope Authenticator::Impl::MakeScope(const model::ControlPlaneId& id,
                                                  const KnownControlPlane& known,
                                                  model::Principal who, model::Role role) const {
  model::TenantScope scope(model::TenantScope::Key(), known.organization, known.tenant, id,
                           known.version, std::move(who), role);
  if (known.SuspendedAt(clock.Now())) scope.set_read_only(DescribeSuspension(*known.suspension));
  return scope;
}

absl::StatusOr<Authenticator::KumaToken> Authenticator::Impl::VerifyKuma(
    const model::ControlPlaneId& id, const KnownControlPlane& known, std::string_view jwt) const {
  if (!verifier) return TokenNotValid();
  return verifier(model::SystemScope::For("verify a token that the control plane issued")
                      .In(known.organization, known.tenant, id, known.version),
                  jwt);
}

Authenticator::Authenticator(Deps deps) : impl_(std::make_unique<Impl>(deps)) {}
Authenticator::~Authenticator() = default;

void Authenticator::SetKumaTokenVerifier(KumaTokenVerifier verifier) {
  impl_->verifier = std::move(verifier);
}

void Authenticator::SetPeople(People people) {
  impl_->people = std::move(people);
  impl_->cache.SetGroupGrants([impl = impl_.get()](const std::vector<std::string>& groups) {
    return impl->GrantsOfGroups(groups);
  });
}

bool Authenticator::IsPersonsToken(std::string_view credential) const {
  return impl_->people.verifier && LooksLikeJwt(credential) &&
         impl_->people.verifier->IsMeant(credential);
}

void Authenticator::AddAccessListener(AccessListener listener) {
  auto shared = std::make_shared<const AccessListener>(std::move(listener));
  absl::MutexLock lock(&impl_->listeners_mu);
  impl_->listeners.push_back(std::move(shared));
}

void Authenticator::SetRefusalListener(RefusalListener listener) {
  impl_->refusal_listener = std::move(listener);
}

absl::StatusOr<Caller> Authenticator::Authenticate(std::string_view authorization,
                                                   model::Origin origin) {
  SKYDEN_RETURN_IF_ERROR(impl_->AwaitOthers());
  const std::string_view credential = CredentialOf(authorization);
  const bool too_long = authorization.size() > base::limits::kCredentialBytes;
  absl::StatusOr<Caller> caller = too_long             ? TokenMalformed()
                                  : credential.empty() ? TokenMissing()
                                                       : impl_->SignIn(credential);
  if (absl::IsUnauthenticated(caller.status())) {
    const absl::Status refused = impl_->Refuse(caller.status(), credential, std::move(origin));
    return credential.empty() && !too_long ? TokenMissing() : refused;
  }
  if (caller.ok()) caller->origin = std::move(origin);
  return caller;
}

absl::Status Authenticator::Impl::Refuse(const absl::Status& why, std::string_view credential,
                                         model::Origin origin) {
  RefusedSignIn refused = Describe(credential);
  refused.origin = std::move(origin);
  refused.reason = std::string(base::ToStd(why.message()));
  TellRefused(std::move(refused));
  return TokenNotValid();
}

absl::StatusOr<Caller> Authenticator::Impl::SignIn(std::string_view credential) {
  if (people.verifier && LooksLikeJwt(credential) && people.verifier->IsMeant(credential)) {
    return SignInPerson(credential);
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto known, Verify(credential));
  return known->caller;
}

RefusedSignIn Authenticator::Impl::Describe(std::string_view credential) {
  RefusedSignIn refused;
  const auto parsed = ParseToken(credential);
  if (!parsed.ok()) return refused;
  refused.token_id = parsed->id.str();
  // The id alone is no secret: whoever knows only that is a stranger, and no owner's business.
  const auto known = Find(*parsed);
  if (!known.ok()) return refused;
  const store::TokenOwner& owner = (*known)->owner;
  refused.organization = owner.organization;
  refused.tenant = owner.account.tenant;
  refused.control_plane = owner.control_plane.value_or(model::ControlPlaneId());
  return refused;
}

absl::StatusOr<model::TenantScope> Authenticator::Enter(const Caller& caller,
                                                        const model::ControlPlaneId& id) {
  SKYDEN_ASSIGN_OR_RETURN(const auto known, impl_->cache.ControlPlane(id));
  if (!known || known->organization != caller.organization) return ControlPlaneNotFound();
  const model::Access& access = *caller.access;
  if (!access.Knows(known->tenant)) return ControlPlaneNotFound();
  const std::optional<model::Role> role = access.RoleIn(known->tenant);
  if (!role) return access.Connects(known->tenant) ? ConnectsZonesOnly() : RoleMayNot();
  model::Principal who = caller.principal;
  if (*role == model::Role::kAdmin && !Contains(who.groups, model::kAdminGroup)) {
    who.groups.emplace(who.groups.begin(), model::kAdminGroup);
  }
  model::TenantScope scope = impl_->MakeScope(id, *known, std::move(who), *role);
  // Who may do everything needs no more.
  const bool may_all = *role == model::Role::kAdmin || *role == model::Role::kOperator;
  if (!may_all && access.ReadsParts(known->tenant)) scope.set_narrowed(caller.access);
  scope.set_origin(caller.origin);
  return scope;
}

absl::StatusOr<model::OrganizationScope> Authenticator::EnterOrganization(const Caller& caller) {
  if (!caller.zone.empty()) return ConnectsZonesOnly();
  model::OrganizationScope scope(model::OrganizationScope::Key(), caller.organization,
                                 caller.principal, caller.access);
  scope.set_origin(caller.origin);
  return scope;
}

absl::StatusOr<model::SystemScope> Authenticator::EnterSystem(
    const model::OrganizationScope& scope) {
  if (!scope.access().IsOperator()) return RoleMayNot();
  return model::SystemScope::For("an operator's call");
}

absl::StatusOr<model::TenantScope> Authenticator::AuthenticateKumaUser(
    const model::ControlPlaneId& id, std::string_view jwt, model::Origin origin) {
  SKYDEN_RETURN_IF_ERROR(impl_->AwaitOthers());
  auto scope = impl_->SignInKumaUser(id, CredentialOf(jwt));
  if (absl::IsUnauthenticated(scope.status())) {
    RefusedSignIn refused;
    const auto known = impl_->cache.ControlPlane(id);
    if (base::IsGenuine(scope.status()) && known.ok() && *known != nullptr) {
      refused.organization = (*known)->organization;
      refused.tenant = (*known)->tenant;
      refused.control_plane = id;
    }
    refused.origin = std::move(origin);
    refused.reason = "a token of the control plane's own that is not valid there";
    impl_->TellRefused(std::move(refused));
  }
  if (scope.ok()) scope->set_origin(std::move(origin));
  return scope;
}

absl::StatusOr<model::TenantScope> Authenticator::Impl::SignInKumaUser(
    const model::ControlPlaneId& id, std::string_view jwt) {
  if (jwt.empty()) return TokenMissing();
  if (jwt.size() > base::limits::kCredentialBytes) return TokenNotValid();
  SKYDEN_ASSIGN_OR_RETURN(const auto known, cache.ControlPlane(id));
  if (!known) return TokenNotValid();
  const auto token = VerifyKuma(id, *known, jwt);
  switch (token.status().code()) {
    case absl::StatusCode::kOk:
      break;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kNotFound:
      return base::IsGenuine(token.status()) ? base::AsGenuine(TokenNotValid()) : TokenNotValid();
    default:  // it could not be checked, which is not the token's fault
      return token.status();
  }
  if (token->kind != KumaToken::Kind::kUser) return TokenNotValid();
  model::Principal who{model::Principal::Kind::kKumaUser, token->name, token->name, token->groups};
  if (!Contains(who.groups, model::kAuthenticatedGroup)) {
    who.groups.emplace_back(model::kAuthenticatedGroup);
  }
  const bool admin =
      token->name == model::kAdminGroup || Contains(token->groups, model::kAdminGroup);
  return MakeScope(id, *known, std::move(who), admin ? model::Role::kAdmin : model::Role::kViewer);
}

absl::StatusOr<ZoneIdentity> Authenticator::AuthenticateZone(
    std::string_view token, const std::optional<model::ControlPlaneId>& control_plane,
    std::string_view claimed_zone, std::optional<ShownCredential>* shown) {
  if (token.size() > base::limits::kCredentialBytes) return TokenMalformed();
  const std::string_view credential = CredentialOf(token);
  if (credential.empty()) return ZoneTokenMissing();
  SKYDEN_RETURN_IF_ERROR(impl_->AwaitOthers());
  std::optional<ShownCredential> unwanted;
  std::optional<ShownCredential>& tell = shown == nullptr ? unwanted : *shown;
  return LooksLikeJwt(credential)
             ? impl_->SignInWithJwt(credential, control_plane, claimed_zone, tell)
             : impl_->SignInWithToken(credential, control_plane, claimed_zone, tell);
}

void Authenticator::Impl::OnChange(const store::Change& change) {
  if (!MayEndAccess(change)) return;
  ForgetPeople();
  std::vector<std::shared_ptr<const AccessListener>> told;
  {
    absl::MutexLock lock(&listeners_mu);
    told = listeners;
  }
  for (const auto& listener : told) (*listener)(change);
}

}  // namespace skyden::identity
