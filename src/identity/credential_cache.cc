// SPDX-License-Identifier: Apache-2.0
#include "identity/credential_cache.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/hash/hash.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/access_change.h"

namespace skyden::identity {
namespace {

// Kuma's group for whoever may administer, which its clients look for.
constexpr char kKumaAdmin[] = "mesh-system:admin";
constexpr char kKumaAuthenticated[] = "mesh-system:authenticated";

model::Principal PrincipalOf(const store::AccountRecord& account, const model::Access& access) {
  using Kind = store::AccountRecord::Kind;
  model::Principal who;
  who.id = account.id.str();
  who.name = account.name;
  switch (account.kind) {
    case Kind::kUser:
      who.kind = model::Principal::Kind::kUser;
      break;
    case Kind::kSystemAccount:
    case Kind::kTeam:  // which holds no token
      who.kind = model::Principal::Kind::kSystemAccount;
      break;
    case Kind::kZone:
      who.kind = model::Principal::Kind::kZone;
      break;
  }
  if (access.Administrates()) {
    who.groups.emplace_back(kKumaAdmin);
  }
  who.groups.emplace_back(kKumaAuthenticated);
  return who;
}

std::vector<model::Grant> GrantsOf(const store::TokenOwner& owner) {
  std::vector<model::Grant> grants;
  if (owner.account.kind == store::AccountRecord::Kind::kZone) {
    grants.push_back({model::Role::kConnector, owner.account.tenant});
  }
  for (const store::RoleRecord& role : owner.roles) grants.push_back(role.grant());
  return grants;
}

bool IsOfProvider(const store::TokenRecord& token) {
  return token.kind == store::TokenRecord::Kind::kSession && token.parent.empty();
}

std::shared_ptr<const KnownToken> Known(store::TokenOwner owner, std::vector<model::Grant> grants) {
  auto known = std::make_shared<KnownToken>();
  known->caller.access = std::make_shared<const model::Access>(std::move(grants));
  const model::Access& access = *known->caller.access;
  known->caller.principal = IsOfProvider(owner.token)
                                ? PrincipalOfPerson(owner.account, owner.token.groups, access)
                                : PrincipalOf(owner.account, access);
  known->caller.organization = owner.organization;
  known->caller.zone = owner.account.zone;
  known->caller.token = owner.token.id;
  known->caller.by_session = owner.token.kind == store::TokenRecord::Kind::kSession;
  known->caller.by_groups = IsOfProvider(owner.token);
  if (owner.token.last_used_at) known->noted_at = absl::ToUnixNanos(*owner.token.last_used_at);
  known->owner = std::move(owner);
  return known;
}

size_t HashOf(const model::AccountId& account) { return absl::Hash<model::AccountId>()(account); }

// Whether what became of the control plane or organization that the change is of is something that
// was read of the token.
bool HangsOnOwner(const store::TokenOwner& owner, const store::Change& change) {
  if (change.IsOf(owner.organization, owner.account.tenant)) return true;
  return std::any_of(owner.roles.begin(), owner.roles.end(), [&](const store::RoleRecord& role) {
    return change.IsOf(owner.organization, role.tenant);
  });
}

}  // namespace

CredentialCache::CredentialCache(store::Store& store)
    : store_(store),
      tokens_(base::limits::kTokenCacheEntries),
      control_planes_(base::limits::kControlPlaneCacheEntries),
      subscription_(store.Subscribe(std::nullopt,
                                    [this](const store::Change& change) { OnChange(change); })) {}

absl::StatusOr<std::shared_ptr<const KnownToken>> CredentialCache::Token(const model::TokenId& id) {
  uint64_t generation = 0;
  {
    absl::MutexLock lock(&mu_);
    if (auto known = tokens_.Find(id)) return known;
    generation = generation_;
  }
  SKYDEN_ASSIGN_OR_RETURN(auto known, Read(id));
  if (known == nullptr) return known;
  absl::MutexLock lock(&mu_);
  if (generation_ == generation) Keep(id, known);
  return known;
}

absl::StatusOr<std::shared_ptr<const KnownToken>> CredentialCache::Read(const model::TokenId& id) {
  base::AssertMayBlock();
  SKYDEN_ASSIGN_OR_RETURN(
      std::optional<store::TokenOwner> owner,
      store_.FindToken(model::SystemScope::For("sign in: whose token is this"), id));
  if (!owner) return std::shared_ptr<const KnownToken>();
  std::vector<model::Grant> grants = GrantsOf(*owner);
  if (IsOfProvider(owner->token) && group_grants_) {
    SKYDEN_ASSIGN_OR_RETURN(const auto by_groups, group_grants_(owner->token.groups));
    grants.insert(grants.end(), by_groups.begin(), by_groups.end());
  }
  return Known(*std::move(owner), std::move(grants));
}

absl::StatusOr<std::shared_ptr<const KnownControlPlane>> CredentialCache::ControlPlane(
    const model::ControlPlaneId& id) {
  uint64_t generation = 0;
  {
    absl::MutexLock lock(&mu_);
    if (auto known = control_planes_.Find(id)) return known;
    generation = generation_;
  }
  base::AssertMayBlock();
  SKYDEN_ASSIGN_OR_RETURN(
      std::optional<store::ControlPlaneRecord> record,
      store_.FindControlPlane(model::SystemScope::For("sign in: whose control plane is this"), id));
  if (!record) return std::shared_ptr<const KnownControlPlane>();
  auto known = std::make_shared<const KnownControlPlane>(KnownControlPlane{
      record->organization, record->tenant, record->version(), std::move(record->suspension)});
  absl::MutexLock lock(&mu_);
  if (generation_ == generation) control_planes_.Put(id, known);
  return known;
}

void CredentialCache::OnChange(const store::Change& change) {
  if (!MayEndAccess(change)) return;
  const bool of_tenant = change.tenant != model::TenantKey{};
  const bool gone = of_tenant && change.self == store::Change::Self::kGone;
  absl::MutexLock lock(&mu_);
  ++generation_;
  for (const model::TokenId& id : change.tokens) Unlist(tokens_.Erase(id).get());
  for (const model::AccountId& id : change.accounts) DropTokensOf(id);
  if (!change.accounts.empty() && group_grants_) DropTokensByGroups(change.organization);
  if (change.all || gone) DropTokensThatHangOn(change);
  if (change.all || (of_tenant && change.self >= store::Change::Self::kTerms)) {
    control_planes_.EraseIf([&change](const KnownControlPlane& known) {
      return change.IsOf(known.organization, known.tenant);
    });
  }
}

void CredentialCache::Keep(const model::TokenId& id, std::shared_ptr<const KnownToken> known) {
  of_account_.emplace(HashOf(known->owner.account.id), known.get());
  Unlist(tokens_.Put(id, std::move(known)).get());
}

void CredentialCache::DropTokensOf(const model::AccountId& account) {
  // One of another account that has the same hash goes along: it is read again.
  const auto [first, last] = of_account_.equal_range(HashOf(account));
  for (auto it = first; it != last; ++it) tokens_.Erase(it->second->owner.token.id);
  of_account_.erase(first, last);
}

void CredentialCache::DropTokensByGroups(model::OrganizationKey organization) {
  std::vector<model::TokenId> ids;
  for (const auto& [account, known] : of_account_) {
    const bool concerned = known->caller.by_groups && known->owner.organization == organization;
    if (concerned) ids.push_back(known->owner.token.id);
  }
  for (const model::TokenId& id : ids) Unlist(tokens_.Erase(id).get());
}

void CredentialCache::DropTokensThatHangOn(const store::Change& change) {
  std::vector<model::TokenId> ids;
  for (const auto& [account, known] : of_account_) {
    if (HangsOnOwner(known->owner, change)) ids.push_back(known->owner.token.id);
  }
  for (const model::TokenId& id : ids) Unlist(tokens_.Erase(id).get());
}

void CredentialCache::Unlist(const KnownToken* known) {
  if (known == nullptr) return;
  const auto [first, last] = of_account_.equal_range(HashOf(known->owner.account.id));
  const auto found =
      std::find_if(first, last, [known](const auto& e) { return e.second == known; });
  if (found != last) of_account_.erase(found);
}

}  // namespace skyden::identity
