// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/door.h"

#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"
#include "skyden/identity/tokens.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;

base::RateLimiter::Options Limit(double per_second) {
  return {per_second, per_second * 2 < 1 ? 1 : per_second * 2, limits::kDoorBuckets};
}

// What is the same however it is spelled: without the scheme and blanks, and without a JWT's
// signature, whose last character has bits that mean nothing.
std::string_view TokenIn(std::string_view authorization) {
  const std::string_view token = CredentialOf(authorization);
  return LooksLikeJwt(token) ? token.substr(0, token.rfind('.')) : token;
}

absl::Status Later(const char* what, absl::Duration wait) {
  if (wait <= absl::ZeroDuration()) return absl::OkStatus();
  return base::WithRetryAfter(absl::ResourceExhaustedError(what), wait);
}

}  // namespace

Door::Door(const base::Clock& clock, Options options)
    : addresses_(clock, Limit(options.per_address)),
      tokens_(clock, Limit(options.per_token)),
      failures_(clock, {limits::kFailedSignInsPerSecond, limits::kFailedSignInsBurst,
                        limits::kDoorBuckets}) {}

void Door::ShareWith(size_t daemons) {
  addresses_.ShareWith(daemons);
  tokens_.ShareWith(daemons);
  failures_.ShareWith(daemons);
}

absl::Status Door::Admit(std::string_view address, std::string_view credential) {
  if (absl::Status later = Later("too many requests from this address", addresses_.Take(address));
      !later.ok()) {
    return later;
  }
  const std::string_view token = TokenIn(credential);
  if (token.empty()) return absl::OkStatus();
  return Later("too many requests with this token", tokens_.Take(token));
}

absl::Status Door::AfterRefusal(std::string_view address) {
  return Later("too many refused credentials from this address", failures_.Take(address));
}

}  // namespace skyden::identity
