// SPDX-License-Identifier: Apache-2.0
// What a browser brings back from an identity provider. The first byte says how much of a good
// answer stays and the second where the sealed cookie is changed; the rest takes the place of the
// state, the code, the issuer and the cookie, one line each.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "skyden/base/clock.h"
#include "skyden/http/uri.h"
#include "skyden/identity/oidc.h"
#include "skyden/identity/oidc_sign_in.h"

namespace {

using namespace skyden;

constexpr char kIssuer[] = "https://login.example.com";

// A provider that is never asked for more than its configuration.
struct Place {
  base::RealClock clock;
  std::unique_ptr<identity::OidcVerifier> verifier = identity::OidcVerifier::Create(
      {.clock = clock,
       .fetch = [](const std::string& url) -> absl::StatusOr<std::string> {
         if (url.ends_with("/keys")) return std::string(R"({"keys":[]})");
         return std::string(R"({"issuer":"https://login.example.com",)"
                            R"("jwks_uri":"https://login.example.com/keys",)"
                            R"("authorization_endpoint":"https://login.example.com/a",)"
                            R"("token_endpoint":"https://login.example.com/t"})");
       }},
      {.issuer = kIssuer, .audience = "cli", .groups_claim = "groups", .clock_leeway = {}});
  int exchanges = 0;
  std::unique_ptr<identity::OidcSignIn> sign_in = identity::OidcSignIn::Create(
      {.clock = clock,
       .verifier = *verifier,
       .exchange = [this](const http::Outgoing&) -> absl::StatusOr<http::Incoming> {
         ++exchanges;
         return absl::UnavailableError("not here");
       }},
      {.issuer = kIssuer,
       .client_id = "skyden",
       .client_secret = "s3cret",
       .redirect_uri = "https://skyden.example.com/console/sign-in/callback"});

  Place() {
    verifier->ReadKeysAhead();
    verifier->AwaitKeys();
  }
};

std::string_view TakeLine(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Place place;
  if (size < 2) return 0;
  const uint8_t keep = data[0];
  const uint8_t at = data[1];
  std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto begun = place.sign_in->Begin("/console/zones");
  if (!begun.ok()) __builtin_trap();
  const http::Query query(std::string_view(begun->location).substr(begun->location.find('?') + 1));
  const std::string good_state(query.Get("state").value_or(""));
  const auto part = [&](int bit, const std::string& good) {
    const std::string line(TakeLine(text));
    return (keep >> bit & 1) != 0 ? good : line;
  };
  identity::OidcSignIn::Callback callback;
  callback.state = part(0, good_state);
  callback.code = part(1, "code");
  callback.issuer = part(2, kIssuer);
  callback.sealed = part(3, begun->sealed);
  const bool changes = (keep & 16) != 0 && !callback.sealed.empty();
  if (changes) {
    char& c = callback.sealed[at % callback.sealed.size()];
    c = c == 'A' ? 'B' : 'A';
  }
  const bool whole = callback.state == good_state && callback.sealed == begun->sealed;
  place.exchanges = 0;
  const auto came = place.sign_in->Finish(callback);
  // Nobody comes in, and the provider is asked only for what was begun here.
  if (came.ok() || (place.exchanges > 0 && !whole)) __builtin_trap();
  // Once: what is shown again is of no sign-in.
  place.exchanges = 0;
  if (place.sign_in->Finish(callback).ok() || place.exchanges > 0) __builtin_trap();
  if (place.sign_in->TakeLogout(text).ok()) __builtin_trap();
  return 0;
}
