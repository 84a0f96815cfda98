// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "identity/credential_cache.h"
#include "skyden/identity/authenticator.h"

namespace skyden::identity {

struct Authenticator::Impl {
  explicit Impl(Deps deps) : clock(deps.clock), cache(deps.store) {}

  base::Clock& clock;
  CredentialCache cache;
  KumaTokenVerifier verifier;
  std::vector<RevocationListener> listeners;
  RefusalListener refusal_listener;

  void TellRefused(RefusedSignIn refused) const {
    if (refusal_listener) refusal_listener(refused);
  }

  // UNAUTHENTICATED with a reason that only a zone's operator should see.
  absl::StatusOr<std::shared_ptr<const KnownToken>> Verify(std::string_view text);
  // Neither revoked nor expired.
  absl::Status CheckUsable(const store::TokenRecord& token) const;
  // UNAUTHENTICATED without a verifier.
  absl::StatusOr<KumaToken> VerifyKuma(const model::ControlPlaneId& id,
                                       const KnownControlPlane& known, std::string_view jwt) const;

  // What a refused credential says of itself: nothing that is not already known here.
  RefusedSignIn Describe(std::string_view credential);
  absl::StatusOr<model::TenantScope> SignInKumaUser(const model::ControlPlaneId& id,
                                                    std::string_view jwt);

  // AuthenticateZone for the two kinds of credential (zone_sign_in.cc).
  absl::StatusOr<ZoneIdentity> SignInWithToken(
      std::string_view text, const std::optional<model::ControlPlaneId>& addressed,
      std::string_view claimed_zone);
  absl::StatusOr<ZoneIdentity> SignInWithJwt(std::string_view jwt,
                                             const std::optional<model::ControlPlaneId>& addressed,
                                             std::string_view claimed_zone);
  // The control plane that a token without a binding of its own is used for.
  absl::StatusOr<std::shared_ptr<const KnownControlPlane>> Addressed(
      const KnownToken& token, const model::ControlPlaneId& id);
  static ZoneIdentity MakeIdentity(const model::ControlPlaneId& id, const KnownControlPlane& known,
                                   model::ZoneName zone);
};

}  // namespace skyden::identity
