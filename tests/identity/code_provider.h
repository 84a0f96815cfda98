// SPDX-License-Identifier: Apache-2.0
// An identity provider at which a browser signs in: it hands out codes, and takes each once, from
// the client that can show what it was asked for with. It lies where a test wants it to.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/clock.h"
#include "skyden/http/uri.h"
#include "tests/identity/oidc_provider.h"

namespace skyden::identity {

// Keys take a while to make; they are the same for all tests.
const SigningKey& RsaKey();
const SigningKey& EcKey();

// Thread-safe, but for its public members, which are set before it is asked.
class CodeProvider {
 public:
  static constexpr char kClient[] = "skyden-console";
  static constexpr char kSecret[] = "s3cret & more";
  static constexpr char kPublicClient[] = "skyden-cli";
  static constexpr char kUserCode[] = "WDJB-MJHT";

  explicit CodeProvider(const base::Clock& clock);

  OidcProvider& provider() { return provider_; }
  // The person agrees: a code for whoever sent the browser to `location`.
  std::string Authorize(const std::string& location, const std::string& subject = "42");
  // Takes devices as well; and the person agrees with what one of them asks for.
  void OfferDevices();
  void AgreeOnDevice();
  // Takes tokens back as well; which were.
  void OfferRevocation();
  std::vector<std::string> revoked() ABSL_LOCKS_EXCLUDED(mu_);
  // A logout token; `change` is done to its claims.
  std::string LogoutToken(const std::function<void(nlohmann::json&)>& change = nullptr) const;

  // Lies about the ID token.
  std::function<void(nlohmann::json& claims)> twist;
  const SigningKey* signs_with = &EcKey();
  // Answers instead of what is right.
  std::function<http::Response()> instead;
  // Looks at nothing but the code, and takes it again.
  bool is_lax = false;

 private:
  using Parameters = std::map<std::string, std::string>;
  http::Response Answer(const http::Request& request) ABSL_LOCKS_EXCLUDED(mu_);
  http::Response AnswerCode(Parameters& form, bool knows_secret) ABSL_LOCKS_EXCLUDED(mu_);
  http::Response Issue(const std::string& subject, const std::string& client_id,
                       const std::string& nonce);

  struct Asked {
    std::map<std::string, std::string> parameters;
    std::string subject;
  };
  const base::Clock& clock_;
  absl::Mutex mu_;
  std::map<std::string, Asked> codes_ ABSL_GUARDED_BY(mu_);
  bool agreed_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::string> revoked_ ABSL_GUARDED_BY(mu_);
  OidcProvider provider_;  // last: it asks
};

// The parameters of an address.
std::map<std::string, std::string> ParametersOf(const std::string& url);

}  // namespace skyden::identity
