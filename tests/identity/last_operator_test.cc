// SPDX-License-Identifier: Apache-2.0
// Somebody who can run the daemon is always left, as far as that is anybody's decision.
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <thread>

#include "skyden/identity/bootstrap.h"
#include "skyden/store/directory_tx.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

using model::Role;

constexpr auto kSystem = AccountKind::kSystemAccount;
constexpr auto kUser = AccountKind::kUser;

bool IsLastOperator(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) &&
         std::string(status.message()).find("role Operator and a token first") != std::string::npos;
}

struct OperatorEnv : ServiceEnv {
  TestStore::Token chief = store.NewToken(organization, Role::kOperator);
  model::OrganizationScope as_chief = Scope(chief.text);

  // Everything that would take `chief` away.
  std::vector<absl::Status> TakeChiefAway() {
    return {accounts.RemoveRole(as_chief, kSystem, chief.account.id, chief.role),
            tokens.Revoke(as_chief, kSystem, chief.account.id, chief.record.id).status(),
            tokens.Delete(as_chief, kSystem, chief.account.id, chief.record.id),
            accounts.Delete(as_chief, kSystem, chief.account.id)};
  }
  bool ChiefIsWell() {
    const auto caller = authenticator.Authenticate(chief.text);
    return caller.ok() && caller->access->IsOperator();
  }
};

TEST_CASE("the last operator's role, token and account stay") {
  OperatorEnv env;
  for (const absl::Status& refused : env.TakeChiefAway()) {
    INFO(refused);
    CHECK(IsLastOperator(refused));
    CHECK(env.ChiefIsWell());
  }
}

TEST_CASE("operators who cannot come in do not count as others") {
  OperatorEnv env;
  SECTION("an account without a token") {
    const auto idle = env.accounts.Create(env.as_chief, {kSystem, "idle", "", "", ""}).value();
    REQUIRE(env.accounts.Assign(env.as_chief, kSystem, idle.id, {Role::kOperator, {}, "*"}).ok());
  }
  SECTION("a token that has expired") {
    env.store.NewToken(env.organization, Role::kOperator, nullptr, "",
                       env.clock.Now() + absl::Hours(1));
    env.fake_clock.Advance(absl::Hours(1));
  }
  SECTION("a token that was revoked") {
    const auto other = env.store.NewToken(env.organization, Role::kOperator);
    REQUIRE(
        env.tokens.Revoke(env.as_chief, kSystem, other.account.id, other.record.id).status().ok());
  }
  SECTION("a user who is not active") {
    const auto jane =
        env.accounts.Create(env.as_chief, {kUser, "Jane", "", "jane@example.com", "J"}).value();
    REQUIRE(env.accounts.Assign(env.as_chief, kUser, jane.id, {Role::kOperator, {}, "*"}).ok());
    REQUIRE(env.tokens.Issue(env.as_chief, kUser, jane.id, {"t", {}}).ok());
    UpdateAccount rest;
    rest.active = false;
    REQUIRE(env.accounts.Update(env.as_chief, kUser, jane.id, rest).ok());
  }
  for (const absl::Status& refused : env.TakeChiefAway()) CHECK(IsLastOperator(refused));
  CHECK(env.ChiefIsWell());
}

TEST_CASE("the last operator, a user, is not put to rest, and may go once there is another") {
  OperatorEnv env;
  const auto jane =
      env.accounts.Create(env.as_chief, {kUser, "Jane", "", "jane@example.com", "J"}).value();
  REQUIRE(env.accounts.Assign(env.as_chief, kUser, jane.id, {Role::kOperator, {}, "*"}).ok());
  const auto token = env.tokens.Issue(env.as_chief, kUser, jane.id, {"t", {}}).value();
  const auto as_jane = env.Scope(token.text);
  REQUIRE(env.accounts.Delete(as_jane, kSystem, env.chief.account.id).ok());
  UpdateAccount rest;
  rest.active = false;
  CHECK(IsLastOperator(env.accounts.Update(as_jane, kUser, jane.id, rest).status()));
  UpdateAccount renamed;
  renamed.name = "Jane D.";
  CHECK(env.accounts.Update(as_jane, kUser, jane.id, renamed).ok());
  // A second token is enough for the first to go.
  REQUIRE(env.tokens.Issue(as_jane, kUser, jane.id, {"second", {}}).ok());
  CHECK(env.tokens.Delete(as_jane, kUser, jane.id, token.record.id).ok());
}

TEST_CASE("of two who end the last two operators at the same time, one is refused") {
  for (int round = 0; round < 20; ++round) {
    OperatorEnv env;
    const auto other = env.store.NewToken(env.organization, Role::kOperator);
    const auto as_other = env.Scope(other.text);
    absl::Status first;
    absl::Status second;
    std::thread one([&] {
      first = env.accounts.RemoveRole(env.as_chief, kSystem, other.account.id, other.role);
    });
    std::thread two([&] {
      second =
          env.tokens.Revoke(as_other, kSystem, env.chief.account.id, env.chief.record.id).status();
    });
    one.join();
    two.join();
    CHECK(first.ok() != second.ok());
    CHECK(IsLastOperator(first.ok() ? second : first));
  }
}

TEST_CASE("the organization that holds the last operator stays") {
  OperatorEnv env;
  const auto people = env.store.NewOrganization("people");
  // As one whom an identity provider's group makes an operator, without a token of ours.
  const auto visitor = env.store.NewToken(people, Role::kOperator);
  const auto as_visitor = env.Scope(visitor.text);
  REQUIRE(env.store
              ->WriteDirectory(
                  TestStore::Organization(people),
                  [&](store::DirectoryTx& tx) { return tx.DeleteToken(visitor.record.id); })
              .ok());
  const auto id = env.organizations.Mine(env.as_chief)->id;
  const absl::Status refused = env.organizations.Delete(as_visitor, id);
  CHECK(absl::IsFailedPrecondition(refused));
  CHECK(env.ChiefIsWell());
  env.store.NewToken(people, Role::kOperator);
  CHECK(env.organizations.Delete(as_visitor, id).ok());
}

TEST_CASE("a start makes an operator under another name where \"operator\" is taken") {
  TestStore store;
  base::FakeClock clock;
  const auto first = Bootstrap(*store, clock, store.directory());
  REQUIRE(first.ok());
  // As a database of an earlier version may be: the role is gone, the account is not.
  const auto operators = store->ListOperators(model::SystemScope::For("test"));
  REQUIRE(operators->size() == 1);
  const auto scope = TestStore::Organization(first->organization);
  REQUIRE(store
              ->WriteDirectory(scope,
                               [&](store::DirectoryTx& tx) -> absl::Status {
                                 const auto& id = operators->front().account;
                                 const auto roles = tx.ListRoles(id);
                                 return tx.DeleteRole(id, roles->front().id);
                               })
              .ok());
  const auto again = Bootstrap(*store, clock, store.directory());
  REQUIRE(again.ok());
  CHECK(again->token_file == store.directory() + "/admin.token");
  const auto now = store->ListOperators(model::SystemScope::For("test"));
  REQUIRE(now->size() == 1);
  std::string name;
  REQUIRE(store
              ->ReadDirectory(scope,
                              [&](store::DirectoryReadTx& tx) -> absl::Status {
                                name = (*tx.FindAccount(now->front().account))->name;
                                return absl::OkStatus();
                              })
              .ok());
  CHECK(name == "operator-2");
}

TEST_CASE("a user who is an operator is one for a start, and it says when none can come in") {
  OperatorEnv env;
  const auto jane =
      env.accounts.Create(env.as_chief, {kUser, "Jane", "", "jane@example.com", "J"}).value();
  REQUIRE(env.accounts.Assign(env.as_chief, kUser, jane.id, {Role::kOperator, {}, "*"}).ok());
  const auto token =
      env.tokens.Issue(env.as_chief, kUser, jane.id, {"t", env.clock.Now() + absl::Hours(24)})
          .value();
  REQUIRE(env.accounts.Delete(env.Scope(token.text), kSystem, env.chief.account.id).ok());
  auto started = Bootstrap(*env.store, env.clock, env.store.directory());
  REQUIRE(started.ok());
  CHECK(started->token_file.empty());
  CHECK(started->has_usable_operator);
  env.fake_clock.Advance(absl::Hours(24));
  started = Bootstrap(*env.store, env.clock, env.store.directory());
  REQUIRE(started.ok());
  CHECK(started->token_file.empty());
  CHECK_FALSE(started->has_usable_operator);

  // Jane is a person; what is made at the machine is for whoever stands there.
  const auto issued = IssueOperatorToken(*env.store, env.clock);
  REQUIRE(issued.ok());
  CHECK(issued->account == "operator");
  CHECK(env.authenticator.Authenticate(issued->text)->access->IsOperator());
  CHECK(IssueOperatorToken(*env.store, env.clock)->account == "operator");
}

}  // namespace
}  // namespace skyden::identity
