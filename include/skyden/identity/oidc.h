// SPDX-License-Identifier: Apache-2.0
// People who sign in at an identity provider: its tokens, and what its groups may do here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/model/access.h"
#include "skyden/model/ids.h"

namespace skyden::identity {

// What the members of a group may do.
struct GroupRole {
  std::string group;
  model::Role role = model::Role::kViewer;
  std::optional<model::ControlPlaneId> control_plane;  // nullopt: all of the organization's
};
// "group=Role" or "group=Role@<control plane id>", separated by commas; the group may hold
// anything but ',' and '='. INVALID_ARGUMENT names the part that is wrong.
absl::StatusOr<std::vector<GroupRole>> ParseGroupRoles(std::string_view text);

struct OidcOptions {
  std::string issuer;    // "https://login.example.com/realm"; empty: nobody comes in this way
  std::string audience;  // what a token's `aud` must hold
  std::string groups_claim = "groups";
  absl::Duration clock_leeway = absl::Minutes(1);
};

// Who a token speaks for.
struct OidcPerson {
  std::string subject;  // "<issuer> <sub>"
  std::string name;     // claim `name`, or the best there is
  std::string email;    // empty when there is none
  bool email_verified = false;
  std::vector<std::string> groups;
  absl::Time expires_at;
};

// Checks ID and access tokens (JWT, RS256 or ES256) of one issuer. Its keys are found by discovery,
// kept, and read again when they get old or a token names one that is not known. Thread-safe.
class OidcVerifier {
 public:
  struct Deps {
    base::Clock& clock;
    // GET; bounded in time and size (http::Fetch). Blocks. Called by a thread of the verifier's
    // own, which its destructor waits for.
    std::function<absl::StatusOr<std::string>(const std::string& url)> fetch;
  };
  static std::unique_ptr<OidcVerifier> Create(Deps deps, OidcOptions options);
  virtual ~OidcVerifier() = default;

  // Whether a JWT says that it is of this issuer; nothing is verified.
  virtual bool IsMeant(std::string_view jwt) const = 0;
  // UNAUTHENTICATED with the reason, for the log; UNAVAILABLE when the issuer's keys cannot be
  // read, or are being read just now. Waits for nobody.
  virtual absl::StatusOr<OidcPerson> Verify(std::string_view jwt) = 0;

  // Has the keys read before the first token comes.
  virtual void ReadKeysAhead() = 0;
  // Until no keys are being read. For tests.
  virtual void AwaitKeys() = 0;
};

}  // namespace skyden::identity
