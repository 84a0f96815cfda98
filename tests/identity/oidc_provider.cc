// SPDX-License-Identifier: Apache-2.0
#include "tests/identity/oidc_provider.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include <utility>

#include "skyden/base/check.h"
#include "skyden/base/crypto.h"

namespace skyden::identity {
namespace {

using nlohmann::json;

constexpr int kCoordinateBytes = 32;

// A big number of the key, base64url of `bytes` bytes (0: as many as it takes).
std::string NumberOf(EVP_PKEY* key, const char* name, int bytes) {
  BIGNUM* number = nullptr;
  SKYDEN_CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  if (bytes == 0) bytes = BN_num_bytes(number);
  std::string out(static_cast<size_t>(bytes), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), bytes);
  BN_free(number);
  return base::Base64UrlEncode(out);
}

// The r and s of a DER signature, side by side.
std::string Raw(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
  SKYDEN_CHECK(signature != nullptr);
  std::string raw(2 * kCoordinateBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, kCoordinateBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + kCoordinateBytes, kCoordinateBytes);
  ECDSA_SIG_free(signature);
  return raw;
}

}  // namespace

SigningKey::SigningKey(std::string id, Kind kind) : id_(std::move(id)), kind_(kind) {
  EVP_PKEY* key = kind == Kind::kP256
                      ? EVP_EC_gen("P-256")
                      : EVP_RSA_gen(static_cast<unsigned>(kind == Kind::kRsa ? 2048 : 1024));
  SKYDEN_CHECK(key != nullptr);
  key_ = std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free);
}

json SigningKey::Jwk() const {
  json jwk = {{"kid", id_}, {"use", "sig"}};
  if (kind_ == Kind::kP256) {
    jwk.update({{"kty", "EC"},
                {"crv", "P-256"},
                {"alg", "ES256"},
                {"x", NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, kCoordinateBytes)},
                {"y", NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinateBytes)}});
  } else {
    jwk.update({{"kty", "RSA"},
                {"alg", "RS256"},
                {"n", NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0)},
                {"e", NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0)}});
  }
  return jwk;
}

std::string SigningKey::Sign(const json& claims, json header) const {
  if (header.is_null()) header = json::object();
  if (!header.contains("alg")) header["alg"] = kind_ == Kind::kP256 ? "ES256" : "RS256";
  if (!header.contains("kid")) header["kid"] = id_;
  const std::string text =
      base::Base64UrlEncode(header.dump()) + "." + base::Base64UrlEncode(claims.dump());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  SKYDEN_CHECK(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  SKYDEN_CHECK(EVP_DigestSign(context, nullptr, &size, data, text.size()) == 1);
  std::string signature(size, '\0');
  SKYDEN_CHECK(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                              data, text.size()) == 1);
  EVP_MD_CTX_free(context);
  signature.resize(size);
  if (kind_ == Kind::kP256) signature = Raw(signature);
  return text + "." + base::Base64UrlEncode(signature);
}

OidcProvider::OidcProvider() {
  auto listening = http::Listen(io_, {.address = "127.0.0.1:0"},
                                [this](http::Request request, http::Responder respond) {
                                  ++requests_;
                                  respond(Answer(request));
                                });
  SKYDEN_CHECK(listening.ok());
  server_ = *std::move(listening);
}

http::Response OidcProvider::Answer(const http::Request& request) {
  absl::MutexLock lock(&mu_);
  if (broken_ != nullptr) return *broken_;
  const std::string& path = request.path;
  json document;
  if (path == "/realm/.well-known/openid-configuration") {
    document = {{"issuer", issuer()},
                {"jwks_uri", issuer() + "/keys"},
                {"authorization_endpoint", issuer() + "/authorize"},
                {"token_endpoint", issuer() + "/token"}};
    document.merge_patch(declared_);
  } else if ((path == "/realm/token" || path == "/realm/device" || path == "/realm/revoke") &&
             token_) {
    return token_(request);
  } else if (path == "/realm/keys") {
    document = {{"keys", json::array()}};
    for (const auto& [id, key] : keys_) document["keys"].push_back(key);
  } else {
    return {.status = 404};
  }
  return {.status = 200, .content_type = "application/json", .body = document.dump()};
}

json OidcProvider::Claims(const std::string& subject, absl::Time now) const {
  return {{"iss", issuer()},
          {"aud", "skyden"},
          {"sub", subject},
          {"iat", absl::ToUnixSeconds(now)},
          {"exp", absl::ToUnixSeconds(now + absl::Hours(1))}};
}

void OidcProvider::Publish(const SigningKey& key) {
  absl::MutexLock lock(&mu_);
  keys_[key.id()] = key.Jwk();
}

void OidcProvider::Withdraw(const std::string& key_id) {
  absl::MutexLock lock(&mu_);
  keys_.erase(key_id);
}

void OidcProvider::Declare(const json& members) {
  absl::MutexLock lock(&mu_);
  declared_ = members;
}

void OidcProvider::AnswerTokens(Token token) {
  absl::MutexLock lock(&mu_);
  token_ = std::move(token);
}

void OidcProvider::Break(std::unique_ptr<http::Response> response) {
  absl::MutexLock lock(&mu_);
  broken_ = std::move(response);
}

}  // namespace skyden::identity
