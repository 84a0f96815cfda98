// SPDX-License-Identifier: Apache-2.0
// How many statements a zone's news take. The table is in src/store/README.md.
#include <iostream>

#include "kds/ingest.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/testing.h"

namespace skyden::kds {
namespace {

namespace st = store::testing;

class UpSync {
 public:
  UpSync()
      : scope_(st::NewControlPlane(engine_.store(), st::NewOrganization(engine_.store(), 1), 2)) {
    REQUIRE(Take({Dataplane("old", "1")}, true) > 0);  // makes the zone
  }

  // As UpCall does, and how many statements that took.
  uint64_t Take(std::vector<model::Resource> upserts, bool complete = false) {
    store::Store& store = engine_.store();
    IngestBatch batch;
    batch.type = &st::Registry().at(st::Type("Dataplane"));
    batch.complete = complete;
    batch.upserts = std::move(upserts);
    const store::Store::Counters before = store.counters();
    bool differs = true;
    // Only what tells all is compared first.
    const auto compare = [&](store::ReadTx& tx) -> absl::Status {
      differs = BatchChangesSomething(tx, batch, "east").value();
      return absl::OkStatus();
    };
    if (complete) REQUIRE(store.Read(scope_, compare).ok());
    std::vector<std::string> conflicts;
    if (differs) {
      store::WritePlan plan;
      PlanBatch(batch, "east", st::Registry().core(), plan);
      REQUIRE(store
                  .Write(scope_, std::move(plan),
                         [&](store::WriteTx& tx) {
                           return ApplyBatch(tx, batch, "east", st::Registry().core(),
                                             absl::UnixEpoch(), conflicts);
                         })
                  .ok());
    }
    CHECK(conflicts.empty());
    const store::Store::Counters after = store.counters();
    return after.reads - before.reads + after.writes - before.writes;
  }

  static model::Resource Dataplane(const std::string& name, const std::string& spec) {
    model::Resource resource = st::NewResource("Dataplane", "default", name, spec);
    resource.zone = "east";
    return resource;
  }

 private:
  st::SqliteEngine engine_;
  model::TenantScope scope_;
};

TEST_CASE("a zone's news take no more statements than they must", "[kds]") {
  UpSync zone;
  const uint64_t two = zone.Take({UpSync::Dataplane("old", "2"), UpSync::Dataplane("new", "1")});
  const uint64_t same =
      zone.Take({UpSync::Dataplane("old", "2"), UpSync::Dataplane("new", "1")}, true);
  std::cout << "up-sync of a new and a changed resource: " << two << " statements\n"
            << "up-sync of two that are as stored: " << same << " statements\n";
  CHECK(two == 9);
  CHECK(same == 4);
}

}  // namespace
}  // namespace skyden::kds
