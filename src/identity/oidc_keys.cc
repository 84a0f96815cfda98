// SPDX-License-Identifier: Apache-2.0
// Keys are read again when they are an hour old, and when a token names one that is not there: the
// issuer may have rotated them. Who sends tokens with made-up key ids causes one read a minute, no
// more, and keeps nobody waiting: what is not there after a read is taken not to be there for that
// minute, whatever it is called. When reading fails, the keys that are there stay good for a day.
#include "identity/oidc_keys.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "identity/provider_json.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using nlohmann::json;

std::string Number(const json& object, const char* name) {
  auto bytes = base::Base64UrlDecode(TextMember(object, name));
  return bytes.ok() ? *std::move(bytes) : "";
}

std::optional<base::JwsKey> ReadKey(const json& object) {
  const std::string use = TextMember(object, "use");
  const std::string algorithm = TextMember(object, "alg");
  if (!use.empty() && use != "sig") return std::nullopt;
  const std::string type = TextMember(object, "kty");
  absl::StatusOr<base::JwsKey> key = absl::InvalidArgumentError("of another kind");
  if (type == "RSA" && (algorithm.empty() || algorithm == "RS256")) {
    key = base::JwsKey::Rsa(Number(object, "n"), Number(object, "e"));
  } else if (type == "EC" && TextMember(object, "crv") == "P-256" &&
             (algorithm.empty() || algorithm == "ES256")) {
    key = base::JwsKey::P256(Number(object, "x"), Number(object, "y"));
  }
  if (!key.ok()) return std::nullopt;
  return *std::move(key);
}

}  // namespace

absl::StatusOr<OidcKeySet> ParseKeySet(std::string_view text) {
  const auto document = ReadProviderObject(text, limits::kOidcDocumentDepth);
  if (!document) return absl::InvalidArgumentError("the key set is not a JSON object");
  const auto list = document->find("keys");
  if (list == document->end() || !list->is_array()) {
    return absl::InvalidArgumentError("the key set has no list of keys");
  }
  OidcKeySet keys;
  for (const json& object : *list) {
    if (keys.size() >= limits::kOidcKeys) break;
    if (!object.is_object()) continue;
    if (auto key = ReadKey(object))
      keys.insert_or_assign(TextMember(object, "kid"), *std::move(key));
  }
  return keys;
}

absl::StatusOr<std::string> ParseDiscovery(std::string_view text, const std::string& issuer) {
  const auto document = ReadProviderObject(text, limits::kOidcDocumentDepth);
  if (!document) return absl::InvalidArgumentError("the configuration is not a JSON object");
  if (TextMember(*document, "issuer") != issuer) {
    return absl::InvalidArgumentError("the configuration is another issuer's");
  }
  std::string url = TextMember(*document, "jwks_uri");
  if (issuer.starts_with("https://") && !url.starts_with("https://")) {
    return absl::InvalidArgumentError("the configuration names no keys that are served over https");
  }
  return url;
}

OidcEndpoints ParseEndpoints(std::string_view text, const std::string& issuer) {
  OidcEndpoints endpoints;
  const auto document = ReadProviderObject(text, limits::kOidcDocumentDepth);
  if (!document) return endpoints;
  const auto place = [&](const char* name) {
    std::string url = TextMember(*document, name);
    const bool safe = !issuer.starts_with("https://") || url.starts_with("https://");
    return safe ? url : std::string();
  };
  endpoints.authorization = place("authorization_endpoint");
  endpoints.token = place("token_endpoint");
  endpoints.end_session = place("end_session_endpoint");
  endpoints.names_itself =
      document->value("authorization_response_iss_parameter_supported", json()) == json(true);
  // Without a list it does (OpenID Connect Discovery, section 3).
  const auto methods = document->find("token_endpoint_auth_methods_supported");
  if (methods != document->end() && methods->is_array()) {
    endpoints.takes_secret_in_header =
        std::find(methods->begin(), methods->end(), json("client_secret_basic")) != methods->end();
  }
  return endpoints;
}

absl::StatusOr<OidcKeys::Documents> OidcKeys::Read() const {
  std::string base = issuer_;
  while (base.ends_with('/')) base.pop_back();
  SKYDEN_ASSIGN_OR_RETURN(const std::string discovery,
                          fetch_(base + "/.well-known/openid-configuration"));
  SKYDEN_ASSIGN_OR_RETURN(const std::string keys_url, ParseDiscovery(discovery, issuer_));
  SKYDEN_ASSIGN_OR_RETURN(const std::string keys, fetch_(keys_url));
  Documents documents;
  SKYDEN_ASSIGN_OR_RETURN(documents.keys, ParseKeySet(keys));
  documents.endpoints = ParseEndpoints(discovery, issuer_);
  return documents;
}

OidcKeys::OidcKeys(base::Clock& clock, Fetch fetch, std::string issuer)
    : clock_(clock),
      fetch_(std::move(fetch)),
      issuer_(std::move(issuer)),
      thread_([this] { Loop(); }) {
  pthread_setname_np(thread_.native_handle(), "oidc-keys");
}

OidcKeys::~OidcKeys() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  thread_.join();
}

void OidcKeys::Loop() {
  for (;;) {
    {
      absl::MutexLock lock(&mu_);
      reading_ = false;
      const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return wanted_ || stopping_; };
      mu_.Await(absl::Condition(&due));
      if (stopping_) return;
      wanted_ = false;
      reading_ = true;
    }
    auto read = Read();
    if (!read.ok()) {
      telemetry::Log(
          telemetry::Level::warning, "the identity provider's keys cannot be read",
          {{"issuer", issuer_}, {"reason", std::string(base::ToStd(read.status().message()))}});
    }
    absl::MutexLock lock(&mu_);
    failure_ = read.status();
    if (!read.ok()) continue;
    keys_ = std::move(read->keys);
    endpoints_ = std::move(read->endpoints);
    read_at_ = clock_.Monotonic();
  }
}

void OidcKeys::WantIfDue(const std::string& key_id) {
  const absl::Duration now = clock_.Monotonic();
  if (wanted_ || reading_ || now - tried_at_ < limits::kOidcRefetchPause) return;
  if (now - read_at_ < limits::kOidcKeysFresh && keys_.contains(key_id)) return;
  tried_at_ = now;
  wanted_ = true;
}

absl::StatusOr<base::JwsKey> OidcKeys::Find(const std::string& key_id) {
  absl::MutexLock lock(&mu_);
  WantIfDue(key_id);
  return Known(key_id);
}

void OidcKeys::ReadAhead() {
  absl::MutexLock lock(&mu_);
  WantIfDue("");
}

void OidcKeys::AwaitIdle() {
  base::AssertMayBlock();
  absl::MutexLock lock(&mu_);
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !wanted_ && !reading_; };
  mu_.Await(absl::Condition(&idle));
}

absl::StatusOr<base::JwsKey> OidcKeys::Known(const std::string& key_id) const {
  const auto found = keys_.find(key_id);
  const bool usable = clock_.Monotonic() - read_at_ < limits::kOidcKeysUsable;
  if (found != keys_.end() && usable) return found->second;
  SKYDEN_RETURN_IF_ERROR(NotKnown());
  return absl::UnauthenticatedError("the identity provider has no such key");
}

absl::StatusOr<OidcEndpoints> OidcKeys::Endpoints() {
  absl::MutexLock lock(&mu_);
  const absl::Duration now = clock_.Monotonic();
  const bool old = now - read_at_ >= limits::kOidcKeysFresh;
  if (old && !wanted_ && !reading_ && now - tried_at_ >= limits::kOidcRefetchPause) {
    tried_at_ = now;
    wanted_ = true;
  }
  if (now - read_at_ >= limits::kOidcKeysUsable) {
    SKYDEN_RETURN_IF_ERROR(NotKnown());
  }
  if (endpoints_.authorization.empty() || endpoints_.token.empty()) {
    return absl::UnavailableError("the identity provider lets nobody sign in with a browser");
  }
  return endpoints_;
}

absl::Status OidcKeys::NotKnown() const {
  if (wanted_ || reading_) {
    return base::WithRetryAfter(
        absl::UnavailableError("the identity provider is being asked for its keys: try again"),
        limits::kOidcRetryAfter);
  }
  if (!failure_.ok()) {
    return absl::UnavailableError("the identity provider cannot be asked for its keys");
  }
  return absl::OkStatus();
}

}  // namespace skyden::identity
