// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/directory_tx.h"
#include "tests/store/before_sessions.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

const absl::Time kAt = absl::FromUnixSeconds(1'800'000'000);

// An organization with an account that has two tokens.
template <class Engine>
struct Peopled : World<Engine> {
  Peopled() {
    REQUIRE(Write([&](DirectoryTx& tx) {
              if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
              if (absl::Status s = tx.InsertToken(NewToken("token-1", account)); !s.ok()) return s;
              return tx.InsertToken(NewToken("token-2", account));
            }).ok());
  }
  template <class Fn>
  absl::Status Write(Fn fn) {
    return this->store().WriteDirectory(this->organization, std::move(fn));
  }
  absl::Status Insert(const TokenRecord& session) {
    return Write([&](DirectoryTx& tx) { return tx.InsertToken(session); });
  }
  std::vector<std::string> Ids(const std::optional<model::AccountId>& of) {
    std::vector<std::string> ids;
    const auto list = [&](DirectoryReadTx& tx) {
      const auto sessions = tx.ListSessions(of);
      REQUIRE(sessions.ok());
      for (const TokenRecord& one : *sessions) ids.push_back(one.id.str());
      return absl::OkStatus();
    };
    REQUIRE(this->store().ReadDirectory(this->organization, list).ok());
    return ids;
  }
  bool Exists(const std::string& id) {
    return this->store().FindToken(System(), model::TokenId(id))->has_value();
  }
  const AccountRecord account = NewAccount(60);
};
using Strings = std::vector<std::string>;

TEMPLATE_TEST_CASE("a session is read as it was written, and is none of the tokens",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Peopled<TestType> w;
  TokenRecord session = NewSession("session-1", w.account, "");
  session.expires_at = kAt;
  session.provider_session = "sid \"1\"";
  session.groups = {"a", "", "b:c\nd"};
  REQUIRE(w.Insert(session).ok());
  REQUIRE(w.Insert(NewSession("session-2", w.account, "token-1")).ok());

  const TokenOwner owner = w.store().FindToken(System(), session.id)->value();
  CHECK(owner.account.id == w.account.id);
  CHECK(owner.token.kind == TokenRecord::Kind::kSession);
  CHECK(owner.token.parent.empty());
  CHECK(owner.token.provider_session == session.provider_session);
  CHECK(owner.token.groups == session.groups);
  CHECK(owner.token.expires_at == session.expires_at);
  const TokenRecord other =
      w.store().FindToken(System(), model::TokenId("session-2"))->value().token;
  CHECK(other.parent == model::TokenId("token-1"));
  CHECK(other.groups.empty());
  const TokenRecord token = w.store().FindToken(System(), model::TokenId("token-1"))->value().token;
  CHECK(token.kind == TokenRecord::Kind::kToken);

  CHECK(w.Ids(w.account.id) == Strings{"session-1", "session-2"});
  CHECK(w.Ids(std::nullopt) == Strings{"session-1", "session-2"});
  CHECK(w.Ids(NewAccount(61).id).empty());
  REQUIRE(w.Write([&](DirectoryTx& tx) {
             CHECK(tx.ListTokens(w.account.id)->size() == 2);
             return absl::OkStatus();
           }).ok());
}

TEMPLATE_TEST_CASE("a session is gone with the token it was made with", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  Peopled<TestType> w;
  for (const char* id : {"s1", "s2"}) REQUIRE(w.Insert(NewSession(id, w.account, "token-1")).ok());
  REQUIRE(w.Insert(NewSession("s3", w.account, "token-2")).ok());
  REQUIRE(w.Insert(NewSession("s4", w.account, "")).ok());
  REQUIRE(w.Write([&](DirectoryTx& tx) {
             return tx.RevokeToken(model::TokenId("token-1"), kAt);
           }).ok());
  CHECK(w.Ids(w.account.id) == Strings{"s3", "s4"});
  CHECK_FALSE(w.Exists("s1"));
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.DeleteToken(model::TokenId("token-2")); }).ok());
  CHECK(w.Ids(w.account.id) == Strings{"s4"});
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.DeleteToken(model::TokenId("s4")); }).ok());
  CHECK(w.Ids(w.account.id).empty());
  // With the account, like its tokens.
  REQUIRE(w.Insert(NewSession("s5", w.account, "")).ok());
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.DeleteAccount(w.account.id); }).ok());
  CHECK_FALSE(w.Exists("s5"));
}

TEMPLATE_TEST_CASE("an organization's sessions are no other's", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  Peopled<TestType> w;
  REQUIRE(w.Insert(NewSession("mine", w.account, "token-1")).ok());
  const model::OrganizationScope foreign = NewOrganization(w.store(), 2);
  REQUIRE(w.store()
              .WriteDirectory(foreign,
                              [&](DirectoryTx& tx) {
                                CHECK(tx.ListSessions(std::nullopt)->empty());
                                CHECK(tx.ListSessions(w.account.id)->empty());
                                CHECK(absl::IsNotFound(tx.DeleteToken(model::TokenId("mine"))));
                                CHECK(absl::IsNotFound(
                                    tx.InsertToken(NewSession("theirs", w.account, "token-1"))));
                                // An account and a token that are called the same.
                                if (auto s = tx.InsertAccount(w.account); !s.ok()) return s;
                                if (auto s = tx.InsertToken(NewToken("own", w.account)); !s.ok()) {
                                  return s;
                                }
                                if (auto s = tx.InsertToken(NewSession("of", w.account, "token-1"));
                                    !s.ok()) {
                                  return s;
                                }
                                return tx.DeleteToken(model::TokenId("own"));
                              })
              .ok());
  CHECK(w.Exists("mine"));
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.DeleteToken(model::TokenId("token-1")); }).ok());
  CHECK_FALSE(w.Exists("mine"));
  CHECK(w.Exists("of"));
}

TEMPLATE_TEST_CASE("an operator's session alone runs no daemon", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  Peopled<TestType> w;
  RoleRecord role;
  role.id = model::RoleId("operator");
  role.account = w.account.id;
  role.role = model::Role::kOperator;
  REQUIRE(w.Write([&](DirectoryTx& tx) {
             if (absl::Status s = tx.InsertRole(role); !s.ok()) return s;
             if (absl::Status s = tx.InsertToken(NewSession("s", w.account, "")); !s.ok()) return s;
             CHECK(*tx.CountUsableOperators(kAt - absl::Hours(1)) == 1);
             if (absl::Status s = tx.DeleteToken(model::TokenId("token-1")); !s.ok()) return s;
             if (absl::Status s = tx.DeleteToken(model::TokenId("token-2")); !s.ok()) return s;
             CHECK(*tx.CountUsableOperators(kAt - absl::Hours(1)) == 0);
             return absl::OkStatus();
           }).ok());
}

#ifndef SKYDEN_STORE_ON_TWO_DAEMONS  // what is migrated, nobody has open
TEMPLATE_TEST_CASE("a database from before sessions is brought up to date and serves",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Peopled<TestType> w;
  TakeBack(w.engine);
  ReopenAsFound(w.engine);
  CHECK(w.Ids(std::nullopt).empty());
  const TokenOwner owner = w.store().FindToken(System(), model::TokenId("token-1"))->value();
  CHECK(owner.token.kind == TokenRecord::Kind::kToken);
  CHECK(owner.token.parent.empty());
  CHECK(owner.account.id == w.account.id);
  REQUIRE(w.Insert(NewSession("s", w.account, "token-1")).ok());
  CHECK(w.Ids(w.account.id) == Strings{"s"});
  w.engine.Close();
  w.engine.Reopen();
  CHECK(w.Ids(w.account.id) == Strings{"s"});
  REQUIRE(w.Write([&](DirectoryTx& tx) {
             return tx.RevokeToken(model::TokenId("token-1"), kAt);
           }).ok());
  CHECK(w.Ids(w.account.id).empty());
}
#endif

}  // namespace
}  // namespace skyden::store::testing
