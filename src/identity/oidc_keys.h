// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/jws.h"
#include "skyden/identity/oidc.h"

namespace skyden::identity {

// The keys of a JWK set (RFC 7517) that can verify RS256 or ES256, by key id. Keys of other kinds
// and for other uses are left out; a key without an id is filed under "".
using OidcKeySet = std::map<std::string, base::JwsKey>;
// INVALID_ARGUMENT when `text` is no key set.
absl::StatusOr<OidcKeySet> ParseKeySet(std::string_view text);

// Where the keys of an issuer are: `jwks_uri` of its configuration document. INVALID_ARGUMENT when
// the document is another issuer's, or sends us from https to http.
absl::StatusOr<std::string> ParseDiscovery(std::string_view text, const std::string& issuer);

// The rest of that document; a place that is not served over https where the issuer is counts as
// none.
OidcEndpoints ParseEndpoints(std::string_view text, const std::string& issuer);

// The keys of one issuer, read by a thread of their own: nobody who asks for one waits for the
// issuer. Thread-safe.
class OidcKeys {
 public:
  using Fetch = std::function<absl::StatusOr<std::string>(const std::string& url)>;
  // `fetch` is bounded in time: the destructor waits for it.
  OidcKeys(base::Clock& clock, Fetch fetch, std::string issuer);
  ~OidcKeys();

  // Never blocks. Has the keys read again when they are old, and when the key is not there (once in
  // limits::kOidcRefetchPause). UNAUTHENTICATED when the issuer has no such key, or had none a
  // moment ago; UNAVAILABLE, with a time to come back after, while that is not known.
  absl::StatusOr<base::JwsKey> Find(const std::string& key_id) ABSL_LOCKS_EXCLUDED(mu_);
  // Never blocks. UNAVAILABLE as for Find, and when people cannot sign in there.
  absl::StatusOr<OidcEndpoints> Endpoints() ABSL_LOCKS_EXCLUDED(mu_);
  // Has them read, unless that was done lately.
  void ReadAhead() ABSL_LOCKS_EXCLUDED(mu_);
  // Until nothing is being read. For tests; AssertMayBlock.
  void AwaitIdle() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Loop() ABSL_LOCKS_EXCLUDED(mu_);
  void WantIfDue(const std::string& key_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  struct Documents {
    OidcKeySet keys;
    OidcEndpoints endpoints;
  };
  absl::StatusOr<Documents> Read() const;
  // What is said while nothing is known.
  absl::Status NotKnown() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::StatusOr<base::JwsKey> Known(const std::string& key_id) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  base::Clock& clock_;
  const Fetch fetch_;
  const std::string issuer_;
  absl::Mutex mu_;
  bool wanted_ ABSL_GUARDED_BY(mu_) = false;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  OidcKeySet keys_ ABSL_GUARDED_BY(mu_);
  OidcEndpoints endpoints_ ABSL_GUARDED_BY(mu_);
  absl::Status failure_ ABSL_GUARDED_BY(mu_);
  // Of the clock that is never set back. Before anything was: infinitely long ago.
  absl::Duration read_at_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
  absl::Duration tried_at_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
  std::thread thread_;
};

}  // namespace skyden::identity
