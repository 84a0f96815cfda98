// SPDX-License-Identifier: Apache-2.0
// An identity provider on the loopback: discovery and keys over HTTP, tokens signed with real keys.
#pragma once

#include <openssl/evp.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/http/server.h"

namespace skyden::identity {

// A key pair. Immutable.
class SigningKey {
 public:
  enum class Kind { kRsa, kP256, kRsa1024 };
  SigningKey(std::string id, Kind kind);

  const std::string& id() const { return id_; }
  nlohmann::json Jwk() const;
  // `header` and `claims` as a JWT; what the header lacks of `alg` and `kid` is added.
  std::string Sign(const nlohmann::json& claims, nlohmann::json header = {}) const;

 private:
  std::string id_;
  Kind kind_;
  std::shared_ptr<EVP_PKEY> key_;
};

// Thread-safe.
class OidcProvider {
 public:
  OidcProvider();

  std::string issuer() const { return "http://" + server_->address() + "/realm"; }
  // The claims of a good token of `subject`.
  nlohmann::json Claims(const std::string& subject, absl::Time now) const;

  void Publish(const SigningKey& key);
  void Withdraw(const std::string& key_id);
  // Answers every request with this instead; nullptr: as it should.
  void Break(std::unique_ptr<http::Response> response);
  int requests() const { return requests_; }
  // Adds members to its configuration; null removes one.
  void Declare(const nlohmann::json& members);
  // Answers what is asked of its endpoints for tokens, devices and revocation; 404 without.
  using Token = std::function<http::Response(const http::Request&)>;
  void AnswerTokens(Token token);

 private:
  http::Response Answer(const http::Request& request) ABSL_LOCKS_EXCLUDED(mu_);

  std::atomic<int> requests_{0};
  absl::Mutex mu_;
  std::map<std::string, nlohmann::json> keys_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<http::Response> broken_ ABSL_GUARDED_BY(mu_);
  nlohmann::json declared_ ABSL_GUARDED_BY(mu_) = nlohmann::json::object();
  Token token_ ABSL_GUARDED_BY(mu_);
  http::IoThreads io_{1};
  std::unique_ptr<http::Server> server_;
};

}  // namespace skyden::identity
