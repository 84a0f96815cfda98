// SPDX-License-Identifier: Apache-2.0
// A request that changes many rows: each costs the same, however many there are.
#include <atomic>
#include <ctime>

#include "fmt/format.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

// Counts what is written to files without a name.
class TemporaryWrites final : public FaultPlan {
 public:
  int Before(const VfsCall& call) override {
    if (call.kind == VfsCall::Kind::kWrite && call.path.empty()) ++writes_;
    return SQLITE_OK;
  }
  int Take() { return writes_.exchange(0); }

 private:
  std::atomic<int> writes_{0};
};

absl::Duration ProcessTime() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return absl::DurationFromTimespec(now);
}

// In one transaction.
absl::Duration PutMany(Store& store, const model::TenantScope& scope, int count, char letter) {
  const absl::Duration before = ProcessTime();
  const auto revision = store.Write(scope, [&](WriteTx& tx) -> absl::Status {
    for (int i = 0; i < count; ++i) {
      model::Resource r =
          NewResource("MeshTimeout", "m", fmt::format("policy-{}", i), std::string(400, letter));
      if (const absl::Status put = tx.PutResource(r); !put.ok()) return put;
    }
    return absl::OkStatus();
  });
  INFO(revision.status());
  REQUIRE(revision.ok());
  return ProcessTime() - before;
}

TEST_CASE("rows that a request changes cost no more when it changes many", "[store][large]") {
  constexpr int kFew = 1'000;
  constexpr int kMany = 16'000;
  SqliteEngine engine;
  const auto organization = NewOrganization(engine.store(), 1);
  const auto small = NewControlPlane(engine.store(), organization, 1);
  const auto large = NewControlPlane(engine.store(), organization, 2);
  PutMany(engine.store(), small, kFew, 'a');
  PutMany(engine.store(), large, kMany, 'a');
  const absl::Duration few = PutMany(engine.store(), small, kFew, 'b');
  const absl::Duration many = PutMany(engine.store(), large, kMany, 'b');
  std::printf("%.1f us a changed row of %d, %.1f us of %d\n",
              absl::ToDoubleMicroseconds(few) / kFew, kFew,
              absl::ToDoubleMicroseconds(many) / kMany, kMany);
  // Squared, each would cost sixteen times as much.
  CHECK(many / kMany < 4 * (few / kFew));
  CHECK(Find(engine.store(), large, "MeshTimeout", {"m", "policy-9"})->spec ==
        std::string(400, 'b'));
}

void FailHalfWay(Store& store, const model::TenantScope& scope) {
  const auto failed = store.Write(scope, [](WriteTx& tx) -> absl::Status {
    model::Resource r = NewResource("MeshTimeout", "m", "half-way", "{}");
    if (const absl::Status put = tx.PutResource(r); !put.ok()) return put;
    return absl::CancelledError("no");
  });
  REQUIRE(absl::IsCancelled(failed.status()));
}

TEST_CASE("nothing is copied to be undone, but after an error half way, and then to a file",
          "[store][large]") {
  TemporaryWrites writes;
  const FaultVfs vfs(writes);
  SqliteOptions options;
  options.vfs = vfs.name();
  SqliteEngine engine(sqlite::Blueprint(), std::move(options));
  const auto scope = NewControlPlane(engine.store(), NewOrganization(engine.store(), 1), 1);
  PutMany(engine.store(), scope, 2'000, 'a');
  PutMany(engine.store(), scope, 2'000, 'b');
  CHECK(writes.Take() == 0);
  FailHalfWay(engine.store(), scope);
  PutMany(engine.store(), scope, 1, 'c');
  CHECK(writes.Take() == 0);
  PutMany(engine.store(), scope, 1'000, 'd');
  const int of_half = writes.Take();
  CHECK(of_half > 0);
  PutMany(engine.store(), scope, 2'000, 'e');
  CHECK(writes.Take() < 3 * of_half);
  for (int i = 0; i < 32; ++i) PutMany(engine.store(), scope, 1, 'f');
  PutMany(engine.store(), scope, 2'000, 'g');
  CHECK(writes.Take() == 0);
}

TEST_CASE("a large request that fails at its end leaves nothing", "[store][large]") {
  SqliteEngine engine;
  const auto scope = NewControlPlane(engine.store(), NewOrganization(engine.store(), 1), 1);
  PutMany(engine.store(), scope, 2'000, 'a');
  const auto failed = engine.store().Write(scope, [](WriteTx& tx) -> absl::Status {
    for (int i = 0; i < 2'000; ++i) {
      model::Resource r = NewResource("MeshTimeout", "m", fmt::format("policy-{}", i), "{}");
      if (const absl::Status put = tx.PutResource(r); !put.ok()) return put;
    }
    return absl::CancelledError("no");
  });
  CHECK(absl::IsCancelled(failed.status()));
  for (const model::Resource& r : List(engine.store(), scope, "MeshTimeout")) {
    if (r.spec != std::string(400, 'a')) FAIL_CHECK(r.key.name);
  }
  CHECK(Count(engine.store(), scope, "MeshTimeout") == 2'000);
}

}  // namespace
}  // namespace skyden::store::testing
