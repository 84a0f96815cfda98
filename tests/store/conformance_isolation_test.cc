// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

// Two organizations, each with a control plane; the first with a second one.
template <class Engine>
struct Neighbours : World<Engine> {
  using World<Engine>::store;
  using World<Engine>::organization;
  using World<Engine>::cp;
  model::TenantScope sibling = NewControlPlane(store(), organization, 2, "sibling");
  model::OrganizationScope foreign = NewOrganization(store(), 9);
  model::TenantScope foreign_cp = NewControlPlane(store(), foreign, 3, "foreign");
};

TEMPLATE_TEST_CASE("a control plane cannot read, count or conflict with another's rows",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Neighbours<TestType> w;
  for (const model::TenantScope& other : {w.sibling, w.foreign_cp}) {
    model::Resource r = NewResource("Dataplane", "default", "same", "theirs");
    r.zone = "zone-1";
    Put(w.store(), other, r);
    Put(w.store(), other, NewResource("Secret", "default", "same", "theirs"));
  }
  CHECK_FALSE(Find(w.store(), w.cp, "Dataplane", {"default", "same"}).has_value());
  CHECK(List(w.store(), w.cp, "Dataplane").empty());
  CHECK(Count(w.store(), w.cp, "Dataplane") == 0);
  CHECK(Changes(w.store(), w.cp, "Dataplane", 0)->empty());
  const model::Resource own = Put(w.store(), w.cp, NewResource("Dataplane", "default", "same"));
  CHECK(own.version == 1);
  CHECK(own.revision == 1);
  REQUIRE(w.store()
              .Write(w.cp,
                     [](WriteTx& tx) {
                       if (auto n = tx.DeleteResourcesOfZone(model::ZoneName("zone-1")); !n.ok()) {
                         return n.status();
                       }
                       return tx.DeleteResourcesOfMesh("default", {}).status();
                     })
              .ok());
  for (const model::TenantScope& other : {w.sibling, w.foreign_cp}) {
    CHECK(Find(w.store(), other, "Dataplane", {"default", "same"})->spec == "theirs");
    CHECK(Count(w.store(), other, "Dataplane") == 1);
    CHECK(Put(w.store(), other, NewResource("Mesh", "", "m")).revision == 3);
  }
}

TEMPLATE_TEST_CASE("another's row looks exactly like one that is missing", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  Neighbours<TestType> w;
  Put(w.store(), w.foreign_cp, NewResource("MeshTimeout", "default", "theirs"));
  const auto theirs = Delete(w.store(), w.cp, "MeshTimeout", {"default", "theirs"}).status();
  const auto nobodys = Delete(w.store(), w.cp, "MeshTimeout", {"default", "nobody"}).status();
  CHECK(theirs.code() == nobodys.code());
  CHECK(theirs.message() == "MeshTimeout \"theirs\" in mesh \"default\" not found");
  CHECK(nobodys.message() == "MeshTimeout \"nobody\" in mesh \"default\" not found");
}

TEMPLATE_TEST_CASE("an organization cannot reach another's control planes, accounts or tokens",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Neighbours<TestType> w;
  const AccountRecord account = NewAccount(80);
  REQUIRE(w.store()
              .WriteDirectory(w.foreign,
                              [&](DirectoryTx& tx) {
                                if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
                                RoleRecord role;
                                role.id = model::RoleId("theirs");
                                role.account = account.id;
                                if (absl::Status s = tx.InsertRole(role); !s.ok()) return s;
                                return tx.InsertToken(NewToken("theirs", account));
                              })
              .ok());
  const auto directory = [&](auto fn) { return w.store().WriteDirectory(w.organization, fn); };
  const model::ControlPlaneId& foreign_id = w.foreign_cp.control_plane();
  REQUIRE(directory([&](DirectoryTx& tx) {
            CHECK_FALSE(tx.FindControlPlane(foreign_id)->has_value());
            CHECK(tx.ListControlPlanes()->size() == 2);
            CHECK_FALSE(tx.FindAccount(account.id)->has_value());
            CHECK(tx.ListAccounts(AccountRecord::Kind::kSystemAccount)->empty());
            CHECK(*tx.CountAccounts(AccountRecord::Kind::kSystemAccount) == 0);
            CHECK(tx.ListRoles(account.id)->empty());
            CHECK(tx.Organization()->id == model::OrganizationId(Uuid(1)));
            AccountRecord changed = account;
            changed.name = "mine";
            CHECK(absl::IsNotFound(tx.UpdateAccount(changed)));
            CHECK(absl::IsNotFound(tx.DeleteRole(account.id, model::RoleId("theirs"))));
            CHECK(absl::IsNotFound(tx.DeleteToken(model::TokenId("theirs"))));
            CHECK(absl::IsNotFound(
                tx.RenameToken(model::TokenId("theirs"), "mine", absl::UnixEpoch())));
            CHECK(tx.TouchToken(model::TokenId("theirs"), absl::UnixEpoch()).ok());
            CHECK(absl::IsNotFound(tx.SetSuspension(foreign_id, Suspension{})));
            RoleRecord on_theirs;
            on_theirs.id = model::RoleId("role");
            on_theirs.account = account.id;
            CHECK(absl::IsNotFound(tx.InsertRole(on_theirs)));
            on_theirs.tenant = w.foreign_cp.tenant();
            CHECK(absl::IsNotFound(tx.InsertRole(on_theirs)));
            CHECK(tx.ListTokens(account.id)->empty());
            CHECK(absl::IsNotFound(tx.UpdateControlPlane(ControlPlaneOf(3, "mine"))));
            CHECK(absl::IsNotFound(tx.DeleteControlPlane(foreign_id).status()));
            CHECK(absl::IsNotFound(tx.DeleteAccount(account.id)));
            CHECK(absl::IsNotFound(tx.RevokeToken(model::TokenId("theirs"), absl::UnixEpoch())));
            CHECK(absl::IsNotFound(tx.Enter(w.foreign_cp).status()));
            CHECK(absl::IsNotFound(tx.Enter(System().In(w.organization.organization(),
                                                        w.foreign_cp.tenant(), foreign_id))
                                       .status()));
            CHECK(absl::IsNotFound(tx.InsertToken(NewToken("mine", account))));
            AccountRecord bound = NewAccount(81);
            bound.tenant = w.foreign_cp.tenant();
            CHECK(absl::IsNotFound(tx.InsertAccount(bound)));
            return absl::OkStatus();
          }).ok());
  // The same account id is free in one's own organization.
  CHECK(directory([&](DirectoryTx& tx) { return tx.InsertAccount(account); }).ok());
  CHECK(w.store().FindControlPlane(System(), foreign_id)->value().name == "foreign");
  const TokenOwner theirs = w.store().FindToken(System(), model::TokenId("theirs"))->value();
  CHECK_FALSE(theirs.token.revoked_at.has_value());
  CHECK_FALSE(theirs.token.last_used_at.has_value());
  CHECK(theirs.roles.size() == 1);
}

TEMPLATE_TEST_CASE("a scope that pairs a control plane with another organization opens nothing",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Neighbours<TestType> w;
  const model::TenantScope crossed = System().In(
      w.organization.organization(), w.foreign_cp.tenant(), w.foreign_cp.control_plane());
  CHECK(absl::IsNotFound(w.store().Read(crossed, [](ReadTx&) { return absl::OkStatus(); })));
  CHECK(absl::IsNotFound(
      w.store().Write(crossed, [](WriteTx&) { return absl::OkStatus(); }).status()));
}

TEMPLATE_TEST_CASE("a control plane's transaction makes no credentials for another",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Neighbours<TestType> w;
  AccountRecord of_sibling = NewAccount(90);
  of_sibling.tenant = w.sibling.tenant();
  AccountRecord of_all = NewAccount(91);
  REQUIRE(w.store()
              .WriteDirectory(w.organization,
                              [&](DirectoryTx& tx) {
                                if (absl::Status s = tx.InsertAccount(of_all); !s.ok()) return s;
                                return tx.InsertAccount(of_sibling);
                              })
              .ok());
  for (const AccountRecord& account : {of_sibling, of_all}) {
    AccountRecord fresh = account;
    fresh.id = model::AccountId(Uuid(92));
    CHECK(absl::IsInvalidArgument(
        w.store().Write(w.cp, [&](WriteTx& tx) { return tx.InsertAccount(fresh); }).status()));
    CHECK(absl::IsNotFound(
        w.store()
            .Write(w.cp, [&](WriteTx& tx) { return tx.InsertToken(NewToken("t", account)); })
            .status()));
  }
}

TEMPLATE_TEST_CASE("a secret moved to another name, control plane or type does not open",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const auto sealed = TestSealer().Seal("plain", "here");
  REQUIRE(sealed.ok());
  CHECK(sealed->find("plain") == std::string::npos);
  CHECK(*TestSealer().Open(*sealed, "here") == "plain");
  CHECK(absl::IsDataLoss(TestSealer().Open(*sealed, "there").status()));
  Put(w.store(), w.cp, NewResource("Secret", "default", "s", "plain text of the secret"));
  CHECK(Find(w.store(), w.cp, "Secret", {"default", "s"})->spec == "plain text of the secret");
  CHECK(List(w.store(), w.cp, "Secret")[0].spec == "plain text of the secret");
  CHECK(Changes(w.store(), w.cp, "Secret", 0)->front().spec == "plain text of the secret");
}

}  // namespace
}  // namespace skyden::store::testing
