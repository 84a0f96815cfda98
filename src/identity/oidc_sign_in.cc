// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/oidc_sign_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "identity/lru_cache.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/pkce.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/http/uri.h"
#include "skyden/telemetry/log.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using nlohmann::json;

constexpr char kSealContext[] = "skyden sign-in";
constexpr char kHintContext[] = "skyden sign-out";
constexpr size_t kHintBytes = 2800;  // sealed it fits into a cookie
constexpr size_t kShownErrorChars = 50;

absl::Status NotBegun() {
  return absl::UnauthenticatedError(
      "this sign-in was not begun in this browser, or it took longer than ten minutes");
}
absl::Status ProviderLied(std::string_view what) {
  return absl::UnauthenticatedError(fmt::format("the identity provider's answer {}", what));
}

// What an error means to who reads it; its name goes along, for who runs the provider. Names are
// those of RFC 6749 (section 4.1.2.1) and of OpenID Connect Core (section 3.1.2.6).
std::string SentenceOf(std::string_view error) {
  static constexpr std::pair<std::string_view, std::string_view> kKnown[] = {
      {"access_denied", "you were not let in there, or did not agree"},
      {"unauthorized_client", "it does not let this daemon's client sign people in"},
      {"unsupported_response_type", "it does not let this daemon's client sign people in"},
      {"invalid_scope", "it does not let this daemon's client ask who you are and your address"},
      {"login_required", "it wants you to sign in there first: try again"},
      {"consent_required", "it wants you to agree first: try again"},
      {"interaction_required", "it wants to ask you something first: try again"},
      {"account_selection_required", "it wants you to choose an account first: try again"},
      {"server_error", "it is in trouble: try again"},
      {"temporarily_unavailable", "it is in trouble: try again"},
  };
  const auto* const known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                         [&](const auto& one) { return one.first == error; });
  if (known != std::end(kKnown)) return fmt::format("{} ({})", known->second, error);
  const bool plain = error.size() <= kShownErrorChars &&
                     std::all_of(error.begin(), error.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return plain ? std::string(error) : "an error";
}

std::string WithQuery(
    std::string url,
    std::initializer_list<std::pair<std::string_view, std::string_view>> parameters) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url + http::EncodeForm(parameters);
}

// Between begin and end.
struct Started {
  std::string state;
  std::string nonce;
  std::string verifier;
  std::string return_path;
  absl::Time until;
};

class OidcSignInImpl final : public OidcSignIn {
 public:
  OidcSignInImpl(Deps deps, Options options)
      : deps_(std::move(deps)), options_(std::move(options)) {}

  std::string name() const override {
    const size_t host = options_.issuer.find("://") + 3;
    return options_.issuer.substr(host, options_.issuer.find('/', host) - host);
  }

  absl::StatusOr<Begun> Begin(std::string_view return_path) override {
    SKYDEN_ASSIGN_OR_RETURN(const OidcEndpoints endpoints, deps_.verifier.Endpoints());
    const Started started{base::RandomOneTimeText(), base::RandomOneTimeText(),
                          base::RandomOneTimeText(), std::string(return_path),
                          deps_.clock.Now() + limits::kOidcSignInTime};
    Begun begun;
    begun.location = WithQuery(endpoints.authorization,
                               {{"response_type", "code"},
                                {"client_id", options_.client_id},
                                {"redirect_uri", options_.redirect_uri},
                                {"scope", "openid profile email"},
                                {"state", started.state},
                                {"nonce", started.nonce},
                                {"code_challenge", base::CodeChallenge(started.verifier)},
                                {"code_challenge_method", "S256"}});
    SKYDEN_ASSIGN_OR_RETURN(begun.sealed, Seal(started));
    return begun;
  }

  std::string SignOut(std::string_view hint) override {
    const auto endpoints = deps_.verifier.Endpoints();
    if (!endpoints.ok() || endpoints->end_session.empty()) return "";
    const std::string url = WithQuery(
        endpoints->end_session,
        {{"client_id", options_.client_id}, {"post_logout_redirect_uri", options_.signed_out_uri}});
    const auto id_token = Opened(hint, kHintContext);
    return id_token ? WithQuery(url, {{"id_token_hint", *id_token}}) : url;
  }

  absl::StatusOr<Came> Finish(const Callback& callback) override {
    base::AssertMayBlock();
    const auto started = Open(callback.sealed);
    if (!started || !base::ConstantTimeEqual(started->state, callback.state)) return NotBegun();
    if (!TakeOnce(started->state, started->until)) return NotBegun();
    SKYDEN_ASSIGN_OR_RETURN(const OidcEndpoints endpoints, deps_.verifier.Endpoints());
    // Before anything of the answer is believed: it may be another provider's (RFC 9207).
    if (callback.issuer.empty() ? endpoints.names_itself : callback.issuer != options_.issuer) {
      return ProviderLied("is another provider's");
    }
    if (!callback.error.empty()) {
      return absl::UnauthenticatedError(
          fmt::format("the identity provider says: {}", SentenceOf(callback.error)));
    }
    if (callback.code.empty() || callback.code.size() > limits::kOidcCodeBytes) {
      return ProviderLied("has no code");
    }
    SKYDEN_ASSIGN_OR_RETURN(const std::string id_token,
                            Exchange(endpoints, callback.code, started->verifier));
    auto person = Patiently(
        [&] { return deps_.verifier.VerifyIdToken(id_token, options_.client_id, started->nonce); });
    if (absl::IsUnauthenticated(person.status())) {
      Log("an ID token was refused", person.status());
      return ProviderLied("is not good: the daemon's log says why");
    }
    SKYDEN_RETURN_IF_ERROR(person.status());
    Came came{*std::move(person), started->return_path};
    if (id_token.size() <= kHintBytes) {
      SKYDEN_ASSIGN_OR_RETURN(came.sign_out_hint, Sealed(id_token, kHintContext));
    }
    return came;
  }

  absl::StatusOr<OidcLogout> TakeLogout(std::string_view logout_token) override {
    base::AssertMayBlock();
    if (logout_token.size() > limits::kJwtBytes) {
      return absl::UnauthenticatedError("the logout token is too long");
    }
    SKYDEN_ASSIGN_OR_RETURN(OidcLogout logout, Patiently([&] {
                              return deps_.verifier.VerifyLogout(logout_token, options_.client_id);
                            }));
    // As long as it would be taken for fresh, however the clocks differ.
    const absl::Time until = deps_.clock.Now() + 4 * limits::kOidcLogoutAge;
    if (!TakeOnce("logout " + logout.id, until)) {
      return absl::UnauthenticatedError("the logout token came before");
    }
    return logout;
  }

 private:
  // Once more when the issuer's keys are just being read.
  template <class Fn>
  auto Patiently(Fn verify) -> decltype(verify()) {
    auto verified = verify();
    if (!base::RetryAfterOf(verified.status())) return verified;
    deps_.verifier.AwaitKeys();
    return verify();
  }

  absl::StatusOr<std::string> Exchange(const OidcEndpoints& endpoints, std::string_view code,
                                       std::string_view verifier) {
    http::Outgoing request{.method = "POST", .url = endpoints.token};
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.body = http::EncodeForm({{"grant_type", "authorization_code"},
                                     {"code", code},
                                     {"redirect_uri", options_.redirect_uri},
                                     {"code_verifier", verifier},
                                     {"client_id", options_.client_id}});
    if (!options_.client_secret.empty() && endpoints.takes_secret_in_header) {
      request.headers.emplace_back(
          "Authorization",
          "Basic " + base::Base64Encode(http::PercentEncode(options_.client_id) + ':' +
                                        http::PercentEncode(options_.client_secret)));
    } else if (!options_.client_secret.empty()) {
      request.body += '&' + http::EncodeForm({{"client_secret", options_.client_secret}});
    }
    const auto answer = deps_.exchange(request);
    if (!answer.ok()) {
      Log("the identity provider was not asked for a token", answer.status());
      return absl::UnavailableError("the identity provider does not answer: try again");
    }
    const json document = json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
    if (answer->status != 200) {
      Log("the identity provider took no code",
          absl::UnauthenticatedError(fmt::format("status {}", answer->status)));
      return answer->status >= 500
                 ? absl::UnavailableError("the identity provider is in trouble: try again")
                 : ProviderLied(
                       "to our question was no: its code was used, or we are not set up "
                       "there as here");
    }
    const bool has =
        document.is_object() && document.contains("id_token") && document["id_token"].is_string();
    if (!has) return ProviderLied("has no ID token");
    auto id_token = document["id_token"].get<std::string>();
    if (id_token.size() > limits::kJwtBytes) return ProviderLied("has too long an ID token");
    return id_token;
  }

  static void Log(std::string_view what, const absl::Status& why) {
    telemetry::Log(telemetry::Level::warning, what,
                   {{"reason", std::string(base::ToStd(why.message()))}});
  }

  absl::StatusOr<std::string> Seal(const Started& started) const {
    const json plain = {started.state, started.nonce, started.verifier, started.return_path,
                        absl::ToUnixMillis(started.until)};
    return Sealed(plain.dump(), kSealContext);
  }

  absl::StatusOr<std::string> Sealed(std::string_view plain, std::string_view context) const {
    SKYDEN_ASSIGN_OR_RETURN(const std::string sealed, base::AesGcmSeal(key_, plain, context));
    return base::Base64UrlEncode(sealed);
  }

  // nullopt when it was not sealed here.
  std::optional<std::string> Opened(std::string_view text, std::string_view context) const {
    const auto sealed = base::Base64UrlDecode(text);
    if (!sealed.ok()) return std::nullopt;
    auto plain = base::AesGcmOpen(key_, *sealed, context);
    if (!plain.ok()) return std::nullopt;
    return *std::move(plain);
  }

  // nullopt when it is not ours, or too old.
  std::optional<Started> Open(std::string_view text) const {
    const auto plain = Opened(text, kSealContext);
    if (!plain) return std::nullopt;
    const json list = json::parse(*plain);  // whatever opens, we have sealed
    Started started{list[0], list[1], list[2], list[3],
                    absl::FromUnixMillis(list[4].get<int64_t>())};
    if (started.until <= deps_.clock.Now()) return std::nullopt;
    return started;
  }

  // False when it was taken before.
  bool TakeOnce(const std::string& what, absl::Time until) ABSL_LOCKS_EXCLUDED(mu_) {
    const absl::Time now = deps_.clock.Now();
    absl::MutexLock lock(&mu_);
    const auto before = taken_.Find(what);
    if (before != nullptr && now < *before) return false;
    taken_.Put(what, std::make_shared<const absl::Time>(until));
    return true;
  }

  const Deps deps_;
  const Options options_;
  const std::string key_ = base::RandomBytes(32);
  absl::Mutex mu_;
  LruCache<std::string, absl::Time> taken_ ABSL_GUARDED_BY(mu_){limits::kOidcRemembered};
};

}  // namespace

std::unique_ptr<OidcSignIn> OidcSignIn::Create(Deps deps, Options options) {
  return std::make_unique<OidcSignInImpl>(std::move(deps), std::move(options));
}

}  // namespace skyden::identity
