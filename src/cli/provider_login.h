// SPDX-License-Identifier: Apache-2.0
// Signing in at an identity provider from a command line: the device flow (RFC 8628) where it has
// one, else the code flow with PKCE over this machine's own browser (RFC 8252).
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/contexts.h"

namespace skyden::cli {

struct Provider {
  std::string issuer;
  std::string client_id;  // a public client
  std::string ca_file;    // PEM; the system's authorities when empty
};

struct ProviderToken {
  std::string token;  // an ID token
  absl::Time ends;
  Renewal renewal;  // `refresh_token` may be empty: then it is not renewed
};

// `tell` gets what the person has to do. Takes as long as that, but bounded (the provider says how
// long a device's code is good; five minutes for a browser). UNAVAILABLE and UNAUTHENTICATED say
// what went wrong.
absl::StatusOr<ProviderToken> SignInAtProvider(const Provider& provider,
                                               const std::function<void(const std::string&)>& tell);
// UNAUTHENTICATED when the provider wants the person again.
absl::StatusOr<ProviderToken> Renew(const Renewal& renewal);
// Has the provider forget the refresh token (RFC 7009). UNIMPLEMENTED when it has no place for
// that, UNAVAILABLE and UNAUTHENTICATED when it did not do it.
absl::Status TakeBack(const Renewal& renewal);

}  // namespace skyden::cli
