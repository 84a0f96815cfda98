// SPDX-License-Identifier: Apache-2.0
#include "skyden/store/write_plan.h"

#include <functional>

#include "skyden/store/tenant_tx.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

const model::TypeId kMesh = Type("Mesh");
const model::TypeId kTimeout = Type("MeshTimeout");

TEST_CASE("a plan covers what it names, and what is listed with it", "[store]") {
  WritePlan plan;
  CHECK_FALSE(plan.Covers(kMesh, {"", "default"}));
  plan.Resource(kMesh, {"", "default"});
  CHECK(plan.Covers(kMesh, {"", "default"}));
  CHECK_FALSE(plan.Covers(kMesh, {"", "other"}));
  CHECK_FALSE(plan.Covers(kTimeout, {"", "default"}));

  plan.ResourcesOf(kTimeout, "default");
  CHECK(plan.CoversList(kTimeout, "default"));
  CHECK(plan.Covers(kTimeout, {"default", "any"}));
  CHECK_FALSE(plan.CoversList(kTimeout, "other"));
  CHECK_FALSE(plan.CoversList(kTimeout, std::nullopt));
  plan.ResourcesOf(kTimeout, std::nullopt);
  CHECK(plan.CoversList(kTimeout, "other"));
  CHECK(plan.CoversList(kTimeout, std::nullopt));

  plan.ResourcesOfZone(Type("Dataplane"), model::ZoneName("east"));
  CHECK(plan.CoversZone(Type("Dataplane"), model::ZoneName("east")));
  CHECK(plan.Covers(Type("Dataplane"), {"default", "any"}));
  CHECK_FALSE(plan.CoversZone(Type("Dataplane"), model::ZoneName("west")));
  CHECK_FALSE(plan.CoversZone(kTimeout, model::ZoneName("east")));

  CHECK_FALSE(plan.CoversPendingKeys());
  CHECK(plan.PendingKeys().CoversPendingKeys());
  CHECK_FALSE(plan.reads_anything());

  const WritePlan anything = WritePlan::ReadsAnything();
  CHECK(anything.reads_anything());
  CHECK(anything.Covers(kMesh, {"", "default"}));
  CHECK(anything.CoversList(kTimeout, std::nullopt));
  CHECK(anything.CoversZone(kTimeout, model::ZoneName("west")));
  CHECK(anything.CoversPendingKeys());
}

// What a write reads that its plan does not have.
class Reads {
 public:
  Reads() : scope_(NewControlPlane(engine_.store(), NewOrganization(engine_.store(), 1), 1)) {
    Put(engine_.store(), scope_, NewResource("Mesh", "", "default"));
  }

  uint64_t Unplanned(WritePlan plan, std::function<absl::Status(WriteTx&)> fn) {
    const uint64_t before = engine_.store().counters().unplanned_reads;
    REQUIRE(engine_.store().Write(scope_, std::move(plan), std::move(fn)).ok());
    return engine_.store().counters().unplanned_reads - before;
  }
  // Of a write whose plan names nothing.
  uint64_t OfNothing(std::function<absl::Status(WriteTx&)> fn) {
    return Unplanned({}, std::move(fn));
  }

 private:
  SqliteEngine engine_;
  model::TenantScope scope_;
};

TEST_CASE("every kind of read that was not planned is counted", "[store]") {
  Reads reads;
  const auto status = [](const auto& result) { return result.status(); };
  CHECK(reads.OfNothing([&](WriteTx& tx) { return status(tx.CurrentRevision()); }) == 0);
  CHECK(reads.OfNothing([&](WriteTx& tx) { return status(tx.ControlPlane()); }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) {
    return status(tx.FindResource(kMesh, {"", "default"}));
  }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) {
    return status(tx.HasResource(kMesh, {"", "default"}));
  }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) {
    return status(tx.FindRevision(kMesh, {"", "default"}));
  }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) { return status(tx.ListResources(kMesh, "")); }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) {
    return status(tx.ListResourcesOfZone(kMesh, model::ZoneName("east")));
  }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) { return status(tx.ListChanges(kMesh, 0)); }) == 1);
  CHECK(reads.OfNothing(
            [&](WriteTx& tx) { return status(tx.CountResources(kMesh, std::nullopt)); }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) { return status(tx.ListCounts()); }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) { return status(tx.ListPendingKeys()); }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) { return status(tx.ListAudit({})); }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) { return status(tx.ListRollouts()); }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) {
    model::Resource mesh = NewResource("Mesh", "", "second");
    return tx.PutResource(mesh);
  }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) {
    return tx.DeleteResource(kMesh, {"", "second"});
  }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) { return status(tx.DeleteResourcesOfMesh("m", {})); }) ==
        1);
  CHECK(reads.OfNothing([&](WriteTx& tx) {
    return status(tx.DeleteResourcesOfZone(model::ZoneName("east")));
  }) == 1);
  CHECK(reads.OfNothing([&](WriteTx& tx) {
    return status(tx.DeleteZoneCredentials(model::ZoneName("east")));
  }) == 1);
}

TEST_CASE("what was planned, or read or written before, is not counted", "[store]") {
  Reads reads;
  const auto put_and_look = [](WriteTx& tx) -> absl::Status {
    model::Resource mesh = NewResource("Mesh", "", "second");
    if (absl::Status s = tx.PutResource(mesh); !s.ok()) return s;
    if (absl::Status s = tx.PutResource(mesh); !s.ok()) return s;
    return tx.HasResource(kMesh, {"", "second"}).status();
  };
  CHECK(reads.OfNothing(put_and_look) == 1);
  CHECK(reads.Unplanned(std::move(WritePlan().Resource(kMesh, {"", "second"})), put_and_look) == 0);
  CHECK(reads.Unplanned(WritePlan::ReadsAnything(), put_and_look) == 0);
  CHECK(reads.Unplanned(std::move(WritePlan().ResourcesOf(kMesh, "")),
                        [](WriteTx& tx) { return tx.ListResources(kMesh, "").status(); }) == 0);
}

}  // namespace
}  // namespace skyden::store::testing
