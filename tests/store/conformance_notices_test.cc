// SPDX-License-Identifier: Apache-2.0
// What each way to write says that it concerns. Caches know of nothing else: a write that forgets
// to say so leaves them with what was true before.
#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "skyden/store/change.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"
#include "tests/store/notices.h"

namespace skyden::store::testing {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
const model::TokenId kToken("token");
const model::TokenId kZoneToken("zone-token");
const model::RoleId kRole("role");

// One of everything there is to change.
template <class Engine>
struct Furnished : World<Engine> {
  Furnished() {
    zone.kind = AccountRecord::Kind::kZone;
    zone.tenant = this->cp.tenant();
    zone.zone = model::ZoneName("east");
    model::Resource mesh = NewResource("Mesh", "", "m");
    model::Resource from_zone = NewResource("Dataplane", "m", "d");
    from_zone.zone = "east";
    REQUIRE(InTenant([&](WriteTx& tx) {
              if (absl::Status s = tx.PutResource(mesh); !s.ok()) return s;
              if (absl::Status s = tx.PutResource(from_zone); !s.ok()) return s;
              if (absl::Status s = tx.InsertAccount(zone); !s.ok()) return s;
              if (absl::Status s = tx.AddPendingKey(promise); !s.ok()) return s;
              return tx.InsertToken(NewToken(kZoneToken.str(), zone));
            }).ok());
    REQUIRE(InDirectory([&](DirectoryTx& tx) {
              if (absl::Status s = tx.InsertAccount(person); !s.ok()) return s;
              if (absl::Status s = tx.InsertRole(Role(kRole)); !s.ok()) return s;
              for (AccountRecord* one : {&team, &another_team}) {
                one->kind = AccountRecord::Kind::kTeam;
                if (absl::Status s = tx.InsertAccount(*one); !s.ok()) return s;
              }
              if (absl::Status s = tx.AddMember(team.id, person.id, kNow); !s.ok()) return s;
              if (absl::Status s = tx.PutAuditDestination({.id = "siem", .name = "a"}); !s.ok())
                return s;
              if (absl::Status s = tx.SetAuditWebhook("siem", false, 0); !s.ok()) return s;
              if (absl::Status s = tx.InsertToken(NewToken(kToken.str(), person)); !s.ok())
                return s;
              return tx.InsertToken(NewSession("session", person, kToken.str()));
            }).ok());
    Put(this->store(), shelved, NewResource("Secret", "m", "s"));
    REQUIRE(InDirectory([&](DirectoryTx& tx) {
              return tx.ShelveControlPlane(shelved.control_plane(), kNow).status();
            }).ok());
    subscription = this->store().Subscribe(std::nullopt, [this](const Change& change) {
      absl::MutexLock lock(&mu);
      heard.push_back(Describe(change));
      if (change.organization != this->organization.organization()) strangers = true;
    });
  }

  absl::Status InTenant(Store::WriteFn fn) {
    return this->store().Write(this->cp, std::move(fn)).status();
  }
  absl::Status InDirectory(Store::DirectoryWriteFn fn) {
    return this->store().WriteDirectory(this->organization, std::move(fn));
  }
  RoleRecord Role(const model::RoleId& id) const {
    RoleRecord role;
    role.id = id;
    role.account = person.id;
    role.role = id == kRole ? model::Role::kViewer : model::Role::kAdmin;
    role.created_at = kNow;
    return role;
  }
  std::vector<std::string> Take() {
    absl::MutexLock lock(&mu);
    std::sort(heard.begin(), heard.end());
    return std::exchange(heard, {});
  }

  model::TenantScope shelved = NewControlPlane(this->store(), this->organization, 40, "shelved");
  AccountRecord person = NewAccount(50);
  AccountRecord zone = NewAccount(60, "east");
  AccountRecord team = NewAccount(70);
  AccountRecord another_team = NewAccount(71);
  PendingKey promise{Type("Secret"), {"m", "signing-key"}, kNow};
  absl::Mutex mu;
  std::vector<std::string> heard;
  bool strangers = false;
  std::unique_ptr<Subscription> subscription;  // last
};

// A way to write, and what is heard of it.
template <class Tx>
struct Case {
  const char* name;
  std::function<absl::Status(Tx&)> write;
  std::vector<std::string> heard;
};

template <class World>
std::vector<Case<WriteTx>> TenantCases(World& w) {
  const auto resource = [](const char* type, const char* name) {
    return NewResource(type, type == std::string("Mesh") ? "" : "m", name);
  };
  return {
      {"PutResource",
       [=](WriteTx& tx) {
         model::Resource r = resource("MeshTimeout", "t");
         return tx.PutResource(r);
       },
       {"tenant revision MeshTimeout"}},
      {"DeleteResource",
       [](WriteTx& tx) {
         return tx.DeleteResource(Type("Mesh"), {"", "m"});
       },
       {"tenant revision Mesh"}},
      {"DeleteResourcesOfMesh",
       [](WriteTx& tx) { return tx.DeleteResourcesOfMesh("m", {}).status(); },
       {"tenant revision Dataplane"}},
      {"DeleteResourcesOfZone",
       [](WriteTx& tx) { return tx.DeleteResourcesOfZone(model::ZoneName("east")).status(); },
       {"tenant revision Dataplane"}},
      {"AddPendingKey",
       [&w](WriteTx& tx) {
         PendingKey another = w.promise;
         another.key.name = "another";
         return tx.AddPendingKey(another);
       },
       {"tenant keys-promised"}},
      // Nobody remembers that a key is only promised.
      {"RemovePendingKey", [&w](WriteTx& tx) { return tx.RemovePendingKey(w.promise); }, {}},
      // Nobody remembers that there was none.
      {"InsertAccount",
       [&w](WriteTx& tx) {
         AccountRecord account = w.zone;
         account.id = model::AccountId(Uuid(61));
         account.name = "west";
         return tx.InsertAccount(account);
       },
       {}},
      {"InsertToken", [&w](WriteTx& tx) { return tx.InsertToken(NewToken("new", w.zone)); }, {}},
      {"DeleteZoneCredentials",
       [](WriteTx& tx) { return tx.DeleteZoneCredentials(model::ZoneName("east")).status(); },
       {"tenant account:60 token:zone-token"}},
      // Of what is past nobody keeps a copy.
      {"PruneHistory",
       [](WriteTx& tx) { return tx.PruneHistory(absl::InfiniteFuture()).status(); },
       {}},
      {"PutRollout",
       [](WriteTx& tx) {
         RolloutRecord record;
         record.id = "r";
         return tx.PutRollout(record, {Type("MeshTimeout")});
       },
       {"tenant revision MeshTimeout rollouts"}},
      // That is over: nobody is told anything else.
      {"RemoveRollout", [](WriteTx& tx) { return tx.RemoveRollout("r"); }, {}},
      // The same secrets as before.
      {"ResealSecrets", [](WriteTx& tx) { return tx.ResealSecrets().status(); }, {}},
      // SubscribeAudit tells of it.
      {"Audit",
       [](WriteTx& tx) {
         tx.Audit({kNow, "a", "b", "c", ""});
         return absl::OkStatus();
       },
       {}},
  };
}

template <class World>
std::vector<Case<DirectoryTx>> DirectoryCases(World& w) {
  const auto id = w.cp.control_plane();
  const auto renamed = [&w](DirectoryTx& tx) {
    auto record = tx.FindControlPlane(w.cp.control_plane());
    (*record)->name = "renamed";
    return tx.UpdateControlPlane(**record);
  };
  return {
      {"InsertControlPlane",
       [](DirectoryTx& tx) {
         ControlPlaneRecord record = ControlPlaneOf(30);
         return tx.InsertControlPlane(record);
       },
       {"tenant described"}},
      {"UpdateControlPlane", renamed, {"tenant described"}},
      {"SetSuspension",
       [id](DirectoryTx& tx) {
         return tx.SetSuspension(id, Suspension{kNow, {}, ""});
       },
       {"tenant suspension"}},
      {"DeleteControlPlane",
       [id](DirectoryTx& tx) { return tx.DeleteControlPlane(id).status(); },
       {"tenant revision every-type gone token:zone-token"}},
      {"ShelveControlPlane",
       [id](DirectoryTx& tx) { return tx.ShelveControlPlane(id, kNow).status(); },
       {"tenant revision every-type gone token:zone-token"}},
      {"UndeleteControlPlane",
       [&w](DirectoryTx& tx) {
         return tx.UndeleteControlPlane(w.shelved.control_plane(), "back").status();
       },
       {"tenant revision every-type described keys-promised all"}},
      // Nobody sees it.
      {"EndDeletedControlPlane",
       [&w](DirectoryTx& tx) { return tx.EndDeletedControlPlane(w.shelved.control_plane()); },
       {}},
      {"ResealDeletedControlPlane",
       [&w](DirectoryTx& tx) {
         return tx.ResealDeletedControlPlane(w.shelved.control_plane()).status();
       },
       {}},
      {"Enter",
       [&w](DirectoryTx& tx) {
         model::Resource r = NewResource("Zone", "", "z");
         return (*tx.Enter(w.cp))->PutResource(r);
       },
       {"tenant revision Zone"}},
      {"InsertAccount", [](DirectoryTx& tx) { return tx.InsertAccount(NewAccount(51)); }, {}},
      {"UpdateAccount",
       [&w](DirectoryTx& tx) { return tx.UpdateAccount(w.person); },
       {"organization account:50"}},
      {"DeleteAccount",
       [&w](DirectoryTx& tx) { return tx.DeleteAccount(w.person.id); },
       {"organization account:50 token:session token:token"}},
      {"AddMember",
       [&w](DirectoryTx& tx) { return tx.AddMember(w.another_team.id, w.person.id, kNow); },
       {"organization account:50"}},
      {"RemoveMember",
       [&w](DirectoryTx& tx) { return tx.RemoveMember(w.team.id, w.person.id); },
       {"organization account:50"}},
      {"InsertRole",
       [&w](DirectoryTx& tx) { return tx.InsertRole(w.Role(model::RoleId("another"))); },
       {"organization account:50"}},
      {"DeleteRole",
       [&w](DirectoryTx& tx) { return tx.DeleteRole(w.person.id, kRole); },
       {"organization account:50"}},
      {"InsertToken",
       [&w](DirectoryTx& tx) { return tx.InsertToken(NewToken("new", w.person)); },
       {}},
      {"RevokeToken",
       [](DirectoryTx& tx) { return tx.RevokeToken(kToken, kNow); },
       {"organization token:session token:token"}},
      // Neither decides anything, and the second would empty caches every minute.
      {"RenameToken", [](DirectoryTx& tx) { return tx.RenameToken(kToken, "name", kNow); }, {}},
      {"TouchToken", [](DirectoryTx& tx) { return tx.TouchToken(kToken, kNow); }, {}},
      {"DeleteToken",
       [](DirectoryTx& tx) { return tx.DeleteToken(kToken); },
       {"organization token:session token:token"}},
      {"Audit",
       [](DirectoryTx& tx) {
         tx.Audit({kNow, "a", "b", "c", ""});
         return absl::OkStatus();
       },
       {}},
      {"AuditAbout",
       [](DirectoryTx& tx) {
         tx.AuditAbout(ControlPlaneOf(30), {kNow, "a", "b", "c", ""});
         return absl::OkStatus();
       },
       {}},
      {"PruneAudit", [](DirectoryTx& tx) { return tx.PruneAudit({}, 0, 1).status(); }, {}},
      {"SetAuditMark", [](DirectoryTx& tx) { return tx.SetAuditMark({}, "reader", 0); }, {}},
      {"ResealAuditMarks", [](DirectoryTx& tx) { return tx.ResealAuditMarks(); }, {}},
      // Whoever sends the audit hears that somebody changed how, as it hears of all that is done.
      {"PutAuditDestination",
       [](DirectoryTx& tx) { return tx.PutAuditDestination({.id = "another", .name = "b"}); },
       {}},
      {"DeleteAuditDestination",
       [](DirectoryTx& tx) { return tx.DeleteAuditDestination("siem"); },
       {}},
      {"SetAuditWebhook", [](DirectoryTx& tx) { return tx.SetAuditWebhook("siem", true, 3); }, {}},
      {"SetAuditReplay",
       [](DirectoryTx& tx) { return tx.SetAuditReplay({.from = kNow, .to = kNow, .at = kNow}); },
       {}},
      {"NoteAuditDelivery",
       [](DirectoryTx& tx) { return tx.NoteAuditDelivery(0, 1, {.at = kNow, .entries = 1}); },
       {}},
      {"NoteAuditReplay",
       [](DirectoryTx& tx) {
         return tx.NoteAuditReplay({.from = kNow, .to = kNow, .at = kNow}, {.at = kNow});
       },
       {}},
  };
}

template <class Tx>
std::set<std::string> NamesOf(const std::vector<Case<Tx>>& cases) {
  std::set<std::string> names;
  for (const Case<Tx>& one : cases) names.insert(one.name);
  return names;
}

TEMPLATE_TEST_CASE("every write inside a control plane says what it concerns",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  size_t cases = 0;
  {
    Furnished<TestType> w;
    cases = TenantCases(w).size();
    CHECK(NamesOf(TenantCases(w)) == FunctionsOf("WriteTx"));
  }
  for (size_t i = 0; i < cases; ++i) {
    Furnished<TestType> w;
    const Case<WriteTx> one = TenantCases(w)[i];
    INFO(one.name);
    REQUIRE(w.InTenant(one.write).ok());
    CHECK(w.Take() == one.heard);
    CHECK_FALSE(w.strangers);
  }
}

TEMPLATE_TEST_CASE("every write in an organization's directory says what it concerns",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  size_t cases = 0;
  {
    Furnished<TestType> w;
    cases = DirectoryCases(w).size();
    std::set<std::string> expected = FunctionsOf("DirectoryTx");
    expected.erase("CountUsableOperators");  // reads
    CHECK(NamesOf(DirectoryCases(w)) == expected);
  }
  for (size_t i = 0; i < cases; ++i) {
    Furnished<TestType> w;
    const Case<DirectoryTx> one = DirectoryCases(w)[i];
    INFO(one.name);
    REQUIRE(w.InDirectory(one.write).ok());
    CHECK(w.Take() == one.heard);
    CHECK_FALSE(w.strangers);
  }
}

TEMPLATE_TEST_CASE("what becomes of a team concerns whoever is in it", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  Furnished<TestType> w;
  const std::vector<std::string> both = {"organization account:50 account:70"};
  RoleRecord role = w.Role(model::RoleId("of the team"));
  role.account = w.team.id;
  REQUIRE(w.InDirectory([&](DirectoryTx& tx) { return tx.InsertRole(role); }).ok());
  CHECK(w.Take() == both);
  REQUIRE(w.InDirectory([&](DirectoryTx& tx) { return tx.DeleteRole(w.team.id, role.id); }).ok());
  CHECK(w.Take() == both);
  REQUIRE(w.InDirectory([&](DirectoryTx& tx) { return tx.DeleteAccount(w.team.id); }).ok());
  CHECK(w.Take() == both);
  REQUIRE(w.InDirectory([&](DirectoryTx& tx) { return tx.DeleteAccount(w.another_team.id); }).ok());
  CHECK(w.Take() == std::vector<std::string>{"organization account:71"});
}

TEMPLATE_TEST_CASE("organizations that come and go are told of", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  std::vector<std::string> heard;
  const auto subscription = w.store().Subscribe(
      std::nullopt, [&heard](const Change& change) { heard.push_back(Describe(change)); });
  const auto other = NewOrganization(w.store(), 7);
  REQUIRE(w.store().EndOrganization(System(), other.organization(), kNow).ok());
  CHECK(heard == std::vector<std::string>{"organization described", "organization gone all"});
}

TEMPLATE_TEST_CASE("nobody is told of what was not committed, and the position says who was told",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  Furnished<TestType> w;
  const uint64_t before = w.store().position();
  CHECK_FALSE(w.InDirectory([&](DirectoryTx& tx) {
                 if (absl::Status s = tx.RevokeToken(kToken, kNow); !s.ok()) return s;
                 return tx.DeleteToken(model::TokenId("nobody's"));
               }).ok());
  REQUIRE(w.InDirectory([](DirectoryTx& tx) { return tx.TouchToken(kToken, kNow); }).ok());
  CHECK(w.Take().empty());
  CHECK(w.store().position() == before);
  REQUIRE(w.InDirectory([](DirectoryTx& tx) { return tx.RevokeToken(kToken, kNow); }).ok());
  CHECK(w.Take().size() == 1);
  CHECK(w.store().position() == before + 1);
}

}  // namespace
}  // namespace skyden::store::testing
