// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/oidc.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>

#include "identity/oidc_keys.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"
#include "skyden/http/fetch.h"
#include "skyden/identity/access_change.h"
#include "skyden/identity/team_service.h"
#include "tests/identity/code_provider.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using model::Role;
using nlohmann::json;

struct Env : ServiceEnv {
  OidcProvider provider;
  OidcVerifier* verifier = nullptr;

  explicit Env(const std::string& roles = "") {
    provider.Publish(RsaKey());
    provider.Publish(EcKey());
    Authenticator::People people;
    people.organization = organization;
    people.roles = ParseGroupRoles(roles).value();
    people.verifier =
        OidcVerifier::Create({clock, [](const std::string& url) { return http::Fetch(url, {}); }},
                             {.issuer = provider.issuer(), .audience = "skyden"});
    verifier = people.verifier.get();
    authenticator.SetPeople(std::move(people));
  }

  json Claims(const std::string& subject = "42") { return provider.Claims(subject, clock.Now()); }
  // As one who comes back when it is told to.
  absl::StatusOr<Caller> Come(const std::string& jwt) {
    auto caller = authenticator.Authenticate("Bearer " + jwt);
    if (!base::RetryAfterOf(caller.status())) return caller;
    verifier->AwaitKeys();
    return authenticator.Authenticate("Bearer " + jwt);
  }
  bool Refused(const std::string& jwt) { return absl::IsUnauthenticated(Come(jwt).status()); }
};

TEST_CASE("a person comes in with a token that the provider signed, RS256 or ES256") {
  Env env;
  json claims = env.Claims();
  claims["email"] = "jane@example.com";
  claims["name"] = "Jane Doe";
  for (const SigningKey* key : {&RsaKey(), &EcKey()}) {
    const auto caller = env.Come(key->Sign(claims));
    INFO(caller.status());
    REQUIRE(caller.ok());
    CHECK(caller->principal.kind == model::Principal::Kind::kUser);
    CHECK(caller->principal.name == "jane@example.com");
    CHECK(caller->organization == env.organization);
  }
  // One user, whatever the token.
  const auto admin = env.As(Role::kAdmin);
  ListAccounts list;
  list.kind = AccountKind::kUser;
  const auto users = env.accounts.List(admin, list);
  REQUIRE(users->total == 1);
  CHECK(users->items[0].name == "Jane Doe");
  CHECK(users->items[0].email == "jane@example.com");
}

TEST_CASE("what does not fit is refused") {
  Env env;
  const json good = env.Claims();
  REQUIRE(env.Come(RsaKey().Sign(good)).ok());
  const auto with = [&](const char* name, const json& value) {
    json claims = good;
    claims[name] = value;
    return RsaKey().Sign(claims);
  };
  const auto without = [&](const char* name) {
    json claims = good;
    claims.erase(name);
    return RsaKey().Sign(claims);
  };
  const int64_t now = absl::ToUnixSeconds(env.clock.Now());
  CHECK(env.Refused(with("iss", "https://evil.example")));
  CHECK(env.Refused(with("aud", "another")));
  CHECK(env.Refused(with("aud", json::array({"another", 7}))));
  CHECK(env.Come(with("aud", json::array({"another", "skyden"}))).ok());
  CHECK(env.Refused(without("aud")));
  CHECK(env.Refused(without("exp")));
  CHECK(env.Refused(without("sub")));
  CHECK(env.Refused(with("sub", "")));
  CHECK(env.Refused(with("sub", std::string(256, 'x'))));
  CHECK(env.Refused(with("exp", "soon")));
  CHECK(env.Refused(with("exp", -1)));
  CHECK(env.Refused(with("exp", 1e300)));
  // The clocks may be a minute apart, no more.
  CHECK(env.Refused(with("exp", now - 60)));
  CHECK(env.Come(with("exp", now - 59)).ok());
  CHECK(env.Refused(with("nbf", now + 61)));
  CHECK(env.Come(with("nbf", now + 60)).ok());
  CHECK(env.Refused(with("iat", now + 61)));

  CHECK(env.Refused(RsaKey().Sign(good, {{"alg", "none"}})));
  CHECK(env.Refused(RsaKey().Sign(good, {{"alg", "HS256"}})));
  CHECK(env.Refused(RsaKey().Sign(good, {{"alg", "ES256"}})));
  CHECK(env.Refused(RsaKey().Sign(good, {{"kid", EcKey().id()}})));
  CHECK(env.Refused(EcKey().Sign(good, {{"kid", RsaKey().id()}, {"alg", "RS256"}})));
  CHECK(env.Refused(RsaKey().Sign(good, {{"crit", json::array({"exp"})}})));
  const SigningKey stranger(RsaKey().id(), SigningKey::Kind::kRsa);
  CHECK(env.Refused(stranger.Sign(good)));

  const std::string jwt = RsaKey().Sign(env.Claims("43"));
  const size_t dot = jwt.rfind('.');
  CHECK(env.Refused(jwt.substr(0, dot + 1)));
  CHECK(env.Refused(jwt.substr(0, dot - 2) + jwt.substr(dot)));
  CHECK(env.Refused(jwt + "A"));
  CHECK(env.Refused("a" + jwt));
  CHECK(env.Refused(".."));
}

TEST_CASE("a token is good until it expires, and not a moment longer because it was kept") {
  Env env;
  json claims = env.Claims();
  claims["exp"] = absl::ToUnixSeconds(env.clock.Now() + absl::Minutes(2));
  const std::string jwt = EcKey().Sign(claims);
  REQUIRE(env.Come(jwt).ok());
  env.fake_clock.Advance(absl::Minutes(3) - absl::Seconds(1));  // with the leeway
  CHECK(env.Come(jwt).ok());
  env.fake_clock.Advance(absl::Seconds(1));
  CHECK(env.Refused(jwt));
}

TEST_CASE("groups give roles, beside those that were assigned") {
  const model::ControlPlaneId nowhere(base::RandomUuid());
  Env env("admins=Admin,watchers=Viewer, team a=Admin@" + nowhere.str());
  const auto enter = [&](const json& groups, const store::ControlPlaneRecord& record) {
    json claims = env.Claims();
    claims["groups"] = groups;
    return env.authenticator.Enter(*env.Come(RsaKey().Sign(claims)), record.id);
  };
  const auto one = env.store.NewControlPlane(env.organization, "one");
  CHECK(absl::IsNotFound(enter(json::array(), one).status()));
  CHECK(absl::IsNotFound(enter("team a", one).status()));
  CHECK(enter("watchers", one)->role() == Role::kViewer);
  const auto admin = enter(json::array({"watchers", "admins"}), one);
  CHECK(admin->role() == Role::kAdmin);
  CHECK(admin->who().groups == std::vector<std::string>{"watchers", "admins", "mesh-system:admin",
                                                        "mesh-system:authenticated"});
  // Kuma's own groups cannot be brought along.
  CHECK(enter(json::array({"watchers", "mesh-system:admin"}), one)->who().groups ==
        std::vector<std::string>{"watchers", "mesh-system:authenticated"});

  const auto chief = env.As(Role::kAdmin);
  const model::AccountId jane(env.Come(RsaKey().Sign(env.Claims()))->principal.id);
  REQUIRE(env.accounts.Assign(chief, AccountKind::kUser, jane, {Role::kViewer, one.id, "*"}).ok());
  CHECK(enter(json::array(), one)->role() == Role::kViewer);
}

TEST_CASE("groups lead to teams, by name, and what these give holds as long as they do") {
  Env env("ops=team:Mesh operators,watchers=team:Readers");
  const auto chief = env.As(Role::kAdmin);
  const auto one = env.store.NewControlPlane(env.organization, "one");
  json claims = env.Claims();
  claims["groups"] = json::array({"watchers"});
  const std::string jwt = RsaKey().Sign(claims);
  const auto enter = [&] { return env.authenticator.Enter(*env.Come(jwt), one.id); };
  CHECK(absl::IsNotFound(enter().status()));  // there is no such team yet
  const auto team = env.accounts.Create(chief, {AccountKind::kTeam, "Readers", "", "", ""});
  REQUIRE(team.ok());
  const auto role =
      env.accounts.Assign(chief, AccountKind::kTeam, team->id, {Role::kViewer, one.id, "*"});
  REQUIRE(role.ok());
  REQUIRE(enter().ok());
  CHECK(enter()->role() == Role::kViewer);
  CHECK(env.Come(jwt)->by_groups);
  // Nobody is in it by that.
  CHECK(env.services().teams->Members(chief, team->id, AccountKind::kUser)->empty());
  REQUIRE(env.accounts.RemoveRole(chief, AccountKind::kTeam, team->id, role->id).ok());
  CHECK(absl::IsNotFound(enter().status()));
}

TEST_CASE("a person's browser loses what a group's team gave when the team does") {
  Env env("watchers=team:Readers");
  const auto chief = env.As(Role::kAdmin);
  const auto one = env.store.NewControlPlane(env.organization, "one");
  const auto team = env.accounts.Create(chief, {AccountKind::kTeam, "Readers", "", "", ""});
  const auto role =
      env.accounts.Assign(chief, AccountKind::kTeam, team->id, {Role::kViewer, {}, "*"});
  REQUIRE(role.ok());
  OidcPerson person;
  person.subject = env.provider.issuer() + " 42";
  person.name = "Jane";
  person.groups = {"watchers"};
  person.expires_at = env.clock.Now() + absl::Hours(1);
  const auto caller = env.authenticator.AcceptPerson(person, {});
  REQUIRE(caller.ok());
  const auto begun = env.sessions.Begin(*env.authenticator.EnterOrganization(*caller),
                                        {.token = std::nullopt, .groups = person.groups});
  INFO(begun.status());
  REQUIRE(begun.ok());
  const auto enter = [&] {
    return env.authenticator.Enter(*env.authenticator.AuthenticateSession(begun->text), one.id);
  };
  REQUIRE(enter().ok());
  const auto before = env.authenticator.AuthenticateSession(begun->text);
  CHECK(MayEndAccessOf(
      {env.organization, one.tenant, model::AccountId("x"), std::nullopt, before->by_groups},
      {.organization = env.organization, .accounts = {team->id}}));
  REQUIRE(env.accounts.RemoveRole(chief, AccountKind::kTeam, team->id, role->id).ok());
  CHECK(absl::IsNotFound(enter().status()));
}

TEST_CASE("a person that is made inactive is out at once, though the token is still good") {
  Env env;
  const std::string jwt = RsaKey().Sign(env.Claims());
  const auto caller = env.Come(jwt);
  REQUIRE(caller.ok());
  UpdateAccount update;
  update.active = false;
  REQUIRE(env.accounts
              .Update(env.As(Role::kAdmin), AccountKind::kUser,
                      model::AccountId(caller->principal.id), update)
              .ok());
  CHECK(env.Refused(jwt));
}

TEST_CASE("an account waits for its person, if the provider vouches for the address") {
  Env env;
  const auto admin = env.As(Role::kAdmin);
  const auto jane =
      env.accounts.Create(admin, {AccountKind::kUser, "Jane", "", "jane@example.com", ""}).value();
  json claims = env.Claims("mallory");
  claims["email"] = "jane@example.com";
  CHECK(env.Come(RsaKey().Sign(claims))->principal.id != jane.id.str());
  claims = env.Claims("jane");
  claims["email"] = "jane@example.com";
  claims["email_verified"] = true;
  CHECK(env.Come(RsaKey().Sign(claims))->principal.id == jane.id.str());
  // It is hers now: nobody else's subject gets it, not even with the same address.
  claims["sub"] = "other";
  CHECK(env.Come(RsaKey().Sign(claims))->principal.id != jane.id.str());
}

TEST_CASE("keys are kept, rotated, and asked for no more often than needed") {
  Env env;
  REQUIRE(env.Come(RsaKey().Sign(env.Claims("1"))).ok());
  const int first = env.provider.requests();
  CHECK(first == 2);  // discovery, keys
  for (int i = 0; i < 20; ++i) {
    REQUIRE(env.Come(EcKey().Sign(env.Claims(std::to_string(i)))).ok());
  }
  CHECK(env.provider.requests() == first);

  // A key that is not known is looked for, but not with every token that names one.
  const SigningKey fresh("rsa-2", SigningKey::Kind::kP256);
  for (int i = 0; i < 20; ++i) CHECK(env.Refused(fresh.Sign(env.Claims())));
  CHECK(env.provider.requests() == first);  // it was read a moment ago
  env.fake_clock.Advance(limits::kOidcRefetchPause);
  for (int i = 0; i < 20; ++i) CHECK(env.Refused(fresh.Sign(env.Claims())));
  CHECK(env.provider.requests() == first + 2);
  env.provider.Publish(fresh);
  env.fake_clock.Advance(limits::kOidcRefetchPause);
  CHECK(env.Come(fresh.Sign(env.Claims())).ok());

  // A key that the provider took back is good until the keys are read again.
  env.provider.Withdraw(RsaKey().id());
  CHECK(env.Come(RsaKey().Sign(env.Claims("2"))).ok());
  env.fake_clock.Advance(limits::kOidcKeysFresh);
  CHECK(env.Come(RsaKey().Sign(env.Claims("2"))).ok());  // nobody waits for the reading
  env.verifier->AwaitKeys();
  CHECK(env.Refused(RsaKey().Sign(env.Claims("3"))));
}

TEST_CASE("a provider that does not answer well keeps nobody out whose key is known") {
  Env env;
  const std::string how = GENERATE(as<std::string>(), "status", "not JSON", "no keys", "endless");
  CAPTURE(how);
  auto response = std::make_unique<http::Response>();
  if (how == "status") response->status = 500;
  if (how == "not JSON") response->body = "<html>";
  if (how == "no keys") response->body = "{}";
  if (how == "endless") response->body = std::string(limits::kOidcDocumentBytes * 3, ' ');
  SECTION("before any key was read") {
    env.provider.Break(std::move(response));
    CHECK(absl::IsUnavailable(env.Come(RsaKey().Sign(env.Claims())).status()));
    env.provider.Break(nullptr);
    CHECK(absl::IsUnavailable(env.Come(RsaKey().Sign(env.Claims())).status()));
    env.fake_clock.Advance(limits::kOidcRefetchPause);
    CHECK(env.Come(RsaKey().Sign(env.Claims())).ok());
  }
  SECTION("afterwards, for a day") {
    REQUIRE(env.Come(RsaKey().Sign(env.Claims())).ok());
    env.provider.Break(std::move(response));
    env.fake_clock.Advance(limits::kOidcKeysFresh);
    CHECK(env.Come(RsaKey().Sign(env.Claims())).ok());
    env.fake_clock.Advance(limits::kOidcKeysUsable);
    CHECK(absl::IsUnavailable(env.Come(RsaKey().Sign(env.Claims())).status()));
  }
}

// A wall clock that is set back while time passes.
class SetBackClock final : public base::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'700'000'000) - 100 * passed_; }
  absl::Duration Monotonic() const override { return passed_; }
  void Pass(absl::Duration time) { passed_ += time; }

 private:
  absl::Duration passed_;
};

TEST_CASE("keys are read again in time while the clock is set back") {
  OidcProvider provider;
  SetBackClock clock;
  OidcKeys keys(
      clock, [](const std::string& url) { return http::Fetch(url, {}); }, provider.issuer());
  const auto find = [&keys] {
    keys.Find(EcKey().id()).status().IgnoreError();
    keys.AwaitIdle();
    return keys.Find(EcKey().id()).status();
  };
  CHECK(absl::IsUnauthenticated(find()));
  provider.Publish(EcKey());
  clock.Pass(limits::kOidcRefetchPause);
  REQUIRE(find().ok());
  provider.Withdraw(EcKey().id());
  clock.Pass(limits::kOidcKeysFresh);
  CHECK(absl::IsUnauthenticated(find()));
}

// What the issuer answers, once it is let.
class SlowIssuer {
 public:
  absl::StatusOr<std::string> Fetch(const std::string& url) {
    ++asked_;
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&let_));
    if (url.ends_with("/keys")) return keys_;
    return std::string(R"({"issuer":"https://a.example","jwks_uri":"https://a.example/keys"})");
  }
  void Let(bool answer) {
    absl::MutexLock lock(&mu_);
    let_ = answer;
  }
  int asked() const { return asked_; }

 private:
  const std::string keys_ = json{{"keys", {EcKey().Jwk()}}}.dump();
  std::atomic<int> asked_{0};
  absl::Mutex mu_;
  bool let_ ABSL_GUARDED_BY(mu_) = true;
};

TEST_CASE("a slow issuer holds nobody: known keys answer, unknown ones are told to come back") {
  SlowIssuer issuer;
  base::FakeClock clock;
  OidcKeys keys(
      clock, [&issuer](const std::string& url) { return issuer.Fetch(url); }, "https://a.example");
  keys.ReadAhead();
  keys.AwaitIdle();
  REQUIRE(keys.Find(EcKey().id()).ok());
  CHECK(issuer.asked() == 2);
  issuer.Let(false);
  clock.Advance(limits::kOidcRefetchPause);
  // Junk: all of it asks once, and none of it waits.
  for (int i = 0; i < 100; ++i) {
    const absl::Status junk = keys.Find("junk-" + std::to_string(i)).status();
    CHECK(absl::IsUnavailable(junk));
    CHECK(base::RetryAfterOf(junk).has_value());
    CHECK(keys.Find(EcKey().id()).ok());
  }
  issuer.Let(true);
  keys.AwaitIdle();
  CHECK(issuer.asked() == 4);
  for (int i = 0; i < 100; ++i) {
    CHECK(absl::IsUnauthenticated(keys.Find("more-" + std::to_string(i)).status()));
  }
  clock.Advance(limits::kOidcRefetchPause - absl::Nanoseconds(1));
  CHECK(absl::IsUnauthenticated(keys.Find("junk-0").status()));
  keys.AwaitIdle();
  CHECK(issuer.asked() == 4);
  clock.Advance(absl::Nanoseconds(1));
  CHECK(absl::IsUnavailable(keys.Find("junk-0").status()));
  keys.AwaitIdle();
  CHECK(issuer.asked() == 6);
}

TEST_CASE("short keys do not count") {
  Env env;
  const SigningKey small("small", SigningKey::Kind::kRsa1024);
  env.provider.Publish(small);
  CHECK(env.Refused(small.Sign(env.Claims())));
}

TEST_CASE("roles of groups are read, and what is wrong is named") {
  const std::string id = base::RandomUuid();
  const auto roles = ParseGroupRoles(" a=Admin , b c=Viewer@" + id + ",");
  REQUIRE(roles.ok());
  REQUIRE(roles->size() == 2);
  CHECK((*roles)[0].group == "a");
  CHECK((*roles)[0].role == Role::kAdmin);
  CHECK_FALSE((*roles)[0].control_plane.has_value());
  CHECK((*roles)[1].group == "b c");
  CHECK((*roles)[1].control_plane == model::ControlPlaneId(id));
  CHECK(ParseGroupRoles("")->empty());
  for (const char* bad : {"a", "=Admin", "a=", "a=admin", "a=Admin@x", "a=Admin@"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(ParseGroupRoles(bad).status()));
  }
  CHECK(absl::IsInvalidArgument(ParseGroupRoles("a=Creator@" + id).status()));
  CHECK(absl::IsInvalidArgument(ParseGroupRoles("a=Operator@" + id).status()));
}

}  // namespace
}  // namespace skyden::identity
