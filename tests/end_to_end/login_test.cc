// SPDX-License-Identifier: Apache-2.0
// `skyden login`, `logout` and `context`, as a person uses them: with a home of their own.
#include <httplib.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "skyden/base/clock.h"
#include "tests/end_to_end/daemon.h"
#include "tests/end_to_end/process.h"
#include "tests/identity/code_provider.h"

namespace skyden::end_to_end {
namespace {

using identity::CodeProvider;
using identity::ParametersOf;

struct Person {
  TempDir home;
  std::string contexts() const { return home.path() + "/skyden/contexts.json"; }
  std::map<std::string, std::string> environment() const {
    return {{"XDG_CONFIG_HOME", home.path()}};
  }
  Ran Say(std::vector<std::string> words) const {
    words.insert(words.begin(), SKYDEN_BINARY);
    return Run(words, environment());
  }
  // With something on standard input.
  Ran Say(const std::string& input, const std::string& line) const {
    WriteFile(home.path() + "/input", input);
    return Run(
        {"/bin/sh", "-c", std::string(SKYDEN_BINARY) + " " + line + " < " + home.path() + "/input"},
        environment());
  }
};

Json Parsed(const Ran& ran) {
  INFO(ran.errors);
  REQUIRE(ran.exit_code == 0);
  return Json::parse(ran.output);
}

TEST_CASE("a token that is given once is used from then on, and is nowhere to be seen",
          "[end_to_end][cli]") {
  TestDaemon daemon;
  const Person jane;
  const std::string address = daemon.address("http");
  CHECK(jane.Say({"cp", "list"}).exit_code == 1);
  const Ran login = jane.Say(daemon.token() + "\n", "login " + address + " --token-stdin");
  INFO(login.errors);
  REQUIRE(login.exit_code == 0);
  CHECK(login.output.find(address) != std::string::npos);
  CHECK((login.output + login.errors).find(daemon.token()) == std::string::npos);
  struct stat info {};
  REQUIRE(stat(jane.contexts().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);

  CHECK(jane.Say({"cp", "create", "demo"}).exit_code == 0);
  CHECK(Parsed(jane.Say({"cp", "list", "-o", "json"})).size() == 1);
  const Json shown = Parsed(jane.Say({"context", "show", "-o", "json"}));
  CHECK(shown["name"] == address);
  CHECK(shown["address"] == "http://" + address);
  CHECK(shown["current"] == true);
  CHECK(shown["signed_in"] == true);
  CHECK(shown.dump().find(daemon.token()) == std::string::npos);

  // Signed out, the address is still known.
  CHECK(jane.Say({"logout"}).exit_code == 0);
  CHECK(ReadFile(jane.contexts()).find(daemon.token()) == std::string::npos);
  const Ran refused = jane.Say({"cp", "list"});
  CHECK(refused.exit_code == 1);
  CHECK(refused.errors.find("skyden login http://" + address) != std::string::npos);
  CHECK(jane.Say(daemon.token(), "login --token-stdin").exit_code == 0);
  CHECK(jane.Say({"cp", "list"}).exit_code == 0);
}

TEST_CASE("of several daemons each gets its own token", "[end_to_end][cli]") {
  TestDaemon one;
  TestDaemon other;
  one.CreateControlPlane("of-one");
  other.CreateControlPlane("of-other");
  const Person jane;
  REQUIRE(jane.Say(one.token(), "login " + one.address("http") + " --name one --token-stdin")
              .exit_code == 0);
  REQUIRE(jane.Say(other.token(), "login " + other.address("http") + " --name other --token-stdin")
              .exit_code == 0);
  const auto first = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"cp", "list", "-o", "json"});
    return Parsed(jane.Say(words))[0]["name"].get<std::string>();
  };
  CHECK(first({}) == "of-other");
  CHECK(first({"--context", "one"}) == "of-one");
  CHECK(first({"--address", one.address("http")}) == "of-one");
  CHECK(jane.Say({"context", "use", "one"}).exit_code == 0);
  CHECK(first({}) == "of-one");
  CHECK(Parsed(jane.Say({"context", "list", "-o", "json"})).size() == 2);
  CHECK(jane.Say({"context", "list"}).output.find("other") != std::string::npos);
  CHECK(jane.Say({"context", "remove", "one"}).exit_code == 0);
  CHECK(jane.Say({"context", "show"}).exit_code == 2);
  CHECK(first({"--context", "other"}) == "of-other");
  const Ran unknown = jane.Say({"context", "use", "one"});
  CHECK(unknown.exit_code == 2);
  CHECK(unknown.errors.find("skyden context list") != std::string::npos);
  CHECK(jane.Say({"cp", "list", "--context", "other", "--address", "127.0.0.1:1"}).exit_code == 2);
}

TEST_CASE("a login that does not work keeps nothing", "[end_to_end][cli]") {
  TestDaemon daemon;
  const Person jane;
  const std::string login = "login " + daemon.address("http") + " --token-stdin";
  for (const char* input : {"", "\n", "wrong\n"}) {
    CAPTURE(input);
    CHECK(jane.Say(input, login).exit_code != 0);
  }
  const Ran without = jane.Say({"login", daemon.address("http")});
  CHECK(without.exit_code != 0);
  CHECK(without.errors.find("--token-stdin") != std::string::npos);
  CHECK(jane.Say({"login"}).exit_code == 2);
  CHECK(ReadFile(jane.contexts()).empty());
  // A file that others could read is not believed.
  REQUIRE(jane.Say(daemon.token(), login).exit_code == 0);
  REQUIRE(chmod(jane.contexts().c_str(), 0644) == 0);
  const Ran open = jane.Say({"cp", "list"});
  CHECK(open.exit_code == 1);
  CHECK(open.errors.find("others may read it") != std::string::npos);
}

// A daemon that lets in the people of a provider.
struct WithProvider {
  base::RealClock clock;
  CodeProvider provider{clock};
  TestDaemon daemon{{"--oidc-issuer", provider.provider().issuer(), "--oidc-audience",
                     CodeProvider::kPublicClient, "--oidc-roles", "admins=Admin"}};
  Person jane;

  WithProvider() {
    provider.twist = [](Json& claims) {
      claims["groups"] = {"admins"};
      claims["email"] = "jane@example.com";
    };
  }
};

// What a command tells its person to open.
std::string AddressIn(const std::string& text, const std::string& before) {
  const size_t at = text.find(before);
  REQUIRE(at != std::string::npos);
  const size_t begin = at + before.size();
  return text.substr(begin, text.find_first_of(" \n", begin) - begin);
}

// Signs Jane in, with a browser that goes where it is sent.
void SignInByBrowser(WithProvider& w) {
  Process login({SKYDEN_BINARY, "login", w.daemon.address("http")}, w.jane.home.path() + "/login",
                w.jane.environment());
  REQUIRE(login.Says("code_challenge_method=S256"));
  const std::string location = AddressIn(login.errors(), "Open ");
  auto sent = ParametersOf(location);
  const std::string redirect = sent["redirect_uri"];
  httplib::Client browser(redirect.substr(0, redirect.rfind('/')));
  const std::string code = w.provider.Authorize(location);
  REQUIRE(browser.Get(("/callback?code=" + code + "&state=" + sent["state"]).c_str()));
  REQUIRE(login.Wait() == 0);
}

TEST_CASE("a person signs in with this machine's browser", "[end_to_end][cli][oidc]") {
  WithProvider w;
  Process login({SKYDEN_BINARY, "login", w.daemon.address("http"), "-o", "json"},
                w.jane.home.path() + "/login", w.jane.environment());
  REQUIRE(login.Says("code_challenge_method=S256"));
  const std::string location = AddressIn(login.errors(), "Open ");
  auto sent = ParametersOf(location);
  const std::string redirect = sent["redirect_uri"];
  CHECK(redirect.starts_with("http://127.0.0.1:"));
  // The browser goes there and comes back; somebody else on this machine was quicker.
  httplib::Client browser(redirect.substr(0, redirect.rfind('/')));
  const auto stranger = browser.Get("/callback?code=stolen&state=guessed");
  REQUIRE(stranger);
  CHECK(stranger->status == 400);
  const std::string code = w.provider.Authorize(location);
  const auto back = browser.Get(("/callback?code=" + code + "&state=" + sent["state"]).c_str());
  REQUIRE(back);
  CHECK(back->status == 200);
  REQUIRE(login.Wait() == 0);
  CHECK(Json::parse(login.output())["account"] == "jane@example.com");
  CHECK(w.jane.Say({"cp", "create", "demo"}).exit_code == 0);
  CHECK(ReadFile(w.jane.contexts()).find(code) == std::string::npos);
}

TEST_CASE("a person signs in with another device, and the token is renewed",
          "[end_to_end][cli][oidc]") {
  WithProvider w;
  w.provider.OfferDevices();
  Process login({SKYDEN_BINARY, "login", w.daemon.address("http")}, w.jane.home.path() + "/login",
                w.jane.environment());
  REQUIRE(login.Says(CodeProvider::kUserCode));
  w.provider.AgreeOnDevice();
  REQUIRE(login.Wait() == 0);
  CHECK(w.jane.Say({"cp", "list"}).exit_code == 0);
  // Its token is over: another one is had without the person.
  Json kept = Json::parse(ReadFile(w.jane.contexts()));
  const std::string before = kept["contexts"][0]["token"];
  kept["contexts"][0]["token_ends"] = "2020-01-01T00:00:00Z";
  WriteFile(w.jane.contexts(), kept.dump());
  CHECK(w.jane.Say({"cp", "list"}).exit_code == 0);
  CHECK(Json::parse(ReadFile(w.jane.contexts()))["contexts"][0]["token"] != before);
  // Until the provider wants the person again.
  w.provider.instead = [] {
    return http::Response{.status = 400, .body = R"({"error":"invalid_grant"})"};
  };
  kept = Json::parse(ReadFile(w.jane.contexts()));
  kept["contexts"][0]["token_ends"] = "2020-01-01T00:00:00Z";
  WriteFile(w.jane.contexts(), kept.dump());
  const Ran over = w.jane.Say({"cp", "list"});
  CHECK(over.exit_code == 1);
  CHECK(over.errors.find("skyden login") != std::string::npos);
}

TEST_CASE("who signs out ends the token only when that is said", "[end_to_end][cli]") {
  TestDaemon daemon;
  const Person jane;
  const std::string login = "login " + daemon.address("http") + " --token-stdin";
  REQUIRE(jane.Say(daemon.token(), login).exit_code == 0);
  const auto token_of = [&](const std::string& account) {
    const Ran made = jane.Say({"token", "create", account, "--name", "laptop"});
    REQUIRE(made.exit_code == 0);
    return made.output.substr(0, made.output.find('\n'));
  };
  const std::vector<std::string> user = {"account",        "create", "Ci",    "--email",
                                         "ci@example.com", "--role", "Viewer"};
  REQUIRE(jane.Say(user).exit_code == 0);
  REQUIRE(jane.Say({"account", "create", "robot", "--role", "Viewer"}).exit_code == 0);
  // The last token that may run the daemon is not to be lost by this.
  const Ran kept = jane.Say({"logout", "--revoke"});
  CHECK(kept.exit_code != 0);
  CHECK(jane.Say({"cp", "list"}).exit_code == 0);

  const Person ci;
  const std::string token = token_of("ci@example.com");
  REQUIRE(ci.Say(token, login).exit_code == 0);
  CHECK(ci.Say({"logout"}).exit_code == 0);
  REQUIRE(ci.Say(token, login).exit_code == 0);
  CHECK(ci.Say({"logout", "--revoke"}).exit_code == 0);
  CHECK(ReadFile(ci.contexts()).find(token) == std::string::npos);
  CHECK(ci.Say(token, login).exit_code != 0);
  const Ran nobody = ci.Say({"logout", "--revoke"});
  CHECK(nobody.exit_code == 2);
  CHECK(nobody.errors.find("nobody is signed in") != std::string::npos);
  // A system account does not manage its own: it is told who does, and stays signed in.
  REQUIRE(ci.Say(token_of("robot"), login).exit_code == 0);
  const Ran robot = ci.Say({"logout", "--revoke"});
  CHECK(robot.exit_code != 0);
  CHECK(robot.errors.find("skyden token revoke") != std::string::npos);
  CHECK(ci.Say({"cp", "list"}).exit_code == 0);
}

TEST_CASE("who signs out gives back what the provider gave", "[end_to_end][cli][oidc]") {
  WithProvider w;
  w.provider.OfferRevocation();
  SignInByBrowser(w);
  const Ran refused = w.jane.Say({"logout", "--revoke"});
  CHECK(refused.exit_code == 2);
  CHECK(w.provider.revoked().empty());
  const Ran out = w.jane.Say({"logout"});
  CHECK(out.exit_code == 0);
  CHECK(out.errors.empty());
  CHECK(w.provider.revoked() == std::vector<std::string>{"skyden-cli refresh_token refresh"});
  // Forgotten either way, and said where it is good for longer.
  SignInByBrowser(w);
  w.provider.instead = [] {
    return http::Response{.status = 400, .body = R"({"error":"unsupported_token_type"})"};
  };
  const Ran alone = w.jane.Say({"context", "remove", w.daemon.address("http")});
  CHECK(alone.exit_code == 0);
  CHECK(alone.errors.find("stays good: the identity provider: unsupported_token_type") !=
        std::string::npos);
  CHECK(ReadFile(w.jane.contexts()).find("refresh") == std::string::npos);
}

}  // namespace
}  // namespace skyden::end_to_end
