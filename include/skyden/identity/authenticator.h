// SPDX-License-Identifier: Apache-2.0
// Turns a credential into a scope. Nothing else in the program can make one for a caller.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/identity/oidc.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/store.h"

namespace skyden::identity {

// Who came in, before it is known which control plane is meant.
struct Caller {
  model::Principal principal;
  model::OrganizationKey organization{};
  std::shared_ptr<const model::Access> access;  // never null
  model::ZoneName zone;                         // zone accounts, which may use no API
  std::optional<model::TokenId> token;          // for revocation
  bool by_session = false;                      // `token` is a browser's session
  bool by_groups = false;                       // a provider's groups may add to its access
  model::Origin origin;                         // handed on to the scopes
};

// A credential that did not open the door. For the audit, which learns more than the caller.
struct RefusedSignIn {
  model::Origin origin;
  // Where it was issued; 0 when it is not genuine, whatever it claims.
  model::OrganizationKey organization{};
  model::TenantKey tenant{};
  model::ControlPlaneId control_plane;
  std::string token_id;  // the public part, when it has one
  std::string zone;      // as claimed
  std::string reason;
};

// Where a credential was issued: it is genuine, whether it opens the door or not.
struct ShownCredential {
  model::OrganizationKey organization{};
  model::TenantKey tenant{};            // 0 and
  model::ControlPlaneId control_plane;  // empty when it is not one control plane's
};

// A zone that may sync.
struct ZoneIdentity {
  model::TenantScope scope;
  model::ZoneName zone;
  std::optional<model::TokenId> token;
  // When the credential ends. Live streams end with it.
  absl::Time expires_at = absl::InfiniteFuture();
  // The credential itself when the control plane issued it (a Kuma zone token, else null): whether
  // it still holds depends on the control plane's keys and revocations.
  std::shared_ptr<const std::string> kuma_token{};
  model::AccountId account{};  // the token's; empty without one
};

// Thread-safe. Keeps a bounded cache of verified tokens, which the store's changes keep right; a
// cached sign-in touches no disk, but that a use is noted once in a while (limits::kLastUsedStep),
// after the caller has gone on.
class Authenticator {
 public:
  // Verifies a token that a control plane itself issued (Kuma user or zone JWT). Injected by the
  // server, because signing keys are resources and identity must not know those.
  struct KumaToken {
    enum class Kind { kUser, kZone } kind = Kind::kUser;
    std::string name;                 // user's name or zone's
    std::vector<std::string> groups;  // user tokens
    std::vector<std::string> scopes;  // zone tokens: "cp", "ingress", "egress"
    absl::Time expires_at = absl::InfiniteFuture();
  };
  using KumaTokenVerifier = std::function<absl::StatusOr<KumaToken>(const model::TenantScope& scope,
                                                                    std::string_view jwt)>;

  struct Deps {
    store::Store& store;
    base::Clock& clock;
  };
  explicit Authenticator(Deps deps);
  ~Authenticator();

  void SetKumaTokenVerifier(KumaTokenVerifier verifier);  // before the first request

  // Told of every refusal of Authenticate and AuthenticateKumaUser; zones' are told by those who
  // turn the connection away. On the caller's thread: it must only hand over.
  using RefusalListener = std::function<void(const RefusedSignIn&)>;
  void SetRefusalListener(RefusalListener listener);  // before the first request
  // People who bring a token of an identity provider: into one organization, with the roles that
  // their groups give them there, be it by a team, beside those they were assigned. An account is
  // made for whoever comes for the first time; or an account that has no other owner is theirs,
  // when the provider vouches for its e-mail address.
  struct People {
    std::unique_ptr<OidcVerifier> verifier;
    std::vector<GroupRole> roles;
    model::OrganizationKey organization{};
  };
  void SetPeople(People people);  // before the first request
  // Whether a JWT says that it is of that provider and not of a control plane.
  bool IsPersonsToken(std::string_view credential) const;

  // `authorization`: the header's value, "Bearer x" or bare. UNAUTHENTICATED when it is missing,
  // malformed, unknown, expired or revoked; the message says which of "missing" and "invalid" only.
  absl::StatusOr<Caller> Authenticate(std::string_view authorization, model::Origin origin = {});

  // Whether a sign-in is a use, after which a session's idle time begins anew, or only somebody who
  // looks whether the credential still holds.
  enum class Noting { kUse, kLook };
  // A browser's session, as its cookie says it: nothing else is taken here, and a session nowhere
  // else. It ends as its tokens do, and when it was not used for limits::kSessionIdle.
  absl::StatusOr<Caller> AuthenticateSession(std::string_view cookie, model::Origin origin = {},
                                             Noting noting = Noting::kUse);

  // Somebody for whom the identity provider vouched just now. UNAUTHENTICATED when the account is
  // not active.
  absl::StatusOr<Caller> AcceptPerson(const OidcPerson& person, model::Origin origin);

  // The scope of one of the caller's control planes. NOT_FOUND when it does not exist or the caller
  // holds nothing there (the two look the same). PERMISSION_DENIED for who may only connect zones
  // or list it. What the role may do inside is for the edges to check (permissions.h). While the
  // control plane is suspended the scope says so (read_only).
  absl::StatusOr<model::TenantScope> Enter(const Caller& caller, const model::ControlPlaneId& id);
  // PERMISSION_DENIED for the credentials of zones. What the caller may do in its organization is
  // in the scope's access.
  absl::StatusOr<model::OrganizationScope> EnterOrganization(const Caller& caller);
  // PERMISSION_DENIED unless the caller runs the daemon.
  static absl::StatusOr<model::SystemScope> EnterSystem(const model::OrganizationScope& scope);

  // A Kuma user token presented to one control plane. UNAUTHENTICATED when it is not valid there.
  absl::StatusOr<model::TenantScope> AuthenticateKumaUser(const model::ControlPlaneId& id,
                                                          std::string_view jwt,
                                                          model::Origin origin = {});

  // A zone's KDS credential. `control_plane` is given when the address carried it. Reasons a person
  // can act on: UNAUTHENTICATED (no, unknown, expired, revoked token) or PERMISSION_DENIED (another
  // control plane's or zone's). A Kuma zone token (JWT) without an address names its control plane
  // in the claim `iss`. `shown` is set when the credential is genuine.
  absl::StatusOr<ZoneIdentity> AuthenticateZone(
      std::string_view token, const std::optional<model::ControlPlaneId>& control_plane,
      std::string_view claimed_zone, std::optional<ShownCredential>* shown = nullptr);

  // OK unless the credential ended since, lost its role there, or the control plane was deleted or
  // suspended; the status a stream should end with otherwise. A token may be revoked between its
  // check and the moment its stream is where a revocation finds it, so: register the stream first,
  // then ask this.
  absl::Status CheckStillValid(const ZoneIdentity& zone);

  // Told of each change that may end somebody's access (MayEndAccess), once what this remembers is
  // dropped: live streams look again. On the store's thread, before the change is acknowledged: it
  // must only hand over.
  using AccessListener = std::function<void(const store::Change&)>;
  void AddAccessListener(AccessListener listener);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace skyden::identity
