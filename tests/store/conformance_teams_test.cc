// SPDX-License-Identifier: Apache-2.0
// Teams: who is in them, what that gives, and what ends with them.
#include "skyden/store/directory_tx.h"
#include "tests/store/conformance.h"
#include "tests/store/script_text.h"

namespace skyden::store::testing {
namespace {

const absl::Time kAt = absl::FromUnixSeconds(1'700'000'000);

AccountRecord TeamOf(int n, const std::string& name) {
  AccountRecord team = NewAccount(n, name);
  team.kind = AccountRecord::Kind::kTeam;
  team.labels = {{"area", "mesh"}};
  return team;
}

RoleRecord RoleOf(const std::string& id, const AccountRecord& account, model::Role role) {
  RoleRecord record;
  record.id = model::RoleId(id);
  record.account = account.id;
  record.role = role;
  record.created_at = kAt;
  return record;
}

// Two teams; a robot is in both, a person in one.
template <class Engine>
struct Teams : World<Engine> {
  Teams() {
    person.kind = AccountRecord::Kind::kUser;
    REQUIRE(Write([&](DirectoryTx& tx) {
              for (const AccountRecord* one : {&ops, &readers, &robot, &person}) {
                if (absl::Status s = tx.InsertAccount(*one); !s.ok()) return s;
              }
              for (const auto& [team, member] : {std::pair(&ops, &robot), std::pair(&ops, &person),
                                                 std::pair(&readers, &robot)}) {
                if (absl::Status s = tx.AddMember(team->id, member->id, kAt); !s.ok()) return s;
              }
              return tx.InsertToken(NewToken("robots", robot));
            }).ok());
  }
  absl::Status Write(Store::DirectoryWriteFn fn) {
    return Write(this->organization, std::move(fn));
  }
  absl::Status Write(const model::OrganizationScope& scope, Store::DirectoryWriteFn fn) {
    return this->store().WriteDirectory(scope, std::move(fn));
  }
  // "a b": names, in the order in which they come.
  template <class Fn>
  std::string Names(Fn list) {
    std::string names;
    REQUIRE(this->store()
                .ReadDirectory(this->organization,
                               [&](DirectoryReadTx& tx) {
                                 const auto found = list(tx);
                                 if (!found.ok()) return found.status();
                                 for (const AccountRecord& one : *found) names += one.name + " ";
                                 return absl::OkStatus();
                               })
                .ok());
    return names;
  }
  std::string MembersOf(const AccountRecord& team) {
    return Names([&](DirectoryReadTx& tx) { return tx.ListMembers(team.id); });
  }
  std::string TeamsOf(const AccountRecord& account) {
    return Names([&](DirectoryReadTx& tx) { return tx.ListTeamsOf(account.id); });
  }
  // The ids of the roles that the robot's token comes in with.
  std::string RolesOfToken() {
    const auto owner = this->store().FindToken(System(), model::TokenId("robots"));
    REQUIRE((owner.ok() && owner->has_value()));
    std::string ids;
    for (const RoleRecord& role : (*owner)->roles) ids += role.id.str() + " ";
    return ids;
  }

  AccountRecord ops = TeamOf(20, "ops");
  AccountRecord readers = TeamOf(21, "readers");
  AccountRecord robot = NewAccount(30, "robot");
  AccountRecord person = NewAccount(31, "person");
};

TEMPLATE_TEST_CASE("a team is read as it was written, and found by its name alone",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Teams<TestType> w;
  const auto found = [&](const std::string& name) {
    std::optional<AccountRecord> team;
    REQUIRE(w.store()
                .ReadDirectory(w.organization,
                               [&](DirectoryReadTx& tx) {
                                 auto by_name = tx.FindTeamByName(name);
                                 if (by_name.ok()) team = *std::move(by_name);
                                 return by_name.status();
                               })
                .ok());
    return team;
  };
  REQUIRE(found("ops").has_value());
  CHECK(Render(*found("ops")) == Render(w.ops));
  CHECK(found("ops")->labels == w.ops.labels);
  CHECK_FALSE(found("robot").has_value());
  AccountRecord changed = w.ops;
  changed.labels = {};
  changed.name = "operators";
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.UpdateAccount(changed); }).ok());
  CHECK_FALSE(found("ops").has_value());
  CHECK(found("operators")->labels.empty());
  // Names are teams' own: a system account may have the same.
  CHECK(absl::IsAlreadyExists(
      w.Write([](DirectoryTx& tx) { return tx.InsertAccount(TeamOf(40, "readers")); })));
  CHECK(w.Write([](DirectoryTx& tx) { return tx.InsertAccount(NewAccount(41, "readers")); }).ok());
}

TEMPLATE_TEST_CASE("whoever is in a team holds its roles beside their own", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  Teams<TestType> w;
  CHECK(w.MembersOf(w.ops) == "robot person ");
  CHECK(w.MembersOf(w.readers) == "robot ");
  CHECK(w.TeamsOf(w.robot) == "ops readers ");
  CHECK(w.TeamsOf(w.person) == "ops ");
  CHECK(w.RolesOfToken().empty());
  RoleRecord on_one = RoleOf("c", w.readers, model::Role::kConnector);
  on_one.tenant = w.cp.tenant();
  on_one.control_plane = w.cp.control_plane();
  REQUIRE(w.Write([&](DirectoryTx& tx) {
             if (absl::Status s = tx.InsertRole(RoleOf("a", w.ops, model::Role::kAdmin)); !s.ok())
               return s;
             if (absl::Status s = tx.InsertRole(RoleOf("b", w.robot, model::Role::kViewer));
                 !s.ok())
               return s;
             return tx.InsertRole(on_one);
           }).ok());
  CHECK(w.RolesOfToken() == "a b c ");
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.RemoveMember(w.ops.id, w.robot.id); }).ok());
  CHECK(w.RolesOfToken() == "b c ");
  CHECK(absl::IsNotFound(
      w.Write([&](DirectoryTx& tx) { return tx.RemoveMember(w.ops.id, w.robot.id); })));
  REQUIRE(w.Write([&](DirectoryTx& tx) {
             return tx.DeleteControlPlane(w.cp.control_plane()).status();
           }).ok());
  CHECK(w.RolesOfToken() == "b ");
}

TEMPLATE_TEST_CASE("only users and system accounts are in teams, once, and no token is a team's",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Teams<TestType> w;
  AccountRecord zone = NewAccount(50, "east");
  zone.kind = AccountRecord::Kind::kZone;
  zone.tenant = w.cp.tenant();
  zone.zone = model::ZoneName("east");
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.InsertAccount(zone); }).ok());
  const auto add = [&](const AccountRecord& team, const AccountRecord& member) {
    return w.Write([&](DirectoryTx& tx) { return tx.AddMember(team.id, member.id, kAt); });
  };
  CHECK(absl::IsAlreadyExists(add(w.ops, w.robot)));
  CHECK(absl::IsNotFound(add(w.ops, w.readers)));
  CHECK(absl::IsNotFound(add(w.ops, zone)));
  CHECK(absl::IsNotFound(add(w.robot, w.person)));
  CHECK(absl::IsNotFound(add(w.ops, NewAccount(99))));
  CHECK(absl::IsNotFound(add(NewAccount(99), w.robot)));
  CHECK(absl::IsNotFound(
      w.Write([&](DirectoryTx& tx) { return tx.InsertToken(NewToken("none", w.ops)); })));
  CHECK(w.MembersOf(w.ops) == "robot person ");

  // Another organization's are not there.
  const auto other = NewOrganization(w.store(), 7);
  CHECK(absl::IsNotFound(
      w.Write(other, [&](DirectoryTx& tx) { return tx.RemoveMember(w.ops.id, w.person.id); })));
  const AccountRecord theirs = NewAccount(60, "theirs");
  CHECK(w.Write(other, [&](DirectoryTx& tx) { return tx.InsertAccount(theirs); }).ok());
  CHECK(absl::IsNotFound(add(w.ops, theirs)));
  CHECK(absl::IsNotFound(
      w.Write(other, [&](DirectoryTx& tx) { return tx.AddMember(w.ops.id, theirs.id, kAt); })));
  CHECK(w.MembersOf(w.ops) == "robot person ");
}

TEMPLATE_TEST_CASE("what is deleted takes its memberships along and no others",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Teams<TestType> w;
  REQUIRE(w.Write([&](DirectoryTx& tx) {
             return tx.InsertRole(RoleOf("a", w.ops, model::Role::kAdmin));
           }).ok());
  SECTION("a team") {
    REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.DeleteAccount(w.ops.id); }).ok());
    CHECK(w.TeamsOf(w.robot) == "readers ");
    CHECK(w.TeamsOf(w.person).empty());
    CHECK(w.RolesOfToken().empty());
  }
  SECTION("a member") {
    REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.DeleteAccount(w.robot.id); }).ok());
    CHECK(w.MembersOf(w.ops) == "person ");
    CHECK(w.MembersOf(w.readers).empty());
  }
  SECTION("the organization") {
    REQUIRE(w.Write([&](DirectoryTx& tx) {
               return tx.DeleteControlPlane(w.cp.control_plane()).status();
             }).ok());
    REQUIRE(w.store().EndOrganization(System(), w.organization.organization(), kAt).ok());
  }
}

TEMPLATE_TEST_CASE("operators by a team count once, while they can come in", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  Teams<TestType> w;
  const auto usable = [&] {
    uint64_t count = 99;
    REQUIRE(w.Write([&](DirectoryTx& tx) {
               const auto counted = tx.CountUsableOperators(kAt);
               if (counted.ok()) count = *counted;
               return counted.status();
             }).ok());
    return count;
  };
  CHECK(usable() == 0);
  REQUIRE(w.Write([&](DirectoryTx& tx) {
             for (const auto& [id, account] :
                  {std::pair("a", &w.ops), std::pair("b", &w.readers), std::pair("c", &w.robot)}) {
               const RoleRecord role = RoleOf(id, *account, model::Role::kOperator);
               if (absl::Status s = tx.InsertRole(role); !s.ok()) return s;
             }
             return absl::OkStatus();
           }).ok());
  CHECK(usable() == 1);  // the robot, by itself and by two teams; the person has no token
  REQUIRE(
      w.Write([&](DirectoryTx& tx) { return tx.InsertToken(NewToken("hers", w.person)); }).ok());
  CHECK(usable() == 2);
  AccountRecord resting = w.person;
  resting.active = false;
  REQUIRE(w.Write([&](DirectoryTx& tx) { return tx.UpdateAccount(resting); }).ok());
  CHECK(usable() == 1);
}

}  // namespace
}  // namespace skyden::store::testing
