// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "identity/credential_cache.h"
#include "identity/lru_cache.h"
#include "skyden/base/limits.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/daemons.h"

namespace skyden::identity {

struct Authenticator::Impl {
  // The cache subscribes first, so that listeners are told once it has forgotten.
  explicit Impl(Deps deps)
      : store(deps.store),
        daemons(store::DaemonsOf(store)),
        clock(deps.clock),
        cache(deps.store),
        subscription(store.Subscribe(std::nullopt,
                                     [this](const store::Change& change) { OnChange(change); })) {}

  store::Store& store;
  store::Daemons* const daemons;  // nullptr: nobody else writes
  base::Clock& clock;
  CredentialCache cache;
  KumaTokenVerifier verifier;
  People people;
  RefusalListener refusal_listener;

  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu, listeners_mu);

  // Whoever signs in finds what any daemon was acknowledged before: who may come in, and, since all
  // that is remembered of rows hears of the same changes, whatever it goes on to read.
  absl::Status AwaitOthers() const {
    return daemons == nullptr ? absl::OkStatus() : daemons->Fresh();
  }

  void TellRefused(RefusedSignIn refused) const {
    if (refusal_listener) refusal_listener(refused);
  }

  // UNAUTHENTICATED with a reason that only a zone's operator should see.
  absl::StatusOr<std::shared_ptr<const KnownToken>> Verify(std::string_view text);
  // The same, of a token that may have ended.
  absl::StatusOr<std::shared_ptr<const KnownToken>> Recognise(std::string_view text);
  // The same, of a token or session.
  absl::StatusOr<std::shared_ptr<const KnownToken>> Find(const ParsedToken& parsed);
  absl::StatusOr<Caller> SignInSession(std::string_view cookie, Noting noting);
  // What a session needs beside what a token does.
  absl::Status CheckSession(const KnownToken& session) const;
  // Neither revoked nor expired, and of an active account.
  absl::Status CheckUsable(const store::TokenOwner& owner) const;
  // Hands the time to the store, unless that was done lately.
  void NoteUse(const KnownToken& known);
  // Read-only while the control plane is suspended.
  model::TenantScope MakeScope(const model::ControlPlaneId& id, const KnownControlPlane& known,
                               model::Principal who, model::Role role) const;
  // UNAUTHENTICATED without a verifier.
  absl::StatusOr<KumaToken> VerifyKuma(const model::ControlPlaneId& id,
                                       const KnownControlPlane& known, std::string_view jwt) const;

  // An opaque token, or one of the identity provider. UNAUTHENTICATED with the reason.
  absl::StatusOr<Caller> SignIn(std::string_view credential);
  // What a refused credential says of itself: whose it is only when it is genuine.
  RefusedSignIn Describe(std::string_view credential);
  absl::StatusOr<model::TenantScope> SignInKumaUser(const model::ControlPlaneId& id,
                                                    std::string_view jwt);
  // A token of the identity provider (people_sign_in.cc). UNAUTHENTICATED, with a reason for the
  // log.
  absl::StatusOr<Caller> SignInPerson(std::string_view jwt) ABSL_LOCKS_EXCLUDED(mu);
  absl::StatusOr<Caller> Accept(const OidcPerson& person);
  absl::StatusOr<store::AccountRecord> AccountOf(const OidcPerson& person);
  absl::StatusOr<Caller> CallerOf(const OidcPerson& person, const store::AccountRecord& account);
  // What the members of groups of the identity provider may do; one that leads to a team, what that
  // may now.
  absl::StatusOr<std::vector<model::Grant>> GrantsOfGroups(const std::vector<std::string>& groups);
  absl::StatusOr<std::vector<model::Grant>> GrantsOfTeam(const std::string& name);
  // The end of a refused sign-in: tells of it, and says what the caller may know.
  absl::Status Refuse(const absl::Status& why, std::string_view credential, model::Origin origin);
  // Whoever is signed in is looked at anew: accounts, roles or control planes changed.
  void ForgetPeople() ABSL_LOCKS_EXCLUDED(mu);

  // A token that was verified lately.
  struct Session {
    Caller caller;
    absl::Time expires_at;      // as the provider says
    absl::Duration kept_until;  // of the clock that is never set back
  };
  absl::Mutex mu;
  LruCache<std::string, Session> sessions ABSL_GUARDED_BY(mu){base::limits::kOidcSessions};
  // Counts ForgetPeople: a sign-in that spans one is not kept.
  uint64_t people_generation ABSL_GUARDED_BY(mu) = 0;

  // AuthenticateZone for the two kinds of credential (zone_sign_in.cc).
  absl::StatusOr<ZoneIdentity> SignInWithToken(
      std::string_view text, const std::optional<model::ControlPlaneId>& addressed,
      std::string_view claimed_zone, std::optional<ShownCredential>& shown);
  absl::StatusOr<ZoneIdentity> SignInWithJwt(std::string_view jwt,
                                             const std::optional<model::ControlPlaneId>& addressed,
                                             std::string_view claimed_zone,
                                             std::optional<ShownCredential>& shown);
  // The control plane is the token's own, or else the addressed one if the account knows it.
  ShownCredential ShownBy(const KnownToken& token,
                          const std::optional<model::ControlPlaneId>& addressed);
  // The control plane that a token is used for: the one that is addressed, or the only one where it
  // may connect zones.
  absl::StatusOr<model::ControlPlaneId> MeantBy(
      const KnownToken& token, const std::optional<model::ControlPlaneId>& addressed) const;
  static ZoneIdentity MakeIdentity(const model::ControlPlaneId& id, const KnownControlPlane& known,
                                   model::ZoneName zone);

  absl::Mutex listeners_mu;
  std::vector<std::shared_ptr<const AccessListener>> listeners ABSL_GUARDED_BY(listeners_mu);
  std::unique_ptr<store::Subscription> subscription;  // last: it uses all of the above
};

}  // namespace skyden::identity
