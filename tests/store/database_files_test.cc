// SPDX-License-Identifier: Apache-2.0
// Files that are missing, short, torn or of another day: none of them is started from, and what is
// right starts.
#include "store/sqlite/database_files.h"

#include <filesystem>
#include <fstream>
#include <functional>

#include "fmt/format.h"
#include "skyden/base/strings.h"
#include "skyden/store/tenant_tx.h"
#include "store/sqlite/wal_file.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

namespace fs = std::filesystem;
using Trust = HoldOptions::Trust;

constexpr int kRows = 400;  // enough for several pages in each file
const HoldOptions kDaemon = {.signs = {"secrets.key", "admin.token"}};

std::string Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void SetContent(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}
void Cut(const std::string& path, uint64_t bytes) { fs::resize_file(path, bytes); }
void Flip(const std::string& path, size_t at) {
  std::string content = Content(path);
  REQUIRE(at < content.size());
  content[at] = static_cast<char>(content[at] ^ 0x10);
  SetContent(path, content);
}
void Blank(const std::string& path, size_t at, size_t bytes) {
  std::string content = Content(path);
  REQUIRE(at + bytes <= content.size());
  SetContent(path, content.replace(at, bytes, bytes, '\0'));
}

absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& directory,
                                            HoldOptions hold = kDaemon) {
  auto held = HoldDatabase(directory, hold);
  if (!held.ok()) return held.status();
  SqliteOptions options;
  options.directory = directory;
  options.readers = 1;
  options.held = *std::move(held);
  return sqlite::OpenStore(std::move(options), Registry(), TestSealer(), sqlite::Blueprint());
}

bool MayHaveGoneBack(const std::string& directory) {
  const auto held = HoldDatabase(directory, kDaemon);
  INFO(held.status());
  REQUIRE(held.ok());
  return (*held)->may_have_gone_back();
}

TEST_CASE("what is all in the database is not asked of the WAL, whoever failed since",
          "[store][files]") {
  const TempDir there;
  const TempDir copy;
  auto held = HoldDatabase(there.path(), kDaemon);
  REQUIRE(held.ok());
  SqliteOptions options;
  options.directory = there.path();
  options.readers = 1;
  options.held = *std::move(held);
  sqlite::Blueprint blueprint;
  blueprint.checkpoint_pages = 1;  // after each commit
  auto store = sqlite::OpenStore(std::move(options), Registry(), TestSealer(), blueprint);
  REQUIRE(store.ok());
  const auto scope = NewControlPlane(**store, NewOrganization(**store, 1), 1);
  REQUIRE(absl::IsNotFound(
      (*store)->Write(scope, [](WriteTx&) { return absl::NotFoundError("no"); }).status()));
  // The next commit would begin the WAL anew; it may be cut at any byte.
  for (const auto& file : fs::directory_iterator(there.path())) {
    fs::copy(file.path(), copy / file.path().filename().string());
  }
  REQUIRE(fs::file_size(copy / "skyden.db-wal") > 0);
  Cut(copy / "skyden.db-wal", 0);
  CHECK(Open(copy.path()).status() == absl::OkStatus());
}

// A folder as a daemon leaves it: stopped, or as it is at a moment of a daemon's life, which is
// what a sudden end leaves.
class Left {
 public:
  explicit Left(const std::function<void(Store&)>& then = nullptr) {
    auto store = Open(dir_.path());
    INFO(store.status());
    REQUIRE(store.ok());
    const auto organization = NewOrganization(**store, 1);
    scope_ = NewControlPlane(**store, organization, 1);
    Fill(**store, 'a');
    sudden_ = std::make_unique<TempDir>();
    if (then) then(**store);
    for (const auto& file : fs::directory_iterator(dir_.path())) {
      fs::copy(file.path(), *sudden_ / file.path().filename().string());
    }
    store->reset();
  }
  void Fill(Store& store, char letter) const {
    const auto put = store.Write(*scope_, [letter](WriteTx& tx) -> absl::Status {
      for (int i = 0; i < kRows; ++i) {
        model::Resource r =
            NewResource("MeshTimeout", "m", std::to_string(i), std::string(300, letter));
        if (const absl::Status s = tx.PutResource(r); !s.ok()) return s;
      }
      return absl::OkStatus();
    });
    REQUIRE(put.ok());
  }
  std::string stopped() const { return dir_.path(); }
  std::string sudden() const { return sudden_->path(); }
  const model::TenantScope& scope() const { return *scope_; }
  void CheckWhole(const std::string& directory, HoldOptions hold = kDaemon) const {
    auto store = Open(directory, hold);
    INFO(store.status());
    REQUIRE(store.ok());
    CHECK(List(**store, *scope_, "MeshTimeout").size() == kRows);
  }

 private:
  TempDir dir_;
  std::unique_ptr<TempDir> sudden_;
  std::optional<model::TenantScope> scope_;
};

// In one line, and naming what to do.
void CheckRefused(const std::string& directory, const std::string& what) {
  const std::string before = Content(directory + "/skyden.db");
  const absl::Status refused = Open(directory).status();
  INFO(refused);
  CHECK(absl::IsFailedPrecondition(refused));
  const std::string said(base::ToStd(refused.message()));
  CHECK(said.find(what) != std::string::npos);
  CHECK(said.find(": ") != std::string::npos);
  CHECK(said.find('\n') == std::string::npos);
  const bool untouched = Content(directory + "/skyden.db") == before;
  CHECK(untouched);
}

TEST_CASE("after a stop the database file alone is the database", "[store][files]") {
  const Left left;
  CHECK_FALSE(fs::exists(left.stopped() + "/skyden.db-wal"));
  const TempDir elsewhere;
  fs::copy(left.stopped() + "/skyden.db", elsewhere / "skyden.db");
  CHECK(MayHaveGoneBack(elsewhere.path()));
  left.CheckWhole(elsewhere.path());
  CHECK_FALSE(MayHaveGoneBack(left.stopped()));
  left.CheckWhole(left.stopped());
}

TEST_CASE("files that a stop left and that are not the same any more are refused",
          "[store][files]") {
  struct Damage {
    const char* what;
    std::function<void(const std::string& database)> done;
  };
  const std::vector<Damage> damages = {
      {"skyden.db is missing", [](const std::string& db) { fs::remove(db); }},
      {"skyden.db is shorter", [](const std::string& db) { Cut(db, 0); }},
      {"skyden.db is shorter", [](const std::string& db) { Cut(db, fs::file_size(db) - 1); }},
      {"skyden.db is shorter", [](const std::string& db) { Cut(db, fs::file_size(db) / 2); }},
      {"skyden.db does not begin", [](const std::string& db) { Blank(db, 0, 100); }},
      {"skyden.db is not what it was", [](const std::string& db) { Flip(db, 20'000); }},
      {"skyden.db is not what it was", [](const std::string& db) { Blank(db, 40'960, 4096); }},
      {"skyden.db is not what it was",
       [](const std::string& db) { SetContent(db, Content(db) + std::string(4096, '\0')); }},
      {"skyden.db-wal is there",
       [](const std::string& db) { SetContent(db + "-wal", std::string(9000, 'x')); }},
  };
  for (const Damage& damage : damages) {
    const Left left;
    damage.done(left.stopped() + "/skyden.db");
    CheckRefused(left.stopped(), damage.what);
  }
}

TEST_CASE("files that a sudden end left and that lack something acknowledged are refused",
          "[store][files]") {
  struct Damage {
    const char* what;
    std::function<void(const std::string& database)> done;
  };
  const std::vector<Damage> damages = {
      {"skyden.db-wal is missing", [](const std::string& db) { fs::remove(db + "-wal"); }},
      {"skyden.db-wal is empty", [](const std::string& db) { Cut(db + "-wal", 0); }},
      {"cut short or torn",
       [](const std::string& db) { Cut(db + "-wal", fs::file_size(db + "-wal") - 1); }},
      {"cut short or torn",
       [](const std::string& db) { Cut(db + "-wal", fs::file_size(db + "-wal") / 2); }},
      {"cut short or torn", [](const std::string& db) { Flip(db + "-wal", 30'000); }},
      {"cut short or torn",
       [](const std::string& db) { Blank(db + "-wal", fs::file_size(db + "-wal") - 512, 512); }},
      {"skyden.db-wal does not begin", [](const std::string& db) { Flip(db + "-wal", 25); }},
      {"skyden.db is missing", [](const std::string& db) { fs::remove(db); }},
      {"skyden.db is shorter", [](const std::string& db) { Cut(db, 4096); }},
      {"skyden.db does not begin", [](const std::string& db) { Blank(db, 0, 100); }},
  };
  for (const Damage& damage : damages) {
    const Left left;
    damage.done(left.sudden() + "/skyden.db");
    CheckRefused(left.sudden(), damage.what);
  }
  const Left left;
  left.CheckWhole(left.sudden());
}

TEST_CASE("a WAL of another life is not taken for the one that is owed", "[store][files]") {
  const Left older;
  const Left left;
  fs::copy(older.sudden() + "/skyden.db-wal", left.sudden() + "/skyden.db-wal",
           fs::copy_options::overwrite_existing);
  CheckRefused(left.sudden(), "skyden.db-wal is not the one");
}

TEST_CASE("a page that a sudden end tore is found", "[store][files]") {
  const Left left;
  // What was moved into the database file once is torn later: the WAL does not have it any more.
  { REQUIRE(Open(left.sudden()).ok()); }
  const TempDir ended;
  {
    auto store = Open(left.sudden());
    REQUIRE(store.ok());
    for (const auto& file : fs::directory_iterator(left.sudden())) {
      fs::copy(file.path(), ended / file.path().filename().string());
    }
  }
  Blank(ended / "skyden.db", 8 * 4096, 4096);
  CheckRefused(ended.path(), "skyden.db is torn");
}

TEST_CASE("an older copy is noticed, and taken when that is meant", "[store][files]") {
  const Left left;
  const std::string database = left.stopped() + "/skyden.db";
  const std::string backup = Content(database);
  {
    auto store = Open(left.stopped());
    REQUIRE(store.ok());
    left.Fill(**store, 'b');
  }
  const bool ended_suddenly = GENERATE(false, true);
  TempDir ended;
  if (ended_suddenly) {  // with nothing in its WAL
    auto store = Open(left.stopped());
    REQUIRE(store.ok());
    for (const auto& file : fs::directory_iterator(left.stopped())) {
      fs::copy(file.path(), ended / file.path().filename().string());
    }
  }
  const std::string directory = ended_suddenly ? ended.path() : left.stopped();
  SetContent(directory + "/skyden.db",
             backup + std::string(fs::file_size(database) - backup.size(), '\0'));
  fs::remove(directory + "/skyden.db-wal");
  CheckRefused(directory, ended_suddenly ? "skyden.db is older" : "skyden.db is not what it was");
  SetContent(directory + "/skyden.db", backup);
  CHECK(absl::IsFailedPrecondition(Open(directory).status()));
  left.CheckWhole(directory, {.signs = kDaemon.signs, .trust = Trust::kAsFound});
  left.CheckWhole(directory);
}

TEST_CASE("a WAL that may belong to another database is not adopted with it", "[store][files]") {
  const Left left;
  const Left other;
  fs::remove(left.sudden() + "/skyden.db");
  fs::copy(other.stopped() + "/skyden.db", left.sudden() + "/skyden.db");
  const HoldOptions adopt = {.signs = kDaemon.signs, .trust = Trust::kAsFound};
  CHECK(absl::IsFailedPrecondition(Open(left.sudden(), adopt).status()));
  fs::remove(left.sudden() + "/skyden.db-wal");
  other.CheckWhole(left.sudden(), adopt);
}

TEST_CASE("a copy of a whole folder starts, and may have gone back", "[store][files]") {
  const Left left;
  const TempDir copy;
  for (const auto& file : fs::directory_iterator(left.stopped())) {
    fs::copy(file.path(), copy / file.path().filename().string());
  }
  const auto epoch_of = [](const std::string& directory) {
    auto store = Open(directory);
    REQUIRE(store.ok());
    return std::string((*store)->epoch());
  };
  const std::string epoch = epoch_of(left.stopped());
  CHECK_FALSE(epoch.empty());
  CHECK(epoch_of(left.stopped()) == epoch);
  CHECK(MayHaveGoneBack(copy.path()));
  left.CheckWhole(copy.path());
  CHECK_FALSE(MayHaveGoneBack(copy.path()));
  CHECK(epoch_of(copy.path()) != epoch);
}

TEST_CASE("without a database only an untouched folder is a new one", "[store][files]") {
  const char* sign = GENERATE("secrets.key", "admin.token", "skyden.db-wal");
  const TempDir dir;
  SetContent(dir / sign, "something");
  const absl::Status refused = Open(dir.path()).status();
  INFO(refused);
  CHECK(absl::IsFailedPrecondition(refused));
  CHECK(base::ToStd(refused.message()).find(sign) != std::string_view::npos);
  CHECK_FALSE(fs::exists(dir / "skyden.db"));
  fs::remove(dir / sign);
  CHECK(Open(dir.path()).ok());
}

TEST_CASE("a database file that holds nothing is not taken for a new one", "[store][files]") {
  const TempDir dir;
  const bool has_header = GENERATE(false, true);
  if (has_header) {  // what a copy without its WAL is
    const Left left;
    std::string first_page = Content(left.sudden() + "/skyden.db").substr(0, 4096);
    first_page.replace(28, 4, std::string("\0\0\0\1", 4));
    first_page.replace(60, 4, std::string(4, '\0'));
    first_page.replace(68, 4, std::string(4, '\0'));
    SetContent(dir / "skyden.db", first_page);
  } else {
    SetContent(dir / "skyden.db", "");
  }
  CheckRefused(dir.path(), "skyden.db is empty");
}

TEST_CASE("a first start that was cut short is begun again", "[store][files]") {
  const TempDir dir;
  { REQUIRE(HoldDatabase(dir.path(), kDaemon).ok()); }
  SetContent(dir / "secrets.key", "made");
  {
    const auto held = HoldDatabase(dir.path(), kDaemon);
    REQUIRE(held.ok());
    CHECK((*held)->is_new());
  }
  SetContent(dir / "skyden.db", "");
  CHECK(Open(dir.path()).ok());
  const auto held = HoldDatabase(dir.path(), kDaemon);
  REQUIRE(held.ok());
  CHECK_FALSE((*held)->is_new());
}

TEST_CASE("a state file that is not what was written is refused, and made anew when told so",
          "[store][files]") {
  const Left left;
  SetContent(left.stopped() + "/skyden.state", std::string(1024, 'x'));
  CheckRefused(left.stopped(), "skyden.state is not what was written");
  left.CheckWhole(left.stopped(), {.signs = kDaemon.signs, .trust = Trust::kAsFound});
  left.CheckWhole(left.stopped());
  fs::remove(left.stopped() + "/skyden.state");
  CHECK(MayHaveGoneBack(left.stopped()));
  left.CheckWhole(left.stopped());
}

TEST_CASE("files that are removed under a running store stop its writes, not its reads",
          "[store][files]") {
  const char* name = GENERATE("skyden.db", "skyden.db-wal");
  const bool replaced = GENERATE(false, true);
  const TempDir dir;
  {
    auto opened = Open(dir.path());
    REQUIRE(opened.ok());
    Store& store = **opened;
    const auto scope = NewControlPlane(store, NewOrganization(store, 1), 1);
    Put(store, scope, NewResource("MeshTimeout", "m", "before"));
    fs::rename(dir / name, dir / "moved");
    if (replaced) fs::copy(dir / "moved", dir / name);
    model::Resource r = NewResource("MeshTimeout", "m", "after");
    const auto refused = store.Write(scope, [&r](WriteTx& tx) { return tx.PutResource(r); });
    INFO(refused.status());
    CHECK(absl::IsUnavailable(refused.status()));
    CHECK(base::ToStd(refused.status().message()).find(name) != std::string_view::npos);
    CHECK(absl::IsUnavailable(store.Writable()));
    CHECK(Names(List(store, scope, "MeshTimeout")) == std::vector<std::string>{"m/before"});
  }
  fs::remove(dir / name);
  CHECK(absl::IsFailedPrecondition(Open(dir.path()).status()));
}

TEST_CASE("a WAL is read as SQLite reads it", "[store][files]") {
  const Left left;
  const auto content = sqlite::ReadWal(left.sudden() + "/skyden.db-wal");
  REQUIRE(content.ok());
  REQUIRE(content->has_value());
  CHECK((*content)->frames > 20);
  CHECK(sqlite::ReadWalSalts(left.sudden() + "/skyden.db-wal") == (*content)->salts);
  const TempDir dir;
  for (const std::string& text : {std::string(), std::string("x"), std::string(100, '\0')}) {
    SetContent(dir / "wal", text);
    const auto none = sqlite::ReadWal(dir / "wal");
    REQUIRE(none.ok());
    CHECK_FALSE(none->has_value());
  }
}

}  // namespace
}  // namespace skyden::store::testing
