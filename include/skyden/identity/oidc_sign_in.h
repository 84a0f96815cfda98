// SPDX-License-Identifier: Apache-2.0
// Signing in with a browser at the identity provider: the authorization code flow with PKCE (RFC
// 6749, 7636, 9207; OpenID Connect Core, section 3.1).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/http/fetch.h"
#include "skyden/identity/oidc.h"

namespace skyden::identity {

// Thread-safe. What a sign-in has to remember between its begin and its end is in the browser's
// hands, sealed for this process, and each comes to an end once.
class OidcSignIn {
 public:
  struct Deps {  // outlive it
    base::Clock& clock;
    OidcVerifier& verifier;
    // Bounded in time and size (http::Exchange). Blocks.
    std::function<absl::StatusOr<http::Incoming>(const http::Outgoing&)> exchange;
  };
  struct Options {
    std::string issuer;
    std::string client_id;
    std::string client_secret;        // empty: a public client
    std::string redirect_uri;         // exact, as the provider knows it
    std::string signed_out_uri = {};  // the same of where a browser comes back to after signing out
  };
  static std::unique_ptr<OidcSignIn> Create(Deps deps, Options options);
  virtual ~OidcSignIn() = default;

  // The provider's host, for people.
  virtual std::string name() const = 0;

  struct Begun {
    std::string location;  // where the browser goes
    std::string sealed;    // what it brings back along; base64url
  };
  // UNAVAILABLE while the provider's places are not known.
  virtual absl::StatusOr<Begun> Begin(std::string_view return_path) = 0;

  // What the browser came back with; empty where there was none.
  struct Callback {
    std::string code = {};
    std::string state = {};
    std::string issuer = {};
    std::string error = {};
    std::string sealed = {};
  };
  struct Came {
    OidcPerson person;
    std::string return_path;  // as Begin was told
    // What SignOut is shown, for the browser to keep: the ID token, sealed for this process,
    // base64url. Empty when it is too long for a cookie.
    std::string sign_out_hint = {};
  };
  // Blocks. UNAUTHENTICATED when it is not the end of a sign-in that this browser began here, or
  // the provider did not vouch for anybody; UNAVAILABLE when that could not be asked. The message
  // is for the person.
  virtual absl::StatusOr<Came> Finish(const Callback& callback) = 0;

  // Where a browser goes to sign out at the provider (OpenID Connect RP-Initiated Logout 1.0,
  // section 2); empty while the provider is known to have no such place, or is not known. `hint`:
  // what Finish gave; without it the provider may ask the person, or refuse.
  virtual std::string SignOut(std::string_view hint) = 0;

  // Who signed out at the provider; each logout token is taken once. Blocks. As OidcVerifier.
  virtual absl::StatusOr<OidcLogout> TakeLogout(std::string_view logout_token) = 0;
};

}  // namespace skyden::identity
