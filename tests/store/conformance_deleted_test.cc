// SPDX-License-Identifier: Apache-2.0
// Control planes that are deleted and kept: as gone as any other, and back with all they had.
#include "skyden/store/directory_tx.h"
#include "skyden/store/history.h"
#include "skyden/store/quotas.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

// A control plane with a zone's credential, a role on it, and secrets.
template <class Engine>
struct Furnished : World<Engine> {
  Furnished() {
    zone.kind = AccountRecord::Kind::kZone;
    zone.tenant = this->cp.tenant();
    zone.zone = model::ZoneName("east");
    zone.description = "of east";
    role.id = model::RoleId("role");
    role.account = holder.id;
    role.tenant = this->cp.tenant();
    role.control_plane = this->cp.control_plane();
    role.role = model::Role::kViewer;
    role.region = "eu";
    role.narrowing = {{"payments"}, {"MeshRetry"}};
    role.created_at = kNow;
    token = NewToken("zone-token", zone);
    token.expires_at = kNow + absl::Hours(1);
    REQUIRE(InDirectory([&](DirectoryTx& tx) -> absl::Status {
              if (absl::Status s = tx.InsertAccount(zone); !s.ok()) return s;
              if (absl::Status s = tx.InsertToken(token); !s.ok()) return s;
              if (absl::Status s = tx.InsertAccount(holder); !s.ok()) return s;
              return tx.InsertRole(role);
            }).ok());
    Put(this->store(), this->cp, NewResource("Secret", "default", "s", "one"));
    Put(this->store(), this->cp, NewResource("Secret", "default", "s", "two"));
    Put(this->store(), this->cp, NewResource("Mesh", "", "default"));
  }

  absl::Status InDirectory(Store::DirectoryWriteFn fn) {
    return this->store().WriteDirectory(this->organization, std::move(fn));
  }
  absl::Status Shelve() {
    return InDirectory([&](DirectoryTx& tx) {
      return tx.ShelveControlPlane(this->cp.control_plane(), kNow).status();
    });
  }
  absl::StatusOr<ControlPlaneRecord> Undelete(const std::string& name) {
    ControlPlaneRecord record;
    const absl::Status done = InDirectory([&](DirectoryTx& tx) -> absl::Status {
      auto back = tx.UndeleteControlPlane(this->cp.control_plane(), name);
      if (back.ok()) record = *std::move(back);
      return back.status();
    });
    if (!done.ok()) return done;
    return record;
  }
  std::vector<DeletedControlPlane> Kept() {
    std::vector<DeletedControlPlane> all;
    CHECK(this->store()
              .ReadDirectory(this->organization,
                             [&](DirectoryReadTx& tx) {
                               auto found = tx.ListDeletedControlPlanes();
                               if (found.ok()) all = *std::move(found);
                               return found.status();
                             })
              .ok());
    return all;
  }
  std::vector<RoleRecord> RolesOfHolder() {
    std::vector<RoleRecord> held;
    CHECK(this->store()
              .ReadDirectory(this->organization,
                             [&](DirectoryReadTx& tx) {
                               auto roles = tx.ListRoles(holder.id);
                               if (roles.ok()) held = *std::move(roles);
                               return roles.status();
                             })
              .ok());
    return held;
  }

  AccountRecord zone = NewAccount(60, "east");
  AccountRecord holder = NewAccount(61, "holder");
  TokenRecord token;
  RoleRecord role;
};

TEMPLATE_TEST_CASE("a control plane that is kept is as gone as one that is not",
                   "[store][conformance][deleted]", SKYDEN_STORE_ENGINES) {
  Furnished<TestType> w;
  Store& store = w.store();
  REQUIRE(w.Shelve().ok());
  CHECK(absl::IsNotFound(w.Shelve()));
  CHECK(absl::IsNotFound(store.Read(w.cp, [](ReadTx&) { return absl::OkStatus(); })));
  CHECK(absl::IsNotFound(store.Write(w.cp, [](WriteTx&) { return absl::OkStatus(); }).status()));
  CHECK_FALSE(store.FindControlPlane(System(), w.cp.control_plane())->has_value());
  CHECK_FALSE(store.FindToken(System(), w.token.id)->has_value());
  CHECK(w.RolesOfHolder().empty());
  CHECK(absl::IsNotFound(QuotasOf(store).Find(w.cp).status()));
  REQUIRE(w.Kept().size() == 1);
  CHECK(w.Kept()[0].id == w.cp.control_plane());
  CHECK(w.Kept()[0].name == "cp");
  CHECK(w.Kept()[0].deleted_at == kNow);
  CHECK(w.Kept()[0].actor_name == w.organization.who().name);
  // To another organization it never was.
  const auto other = NewOrganization(store, 2);
  const auto by_other = store.WriteDirectory(other, [&](DirectoryTx& tx) {
    return tx.UndeleteControlPlane(w.cp.control_plane(), "mine").status();
  });
  CHECK(absl::IsNotFound(by_other));
  CHECK(absl::IsNotFound(store.WriteDirectory(
      other, [&](DirectoryTx& tx) { return tx.EndDeletedControlPlane(w.cp.control_plane()); })));
  // An organization that still has one is not empty.
  CHECK(absl::IsFailedPrecondition(
      store.EndOrganization(System(), w.organization.organization(), kNow)));
}

TEMPLATE_TEST_CASE("it comes back with everything, and goes on where it was",
                   "[store][conformance][deleted]", SKYDEN_STORE_ENGINES) {
  Furnished<TestType> w;
  const Usage used = QuotasOf(w.store()).Find(w.cp)->used;
  REQUIRE(w.Shelve().ok());
  w.engine.Reopen();
  CHECK(QuotasOf(w.store()).Find(w.cp).status().code() == absl::StatusCode::kNotFound);
  const auto record = w.Undelete("back");
  REQUIRE(record.ok());
  CHECK(record->name == "back");
  CHECK(record->id == w.cp.control_plane());
  CHECK(record->tenant == w.cp.tenant());
  CHECK(record->created_at == ControlPlaneOf(1).created_at);
  Store& store = w.store();
  CHECK(w.Kept().empty());
  REQUIRE(w.RolesOfHolder().size() == 1);
  CHECK(w.RolesOfHolder()[0].narrowing == w.role.narrowing);
  CHECK(QuotasOf(store).Find(w.cp)->used == used);
  CHECK(Find(store, w.cp, "Secret", {"default", "s"})->spec == "two");
  const auto owner = store.FindToken(System(), w.token.id);
  REQUIRE((owner.ok() && owner->has_value()));
  CHECK((*owner)->token.sha256 == w.token.sha256);
  CHECK((*owner)->token.expires_at == w.token.expires_at);
  CHECK((*owner)->account.zone == w.zone.zone);
  CHECK((*owner)->account.description == "of east");
  CHECK((*owner)->control_plane == w.cp.control_plane());
  CHECK(Put(store, w.cp, NewResource("Mesh", "", "m")).revision == 4);
  CHECK(store
            .Read(w.cp,
                  [](ReadTx& tx) {
                    const auto past = tx.FindResourceAt(Type("Secret"), {"default", "s"}, 1);
                    CHECK((past.ok() && past->has_value() && (*past)->spec == "one"));
                    return past.status();
                  })
            .ok());
  CHECK(absl::IsNotFound(w.Undelete("again").status()));
}

TEMPLATE_TEST_CASE("a role of somebody who left meanwhile does not come back",
                   "[store][conformance][deleted]", SKYDEN_STORE_ENGINES) {
  Furnished<TestType> w;
  REQUIRE(w.Shelve().ok());
  REQUIRE(w.InDirectory([&](DirectoryTx& tx) { return tx.DeleteAccount(w.holder.id); }).ok());
  const auto record = w.Undelete("");
  REQUIRE(record.ok());
  CHECK(record->name == "cp");
  CHECK(w.RolesOfHolder().empty());
}

TEMPLATE_TEST_CASE("secrets of one that is kept are sealed anew, and it stays away",
                   "[store][conformance][deleted]", SKYDEN_STORE_ENGINES) {
  Furnished<TestType> w;
  REQUIRE(w.Shelve().ok());
  uint64_t sealed = 0;
  REQUIRE(w.InDirectory([&](DirectoryTx& tx) -> absl::Status {
             const auto count = tx.ResealDeletedControlPlane(w.cp.control_plane());
             sealed = count.value_or(0);
             return count.status();
           }).ok());
  CHECK(sealed == 1);
  CHECK(absl::IsNotFound(w.store().Read(w.cp, [](ReadTx&) { return absl::OkStatus(); })));
  REQUIRE(w.Kept().size() == 1);
  CHECK(w.Kept()[0].deleted_at == kNow);
  REQUIRE(w.Undelete("").ok());
  CHECK(Find(w.store(), w.cp, "Secret", {"default", "s"})->spec == "two");
  CHECK(w.store().FindToken(System(), w.token.id)->has_value());
}

TEMPLATE_TEST_CASE("one that is ended for good leaves nothing", "[store][conformance][deleted]",
                   SKYDEN_STORE_ENGINES) {
  Furnished<TestType> w;
  REQUIRE(w.Shelve().ok());
  REQUIRE(w.InDirectory([&](DirectoryTx& tx) {
             return tx.EndDeletedControlPlane(w.cp.control_plane());
           }).ok());
  CHECK(w.Kept().empty());
  CHECK(absl::IsNotFound(w.Undelete("").status()));
  // Rows go behind the transaction; an organization without any can end.
  CHECK(w.store().EndOrganization(System(), w.organization.organization(), kNow).ok());
}

}  // namespace
}  // namespace skyden::store::testing
