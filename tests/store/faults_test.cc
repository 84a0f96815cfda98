// SPDX-License-Identifier: Apache-2.0
// Disks that are full, and disks that fail, while the store is open.
#include <algorithm>
#include <atomic>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/history.h"
#include "tests/store/seed.h"

namespace skyden::store::testing {
namespace {

using Kind = VfsCall::Kind;

// Has room for so many more bytes. What is in a file already can be overwritten.
class SmallDisk final : public FaultPlan {
 public:
  int Before(const VfsCall& call) override {
    if (call.kind == Kind::kMapShared && !call.exists && room_ == 0) return SQLITE_IOERR_SHMSIZE;
    if (call.kind == Kind::kOpen && !call.exists && room_ == 0) return SQLITE_CANTOPEN;
    if (call.kind != Kind::kWrite) return SQLITE_OK;
    const int64_t growth =
        call.offset + static_cast<int64_t>(call.data.size()) - std::max(call.file_size, int64_t{0});
    if (growth <= 0) return SQLITE_OK;
    if (growth > room_) return SQLITE_FULL;
    room_ -= growth;
    return SQLITE_OK;
  }
  void Leave(int64_t bytes) { room_ = bytes; }
  void MakeRoom() { room_ = INT64_MAX; }

 private:
  std::atomic<int64_t> room_{INT64_MAX};
};

// Fails calls of one kind from a moment on.
class BrokenDisk final : public FaultPlan {
 public:
  int Before(const VfsCall& call) override {
    return broken_ && call.kind == kind_ ? IoErrorOf(call.kind) : SQLITE_OK;
  }
  void Break(Kind kind) {
    kind_ = kind;
    broken_ = true;
  }
  void Repair() { broken_ = false; }

 private:
  std::atomic<Kind> kind_{};
  std::atomic<bool> broken_{false};
};

// A store on a disk with a plan, and whether it gave up.
class Opened {
 public:
  explicit Opened(FaultPlan& plan, int checkpoint_pages = 4096) : vfs_(plan) {
    blueprint_.checkpoint_pages = checkpoint_pages;
    Open();
  }
  Store& store() { return *store_; }
  std::string database() const { return dir_ / "skyden.db"; }
  bool gave_up() const { return gave_up_.HasBeenNotified(); }
  // The requests are answered first.
  void WaitUntilGivenUp() { gave_up_.WaitForNotification(); }
  void Close() { store_.reset(); }
  void Open() {
    SqliteOptions options;
    options.directory = dir_.path();
    options.readers = 2;
    options.vfs = vfs_.name();
    // Aborts when it comes twice.
    options.on_fatal = [this](const absl::Status&) { gave_up_.Notify(); };
    auto opened = sqlite::OpenStore(std::move(options), Registry(), TestSealer(), blueprint_);
    INFO(opened.status());
    REQUIRE(opened.ok());
    store_ = *std::move(opened);
  }

 private:
  TempDir dir_;
  FaultVfs vfs_;
  sqlite::Blueprint blueprint_;
  absl::Notification gave_up_;
  std::unique_ptr<Store> store_;
};

void NothingIsWrong(const History::Verdict& verdict) {
  for (const std::string& what : verdict.lost) FAIL_CHECK("lost: " << what);
  for (const std::string& what : verdict.wrong) FAIL_CHECK(what);
}

absl::Status PutOne(Store& store, const model::TenantScope& scope, const std::string& name,
                    size_t bytes) {
  model::Resource r = NewResource("MeshTimeout", "m", name, std::string(bytes, 'x'));
  return store.Write(scope, [&r](WriteTx& tx) { return tx.PutResource(r); }).status();
}

TEST_CASE("a full disk refuses writes, serves reads, and heals without a restart",
          "[store][faults]") {
  const uint64_t first = Seed(1);
  int refused = 0;
  for (uint64_t seed = first; seed < first + 40; ++seed) {
    INFO("seed " << seed);
    SmallDisk disk;
    Opened opened(disk, seed % 2 == 0 ? 30 : 4096);
    History history(seed);
    REQUIRE(history.SetUp(opened.store()));
    for (int i = 0; i < 5; ++i) history.Play(opened.store(), 4);
    const int acknowledged_before = history.acknowledged();
    CHECK(history.acknowledged() > 0);

    disk.Leave(static_cast<int64_t>(seed % 5) * 20'000);
    for (int i = 0; i < 30; ++i) history.Play(opened.store(), 4);
    CHECK(history.open() == 0);
    CHECK(opened.store().Health().ok());
    NothingIsWrong(history.Check(opened.store()));

    disk.MakeRoom();
    const int refused_while_full = history.refused();
    const int acknowledged_while_full = history.acknowledged() - acknowledged_before;
    refused += refused_while_full;
    for (int i = 0; i < 10; ++i) history.Play(opened.store(), 4);
    CHECK(history.acknowledged() >= acknowledged_before + acknowledged_while_full + 25);
    CHECK(history.answers().count(absl::StatusCode::kResourceExhausted) == 1);
    CHECK(history.answers().count(absl::StatusCode::kInternal) == 0);
    CHECK_FALSE(opened.gave_up());
    NothingIsWrong(history.Check(opened.store()));
    opened.Close();
    CHECK(IntegrityOf(opened.database()).empty());
  }
  std::printf("%d requests refused\n", refused);
}

TEST_CASE("on a disk with little room a request that fits is not refused for one that does not",
          "[store][faults]") {
  SmallDisk disk;
  Opened opened(disk);
  const auto organization = NewOrganization(opened.store(), 1);
  const auto greedy = NewControlPlane(opened.store(), organization, 1);
  const auto modest = NewControlPlane(opened.store(), organization, 2);
  disk.Leave(1 << 20);
  // Over the writer's cache, so that the disk is met before the commit.
  constexpr int kRows = 40;
  constexpr size_t kRowBytes = 1 << 20;
  absl::Notification all_wait;
  absl::BlockingCounter answered(3);
  absl::Status of_greedy;
  absl::Status of_modest;
  opened.store().WriteDirectoryAsync(
      organization,
      [&all_wait](DirectoryTx&) {
        all_wait.WaitForNotification();
        return absl::OkStatus();
      },
      [&](const absl::Status&) { answered.DecrementCount(); });
  opened.store().WriteAsync(
      modest, WritePlan::ReadsAnything(),
      [](WriteTx& tx) {
        model::Resource r = NewResource("MeshTimeout", "m", "small", "{}");
        return tx.PutResource(r);
      },
      [&](const absl::StatusOr<model::Revision>& done) {
        of_modest = done.status();
        answered.DecrementCount();
      });
  opened.store().WriteAsync(
      greedy, WritePlan::ReadsAnything(),
      [](WriteTx& tx) {
        for (int i = 0; i < kRows; ++i) {
          model::Resource r =
              NewResource("MeshTimeout", "m", std::to_string(i), std::string(kRowBytes, 'x'));
          if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
        }
        return absl::OkStatus();
      },
      [&](const absl::StatusOr<model::Revision>& done) {
        of_greedy = done.status();
        answered.DecrementCount();
      });
  all_wait.Notify();
  answered.Wait();
  CHECK(absl::IsResourceExhausted(of_greedy));
  CHECK(of_modest.ok());
  CHECK(Count(opened.store(), greedy, "MeshTimeout") == 0);
  CHECK(Find(opened.store(), modest, "MeshTimeout", {"m", "small"}).has_value());
}

TEST_CASE("subscribers hear nothing of writes that a full disk refused", "[store][faults]") {
  SmallDisk disk;
  Opened opened(disk);
  const auto cp = NewControlPlane(opened.store(), NewOrganization(opened.store(), 1), 1);
  std::atomic<int> heard{0};
  const auto subscription =
      opened.store().Subscribe(cp.tenant(), [&heard](const Change&) { ++heard; });
  REQUIRE(PutOne(opened.store(), cp, "a", 10).ok());
  CHECK(heard == 1);
  disk.Leave(0);
  CHECK(absl::IsResourceExhausted(PutOne(opened.store(), cp, "b", 100'000)));
  CHECK(heard == 1);
  disk.MakeRoom();
  REQUIRE(PutOne(opened.store(), cp, "c", 100'000).ok());
  CHECK(heard == 2);
  CHECK(Names(List(opened.store(), cp, "MeshTimeout")) == std::vector<std::string>{"m/a", "m/c"});
}

TEST_CASE("after a failed sync or write nothing is acknowledged any more, reads go on",
          "[store][faults]") {
  const Kind kind = GENERATE(Kind::kSync, Kind::kWrite);
  BrokenDisk disk;
  Opened opened(disk);
  History history(7);
  REQUIRE(history.SetUp(opened.store()));
  for (int i = 0; i < 3; ++i) history.Play(opened.store(), 4);
  const int acknowledged = history.acknowledged();

  disk.Break(kind);
  history.Play(opened.store(), 6);
  CHECK(history.acknowledged() == acknowledged);
  CHECK(history.open() == 6);
  opened.WaitUntilGivenUp();
  CHECK(absl::IsUnavailable(opened.store().Health()));
  CHECK(opened.store().Health().message().find("writes stopped") != absl::string_view::npos);

  disk.Repair();  // the sync that failed is not tried again: what it lost is unknown
  history.Play(opened.store(), 6);
  CHECK(history.acknowledged() == acknowledged);
  const auto organizations = opened.store().ListOrganizations(System());
  CHECK((organizations.ok() && organizations->size() == 1));

  opened.Close();
  opened.Open();
  NothingIsWrong(history.Check(opened.store()));
  history.Play(opened.store(), 6);
  CHECK(history.acknowledged() > acknowledged);
  NothingIsWrong(history.Check(opened.store()));
}

TEST_CASE("a checkpoint that fails stops writes as well", "[store][faults]") {
  BrokenDisk disk;
  Opened opened(disk, 1);
  History history(8);
  REQUIRE(history.SetUp(opened.store()));
  history.Play(opened.store(), 4);
  disk.Break(Kind::kSync);
  history.Play(opened.store(), 4);
  opened.WaitUntilGivenUp();
  opened.Close();
  disk.Repair();
  opened.Open();
  NothingIsWrong(history.Check(opened.store()));
}

}  // namespace
}  // namespace skyden::store::testing
