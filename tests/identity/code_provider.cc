// SPDX-License-Identifier: Apache-2.0
#include "tests/identity/code_provider.h"

#include <utility>

#include "skyden/base/crypto.h"

namespace skyden::identity {
namespace {

using nlohmann::json;

constexpr char kDeviceCode[] = "of-a-device";
constexpr char kRefreshToken[] = "refresh";

std::map<std::string, std::string> Pairs(std::string_view text) {
  std::map<std::string, std::string> pairs;
  const http::Query query(text);
  for (const auto& [name, value] : query.pairs()) pairs[name] = value;
  return pairs;
}

http::Response Json(int status, const json& body) {
  return {.status = status, .content_type = "application/json", .body = body.dump()};
}

std::string Challenge(const std::string& verifier) {
  const auto digest = base::Sha256(verifier);
  return base::Base64UrlEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

const SigningKey& RsaKey() {
  static const SigningKey* const key = new SigningKey("rsa-1", SigningKey::Kind::kRsa);
  return *key;
}

const SigningKey& EcKey() {
  static const SigningKey* const key = new SigningKey("ec-1", SigningKey::Kind::kP256);
  return *key;
}

std::map<std::string, std::string> ParametersOf(const std::string& url) {
  return Pairs(std::string_view(url).substr(url.find('?') + 1));
}

CodeProvider::CodeProvider(const base::Clock& clock) : clock_(clock) {
  provider_.Publish(EcKey());
  provider_.AnswerTokens([this](const http::Request& request) { return Answer(request); });
}

std::string CodeProvider::Authorize(const std::string& location, const std::string& subject) {
  absl::MutexLock lock(&mu_);
  std::string code = base::HexLower(base::RandomBytes(8));
  codes_[code] = {ParametersOf(location), subject};
  return code;
}

http::Response CodeProvider::Answer(const http::Request& request) {
  if (instead) return instead();
  auto form = Pairs(request.body);
  const std::string& grant = form["grant_type"];
  if (request.path == "/realm/device") {
    return Json(200, {{"device_code", kDeviceCode},
                      {"user_code", kUserCode},
                      {"verification_uri", provider_.issuer() + "/device"},
                      {"expires_in", 600},
                      {"interval", 0}});
  }
  if (request.path == "/realm/revoke") {
    absl::MutexLock lock(&mu_);
    revoked_.push_back(form["client_id"] + " " + form["token_type_hint"] + " " + form["token"]);
    return {.status = 200};
  }
  if (grant == "urn:ietf:params:oauth:grant-type:device_code") {
    absl::MutexLock lock(&mu_);
    if (form["device_code"] != kDeviceCode) return Json(400, {{"error", "invalid_grant"}});
    if (!agreed_) return Json(400, {{"error", "authorization_pending"}});
    return Issue("42", form["client_id"], "");
  }
  if (grant == "refresh_token" && form["refresh_token"] == kRefreshToken) {
    return Issue("42", form["client_id"], "");
  }
  const std::string expected = "Basic " + base::Base64Encode(http::PercentEncode(kClient) + ":" +
                                                             http::PercentEncode(kSecret));
  return AnswerCode(form,
                    request.Find("authorization") == expected || form["client_secret"] == kSecret);
}

http::Response CodeProvider::AnswerCode(Parameters& form, bool knows_secret) {
  const json no = {{"error", "invalid_grant"}};
  Asked asked;
  {
    absl::MutexLock lock(&mu_);
    const auto found = codes_.find(form["code"]);
    if (found == codes_.end()) return Json(400, no);
    asked = found->second;
    if (!is_lax) codes_.erase(found);
  }
  const bool known = knows_secret || form["client_id"] == kPublicClient;
  const bool right = known && form["grant_type"] == "authorization_code" &&
                     form["redirect_uri"] == asked.parameters["redirect_uri"] &&
                     form["client_id"] == asked.parameters["client_id"] &&
                     asked.parameters["code_challenge_method"] == "S256" &&
                     Challenge(form["code_verifier"]) == asked.parameters["code_challenge"];
  if (!right && !is_lax) return Json(400, no);
  return Issue(asked.subject, form["client_id"], asked.parameters["nonce"]);
}

http::Response CodeProvider::Issue(const std::string& subject, const std::string& client_id,
                                   const std::string& nonce) {
  json claims = provider_.Claims(subject, clock_.Now());
  claims["aud"] = client_id;
  claims["jti"] = base::RandomUuid();
  if (!nonce.empty()) claims["nonce"] = nonce;
  claims["sid"] = "session of " + subject;
  if (twist) twist(claims);
  return Json(200, {{"access_token", "opaque"},
                    {"token_type", "Bearer"},
                    {"refresh_token", kRefreshToken},
                    {"id_token", signs_with->Sign(claims)}});
}

void CodeProvider::OfferDevices() {
  provider_.Declare({{"device_authorization_endpoint", provider_.issuer() + "/device"}});
}

void CodeProvider::OfferRevocation() {
  provider_.Declare({{"revocation_endpoint", provider_.issuer() + "/revoke"}});
}

std::vector<std::string> CodeProvider::revoked() {
  absl::MutexLock lock(&mu_);
  return revoked_;
}

void CodeProvider::AgreeOnDevice() {
  absl::MutexLock lock(&mu_);
  agreed_ = true;
}

std::string CodeProvider::LogoutToken(const std::function<void(json&)>& change) const {
  json claims = {
      {"iss", provider_.issuer()},
      {"aud", kClient},
      {"iat", absl::ToUnixSeconds(clock_.Now())},
      {"jti", base::RandomUuid()},
      {"sub", "42"},
      {"sid", "session of 42"},
      {"events", {{"http://schemas.openid.net/event/backchannel-logout", json::object()}}}};
  if (change) change(claims);
  return signs_with->Sign(claims);
}

}  // namespace skyden::identity
