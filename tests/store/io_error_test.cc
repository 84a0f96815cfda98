// SPDX-License-Identifier: Apache-2.0
// The same short life of a store, again and again, with one call to the file system failing: the
// first, the second, and so on until none is left.
#include <atomic>
#include <set>

#include "fmt/format.h"
#include "tests/store/fault_vfs.h"
#include "tests/store/history.h"

namespace skyden::store::testing {
namespace {

enum class Lasts { kOnce, kForGood };

class FailNth final : public FaultPlan {
 public:
  FailNth(int64_t nth, Lasts lasts) : nth_(nth), lasts_(lasts) {}
  int Before(const VfsCall& call) override {
    const int64_t n = ++calls_;
    const bool fails = lasts_ == Lasts::kOnce ? n == nth_ : n >= nth_;
    if (n == nth_) kind_ = call.kind;
    return fails && !repaired_ ? IoErrorOf(call.kind) : SQLITE_OK;
  }
  void Repair() { repaired_ = true; }
  bool met() const { return calls_ >= nth_; }
  VfsCall::Kind kind() const { return kind_; }

 private:
  const int64_t nth_;
  const Lasts lasts_;
  std::atomic<int64_t> calls_{0};
  std::atomic<bool> repaired_{false};
  std::atomic<VfsCall::Kind> kind_{};
};

bool IsClean(absl::StatusCode code) {
  static const std::set<absl::StatusCode> kClean = {
      absl::StatusCode::kOk, absl::StatusCode::kCancelled,  // the request's own
      absl::StatusCode::kResourceExhausted, absl::StatusCode::kUnavailable,
      absl::StatusCode::kInternal};
  return kClean.contains(code);
}

class Life {
 public:
  Life(int64_t nth, Lasts lasts) : plan_(nth, lasts), vfs_(plan_) {}

  // False when the call was never met.
  bool Live() {
    bool healthy = true;
    {
      auto store = Open();
      if (!store.ok()) {
        CHECK(IsClean(store.status().code()));
      } else {
        Use(**store);
        healthy = (*store)->Health().ok();
      }
    }
    CHECK(fatal_ <= 1);
    if (!healthy) CHECK(fatal_ == 1);
    plan_.Repair();
    INFO("the failed call is of kind " << static_cast<int>(plan_.kind()));
    auto again = Open();
    INFO(again.status());
    REQUIRE(again.ok());
    if (set_up_) {
      const History::Verdict verdict = history_.Check(**again);
      for (const std::string& what : verdict.lost) FAIL_CHECK("lost: " << what);
      for (const std::string& what : verdict.wrong) FAIL_CHECK(what);
    }
    for (const auto& [code, message] : history_.answers()) {
      INFO(message);
      CHECK(IsClean(code));
    }
    again->reset();
    const std::string broken = IntegrityOf(dir_ / "skyden.db");
    INFO(broken);
    CHECK(broken.empty());
    return plan_.met();
  }

 private:
  absl::StatusOr<std::unique_ptr<Store>> Open() {
    sqlite::Blueprint blueprint;
    blueprint.checkpoint_pages = 20;
    blueprint.ballast_bytes = 0;
    SqliteOptions options;
    options.directory = dir_.path();
    options.readers = 2;
    options.vfs = vfs_.name();
    options.on_fatal = [this](const absl::Status&) { ++fatal_; };
    return sqlite::OpenStore(std::move(options), Registry(), TestSealer(), blueprint);
  }

  void Use(Store& store) {
    set_up_ = history_.SetUp(store);
    for (int i = 0; set_up_ && i < 4; ++i) {
      history_.Play(store, 4);
      Read(store).IgnoreError();
    }
    if (!set_up_ || !plan_.met()) return;
    // What was a read's bad luck is over with it; a write's ends all writes.
    plan_.Repair();
    const int before = history_.acknowledged();
    history_.Play(store, 12);
    CHECK((history_.acknowledged() > before) == store.Health().ok());
    CHECK(Read(store).ok());
  }

  absl::Status Read(Store& store) {
    std::vector<OrganizationRecord> organizations;
    auto listed = store.ListOrganizations(System());
    CHECK(IsClean(listed.status().code()));
    return listed.status();
  }

  TempDir dir_;
  FailNth plan_;
  FaultVfs vfs_;
  History history_{3};
  bool set_up_ = false;
  std::atomic<int> fatal_{0};
};

TEST_CASE("whichever call to the file system fails, the store stays whole and says so cleanly",
          "[store][faults]") {
  const Lasts lasts = GENERATE(Lasts::kOnce, Lasts::kForGood);
  int64_t nth = 1;
  for (;; ++nth) {
    INFO("call " << nth << (lasts == Lasts::kOnce ? ", once" : " and all after it"));
    if (!Life(nth, lasts).Live()) break;
  }
  std::printf("%lld calls failed in turn\n", static_cast<long long>(nth - 1));
  CHECK(nth > 200);
}

}  // namespace
}  // namespace skyden::store::testing
