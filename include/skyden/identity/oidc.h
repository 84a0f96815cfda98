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

// What the members of a group may do: what a team may, or (without its name) what a role allows.
struct GroupRole {
  std::string group;
  model::Role role = model::Role::kViewer;
  std::optional<model::ControlPlaneId> control_plane;  // nullopt: all of the organization's
  std::string team = {};
};
// "group=Role", "group=Role@<control plane id>" or "group=team:<its name>", separated by commas;
// the group may hold anything but ',' and '='. INVALID_ARGUMENT names the part that is wrong.
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
  std::string provider_session;  // claim `sid`: what the issuer calls the session; perhaps empty
  absl::Time expires_at;
};

// Where the issuer is asked for what, as its configuration says.
struct OidcEndpoints {
  std::string authorization;
  std::string token;
  bool names_itself = false;  // its answers by the browser say whose they are (RFC 9207)
  bool takes_secret_in_header = true;
  std::string end_session;  // where a browser signs out there; perhaps empty
};

// Somebody who signed out there.
struct OidcLogout {
  std::string id;       // the logout token's
  std::string subject;  // as OidcPerson's; it or the other may be empty
  std::string provider_session;
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
  // Whether OidcPerson::subject is one of this issuer's.
  virtual bool IsOf(std::string_view subject) const = 0;
  // UNAUTHENTICATED with the reason, for the log; UNAVAILABLE when the issuer's keys cannot be
  // read, or are being read just now. Waits for nobody.
  virtual absl::StatusOr<OidcPerson> Verify(std::string_view jwt) = 0;

  // The same of an ID token that this daemon asked for: as which client, and with which nonce.
  virtual absl::StatusOr<OidcPerson> VerifyIdToken(std::string_view jwt, std::string_view client_id,
                                                   std::string_view nonce) = 0;
  // The same of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6) that is not
  // older than limits::kOidcLogoutAge. Whether it came before is for the caller to know.
  virtual absl::StatusOr<OidcLogout> VerifyLogout(std::string_view jwt,
                                                  std::string_view client_id) = 0;
  // UNAVAILABLE as for Verify, and when the issuer lets nobody sign in with a browser.
  virtual absl::StatusOr<OidcEndpoints> Endpoints() = 0;

  // Has the keys read before the first token comes.
  virtual void ReadKeysAhead() = 0;
  // Until no keys are being read: twice as long as one `fetch` at most. AssertMayBlock.
  virtual void AwaitKeys() = 0;
};

}  // namespace skyden::identity
