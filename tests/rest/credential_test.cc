// SPDX-License-Identifier: Apache-2.0
#include "rest/credential.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "rest/own_address.h"

namespace skyden::rest {
namespace {

using http::Method;
using Way = Credential::Way;

constexpr char kHost[] = "skyden.example.com";
constexpr char kOwn[] = "https://skyden.example.com";
constexpr char kCookie[] = "__Host-skyden";

http::Request Ask(Method method, const std::vector<http::Header>& headers) {
  http::Request request;
  request.method = method;
  request.tls = true;
  request.headers = headers;
  request.headers.push_back({"Host", kHost});
  return request;
}

Credential Shown(const http::Request& request) {
  return CredentialOf(request, OwnAddressOf(request, "", {}));
}

Credential ShownBy(const std::vector<std::string>& cookies) {
  std::vector<http::Header> headers;
  for (const std::string& cookie : cookies) headers.push_back({"Cookie", cookie});
  return Shown(Ask(Method::kGet, headers));
}

}  // namespace

TEST_CASE("a session's cookie is found among others, and two of them are none", "[rest]") {
  struct Case {
    std::vector<std::string> cookies;
    Way way;
    std::string text;
  };
  const std::string name = kCookie;
  const Case cases[] = {
      {{}, Way::kNothing, ""},
      {{""}, Way::kNothing, ""},
      {{";;; ; =x; =; a"}, Way::kNothing, ""},
      {{"other=1; " + name + "x=2; x" + name + "=3; " + name + "-5681=4"}, Way::kNothing, ""},
      {{"__host-skyden=1; __HOST-SKYDEN=2"}, Way::kNothing, ""},  // names are told apart by case
      {{name}, Way::kNothing, ""},                                // no value at all
      {{name + "=abc"}, Way::kCookie, "abc"},
      {{"a=b;" + name + "=abc;c=d"}, Way::kCookie, "abc"},
      {{" \t" + name + "=abc \t"}, Way::kCookie, "abc"},
      {{name + "="}, Way::kCookie, ""},
      {{name + "=a=b"}, Way::kCookie, "a=b"},
      {{name + "=\"abc\""}, Way::kCookie, "\"abc\""},
      {{"a=b", name + "=abc"}, Way::kCookie, "abc"},
      {{name + "=abc; " + name + "=abc"}, Way::kCookie, ""},
      {{name + "=abc; " + name + "=def"}, Way::kCookie, ""},
      {{name + "=abc", name + "=def"}, Way::kCookie, ""},
      {{name + "=" + std::string(10'000, 'a')}, Way::kCookie, std::string(10'000, 'a')},
  };
  for (const Case& one : cases) {
    CAPTURE(one.cookies);
    const Credential shown = ShownBy(one.cookies);
    CHECK(shown.way == one.way);
    CHECK(shown.text == one.text);
    CHECK(shown.forged.empty());
  }
}

TEST_CASE("with a header and a cookie, the header counts alone", "[rest]") {
  for (const std::string& value : {std::string("Bearer x"), std::string()}) {
    CAPTURE(value);
    const Credential shown = Shown(Ask(
        Method::kDelete, {{"authorization", value}, {"cookie", std::string(kCookie) + "=abc"}}));
    CHECK(shown.way == (value.empty() ? Way::kNothing : Way::kHeader));
    CHECK(shown.text == value);
    CHECK(shown.forged.empty());
  }
}

// Method x site x origin x proof, with a cookie that may be good and nothing else.
TEST_CASE("a cookie alone changes nothing", "[rest]") {
  using Header = std::optional<std::string>;
  const std::string cookie = "abc";
  const Header sites[] = {std::nullopt,  "same-origin",
                          "same-site",   "cross-site",
                          "none",        "",
                          "Same-Origin", "same-origin, cross-site"};
  const Header origins[] = {std::nullopt,
                            kOwn,
                            "https://evil.example.com",
                            "http://skyden.example.com",
                            "https://skyden.example.com:444",
                            "https://skyden.example.com.evil.example",
                            "https://skyden.example.com/",
                            "null",
                            ""};
  const Header proofs[] = {std::nullopt, SessionProof(cookie),      SessionProof("other"), cookie,
                           "",           SessionProof(cookie) + "x"};
  const Method methods[] = {Method::kGet,    Method::kPost,    Method::kPut,  Method::kPatch,
                            Method::kDelete, Method::kOptions, Method::kOther};
  size_t taken = 0;
  for (const Method method : methods) {
    for (const Header& site : sites) {
      for (const Header& origin : origins) {
        for (const Header& proof : proofs) {
          std::vector<http::Header> headers = {{"Cookie", std::string(kCookie) + "=" + cookie}};
          if (site) headers.push_back({"Sec-Fetch-Site", *site});
          if (origin) headers.push_back({"Origin", *origin});
          if (proof) headers.push_back({"X-Skyden-Session", *proof});
          const Credential shown = Shown(Ask(method, headers));
          const bool ours = site ? *site == "same-origin" : origin == kOwn;
          const bool good = method == Method::kGet || (ours && proof == SessionProof(cookie));
          CAPTURE(static_cast<int>(method), site.value_or("-"), origin.value_or("-"),
                  proof.value_or("-"));
          CHECK(shown.way == Way::kCookie);
          CHECK(shown.forged.empty() == good);
          taken += shown.forged.empty() ? 1 : 0;
        }
      }
    }
  }
  // All of GET; of each other method, nine origins with the one site, and one without any.
  CHECK(taken == 8 * 9 * 6 + 6 * (9 + 1));
}

TEST_CASE("the proof says nothing of the cookie, and is another for each", "[rest]") {
  CHECK(SessionProof("a") == SessionProof("a"));
  CHECK(SessionProof("a") != SessionProof("b"));
  CHECK(SessionProof("skses_secret").find("secret") == std::string::npos);
  CHECK(SessionProof("a").size() == 43);
}

TEST_CASE("where a browser believes us to be, and the name of its cookie", "[rest]") {
  struct Case {
    bool tls;
    std::string host;
    std::string published;
    std::string origin;
    std::string cookie;
    bool keeps;
  };
  const Case cases[] = {
      {true, "a.example", "", "https://a.example", "__Host-skyden", true},
      {true, "a.example:8443", "", "https://a.example:8443", "__Host-skyden", true},
      {true, "A.Example", "", "https://a.example", "__Host-skyden", true},
      {false, "127.0.0.1:5681", "", "http://127.0.0.1:5681", "__Host-skyden-5681", true},
      {false, "localhost:8080", "", "http://localhost:8080", "__Host-skyden-8080", true},
      {false, "x.localhost", "", "http://x.localhost", "__Host-skyden-80", true},
      {false, "[::1]:5681", "", "http://[::1]:5681", "__Host-skyden-5681", true},
      {false, "[::1]", "", "http://[::1]", "__Host-skyden-80", true},
      {false, "a.example:5681", "", "http://a.example:5681", "__Host-skyden-5681", false},
      {false, "127.0.0.1.evil.example:5681", "", "http://127.0.0.1.evil.example:5681",
       "__Host-skyden-5681", false},
      {false, "notlocalhost", "", "http://notlocalhost", "__Host-skyden-80", false},
      // Behind a proxy that does TLS and hands on the name.
      {false, "a.example", "https://a.example", "https://a.example", "__Host-skyden", true},
      {false, "a.example", "https://A.example", "https://a.example", "__Host-skyden", true},
      // By another name, on this machine.
      {false, "127.0.0.1:5681", "https://a.example", "http://127.0.0.1:5681", "__Host-skyden-5681",
       true},
      {false, "b.example:5681", "http://a.example", "http://b.example:5681", "__Host-skyden-5681",
       false},
  };
  for (const Case& one : cases) {
    CAPTURE(one.tls, one.host, one.published);
    http::Request request;
    request.tls = one.tls;
    request.headers = {{"Host", one.host}};
    const OwnAddress own = OwnAddressOf(request, one.published, {});
    CHECK(own.origin == one.origin);
    CHECK(own.cookie_name == one.cookie);
    CHECK(own.keeps_cookies == one.keeps);
  }
  // What a trusted proxy says of itself counts.
  http::Request request;
  request.peer_ip = "192.0.2.1";
  request.headers = {
      {"Host", "10.0.0.1:5681"}, {"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "a.example"}};
  CHECK(OwnAddressOf(request, "", {"192.0.2.1"}).origin == "https://a.example");
  CHECK(OwnAddressOf(request, "", {}).origin == "http://10.0.0.1:5681");
}

TEST_CASE("a session's cookie is for this host, this port's page and no script", "[rest]") {
  const OwnAddress own{.origin = kOwn, .cookie_name = kCookie, .keeps_cookies = true};
  CHECK(SetSessionCookie(own, "abc") ==
        "__Host-skyden=abc; Path=/; Secure; HttpOnly; SameSite=Strict");
  CHECK(ClearSessionCookie(own) ==
        "__Host-skyden=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

}  // namespace skyden::rest
