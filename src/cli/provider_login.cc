// SPDX-License-Identifier: Apache-2.0
#include "cli/provider_login.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "cli/members.h"
#include "cli/output.h"
#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/jws.h"
#include "skyden/base/pkce.h"
#include "skyden/base/status.h"
#include "skyden/http/fetch.h"
#include "skyden/http/uri.h"

namespace skyden::cli {
namespace {

using nlohmann::json;
using TellUser = std::function<void(const std::string&)>;

constexpr char kScope[] = "openid profile email offline_access";
constexpr char kDeviceGrant[] = "urn:ietf:params:oauth:grant-type:device_code";
constexpr absl::Duration kBrowserTime = absl::Minutes(5);
constexpr absl::Duration kDeviceTimeMax = absl::Minutes(30);
constexpr absl::Duration kPollMin = absl::Milliseconds(100);
constexpr absl::Duration kPollUnsaid = absl::Seconds(5);
constexpr absl::Duration kSlowDown = absl::Seconds(5);

double Number(const json& object, const char* name, double without) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : without;
}

absl::Status Refused(std::string_view why) {
  return absl::UnauthenticatedError(fmt::format("the identity provider: {}", Printable(why)));
}

struct FormAnswer {
  int status = 0;
  json body;  // an object
};

absl::StatusOr<http::Incoming> Send(const std::string& url, std::string form,
                                    const std::string& ca_file) {
  http::Outgoing request{.method = "POST", .url = url, .body = std::move(form)};
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  return http::Exchange(request, {.time_max = absl::Seconds(20), .ca_file = ca_file});
}

absl::StatusOr<FormAnswer> Post(const std::string& url, std::string form,
                                const std::string& ca_file) {
  SKYDEN_ASSIGN_OR_RETURN(const http::Incoming answer, Send(url, std::move(form), ca_file));
  FormAnswer read{answer.status, json::parse(answer.body, nullptr, /*allow_exceptions=*/false)};
  if (!read.body.is_object()) {
    return absl::UnavailableError(
        fmt::format("the identity provider answered {} and nothing to read", answer.status));
  }
  return read;
}

absl::StatusOr<json> Discover(const Provider& provider) {
  std::string base = provider.issuer;
  while (base.ends_with('/')) base.pop_back();
  SKYDEN_ASSIGN_OR_RETURN(
      const std::string text,
      http::Fetch(base + "/.well-known/openid-configuration",
                  {.time_max = absl::Seconds(20), .ca_file = provider.ca_file}));
  json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || TextMember(document, "issuer") != provider.issuer) {
    return Refused("its configuration is another issuer's");
  }
  for (const char* place : {"authorization_endpoint", "token_endpoint",
                            "device_authorization_endpoint", "revocation_endpoint"}) {
    const std::string url = TextMember(document, place);
    const bool safe = !provider.issuer.starts_with("https://") || url.starts_with("https://");
    if (!safe) document.erase(place);
  }
  if (TextMember(document, "token_endpoint").empty())
    return Refused("it names no place for tokens");
  return document;
}

// The claims of a token that came from the provider itself over its own connection.
json ClaimsOf(std::string_view jwt) {
  const auto parts = base::SplitJws(jwt);
  const auto payload = base::Base64UrlDecode(parts ? parts->payload : "");
  json claims = payload.ok() ? json::parse(*payload, nullptr, /*allow_exceptions=*/false) : json();
  return claims.is_object() ? claims : json::object();
}

absl::StatusOr<ProviderToken> TokenOf(const json& answer, Renewal renewal, std::string_view nonce) {
  ProviderToken token;
  token.token = TextMember(answer, "id_token");
  if (token.token.empty()) return Refused("its answer has no ID token");
  const json claims = ClaimsOf(token.token);
  if (!nonce.empty() && TextMember(claims, "nonce") != nonce) {
    return Refused("its ID token is of another sign-in");
  }
  token.ends = absl::UnixEpoch() + absl::Seconds(Number(claims, "exp", 0));
  const std::string refresh = TextMember(answer, "refresh_token");
  if (!refresh.empty()) renewal.refresh_token = refresh;
  token.renewal = std::move(renewal);
  return token;
}

std::string ErrorOf(const json& answer) {
  const std::string description = TextMember(answer, "error_description");
  return description.empty() ? TextMember(answer, "error") : description;
}

absl::StatusOr<ProviderToken> ByDevice(const Provider& provider, const std::string& endpoint,
                                       Renewal renewal, const TellUser& tell) {
  SKYDEN_ASSIGN_OR_RETURN(
      const FormAnswer begun,
      Post(endpoint, http::EncodeForm({{"client_id", provider.client_id}, {"scope", kScope}}),
           provider.ca_file));
  const std::string code = TextMember(begun.body, "device_code");
  if (begun.status != 200 || code.empty()) return Refused(ErrorOf(begun.body));
  const std::string complete = TextMember(begun.body, "verification_uri_complete");
  tell(fmt::format("Open {} and enter {}\n{}",
                   Printable(TextMember(begun.body, "verification_uri")),
                   Printable(TextMember(begun.body, "user_code")),
                   complete.empty() ? "" : fmt::format("or open {}\n", Printable(complete))));
  const absl::Duration good = absl::Seconds(Number(begun.body, "expires_in", 300));
  const absl::Time until = absl::Now() + std::min(good, kDeviceTimeMax);
  absl::Duration pause =
      absl::Seconds(Number(begun.body, "interval", absl::ToDoubleSeconds(kPollUnsaid)));
  while (absl::Now() < until) {
    absl::SleepFor(std::max(pause, kPollMin));
    SKYDEN_ASSIGN_OR_RETURN(const FormAnswer answer,
                            Post(renewal.token_endpoint,
                                 http::EncodeForm({{"grant_type", kDeviceGrant},
                                                   {"device_code", code},
                                                   {"client_id", provider.client_id}}),
                                 provider.ca_file));
    if (answer.status == 200) return TokenOf(answer.body, std::move(renewal), "");
    const std::string error = TextMember(answer.body, "error");
    if (error == "slow_down") pause += kSlowDown;
    if (error != "authorization_pending" && error != "slow_down") {
      return Refused(ErrorOf(answer.body));
    }
  }
  return absl::UnauthenticatedError("nobody agreed in time: try again");
}

// Waits for the provider to send the browser back to this machine. Thread-safe.
class Loopback {
 public:
  explicit Loopback(std::string state) : state_(std::move(state)) {
    server_.Get("/callback", [this](const httplib::Request& request, httplib::Response& response) {
      Take(request, response);
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    if (port_ <= 0) return;
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      over_ = true;
    });
  }
  ~Loopback() {
    if (!thread_.joinable()) return;
    // To stop one that does not run yet does nothing.
    while (!server_.is_running() && !over_) std::this_thread::yield();
    server_.stop();
    thread_.join();
  }

  bool listens() const { return port_ > 0; }
  std::string redirect_uri() const { return fmt::format("http://127.0.0.1:{}/callback", port_); }

  // The code. UNAUTHENTICATED.
  absl::StatusOr<std::string> Await(const std::string& issuer) {
    absl::MutexLock lock(&mu_);
    if (!mu_.AwaitWithTimeout(absl::Condition(&came_), kBrowserTime)) {
      return absl::UnauthenticatedError("nobody came back from the browser in time: try again");
    }
    if (!issuer_.empty() && issuer_ != issuer) return Refused("the answer is another provider's");
    if (!error_.empty() || code_.empty()) return Refused(error_.empty() ? "no code" : error_);
    return code_;
  }

 private:
  void Take(const httplib::Request& request, httplib::Response& response) {
    // Whatever else asks this port is not who was sent.
    if (!base::ConstantTimeEqual(request.get_param_value("state"), state_)) {
      response.status = 400;
      response.set_content("This is not the sign-in that was begun here.\n", "text/plain");
      return;
    }
    response.set_content("You can close this page and go back to the command line.\n",
                         "text/plain");
    absl::MutexLock lock(&mu_);
    if (came_) return;
    came_ = true;
    code_ = request.get_param_value("code");
    error_ = request.get_param_value("error");
    issuer_ = request.get_param_value("iss");
  }

  const std::string state_;
  httplib::Server server_;
  int port_ = 0;
  std::atomic<bool> over_{false};
  absl::Mutex mu_;
  bool came_ ABSL_GUARDED_BY(mu_) = false;
  std::string code_ ABSL_GUARDED_BY(mu_);
  std::string error_ ABSL_GUARDED_BY(mu_);
  std::string issuer_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;  // last
};

absl::StatusOr<ProviderToken> ByBrowser(const Provider& provider, const std::string& endpoint,
                                        Renewal renewal, const TellUser& tell) {
  const std::string state = base::RandomOneTimeText();
  const std::string nonce = base::RandomOneTimeText();
  const std::string verifier = base::RandomOneTimeText();
  Loopback loopback(state);
  if (!loopback.listens()) {
    return absl::UnavailableError("no port of 127.0.0.1 can be listened on");
  }
  tell(fmt::format("Open {}{}{}\n", Printable(endpoint),
                   endpoint.find('?') == std::string::npos ? '?' : '&',
                   http::EncodeForm({{"response_type", "code"},
                                     {"client_id", provider.client_id},
                                     {"redirect_uri", loopback.redirect_uri()},
                                     {"scope", kScope},
                                     {"state", state},
                                     {"nonce", nonce},
                                     {"code_challenge", base::CodeChallenge(verifier)},
                                     {"code_challenge_method", "S256"}})));
  SKYDEN_ASSIGN_OR_RETURN(const std::string code, loopback.Await(provider.issuer));
  SKYDEN_ASSIGN_OR_RETURN(const FormAnswer answer,
                          Post(renewal.token_endpoint,
                               http::EncodeForm({{"grant_type", "authorization_code"},
                                                 {"code", code},
                                                 {"redirect_uri", loopback.redirect_uri()},
                                                 {"client_id", provider.client_id},
                                                 {"code_verifier", verifier}}),
                               provider.ca_file));
  if (answer.status != 200) return Refused(ErrorOf(answer.body));
  return TokenOf(answer.body, std::move(renewal), nonce);
}

}  // namespace

absl::StatusOr<ProviderToken> SignInAtProvider(const Provider& provider, const TellUser& tell) {
  SKYDEN_ASSIGN_OR_RETURN(const json places, Discover(provider));
  Renewal renewal{.issuer = provider.issuer,
                  .client_id = provider.client_id,
                  .token_endpoint = TextMember(places, "token_endpoint"),
                  .refresh_token = {},
                  .ca_file = provider.ca_file};
  const std::string device = TextMember(places, "device_authorization_endpoint");
  if (!device.empty()) return ByDevice(provider, device, std::move(renewal), tell);
  const std::string browser = TextMember(places, "authorization_endpoint");
  if (browser.empty()) return Refused("it lets people sign in neither by device nor by browser");
  return ByBrowser(provider, browser, std::move(renewal), tell);
}

absl::StatusOr<ProviderToken> Renew(const Renewal& renewal) {
  SKYDEN_ASSIGN_OR_RETURN(const FormAnswer answer,
                          Post(renewal.token_endpoint,
                               http::EncodeForm({{"grant_type", "refresh_token"},
                                                 {"refresh_token", renewal.refresh_token},
                                                 {"client_id", renewal.client_id},
                                                 {"scope", kScope}}),
                               renewal.ca_file));
  if (answer.status != 200) return Refused(ErrorOf(answer.body));
  return TokenOf(answer.body, renewal, "");
}

absl::Status TakeBack(const Renewal& renewal) {
  SKYDEN_ASSIGN_OR_RETURN(const json places,
                          Discover({renewal.issuer, renewal.client_id, renewal.ca_file}));
  const std::string place = TextMember(places, "revocation_endpoint");
  if (place.empty()) return absl::UnimplementedError("the identity provider takes none back");
  SKYDEN_ASSIGN_OR_RETURN(const http::Incoming answer,
                          Send(place,
                               http::EncodeForm({{"token", renewal.refresh_token},
                                                 {"token_type_hint", "refresh_token"},
                                                 {"client_id", renewal.client_id}}),
                               renewal.ca_file));
  if (answer.status == 200) return absl::OkStatus();
  const json body = json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  const std::string error = body.is_object() ? ErrorOf(body) : "";
  return Refused(error.empty() ? fmt::format("status {}", answer.status) : error);
}

}  // namespace skyden::cli
