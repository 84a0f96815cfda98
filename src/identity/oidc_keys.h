// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/jws.h"

namespace skyden::identity {

// The keys of a JWK set (RFC 7517) that can verify RS256 or ES256, by key id. Keys of other kinds
// and for other uses are left out; a key without an id is filed under "".
using OidcKeySet = std::map<std::string, base::JwsKey>;
// INVALID_ARGUMENT when `text` is no key set.
absl::StatusOr<OidcKeySet> ParseKeySet(std::string_view text);

// Where the keys of an issuer are: `jwks_uri` of its configuration document. INVALID_ARGUMENT when
// the document is another issuer's, or sends us from https to http.
absl::StatusOr<std::string> ParseDiscovery(std::string_view text, const std::string& issuer);

// The keys of one issuer, read when they are needed. Thread-safe.
class OidcKeys {
 public:
  using Fetch = std::function<absl::StatusOr<std::string>(const std::string& url)>;
  OidcKeys(base::Clock& clock, Fetch fetch, std::string issuer)
      : clock_(clock), fetch_(std::move(fetch)), issuer_(std::move(issuer)) {}

  // UNAUTHENTICATED when the issuer has no such key; UNAVAILABLE when it cannot be asked.
  absl::StatusOr<base::JwsKey> Find(const std::string& key_id) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  bool IsDue(const std::string& key_id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::StatusOr<OidcKeySet> Read() const;
  absl::StatusOr<base::JwsKey> Known(const std::string& key_id) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  base::Clock& clock_;
  const Fetch fetch_;
  const std::string issuer_;
  absl::Mutex mu_;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;  // one reads, the others wait for it
  OidcKeySet keys_ ABSL_GUARDED_BY(mu_);
  absl::Status failure_ ABSL_GUARDED_BY(mu_);
  // Of the clock that is never set back. Before anything was: infinitely long ago.
  absl::Duration read_at_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
  absl::Duration tried_at_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
};

}  // namespace skyden::identity
