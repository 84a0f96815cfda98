// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/session_service.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "absl/synchronization/mutex.h"
#include "skyden/base/limits.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/audit.h"
#include "skyden/store/directory_tx.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using model::Role;
using Noting = Authenticator::Noting;
using Whose = SessionService::Whose;

constexpr auto kUser = AccountKind::kUser;

struct Env : ServiceEnv {
  model::OrganizationScope admin = As(Role::kAdmin);
  store::AccountRecord jane =
      accounts.Create(admin, {kUser, "Jane", "", "jane@example.com", ""}).value();
  IssuedToken token = NewToken(absl::Hours(24 * 30));

  IssuedToken NewToken(absl::Duration life) {
    return tokens.Issue(admin, kUser, jane.id, {"laptop", clock.Now() + life}).value();
  }
  BegunSession Begin(const IssuedToken& by) {
    auto begun = sessions.Begin(Scope(by.text), {by.record.id});
    INFO(begun.status());
    REQUIRE(begun.ok());
    return *std::move(begun);
  }
  bool Holds(const BegunSession& session, Noting noting = Noting::kLook) {
    return authenticator.AuthenticateSession(session.text, {}, noting).ok();
  }
  model::OrganizationScope By(const BegunSession& session) {
    return *authenticator.EnterOrganization(*authenticator.AuthenticateSession(session.text));
  }
  // Actions on sessions, the oldest first.
  std::vector<std::string> Audited() {
    store::AuditQuery query;
    query.order = store::AuditQuery::Order::kOldestFirst;
    query.object_type = "Session";
    query.limit = 1000;
    std::vector<std::string> actions;
    const auto page = services().audit.List(admin, query);
    for (const auto& entry : page->entries) {
      actions.push_back(entry.note.action + " by " + entry.actor_id);
    }
    return actions;
  }
};

std::string Text(const absl::Status& status) { return status.ToString(); }

TEST_CASE("a session makes its person the caller, as the token did") {
  Env env;
  const BegunSession begun = env.Begin(env.token);
  CHECK(begun.text.starts_with("skses_"));
  CHECK(begun.session.account.id == env.jane.id);
  CHECK(begun.session.record.parent == env.token.record.id);
  CHECK(begun.session.expires_at == env.clock.Now() + limits::kSessionLife);
  CHECK(begun.session.idle_expires_at == env.clock.Now() + limits::kSessionIdle);
  const auto by_token = env.authenticator.Authenticate(env.token.text);
  const auto by_session = env.authenticator.AuthenticateSession(begun.text, {"192.0.2.1", "r", ""});
  REQUIRE(by_session.ok());
  CHECK(by_session->principal.id == by_token->principal.id);
  CHECK(by_session->principal.name == by_token->principal.name);
  CHECK(by_session->principal.groups == by_token->principal.groups);
  CHECK(by_session->token == begun.session.record.id);
  CHECK(by_session->by_session);
  CHECK_FALSE(by_token->by_session);
  CHECK(by_session->origin.peer == "192.0.2.1");
  // What is kept of it does not tell it.
  CHECK(begun.session.record.sha256 == ParseToken(begun.text)->sha256);
  CHECK(begun.session.record.name.empty());
}

TEST_CASE("each sign-in is a session of its own") {
  Env env;
  const BegunSession one = env.Begin(env.token);
  const BegunSession other = env.Begin(env.token);
  CHECK(one.text != other.text);
  CHECK(one.session.record.id != other.session.record.id);
  CHECK(env.sessions.List(env.By(one), Whose::kOwn)->size() == 2);
}

TEST_CASE("a session is no token, and a token is no session") {
  Env env;
  const BegunSession begun = env.Begin(env.token);
  for (const std::string& header : {begun.text, "Bearer " + begun.text}) {
    CHECK(Text(env.authenticator.Authenticate(header).status()) ==
          "UNAUTHENTICATED: the token is not valid");
  }
  CHECK(Text(env.authenticator.AuthenticateZone(begun.text, std::nullopt, "zone-1").status()) ==
        "UNAUTHENTICATED: this is the session of a browser, which opens nothing but the page: use "
        "a token");
  std::string other = begun.text;
  other.back() = other.back() == '0' ? '1' : '0';
  for (const std::string& cookie :
       {env.token.text, other, begun.text + "x", "Bearer " + begun.text, std::string(),
        std::string("x"), std::string("a.b.c"), std::string(100'000, 'a'),
        GenerateToken(TokenKind::kSession).text}) {
    CHECK(Text(env.authenticator.AuthenticateSession(cookie).status()) ==
          "UNAUTHENTICATED: the token is not valid");
  }
  CHECK(env.Holds(begun));
}

TEST_CASE("a session begins with a token and with nothing else") {
  Env env;
  const BegunSession begun = env.Begin(env.token);
  const auto denied = absl::StatusCode::kPermissionDenied;
  // Neither with another session, nor with a token of somebody else.
  CHECK(env.sessions.Begin(env.By(begun), {begun.session.record.id}).status().code() == denied);
  const auto joe = env.accounts.Create(env.admin, {kUser, "Joe", "", "joe@example.com", ""});
  const auto joes = env.tokens.Issue(env.admin, kUser, joe->id, {"t", std::nullopt});
  CHECK(env.sessions.Begin(env.Scope(joes->text), {env.token.record.id}).status().code() == denied);
  // Nor with one that ended between the look at it and this.
  const auto jane = env.Scope(env.token.text);
  REQUIRE(env.tokens.Revoke(env.admin, kUser, env.jane.id, env.token.record.id).ok());
  CHECK(env.sessions.Begin(jane, {env.token.record.id}).status().code() == denied);
}

TEST_CASE("a session lives for twelve hours however it is used, and no longer than its token") {
  Env env;
  const IssuedToken brief = env.NewToken(absl::Hours(2));
  const BegunSession by_long = env.Begin(env.token);
  const BegunSession by_brief = env.Begin(brief);
  CHECK(by_brief.session.expires_at == brief.record.expires_at);
  const absl::Time begin = env.clock.Now();
  for (int minutes = 0; minutes < 12 * 60; minutes += 30) {
    CAPTURE(minutes);
    CHECK(env.Holds(by_long, Noting::kUse));
    CHECK(env.Holds(by_brief, Noting::kUse) == (minutes < 120));
    env.fake_clock.Advance(absl::Minutes(30));
  }
  CHECK(env.clock.Now() == begin + absl::Hours(12));
  CHECK_FALSE(env.Holds(by_long));
}

TEST_CASE("a session ends when it is not used for an hour, and looking is no use") {
  Env env;
  const BegunSession begun = env.Begin(env.token);
  env.fake_clock.Advance(absl::Minutes(59));
  CHECK(env.Holds(begun, Noting::kUse));
  env.fake_clock.Advance(absl::Minutes(59));
  CHECK(env.Holds(begun, Noting::kLook));
  env.fake_clock.Advance(absl::Seconds(59));
  CHECK(env.Holds(begun, Noting::kLook));
  env.fake_clock.Advance(absl::Seconds(1));
  CHECK_FALSE(env.Holds(begun));
  CHECK(env.sessions.List(env.Scope(env.token.text), Whose::kOwn)->empty());
  // A use that comes too late does not bring it back.
  CHECK_FALSE(env.Holds(begun, Noting::kUse));
  CHECK_FALSE(env.Holds(begun));
}

TEST_CASE("a use is written down once a minute, and counts after a restart") {
  Env env;
  const BegunSession begun = env.Begin(env.token);
  env.fake_clock.Advance(absl::Seconds(90));
  const uint64_t before = env.store->counters().writes;
  CHECK(env.Holds(begun, Noting::kUse));
  // Behind it in the one queue of writes.
  const auto jane = env.By(begun);
  CHECK(env.store->WriteDirectory(env.owner(), [](auto&) { return absl::OkStatus(); }).ok());
  const uint64_t after = env.store->counters().writes;
  CHECK(after > before);
  for (int i = 0; i < 100; ++i) CHECK(env.Holds(begun, Noting::kUse));
  CHECK(env.store->WriteDirectory(env.owner(), [](auto&) { return absl::OkStatus(); }).ok());
  CHECK(env.store->counters().writes == after);
  // Another one knows it from the store.
  env.fake_clock.Advance(limits::kSessionIdle - absl::Seconds(1));
  Authenticator again({*env.store, env.clock});
  CHECK(again.AuthenticateSession(begun.text, {}, Noting::kLook).ok());
}

TEST_CASE("whatever ends the token or its account ends the session, for live streams too") {
  Env env;
  const BegunSession begun = env.Begin(env.token);
  CHECK(env.Holds(begun));
  std::vector<model::TokenId> named;
  env.authenticator.AddAccessListener(
      [&named](const store::Change& change) { named = change.tokens; });
  const auto tells = [&named](const BegunSession& session) {
    return std::find(named.begin(), named.end(), session.session.record.id) != named.end();
  };
  SECTION("revoked") {
    REQUIRE(env.tokens.Revoke(env.admin, kUser, env.jane.id, env.token.record.id).ok());
    CHECK(tells(begun));
  }
  SECTION("deleted") {
    REQUIRE(env.tokens.Delete(env.admin, kUser, env.jane.id, env.token.record.id).ok());
    CHECK(tells(begun));
  }
  SECTION("the account is not active") {
    UpdateAccount update;
    update.active = false;
    REQUIRE(env.accounts.Update(env.admin, kUser, env.jane.id, update).ok());
  }
  SECTION("the account is gone") {
    REQUIRE(env.accounts.Delete(env.admin, kUser, env.jane.id).ok());
    CHECK(tells(begun));
  }
  SECTION("signed out") {
    REQUIRE(env.sessions.End(env.By(begun), begun.session.record.id).ok());
    CHECK(tells(begun));
  }
  CHECK_FALSE(env.Holds(begun));
}

TEST_CASE("a role that is taken away is taken from the session") {
  Env env;
  AssignRole assign;
  assign.role = Role::kAdmin;
  const auto role = env.accounts.Assign(env.admin, kUser, env.jane.id, assign);
  const BegunSession begun = env.Begin(env.token);
  CHECK(env.By(begun).access().Administrates());
  REQUIRE(env.accounts.RemoveRole(env.admin, kUser, env.jane.id, role->id).ok());
  CHECK_FALSE(env.By(begun).access().Administrates());
}

TEST_CASE("of too many sessions the oldest goes, and those that ended before it") {
  Env env;
  std::vector<BegunSession> begun;
  begun.push_back(env.Begin(env.token));
  env.fake_clock.Advance(limits::kSessionIdle);  // the first is over
  for (size_t i = 0; i < limits::kSessionsPerAccount; ++i) {
    begun.push_back(env.Begin(env.token));
    env.fake_clock.Advance(absl::Seconds(1));
  }
  for (size_t i = 1; i < begun.size(); ++i) CHECK(env.Holds(begun[i]));
  const BegunSession newest = env.Begin(env.token);
  CHECK(env.Holds(newest));
  CHECK_FALSE(env.Holds(begun[1]));
  CHECK(env.Holds(begun[2]));
  CHECK(env.sessions.List(env.By(newest), Whose::kOwn)->size() == limits::kSessionsPerAccount);
  // They are nobody else's.
  CHECK(env.tokens.List(env.admin, kUser, env.jane.id)->size() == 1);
}

TEST_CASE("everybody sees and ends their own sessions, administrators all of the organization") {
  Env env;
  const BegunSession janes = env.Begin(env.token);
  const auto joe = env.accounts.Create(env.admin, {kUser, "Joe", "", "joe@example.com", ""});
  const auto joes = env.tokens.Issue(env.admin, kUser, joe->id, {"t", std::nullopt});
  const BegunSession of_joe = env.sessions.Begin(env.Scope(joes->text), {joes->record.id}).value();
  const auto jane = env.By(janes);
  REQUIRE(env.sessions.List(jane, Whose::kOwn)->size() == 1);
  CHECK(env.sessions.List(jane, Whose::kOwn)->front().account.id == env.jane.id);
  CHECK(env.sessions.List(jane, Whose::kOrganization).status().code() ==
        absl::StatusCode::kPermissionDenied);
  CHECK(absl::IsNotFound(env.sessions.Get(jane, of_joe.session.record.id).status()));
  CHECK(absl::IsNotFound(env.sessions.End(jane, of_joe.session.record.id)));
  CHECK(env.Holds(of_joe));

  CHECK(env.sessions.List(env.admin, Whose::kOrganization)->size() == 2);
  CHECK(env.sessions.List(env.admin, Whose::kOwn)->empty());
  REQUIRE(env.sessions.End(env.admin, of_joe.session.record.id).ok());
  CHECK_FALSE(env.Holds(of_joe));
  CHECK(absl::IsNotFound(env.sessions.End(env.admin, of_joe.session.record.id)));
  // No token is ended as if it were one.
  CHECK(absl::IsNotFound(env.sessions.End(env.admin, env.token.record.id)));
  CHECK(env.authenticator.Authenticate(env.token.text).ok());

  // Another organization's administrator sees none of it.
  const auto others = env.store.NewOrganization("others");
  const auto stranger = env.Scope(env.store.NewToken(others, Role::kAdmin).text);
  CHECK(env.sessions.List(stranger, Whose::kOrganization)->empty());
  CHECK(absl::IsNotFound(env.sessions.End(stranger, janes.session.record.id)));
  CHECK(env.Holds(janes));
}

TEST_CASE("an administrator does not end an operator's session") {
  Env env;
  const auto token = env.store.NewToken(env.organization, Role::kOperator);
  const auto begun = env.sessions.Begin(env.Scope(token.text), {token.record.id});
  REQUIRE(begun.ok());
  CHECK(env.sessions.End(env.admin, begun->session.record.id).code() ==
        absl::StatusCode::kPermissionDenied);
  CHECK(env.Holds(*begun));
  CHECK(env.sessions.End(env.As(Role::kOperator), begun->session.record.id).ok());
}

TEST_CASE("signing in and out is audited, with who did it and no secret") {
  Env env;
  const BegunSession one = env.Begin(env.token);
  const BegunSession other = env.Begin(env.token);
  REQUIRE(env.sessions.End(env.By(one), one.session.record.id).ok());
  REQUIRE(env.sessions.End(env.admin, other.session.record.id).ok());
  const std::string jane = env.jane.id.str();
  CHECK(env.Audited() ==
        std::vector<std::string>{"session.begin by " + jane, "session.begin by " + jane,
                                 "session.end by " + jane, "session.end by " + env.admin.who().id});
  store::AuditQuery query;
  query.limit = 1000;
  const auto page = env.services().audit.List(env.admin, query);
  for (const auto& entry : page->entries) {
    CHECK(store::AuditLine(entry).find(one.text.substr(21)) == std::string::npos);
  }
}

TEST_CASE("a session that does not open is told as any refused credential") {
  Env env;
  const BegunSession begun = env.Begin(env.token);
  std::vector<RefusedSignIn> refused;
  env.authenticator.SetRefusalListener(
      [&refused](const RefusedSignIn& one) { refused.push_back(one); });
  REQUIRE(env.sessions.End(env.By(begun), begun.session.record.id).ok());
  CHECK_FALSE(env.authenticator.AuthenticateSession(begun.text, {"192.0.2.1", "r", ""}).ok());
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].token_id == begun.session.record.id.str());
  CHECK(refused[0].origin.peer == "192.0.2.1");
  CHECK(refused[0].organization == model::OrganizationKey{});
  const BegunSession idle = env.Begin(env.token);
  env.fake_clock.Advance(limits::kSessionIdle);
  CHECK_FALSE(env.Holds(idle));
  REQUIRE(refused.size() == 2);
  CHECK(refused[1].organization == env.organization);
  CHECK(refused[1].reason == "the session was not used for too long");
}

TEST_CASE("what is left of sessions goes an hour after they ended, and nothing else") {
  Env env;
  const auto rows = [&] {
    size_t count = 0;
    const absl::Status read =
        env.store->ReadDirectory(env.admin, [&](store::DirectoryReadTx& tx) -> absl::Status {
          count = tx.ListSessions(std::nullopt)->size();
          return absl::OkStatus();
        });
    REQUIRE(read.ok());
    return count;
  };
  const auto forget = [&] {
    // Behind uses that are written down, in the one queue of writes.
    REQUIRE(env.store->WriteDirectory(env.owner(), [](auto&) { return absl::OkStatus(); }).ok());
    const auto forgotten = env.sessions.ForgetEnded(env.organization);
    INFO(forgotten.status());
    REQUIRE(forgotten.ok());
    return *forgotten;
  };
  const BegunSession left_alone = env.Begin(env.token);
  const BegunSession used = env.Begin(env.token);
  const IssuedToken short_lived = env.NewToken(absl::Minutes(90));
  const BegunSession ends_with_it = env.Begin(short_lived);
  CHECK(forget() == 0);
  for (int i = 0; i < 2; ++i) {
    env.fake_clock.Advance(absl::Minutes(45));
    CHECK(env.Holds(used, Noting::kUse));
  }
  // One was not used for an hour and ended half an hour ago; one ends now.
  CHECK_FALSE(env.Holds(left_alone));
  CHECK_FALSE(env.Holds(ends_with_it));
  CHECK(forget() == 0);
  CHECK(rows() == 3);
  env.fake_clock.Advance(absl::Minutes(45));
  CHECK(env.Holds(used, Noting::kUse));
  CHECK(forget() == 2);
  CHECK(rows() == 1);
  CHECK(env.Holds(used));
  CHECK(forget() == 0);
  // What they began with is no session.
  CHECK(env.authenticator.Authenticate(env.token.text).ok());
  env.fake_clock.Advance(limits::kSessionLife + absl::Hours(1));
  CHECK(forget() == 1);
  CHECK(rows() == 0);
}

}  // namespace
}  // namespace skyden::identity
