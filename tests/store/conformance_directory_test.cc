// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

template <class Fn>
absl::Status Directory(Store& store, const model::OrganizationScope& scope, Fn fn) {
  return store.WriteDirectory(scope, std::move(fn));
}

std::vector<std::string> ControlPlaneNames(Store& store, const model::OrganizationScope& scope) {
  std::vector<std::string> names;
  REQUIRE(store
              .ReadDirectory(scope,
                             [&](DirectoryReadTx& tx) {
                               auto list = tx.ListControlPlanes();
                               if (!list.ok()) return list.status();
                               for (const auto& cp : *list) names.push_back(cp.name);
                               return absl::OkStatus();
                             })
              .ok());
  return names;
}

TEMPLATE_TEST_CASE("a control plane is read as it was written", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  ControlPlaneRecord record = ControlPlaneOf(7, "seven");
  record.description = "text";
  record.labels = {{"team", "a"}};
  record.mesh_creation = false;
  record.api_version = "v3";
  REQUIRE(Directory(w.store(), w.organization, [&](DirectoryTx& tx) {
            return tx.InsertControlPlane(record);
          }).ok());
  CHECK(record.tenant != model::TenantKey{});
  const auto check = [&](const ControlPlaneRecord& found) {
    CHECK(found.tenant == record.tenant);
    CHECK(found.organization == w.organization.organization());
    CHECK(found.id == record.id);
    CHECK(found.name == "seven");
    CHECK(found.description == "text");
    CHECK(found.labels == record.labels);
    CHECK_FALSE(found.mesh_creation);
    CHECK(found.hostname_generator_creation);
    CHECK(found.api_version == "v3");
    CHECK(found.cluster_id == record.cluster_id);
    CHECK(found.created_at == record.created_at);
  };
  REQUIRE(w.store()
              .ReadDirectory(w.organization,
                             [&](DirectoryReadTx& tx) {
                               const auto found = tx.FindControlPlane(record.id);
                               REQUIRE(found.ok());
                               REQUIRE(found->has_value());
                               check(**found);
                               return absl::OkStatus();
                             })
              .ok());
  const auto by_system = w.store().FindControlPlane(System(), record.id);
  REQUIRE(by_system.ok());
  REQUIRE(by_system->has_value());
  check(**by_system);
  const auto scope = System().In(w.organization.organization(), record.tenant, record.id);
  REQUIRE(w.store()
              .Read(scope,
                    [&](ReadTx& tx) {
                      const auto own = tx.ControlPlane();
                      REQUIRE(own.ok());
                      check(*own);
                      return absl::OkStatus();
                    })
              .ok());
  CHECK(absl::IsAlreadyExists(Directory(w.store(), w.organization, [](DirectoryTx& tx) {
    ControlPlaneRecord same = ControlPlaneOf(7);
    return tx.InsertControlPlane(same);
  })));
}

TEMPLATE_TEST_CASE("an update changes what may change and nothing else", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Put(w.store(), w.cp, NewResource("Mesh", "", "default"));
  ControlPlaneRecord changed = ControlPlaneOf(1, "renamed");
  changed.labels = {{"a", "b"}};
  changed.created_at = absl::UnixEpoch();
  REQUIRE(Directory(w.store(), w.organization, [&](DirectoryTx& tx) {
            return tx.UpdateControlPlane(changed);
          }).ok());
  const auto found = *w.store().FindControlPlane(System(), changed.id);
  REQUIRE(found.has_value());
  CHECK(found->name == "renamed");
  CHECK(found->labels == changed.labels);
  CHECK(found->created_at == ControlPlaneOf(1).created_at);
  CHECK(Put(w.store(), w.cp, NewResource("Mesh", "", "second")).revision == 2);
  CHECK(absl::IsNotFound(Directory(w.store(), w.organization, [](DirectoryTx& tx) {
    return tx.UpdateControlPlane(ControlPlaneOf(1234));
  })));
}

TEMPLATE_TEST_CASE("a control plane and its first resources come in one transaction",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  ControlPlaneRecord record = ControlPlaneOf(2);
  const auto create = [&](absl::Status end) {
    return Directory(w.store(), w.organization, [&record, end](DirectoryTx& tx) {
      if (absl::Status s = tx.InsertControlPlane(record); !s.ok()) return s;
      auto inside = tx.Enter(System().In(record.organization, record.tenant, record.id));
      if (!inside.ok()) return inside.status();
      model::Resource mesh = NewResource("Mesh", "", "default");
      if (absl::Status s = (*inside)->PutResource(mesh); !s.ok()) return s;
      model::Resource retry = NewResource("MeshRetry", "default", "r");
      if (absl::Status s = (*inside)->PutResource(retry); !s.ok()) return s;
      return end;
    });
  };
  CHECK_FALSE(create(absl::InternalError("no")).ok());
  CHECK_FALSE(w.store().FindControlPlane(System(), record.id)->has_value());
  REQUIRE(create(absl::OkStatus()).ok());
  const auto scope = System().In(record.organization, record.tenant, record.id);
  CHECK(List(w.store(), scope, "Mesh").size() == 1);
  CHECK(Count(w.store(), scope, "MeshRetry") == 1);
  CHECK(Put(w.store(), scope, NewResource("Mesh", "", "second")).revision == 2);
}

TEMPLATE_TEST_CASE("a deleted control plane is gone at once, and its rows soon after",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  for (int lot = 0; lot < 4; ++lot) {
    REQUIRE(w.store()
                .Write(w.cp,
                       [lot](WriteTx& tx) {
                         for (int i = 0; i < 250; ++i) {
                           model::Resource r =
                               NewResource("MeshTimeout", "m", std::to_string(lot * 250 + i));
                           if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
                         }
                         return absl::OkStatus();
                       })
                .ok());
  }
  const AccountRecord zone = [&] {
    AccountRecord account = NewAccount(50, "zone-1");
    account.kind = AccountRecord::Kind::kZone;
    account.tenant = w.cp.tenant();
    account.zone = model::ZoneName("zone-1");
    return account;
  }();
  REQUIRE(w.store()
              .Write(w.cp,
                     [&](WriteTx& tx) {
                       if (absl::Status s = tx.InsertAccount(zone); !s.ok()) return s;
                       return tx.InsertToken(NewToken("tok1", zone));
                     })
              .ok());
  REQUIRE(Directory(w.store(), w.organization, [&](DirectoryTx& tx) {
            const auto tokens = tx.DeleteControlPlane(w.cp.control_plane());
            CHECK((tokens.ok() && *tokens == 1));
            return tokens.status();
          }).ok());
  CHECK(absl::IsNotFound(w.store().Read(w.cp, [](ReadTx&) { return absl::OkStatus(); })));
  CHECK(
      absl::IsNotFound(w.store().Write(w.cp, [](WriteTx&) { return absl::OkStatus(); }).status()));
  CHECK_FALSE(w.store().FindControlPlane(System(), w.cp.control_plane())->has_value());
  CHECK_FALSE(w.store().FindToken(System(), model::TokenId("tok1"))->has_value());
  CHECK(ControlPlaneNames(w.store(), w.organization).empty());
  CHECK(absl::IsNotFound(Directory(w.store(), w.organization, [&](DirectoryTx& tx) {
    return tx.DeleteControlPlane(w.cp.control_plane()).status();
  })));
  // Its id is free, and what comes under it is another control plane.
  const model::TenantScope next = NewControlPlane(w.store(), w.organization, 1);
  CHECK(next.tenant() != w.cp.tenant());
  CHECK(List(w.store(), next, "MeshTimeout").empty());
  CHECK(Put(w.store(), next, NewResource("Mesh", "", "default")).revision == 1);
}

TEMPLATE_TEST_CASE("control planes are listed by creation, then id", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  for (const int n : {30, 10, 20}) {
    NewControlPlane(w.store(), w.organization, n, "cp-" + std::to_string(n));
  }
  CHECK(ControlPlaneNames(w.store(), w.organization) ==
        std::vector<std::string>{"cp", "cp-10", "cp-20", "cp-30"});
}

TEMPLATE_TEST_CASE("accounts and tokens live and end as written", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  AccountRecord account = NewAccount(60, "robot");
  account.description = "text";
  TokenRecord token = NewToken("tokA", account);
  token.expires_at = absl::FromUnixSeconds(2'000'000'000);
  REQUIRE(Directory(w.store(), w.organization, [&](DirectoryTx& tx) {
            if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
            return tx.InsertToken(token);
          }).ok());
  const auto owner = w.store().FindToken(System(), token.id);
  REQUIRE(owner.ok());
  REQUIRE(owner->has_value());
  CHECK((*owner)->token.sha256 == token.sha256);
  CHECK((*owner)->token.expires_at == token.expires_at);
  CHECK_FALSE((*owner)->token.revoked_at.has_value());
  CHECK((*owner)->account.id == account.id);
  CHECK((*owner)->account.active);
  CHECK((*owner)->account.kind == AccountRecord::Kind::kSystemAccount);
  CHECK((*owner)->organization == w.organization.organization());
  CHECK_FALSE((*owner)->control_plane.has_value());

  const auto directory = [&](auto fn) { return Directory(w.store(), w.organization, fn); };
  CHECK(
      absl::IsAlreadyExists(directory([&](DirectoryTx& tx) { return tx.InsertAccount(account); })));
  CHECK(absl::IsAlreadyExists(directory([&](DirectoryTx& tx) { return tx.InsertToken(token); })));
  CHECK(absl::IsNotFound(directory(
      [&](DirectoryTx& tx) { return tx.InsertToken(NewToken("tokB", NewAccount(61))); })));

  const absl::Time at = absl::FromUnixSeconds(1'800'000'000);
  CHECK(directory([&](DirectoryTx& tx) { return tx.RevokeToken(token.id, at); }).ok());
  CHECK(directory([&](DirectoryTx& tx) {
          return tx.RevokeToken(token.id, at + absl::Seconds(1));
        }).ok());
  CHECK(w.store().FindToken(System(), token.id)->value().token.revoked_at == at);
  CHECK(absl::IsNotFound(
      directory([&](DirectoryTx& tx) { return tx.RevokeToken(model::TokenId("none"), at); })));

  REQUIRE(directory([&](DirectoryTx& tx) {
            const auto found = tx.FindAccount(account.id);
            const auto accounts = tx.ListAccounts(AccountRecord::Kind::kSystemAccount);
            const auto tokens = tx.ListTokens(account.id);
            REQUIRE((found.ok() && accounts.ok() && tokens.ok()));
            CHECK((*found)->description == "text");
            CHECK(accounts->size() == 1);
            REQUIRE(tokens->size() == 1);
            CHECK(tokens->front().id == token.id);
            return absl::OkStatus();
          }).ok());
  REQUIRE(directory([&](DirectoryTx& tx) { return tx.DeleteAccount(account.id); }).ok());
  CHECK_FALSE(w.store().FindToken(System(), token.id)->has_value());
  CHECK(absl::IsNotFound(directory([&](DirectoryTx& tx) { return tx.DeleteAccount(account.id); })));
}

TEMPLATE_TEST_CASE("a zone's credentials belong to its control plane and end with the zone",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const auto zone_account = [&](int n, const char* zone) {
    AccountRecord account = NewAccount(n, zone);
    account.kind = AccountRecord::Kind::kZone;
    account.tenant = w.cp.tenant();
    account.zone = model::ZoneName(zone);
    return account;
  };
  const AccountRecord first = zone_account(70, "zone-1");
  const AccountRecord second = zone_account(71, "zone-2");
  REQUIRE(w.store()
              .Write(w.cp,
                     [&](WriteTx& tx) {
                       for (const auto& account : {first, second}) {
                         if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
                       }
                       for (const char* id : {"t1", "t2"}) {
                         if (absl::Status s = tx.InsertToken(NewToken(id, first)); !s.ok())
                           return s;
                       }
                       return tx.InsertToken(NewToken("t3", second));
                     })
              .ok());
  const auto owner = *w.store().FindToken(System(), model::TokenId("t1"));
  REQUIRE(owner.has_value());
  CHECK(owner->control_plane == w.cp.control_plane());
  CHECK(owner->account.zone == model::ZoneName("zone-1"));
  CHECK(owner->account.tenant == w.cp.tenant());
  REQUIRE(w.store()
              .Write(w.cp,
                     [&](WriteTx& tx) {
                       const auto tokens = tx.DeleteZoneCredentials(model::ZoneName("zone-1"));
                       CHECK((tokens.ok() && *tokens == 2));
                       return tokens.status();
                     })
              .ok());
  CHECK_FALSE(w.store().FindToken(System(), model::TokenId("t1"))->has_value());
  CHECK(w.store().FindToken(System(), model::TokenId("t3"))->has_value());
}

TEMPLATE_TEST_CASE("an account's roles come with its tokens and end with either side",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const AccountRecord account = NewAccount(60, "robot");
  RoleRecord on_one;
  on_one.id = model::RoleId("role-1");
  on_one.account = account.id;
  on_one.role = model::Role::kConnector;
  on_one.tenant = w.cp.tenant();
  on_one.control_plane = w.cp.control_plane();
  on_one.region = "eu";
  RoleRecord on_all = on_one;
  on_all.id = model::RoleId("role-2");
  on_all.role = model::Role::kViewer;
  on_all.tenant = {};
  on_all.control_plane = {};
  const auto directory = [&](auto fn) { return Directory(w.store(), w.organization, fn); };
  const auto roles = [&] {
    return w.store().FindToken(System(), model::TokenId("t"))->value().roles;
  };
  REQUIRE(directory([&](DirectoryTx& tx) {
            if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
            if (absl::Status s = tx.InsertToken(NewToken("t", account)); !s.ok()) return s;
            if (absl::Status s = tx.InsertRole(on_one); !s.ok()) return s;
            return tx.InsertRole(on_all);
          }).ok());
  REQUIRE(roles().size() == 2);
  CHECK(roles()[0].role == model::Role::kConnector);
  CHECK(roles()[0].tenant == w.cp.tenant());
  CHECK(roles()[0].control_plane == w.cp.control_plane());
  CHECK(roles()[0].region == "eu");
  CHECK(roles()[1].tenant == model::TenantKey{});

  CHECK(roles()[0].narrowing.empty());

  // The same role again, of a part, and of another one.
  RoleRecord narrowed = on_one;
  narrowed.id = model::RoleId("role-4");
  narrowed.narrowing = {{"payments"}, {"MeshRetry", "MeshTimeout"}};
  RoleRecord once_more = narrowed;
  once_more.id = model::RoleId("role-5");
  once_more.narrowing.types.clear();
  REQUIRE(directory([&](DirectoryTx& tx) {
            if (absl::Status s = tx.InsertRole(narrowed); !s.ok()) return s;
            return tx.InsertRole(once_more);
          }).ok());
  REQUIRE(roles().size() == 4);
  for (const RoleRecord& held : roles()) {
    if (held.id == narrowed.id) CHECK(held.narrowing == narrowed.narrowing);
    if (held.id == once_more.id) CHECK(held.narrowing == once_more.narrowing);
    if (held.id == on_one.id) CHECK(held.narrowing.empty());
  }
  RoleRecord twice = narrowed;
  twice.id = model::RoleId("role-6");
  CHECK(absl::IsAlreadyExists(directory([&](DirectoryTx& tx) { return tx.InsertRole(twice); })));
  REQUIRE(directory([&](DirectoryTx& tx) -> absl::Status {
            for (const RoleRecord* one : {&narrowed, &once_more}) {
              if (absl::Status s = tx.DeleteRole(account.id, one->id); !s.ok()) return s;
            }
            return absl::OkStatus();
          }).ok());

  RoleRecord same = on_one;
  same.id = model::RoleId("role-3");
  CHECK(absl::IsAlreadyExists(directory([&](DirectoryTx& tx) { return tx.InsertRole(same); })));
  same.account = NewAccount(61).id;
  CHECK(absl::IsNotFound(directory([&](DirectoryTx& tx) { return tx.InsertRole(same); })));
  CHECK(absl::IsNotFound(
      directory([&](DirectoryTx& tx) { return tx.DeleteRole(NewAccount(61).id, on_one.id); })));
  REQUIRE(directory([&](DirectoryTx& tx) { return tx.DeleteRole(account.id, on_all.id); }).ok());
  CHECK(roles().size() == 1);
  REQUIRE(directory([&](DirectoryTx& tx) {
            return tx.DeleteControlPlane(w.cp.control_plane()).status();
          }).ok());
  CHECK(roles().empty());
  REQUIRE(directory([&](DirectoryTx& tx) { return tx.InsertRole(on_all); }).ok());
  REQUIRE(directory([&](DirectoryTx& tx) { return tx.DeleteAccount(account.id); }).ok());
  REQUIRE(directory([&](DirectoryTx& tx) { return tx.InsertAccount(account); }).ok());
  REQUIRE(directory([&](DirectoryTx& tx) {
            const auto left = tx.ListRoles(account.id);
            CHECK(left->empty());
            return left.status();
          }).ok());
}

TEMPLATE_TEST_CASE("accounts are changed, found and kept unlike each other", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  using Kind = AccountRecord::Kind;
  AccountRecord robot = NewAccount(60, "robot");
  AccountRecord person = NewAccount(61, "Jane");
  person.kind = Kind::kUser;
  person.email = "jane@example.com";
  person.preferred_name = "J";
  person.subject = "https://issuer 42";
  const auto directory = [&](auto fn) { return Directory(w.store(), w.organization, fn); };
  REQUIRE(directory([&](DirectoryTx& tx) {
            if (absl::Status s = tx.InsertAccount(robot); !s.ok()) return s;
            return tx.InsertAccount(person);
          }).ok());
  const auto taken = [&](AccountRecord account) {
    return absl::IsAlreadyExists(
        directory([&](DirectoryTx& tx) { return tx.InsertAccount(account); }));
  };
  AccountRecord other = NewAccount(62, "robot");
  CHECK(taken(other));
  other.kind = Kind::kUser;
  CHECK_FALSE(taken(other));
  other = NewAccount(63, "Joe");
  other.kind = Kind::kUser;
  other.email = person.email;
  CHECK(taken(other));
  other.email = "joe@example.com";
  other.subject = person.subject;
  CHECK(taken(other));

  person.name = "Jane Doe";
  person.active = false;
  person.email = "doe@example.com";
  person.updated_at = absl::FromUnixSeconds(1'800'000'000);
  REQUIRE(directory([&](DirectoryTx& tx) { return tx.UpdateAccount(person); }).ok());
  CHECK(absl::IsNotFound(
      directory([&](DirectoryTx& tx) { return tx.UpdateAccount(NewAccount(99)); })));
  REQUIRE(directory([&](DirectoryTx& tx) {
            const auto found = tx.FindAccountBySubject(person.subject);
            REQUIRE((found.ok() && found->has_value()));
            CHECK((*found)->id == person.id);
            CHECK((*found)->name == "Jane Doe");
            CHECK((*found)->email == "doe@example.com");
            CHECK((*found)->preferred_name == "J");
            CHECK_FALSE((*found)->active);
            CHECK((*found)->updated_at == person.updated_at);
            CHECK((*found)->created_at == NewAccount(61).created_at);
            CHECK_FALSE(tx.FindAccountBySubject("")->has_value());
            CHECK(tx.ListAccounts(Kind::kUser)->size() == 2);
            person.subject = "https://issuer 43";
            CHECK(tx.UpdateAccount(person).ok());
            CHECK(tx.FindAccountBySubject("https://issuer 43")->has_value());
            CHECK(*tx.CountAccounts(Kind::kUser) == 2);
            CHECK(*tx.CountAccounts(Kind::kSystemAccount) == 1);
            CHECK(*tx.CountAccounts(Kind::kZone) == 0);
            return absl::OkStatus();
          }).ok());
}

TEMPLATE_TEST_CASE("a token is renamed, marked as used and removed", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const AccountRecord account = NewAccount(60, "robot");
  const model::TokenId id("t");
  const absl::Time at = absl::FromUnixSeconds(1'800'000'000);
  const auto directory = [&](auto fn) { return Directory(w.store(), w.organization, fn); };
  REQUIRE(directory([&](DirectoryTx& tx) {
            if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
            return tx.InsertToken(NewToken("t", account));
          }).ok());
  CHECK_FALSE(w.store().FindToken(System(), id)->value().token.last_used_at.has_value());
  REQUIRE(directory([&](DirectoryTx& tx) {
            if (absl::Status s = tx.TouchToken(id, at); !s.ok()) return s;
            return tx.RenameToken(id, "second", at);
          }).ok());
  const TokenRecord token = w.store().FindToken(System(), id)->value().token;
  CHECK(token.last_used_at == at);
  CHECK(token.updated_at == at);
  CHECK(token.name == "second");
  REQUIRE(directory([&](DirectoryTx& tx) { return tx.DeleteToken(id); }).ok());
  CHECK_FALSE(w.store().FindToken(System(), id)->has_value());
  CHECK(absl::IsNotFound(directory([&](DirectoryTx& tx) { return tx.DeleteToken(id); })));
  CHECK(absl::IsNotFound(directory([&](DirectoryTx& tx) { return tx.RenameToken(id, "x", at); })));
  CHECK(directory([&](DirectoryTx& tx) { return tx.TouchToken(id, at); }).ok());
}

TEMPLATE_TEST_CASE("a control plane is suspended and resumed, and an update leaves that alone",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const absl::Time at = absl::FromUnixSeconds(1'800'000'000);
  const Suspension suspension{at, at + absl::Hours(1), "unpaid"};
  const auto directory = [&](auto fn) { return Directory(w.store(), w.organization, fn); };
  const auto stored = [&] {
    return w.store().FindControlPlane(System(), w.cp.control_plane())->value();
  };
  REQUIRE(directory([&](DirectoryTx& tx) {
            return tx.SetSuspension(w.cp.control_plane(), suspension);
          }).ok());
  REQUIRE(directory([&](DirectoryTx& tx) {
            ControlPlaneRecord changed = ControlPlaneOf(1, "renamed");
            return tx.UpdateControlPlane(changed);
          }).ok());
  REQUIRE(stored().suspension.has_value());
  CHECK(stored().suspension->at == at);
  CHECK(stored().suspension->until == suspension.until);
  CHECK(stored().suspension->reason == "unpaid");
  CHECK(stored().SuspendedAt(at + absl::Minutes(59)));
  CHECK_FALSE(stored().SuspendedAt(at + absl::Hours(1)));
  REQUIRE(directory([&](DirectoryTx& tx) {
            return tx.SetSuspension(w.cp.control_plane(), std::nullopt);
          }).ok());
  CHECK_FALSE(stored().suspension.has_value());
  CHECK(absl::IsNotFound(directory(
      [&](DirectoryTx& tx) { return tx.SetSuspension(ControlPlaneOf(99).id, suspension); })));
}

TEMPLATE_TEST_CASE("an organization ends when it owns nothing, and takes its principals with it",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const absl::Time at = absl::FromUnixSeconds(1'800'000'000);
  const model::OrganizationId id(Uuid(1));
  const AccountRecord account = NewAccount(60, "robot");
  RoleRecord role;
  role.id = model::RoleId("role-1");
  role.account = account.id;
  REQUIRE(Directory(w.store(), w.organization, [&](DirectoryTx& tx) {
            const auto self = tx.Organization();
            REQUIRE(self.ok());
            CHECK(self->id == id);
            if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
            if (absl::Status s = tx.InsertRole(role); !s.ok()) return s;
            return tx.InsertToken(NewToken("t", account));
          }).ok());
  const auto key = w.organization.organization();
  CHECK(w.store().FindOrganization(System(), id)->value().key == key);
  CHECK(absl::IsFailedPrecondition(w.store().EndOrganization(System(), key, at)));
  REQUIRE(Directory(w.store(), w.organization, [&](DirectoryTx& tx) {
            return tx.DeleteControlPlane(w.cp.control_plane()).status();
          }).ok());
  REQUIRE(w.store().EndOrganization(System(), key, at).ok());
  CHECK_FALSE(w.store().FindOrganization(System(), id)->has_value());
  CHECK(w.store().ListOrganizations(System())->empty());
  CHECK_FALSE(w.store().FindToken(System(), model::TokenId("t"))->has_value());
  CHECK(absl::IsNotFound(w.store().EndOrganization(System(), key, at)));
  CHECK(absl::IsNotFound(Directory(w.store(), w.organization,
                                   [&](DirectoryTx& tx) { return tx.InsertAccount(account); })));
  // Its id is free, its key is not.
  CHECK(NewOrganization(w.store(), 1).organization() != key);
}

TEMPLATE_TEST_CASE("organizations are listed, and an id is taken once", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  NewOrganization(w.store(), 2);
  const auto list = w.store().ListOrganizations(System());
  REQUIRE(list.ok());
  REQUIRE(list->size() == 2);
  CHECK(list->front().key == w.organization.organization());
  CHECK(list->front().id == model::OrganizationId(Uuid(1)));
  CHECK(list->front().name == "organization-1");
  OrganizationRecord same;
  same.id = model::OrganizationId(Uuid(1));
  CHECK(absl::IsAlreadyExists(w.store().InsertOrganization(System(), same).status()));
}

TEMPLATE_TEST_CASE("text that is not UTF-8, or holds a NUL, is refused and found nowhere",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const std::string bad = GENERATE(std::string("a\0b", 3), std::string("a\xff"),
                                   std::string("\xed\xa0\x80"), std::string("\xc0\x80"));
  const absl::Status refused = w.store().WriteDirectory(w.organization, [&](DirectoryTx& tx) {
    ControlPlaneRecord record = ControlPlaneOf(1);
    record.description = bad;
    return tx.UpdateControlPlane(record);
  });
  CHECK(absl::IsInvalidArgument(refused));
  // What goes on after it may be half done: none of it stays.
  const auto went_on = w.store().Write(w.cp, [&](WriteTx& tx) {
    model::Resource named = NewResource("MeshTimeout", "m", bad);
    tx.PutResource(named).IgnoreError();
    model::Resource r = NewResource("MeshTimeout", "m", "after");
    return tx.PutResource(r);
  });
  CHECK(absl::IsInvalidArgument(went_on.status()));
  CHECK_FALSE(Find(w.store(), w.cp, "MeshTimeout", {"m", "after"}).has_value());
  CHECK_FALSE(Find(w.store(), w.cp, "MeshTimeout", {"m", bad}).has_value());
  // Bytes are no text, and the audit keeps what it can show.
  model::Resource bytes = NewResource("MeshTimeout", "m", "bytes", bad);
  bytes.labels = {{"k", bad}};
  const auto put = w.store().Write(w.cp, [&](WriteTx& tx) {
    tx.Audit({absl::UnixEpoch(), bad, "Thing", bad, bad});
    return tx.PutResource(bytes);
  });
  INFO(put.status());
  CHECK(put.ok());
  CHECK(Find(w.store(), w.cp, "MeshTimeout", {"m", "bytes"})->spec == bad);
  CHECK(Find(w.store(), w.cp, "MeshTimeout", {"m", "bytes"})->labels == bytes.labels);
}

}  // namespace
}  // namespace skyden::store::testing
