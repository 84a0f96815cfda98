// SPDX-License-Identifier: Apache-2.0
#include "identity/credential_cache.h"

#include <optional>
#include <utility>

#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

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
  for (const store::RoleRecord& role : owner.roles) grants.push_back({role.role, role.tenant});
  return grants;
}

std::shared_ptr<const KnownToken> Known(store::TokenOwner owner) {
  auto known = std::make_shared<KnownToken>();
  known->caller.access = std::make_shared<const model::Access>(GrantsOf(owner));
  known->caller.principal = PrincipalOf(owner.account, *known->caller.access);
  known->caller.organization = owner.organization;
  known->caller.zone = owner.account.zone;
  known->caller.token = owner.token.id;
  if (owner.token.last_used_at) known->noted_at = absl::ToUnixNanos(*owner.token.last_used_at);
  known->owner = std::move(owner);
  return known;
}

}  // namespace

CredentialCache::CredentialCache(store::Store& store)
    : store_(store),
      tokens_(base::limits::kTokenCacheEntries),
      control_planes_(base::limits::kControlPlaneCacheEntries) {}

absl::StatusOr<std::shared_ptr<const KnownToken>> CredentialCache::Token(const model::TokenId& id) {
  uint64_t generation = 0;
  {
    absl::MutexLock lock(&mu_);
    if (auto known = tokens_.Find(id)) return known;
    generation = generation_;
  }
  base::AssertMayBlock();
  SKYDEN_ASSIGN_OR_RETURN(
      std::optional<store::TokenOwner> owner,
      store_.FindToken(model::SystemScope::For("sign in: whose token is this"), id));
  if (!owner) return std::shared_ptr<const KnownToken>();
  auto known = Known(*std::move(owner));
  absl::MutexLock lock(&mu_);
  if (generation_ == generation) tokens_.Put(id, known);
  return known;
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
  auto known = std::make_shared<const KnownControlPlane>(
      KnownControlPlane{record->organization, record->tenant, std::move(record->suspension)});
  absl::MutexLock lock(&mu_);
  if (generation_ == generation) control_planes_.Put(id, known);
  return known;
}

void CredentialCache::Forget(const std::vector<model::TokenId>& tokens) {
  absl::MutexLock lock(&mu_);
  ++generation_;
  for (const model::TokenId& id : tokens) tokens_.Erase(id);
}

void CredentialCache::Forget(const model::ControlPlaneId& id, model::TenantKey tenant) {
  absl::MutexLock lock(&mu_);
  ++generation_;
  control_planes_.Erase(id);
  tokens_.EraseIf(
      [tenant](const KnownToken& known) { return known.owner.account.tenant == tenant; });
}

}  // namespace skyden::identity
