// SPDX-License-Identifier: Apache-2.0
// A disk that is full but for the room that the store keeps for deletions.
#include <atomic>
#include <filesystem>

#include "skyden/base/storage_full.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

constexpr uint64_t kBallastBytes = 1u << 20;

// Once it is full, the files of the database grow by what the ballast gave up, and no more.
class FullDisk final : public FaultPlan {
 public:
  int Before(const VfsCall& call) override {
    if (!full_ || call.kind != VfsCall::Kind::kWrite) return SQLITE_OK;
    const int64_t growth =
        call.offset + static_cast<int64_t>(call.data.size()) - std::max(call.file_size, int64_t{0});
    if (growth <= 0) return SQLITE_OK;
    std::error_code error;
    const uint64_t kept = std::filesystem::file_size(ballast_, error);
    if (error || grown_ + static_cast<uint64_t>(growth) + kept > kBallastBytes) return SQLITE_FULL;
    grown_ += static_cast<uint64_t>(growth);
    return SQLITE_OK;
  }
  void Fill(const std::string& directory) {
    ballast_ = directory + "/skyden.ballast";
    full_ = true;
  }
  void MakeRoom() { full_ = false; }

 private:
  std::string ballast_;
  std::atomic<bool> full_{false};
  std::atomic<uint64_t> grown_{0};
};

sqlite::Blueprint WithBallast() {
  sqlite::Blueprint blueprint;
  blueprint.ballast_bytes = kBallastBytes;
  return blueprint;
}

SqliteOptions On(const FaultVfs& vfs) {
  SqliteOptions options;
  options.vfs = vfs.name();
  return options;
}

constexpr size_t kSmall = 20'000;
// More than the WAL has place for when it starts over.
constexpr size_t kLarge = 500'000;

absl::Status TryPut(Store& store, const model::TenantScope& scope, const std::string& name,
                    size_t bytes) {
  model::Resource r = NewResource("MeshTimeout", "m", name, std::string(bytes, 'x'));
  return store.Write(scope, [&r](WriteTx& tx) { return tx.PutResource(r); }).status();
}

TEST_CASE("on a full disk only what removes is taken, and is on disk", "[store][full]") {
  FullDisk disk;
  const FaultVfs vfs(disk);
  SqliteEngine engine(WithBallast(), On(vfs));
  const auto organization = NewOrganization(engine.store(), 1);
  const auto scope = NewControlPlane(engine.store(), organization, 1);
  const auto other = NewControlPlane(engine.store(), organization, 2);
  for (const char* name : {"a", "b", "c"})
    REQUIRE(TryPut(engine.store(), scope, name, kSmall).ok());
  CHECK(std::filesystem::file_size(engine.directory() + "/skyden.ballast") == kBallastBytes);

  disk.Fill(engine.directory());
  CHECK(base::IsStorageFull(engine.store().WriteDirectory(
      organization, [](DirectoryTx& tx) { return tx.InsertAccount(NewAccount(1)); })));
  for (const char* name : {"a", "b"}) {
    const absl::Status refused = TryPut(engine.store(), scope, "new", kLarge);
    INFO(refused);
    CHECK(base::IsStorageFull(refused));
    CHECK(base::IsStorageFull(
        TryPut(engine.store(), scope, name, kLarge)));  // a change is no removal
    CHECK(Delete(engine.store(), scope, "MeshTimeout", {"m", name}).ok());
  }
  CHECK(engine.store()
            .WriteDirectory(organization,
                            [&](DirectoryTx& tx) {
                              return tx.DeleteControlPlane(other.control_plane()).status();
                            })
            .ok());
  CHECK(Names(List(engine.store(), scope, "MeshTimeout")) == std::vector<std::string>{"m/c"});
  CHECK(engine.store().Health().ok());

  disk.MakeRoom();
  CHECK(TryPut(engine.store(), scope, "new", kLarge).ok());
  engine.Reopen();
  CHECK(Names(List(engine.store(), scope, "MeshTimeout")) ==
        std::vector<std::string>{"m/c", "m/new"});
}

TEST_CASE("a request that removes and adds is refused on a full disk, whole", "[store][full]") {
  FullDisk disk;
  const FaultVfs vfs(disk);
  SqliteEngine engine(WithBallast(), On(vfs));
  const auto scope = NewControlPlane(engine.store(), NewOrganization(engine.store(), 1), 1);
  REQUIRE(TryPut(engine.store(), scope, "a", kSmall).ok());
  disk.Fill(engine.directory());
  model::Resource r = NewResource("MeshTimeout", "m", "b", "{}");
  const auto refused = engine.store().Write(scope, [&r](WriteTx& tx) -> absl::Status {
    if (absl::Status s = tx.DeleteResource(r.type, {"m", "a"}); !s.ok()) return s;
    return tx.PutResource(r);
  });
  CHECK(base::IsStorageFull(refused.status()));
  CHECK(Names(List(engine.store(), scope, "MeshTimeout")) == std::vector<std::string>{"m/a"});
}

}  // namespace
}  // namespace skyden::store::testing
