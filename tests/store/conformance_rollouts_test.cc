// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

using State = RolloutRecord::State;

RolloutRecord NewRollout(const std::string& id, int64_t created) {
  RolloutRecord record;
  record.id = id;
  record.mesh = "default";
  record.created_at = absl::FromUnixSeconds(created);
  record.plan = std::string("pl\0an", 5);
  record.content = "content";
  record.progress = "progress";
  return record;
}

std::vector<RolloutRecord> List(Store& store, const model::TenantScope& scope) {
  std::vector<RolloutRecord> all;
  REQUIRE(store
              .Read(scope,
                    [&](ReadTx& tx) {
                      auto listed = tx.ListRollouts();
                      if (listed.ok()) all = *std::move(listed);
                      return listed.status();
                    })
              .ok());
  return all;
}

model::Revision PutRollout(Store& store, const model::TenantScope& scope, RolloutRecord& record,
                           const std::vector<model::TypeId>& seen) {
  RolloutRecord written;
  const auto done = store.Write(scope, [&](WriteTx& tx) {
    written = record;
    return tx.PutRollout(written, seen);
  });
  REQUIRE(done.ok());
  record = written;
  return *done;
}

TEMPLATE_TEST_CASE("a rollout is kept, goes on, and is removed", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  RolloutRecord second = NewRollout("b", 2);
  RolloutRecord first = NewRollout("c", 1);
  const model::Revision none = PutRollout(w.store(), w.cp, second, {});
  CHECK(second.revision == 0);
  const model::Revision released = PutRollout(w.store(), w.cp, first, {Type("MeshTimeout")});
  CHECK(released == none + 1);
  CHECK(first.revision == released);
  auto all = List(w.store(), w.cp);
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == "c");  // the oldest
  CHECK(all[0].revision == released);
  CHECK(all[1].plan == second.plan);
  CHECK(all[1].created_at == second.created_at);

  first.state = State::kTakenBack;
  first.wave = 3;
  first.content = "";
  first.progress = "why";
  first.plan = "another";  // never changes
  PutRollout(w.store(), w.cp, first, {Type("MeshTimeout")});
  all = List(w.store(), w.cp);
  REQUIRE(all.size() == 2);
  CHECK(all[0].state == State::kTakenBack);
  CHECK(all[0].wave == 3);
  CHECK(all[0].content.empty());
  CHECK(all[0].progress == "why");
  CHECK(all[0].plan == second.plan);
  CHECK(all[0].revision == released + 1);

  REQUIRE(w.store().Write(w.cp, [](WriteTx& tx) { return tx.RemoveRollout("c"); }).ok());
  REQUIRE(w.store().Write(w.cp, [](WriteTx& tx) { return tx.RemoveRollout("c"); }).ok());
  all = List(w.store(), w.cp);
  REQUIRE(all.size() == 1);
  CHECK(all[0].id == "b");
}

TEMPLATE_TEST_CASE("a rollout is its control plane's alone", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const model::TenantScope other = NewControlPlane(w.store(), w.organization, 77, "other");
  RolloutRecord ours = NewRollout("a", 1);
  PutRollout(w.store(), w.cp, ours, {});
  RolloutRecord theirs = NewRollout("a", 1);
  theirs.progress = "theirs";
  PutRollout(w.store(), other, theirs, {});
  CHECK(List(w.store(), w.cp)[0].progress == "progress");
  REQUIRE(w.store().Write(other, [](WriteTx& tx) { return tx.RemoveRollout("a"); }).ok());
  CHECK(List(w.store(), other).empty());
  CHECK(List(w.store(), w.cp).size() == 1);
}

}  // namespace
}  // namespace skyden::store::testing
