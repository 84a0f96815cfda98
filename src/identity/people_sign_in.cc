// SPDX-License-Identifier: Apache-2.0
// How somebody who signed in at the identity provider becomes a caller: the token is verified, its
// subject found among the users of the organization, and the roles of the user and of the token's
// groups added up. What came of it is kept for a few minutes, and dropped when anything changes.
#include <algorithm>
#include <utility>

#include "identity/authenticator_impl.h"
#include "identity/errors.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_names.h"
#include "skyden/store/directory_tx.h"

namespace skyden::identity {
namespace {

std::string KeyOf(std::string_view jwt) {
  const auto digest = base::Sha256(jwt);
  return std::string(reinterpret_cast<const char*>(digest.data()), digest.size());
}

model::SystemScope Reason() {
  return model::SystemScope::For("sign in: a person of the identity provider");
}

const store::AccountRecord* FindByEmail(const std::vector<store::AccountRecord>& users,
                                        const std::string& email) {
  const auto found = std::find_if(
      users.begin(), users.end(),
      [&email](const store::AccountRecord& user) { return !email.empty() && user.email == email; });
  return found == users.end() ? nullptr : &*found;
}

}  // namespace

absl::StatusOr<Caller> Authenticator::Impl::SignInPerson(std::string_view jwt) {
  const std::string key = KeyOf(jwt);
  uint64_t generation = 0;
  {
    absl::MutexLock lock(&mu);
    const auto session = sessions.Find(key);
    const bool kept = session && clock.Monotonic() < session->kept_until;
    if (kept && clock.Now() < session->expires_at) return session->caller;
    generation = people_generation;
  }
  SKYDEN_ASSIGN_OR_RETURN(const OidcPerson person, people.verifier->Verify(jwt));
  SKYDEN_ASSIGN_OR_RETURN(const Caller caller, Accept(person));
  const absl::Duration kept_until = clock.Monotonic() + base::limits::kOidcSessionTime;
  auto session = std::make_shared<const Session>(Session{caller, person.expires_at, kept_until});
  absl::MutexLock lock(&mu);
  if (people_generation == generation) sessions.Put(key, std::move(session));
  return caller;
}

absl::StatusOr<Caller> Authenticator::AcceptPerson(const OidcPerson& person, model::Origin origin) {
  SKYDEN_ASSIGN_OR_RETURN(Caller caller, impl_->Accept(person));
  caller.origin = std::move(origin);
  return caller;
}

absl::StatusOr<Caller> Authenticator::Impl::Accept(const OidcPerson& person) {
  SKYDEN_ASSIGN_OR_RETURN(const store::AccountRecord account, AccountOf(person));
  if (!account.active) return AccountNotActive();
  return CallerOf(person, account);
}

absl::StatusOr<store::AccountRecord> Authenticator::Impl::AccountOf(const OidcPerson& person) {
  base::AssertMayBlock();
  const model::OrganizationScope scope = Reason().In(people.organization);
  std::optional<store::AccountRecord> account;
  const absl::Status read =
      store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(account, tx.FindAccountBySubject(person.subject));
        return absl::OkStatus();
      });
  SKYDEN_RETURN_IF_ERROR(read);
  if (account) return *std::move(account);

  store::AccountRecord fresh;
  fresh.id = model::AccountId(base::RandomUuid());
  fresh.kind = store::AccountRecord::Kind::kUser;
  fresh.name = person.name;
  fresh.subject = person.subject;
  fresh.created_at = fresh.updated_at = clock.Now();
  const absl::Status written =
      store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(account, tx.FindAccountBySubject(person.subject));
        if (account) return absl::OkStatus();  // it came by another connection meanwhile
        SKYDEN_ASSIGN_OR_RETURN(const auto users, tx.ListAccounts(fresh.kind));
        if (users.size() >= base::limits::kAccountsPerOrganization) return TooMany("accounts");
        const store::AccountRecord* known = FindByEmail(users, person.email);
        if (known != nullptr && known->subject.empty() && person.email_verified) {
          account = *known;
          account->subject = person.subject;
          account->updated_at = fresh.updated_at;
          return tx.UpdateAccount(*account);
        }
        // An address that is somebody else's stays theirs.
        account = fresh;
        if (known == nullptr) account->email = person.email;
        return tx.InsertAccount(*account);
      });
  SKYDEN_RETURN_IF_ERROR(written);
  return *std::move(account);
}

absl::StatusOr<Caller> Authenticator::Impl::CallerOf(const OidcPerson& person,
                                                     const store::AccountRecord& account) {
  std::vector<model::Grant> grants;
  const absl::Status read = store.ReadDirectory(
      Reason().In(people.organization), [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto roles, tx.ListEffectiveRoles(account.id));
        for (const store::RoleRecord& role : roles) grants.push_back(role.grant());
        return absl::OkStatus();
      });
  SKYDEN_RETURN_IF_ERROR(read);
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<model::Grant> by_groups, GrantsOfGroups(person.groups));
  grants.insert(grants.end(), by_groups.begin(), by_groups.end());
  Caller caller;
  caller.by_groups = true;
  caller.access = std::make_shared<const model::Access>(std::move(grants));
  caller.organization = people.organization;
  caller.principal = PrincipalOfPerson(account, person.groups, *caller.access);
  return caller;
}

absl::StatusOr<std::vector<model::Grant>> Authenticator::Impl::GrantsOfGroups(
    const std::vector<std::string>& groups) {
  std::vector<model::Grant> grants;
  for (const GroupRole& mapped : people.roles) {
    if (std::find(groups.begin(), groups.end(), mapped.group) == groups.end()) continue;
    if (!mapped.team.empty()) {
      SKYDEN_ASSIGN_OR_RETURN(const auto of_team, GrantsOfTeam(mapped.team));
      grants.insert(grants.end(), of_team.begin(), of_team.end());
      continue;
    }
    model::TenantKey tenant{};
    if (mapped.control_plane) {
      SKYDEN_ASSIGN_OR_RETURN(const auto known, cache.ControlPlane(*mapped.control_plane));
      if (!known || known->organization != people.organization) continue;
      tenant = known->tenant;
    }
    grants.push_back({mapped.role, tenant});
  }
  return grants;
}

// A team that is not there gives nothing.
absl::StatusOr<std::vector<model::Grant>> Authenticator::Impl::GrantsOfTeam(
    const std::string& name) {
  base::AssertMayBlock();
  std::vector<model::Grant> grants;
  const absl::Status read = store.ReadDirectory(
      Reason().In(people.organization), [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto team, tx.FindTeamByName(name));
        if (!team) return absl::OkStatus();
        SKYDEN_ASSIGN_OR_RETURN(const auto roles, tx.ListRoles(team->id));
        for (const store::RoleRecord& role : roles) grants.push_back(role.grant());
        return absl::OkStatus();
      });
  SKYDEN_RETURN_IF_ERROR(read);
  return grants;
}

model::Principal PrincipalOfPerson(const store::AccountRecord& account,
                                   const std::vector<std::string>& groups,
                                   const model::Access& access) {
  model::Principal who;
  who.kind = model::Principal::Kind::kUser;
  who.id = account.id.str();
  who.name = account.email.empty() ? account.name : account.email;
  for (const std::string& group : groups) {
    // Kuma's own groups are ours to give.
    if (!group.starts_with(model::kSystemGroupPrefix)) who.groups.push_back(group);
  }
  if (access.Administrates()) who.groups.emplace_back(model::kAdminGroup);
  who.groups.emplace_back(model::kAuthenticatedGroup);
  return who;
}

void Authenticator::Impl::ForgetPeople() {
  absl::MutexLock lock(&mu);
  ++people_generation;
  sessions.EraseIf([](const Session&) { return true; });
}

}  // namespace skyden::identity
