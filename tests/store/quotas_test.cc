// SPDX-License-Identifier: Apache-2.0
// What a control plane holds is always what walking its rows would count.
#include "skyden/store/quotas.h"

#include <catch2/catch.hpp>
#include <string>

#include "fmt/format.h"
#include "skyden/store/sqlite_store.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/before_sessions.h"
#include "tests/store/raw_database.h"
#include "tests/store/script.h"

namespace skyden::store::testing {
namespace {

constexpr char kWalked[] =
    "SELECT tenant, COUNT(*), SUM(LENGTH(spec) + LENGTH(status)), SUM(type = 'Zone')"
    " FROM resource WHERE deleted = 0 GROUP BY tenant ORDER BY tenant";
constexpr char kCounted[] =
    "SELECT tenant, resources, bytes, zones FROM usage WHERE resources > 0 ORDER BY tenant";
// Whatever is not there any more must not leave a byte or a zone behind.
constexpr char kLeftOver[] =
    "SELECT tenant FROM usage WHERE resources = 0 AND (bytes <> 0 OR zones <> 0)";

void CheckCounts(SqliteEngine& engine) {
  engine.Close();
  RawDatabase db(engine.database());
  CHECK(db.Query(kCounted) == db.Query(kWalked));
  CHECK(db.Query(kLeftOver).empty());
}

TEST_CASE("usage is counted by what changes, over all that can be done", "[store][quota]") {
  SqliteEngine engine;
  const auto first = NewOrganization(engine.store(), 1);
  const auto second = NewOrganization(engine.store(), 2);
  std::vector<Script> scripts;
  scripts.emplace_back(engine.store(), first, NewControlPlane(engine.store(), first, 1), 4711,
                       1'000'000);
  scripts.emplace_back(engine.store(), second, NewControlPlane(engine.store(), second, 2), 4712,
                       2'000'000);
  for (int i = 0; i < 600; ++i) {
    for (Script& script : scripts) script.Step();
  }
  CheckCounts(engine);
}

TEST_CASE("usage is what is stored: sealed secrets, statuses, and nothing of what was refused",
          "[store][quota]") {
  SqliteEngine engine;
  const auto cp = NewControlPlane(engine.store(), NewOrganization(engine.store(), 1), 1);
  const auto used = [&] { return QuotasOf(engine.store()).Find(cp)->used; };
  CHECK(used() == Usage{});
  Put(engine.store(), cp, NewResource("MeshTimeout", "default", "t", "0123456789"));
  CHECK(used() == Usage{1, 10, 0});
  model::Resource status = NewResource("MeshTimeout", "default", "t", "0123");
  status.status = "56";
  Put(engine.store(), cp, status);
  CHECK(used() == Usage{1, 6, 0});
  Put(engine.store(), cp, NewResource("Zone", "", "zone-1", "z"));
  CHECK(used() == Usage{2, 7, 1});
  const absl::Status refused = engine.store()
                                   .Write(cp,
                                          [](WriteTx& tx) -> absl::Status {
                                            auto more = NewResource("Zone", "", "zone-2", "z");
                                            tx.PutResource(more).IgnoreError();
                                            return absl::InvalidArgumentError("no");
                                          })
                                   .status();
  CHECK_FALSE(refused.ok());
  CHECK(used() == Usage{2, 7, 1});
  Put(engine.store(), cp, NewResource("GlobalSecret", "", "s", "secret"));
  CHECK(used().resources == 3);
  CHECK(used().bytes > 7 + 6);
  const Usage before = used();
  REQUIRE(engine.store().Write(cp, [](WriteTx& tx) { return tx.ResealSecrets().status(); }).ok());
  CHECK(used() == before);
  REQUIRE(Delete(engine.store(), cp, "GlobalSecret", {"", "s"}).ok());
  CHECK(used() == Usage{2, 7, 1});
  engine.Reopen();
  CHECK(used() == Usage{2, 7, 1});
  REQUIRE(Delete(engine.store(), cp, "Zone", {"", "zone-1"}).ok());
  REQUIRE(Delete(engine.store(), cp, "MeshTimeout", {"default", "t"}).ok());
  CHECK(used() == Usage{});
  CheckCounts(engine);
}

TEST_CASE("a database from before is counted once, when it is brought up to date",
          "[store][quota]") {
  SqliteEngine engine;
  const auto cp = NewControlPlane(engine.store(), NewOrganization(engine.store(), 1), 1);
  for (int i = 0; i < 10; ++i) {
    Put(engine.store(), cp, NewResource("MeshTimeout", "default", fmt::format("t{}", i), "12345"));
  }
  Put(engine.store(), cp, NewResource("Zone", "", "zone-1", "z"));
  REQUIRE(Delete(engine.store(), cp, "MeshTimeout", {"default", "t3"}).ok());
  engine.Close();
  {
    RawDatabase db(engine.database());
    for (const char* table : {"usage", "quota", "organization_quota"}) {
      REQUIRE(db.Execute(fmt::format("DROP VIEW v_{}; DROP TABLE {}", table, table)).empty());
    }
    REQUIRE(db.Execute("DROP VIEW v_own_tenant_state; DROP TABLE tenant_state;"
                       "ALTER TABLE control_plane ADD COLUMN revision INTEGER NOT NULL DEFAULT 0")
                .empty());
    REQUIRE(TakeBack(db, 5).empty());
  }
  engine.Reopen(SqliteEngine::Trust::kAsFound);
  CHECK(QuotasOf(engine.store()).Find(cp)->used == Usage{10, 46, 1});
  CheckCounts(engine);
}

TEST_CASE("a quota is the control plane's, else the organization's, else the daemon's",
          "[store][quota]") {
  SqliteOptions options;
  options.quota = {100, 0, 5};
  SqliteEngine engine(sqlite::Blueprint(), std::move(options));
  Store& store = engine.store();
  Quotas& quotas = QuotasOf(store);
  const auto organization = NewOrganization(store, 1);
  const auto one = NewControlPlane(store, organization, 1);
  const auto other = NewControlPlane(store, organization, 2);
  const AuditNote note{absl::FromUnixSeconds(1), "quota.set", "ControlPlane", "x", ""};
  CHECK(quotas.Find(one)->limit == Usage{100, 0, 5});
  REQUIRE(quotas.Set(organization, {.resources = 50, .zones = 0}, note).ok());
  CHECK(*quotas.Find(organization) == Quota{.resources = 50, .zones = 0});
  CHECK(quotas.Find(one)->limit == Usage{50, 0, 0});
  REQUIRE(quotas.Set(one, {.resources = 7, .bytes = 9}, note).ok());
  CHECK(quotas.Find(one)->limit == Usage{7, 9, 0});
  CHECK(quotas.Find(other)->limit == Usage{50, 0, 0});
  REQUIRE(quotas.Set(one, {}, note).ok());
  CHECK(quotas.Find(one)->own == Quota{});
  CHECK(quotas.Find(one)->limit == Usage{50, 0, 0});
  // What the daemon itself writes is counted, and never refused.
  REQUIRE(quotas.Set(one, {.resources = 1}, note).ok());
  Put(store, one, NewResource("MeshTimeout", "default", "a", "x"));
  Put(store, one, NewResource("MeshTimeout", "default", "b", "x"));
  CHECK(quotas.Find(one)->used == Usage{2, 2, 0});
  CHECK(absl::IsNotFound(quotas.Set(
      System().In(organization.organization(), model::TenantKey{99}, one.control_plane()), {},
      note)));
}

}  // namespace
}  // namespace skyden::store::testing
