// SPDX-License-Identifier: Apache-2.0
// Copies of a store that runs, and the archive that they travel in.
#include "skyden/store/backup.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "skyden/base/sha256_stream.h"
#include "skyden/store/backup_archive.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/testing.h"
#include "tests/temp_dir.h"

namespace skyden::store::testing {
namespace {

using Catch::Matchers::Contains;

std::string BytesOf(DatabaseCopy& copy) {
  std::string bytes;
  while (bytes.size() < copy.bytes()) {
    auto piece = copy.Read(bytes.size(), 100'000);
    REQUIRE(piece.ok());
    REQUIRE(!piece->empty());
    bytes += *piece;
  }
  return bytes;
}

void WriteTo(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// The files that a copy would leave.
std::vector<std::string> CopiesIn(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("skyden.copy")) names.push_back(name);
  }
  return names;
}

// Two resources that every write of it makes equal, and how far it came.
class PairWriter {
 public:
  PairWriter(Store& store, model::TenantScope scope) : store_(store), scope_(std::move(scope)) {
    Write();
    thread_ = std::thread([this] {
      while (!stop_) Write();
    });
  }
  ~PairWriter() {
    stop_ = true;
    thread_.join();
  }
  int acknowledged() const { return acknowledged_; }
  bool failed() const { return failed_; }

 private:
  void Write() {
    const int next = acknowledged_ + 1;
    const auto written = store_.Write(scope_, [&](WriteTx& tx) -> absl::Status {
      for (const char* name : {"left", "right"}) {
        auto resource = NewResource(
            "MeshTimeout", "default", name,
            "{\"n\":" + std::to_string(next) + ",\"fill\":\"" + std::string(2000, 'x') + "\"}");
        if (auto put = tx.PutResource(resource); !put.ok()) return put;
      }
      return absl::OkStatus();
    });
    if (!written.ok()) failed_ = true;
    acknowledged_ = next;
  }

  Store& store_;
  const model::TenantScope scope_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> failed_{false};
  std::atomic<int> acknowledged_{0};
  std::thread thread_;
};

int NumberIn(const std::string& spec) {
  int number = -1;
  std::sscanf(spec.c_str(), "{\"n\":%d", &number);
  return number;
}

TEST_CASE("a copy under writes is one moment, with all that was acknowledged before",
          "[store][backup]") {
  SqliteEngine engine;
  const auto organization = NewOrganization(engine.store(), 1);
  const auto scope = NewControlPlane(engine.store(), organization, 2);
  for (int i = 0; i < 300; ++i) {
    Put(engine.store(), scope,
        NewResource("MeshRetry", "default", "r" + std::to_string(i), std::string(4000, 'y')));
  }
  PairWriter writer(engine.store(), scope);
  for (int round = 0; round < 3; ++round) {
    const int before = writer.acknowledged();
    int pieces = 0;
    CopyOptions options;
    // Something is written while the copy is made.
    options.on_progress = [&](uint64_t copied, uint64_t all) {
      CHECK(copied <= all);
      const int now = writer.acknowledged();
      if (++pieces > 1) return true;
      while (writer.acknowledged() < now + 5 && !writer.failed()) std::this_thread::yield();
      return true;
    };
    auto copy = BackupsOf(engine.store()).Copy(options);
    INFO(copy.status());
    REQUIRE(copy.ok());
    CHECK(pieces > 0);
    CHECK(CopiesIn(engine.directory()).empty());
    CHECK((*copy)->contents().database.size() == 36);
    CHECK((*copy)->contents().epoch == engine.store().epoch());

    TempDir dir;
    const std::string bytes = BytesOf(**copy);
    base::Sha256Stream digest;
    digest.Add(bytes);
    CHECK(digest.TakeHex() == (*copy)->sha256());
    CHECK(CheckSeal(TestSealer(), (*copy)->sha256(), (*copy)->seal()).ok());
    CHECK(absl::IsDataLoss(CheckSeal(TestSealer(), std::string(64, '0'), (*copy)->seal())));
    WriteTo(dir / "skyden.db", bytes);
    const auto inspected = InspectDatabase(dir / "skyden.db");
    INFO(inspected.status());
    REQUIRE(inspected.ok());
    CHECK(*inspected == (*copy)->contents());

    SqliteOptions restored;
    restored.directory = dir.path();
    auto store = OpenSqliteStore(std::move(restored), Registry(), TestSealer());
    INFO(store.status());
    REQUIRE(store.ok());
    const auto left = Find(**store, scope, "MeshTimeout", {"default", "left"});
    const auto right = Find(**store, scope, "MeshTimeout", {"default", "right"});
    REQUIRE((left.has_value() && right.has_value()));
    CHECK(left->spec == right->spec);
    CHECK(NumberIn(left->spec) >= before);
    CHECK(Count(**store, scope, "MeshRetry") == 300);
    // A later life: what was remembered of the other one is not believed.
    CHECK((*store)->epoch() != engine.store().epoch());
  }
  CHECK_FALSE(writer.failed());
}

TEST_CASE("one copy at a time, and it can be given up", "[store][backup]") {
  SqliteEngine engine;
  Backups& backups = BackupsOf(engine.store());
  {
    const auto first = backups.Copy({});
    REQUIRE(first.ok());
    CHECK(absl::IsResourceExhausted(backups.CheckMayCopy()));
    CHECK(absl::IsResourceExhausted(backups.Copy({}).status()));
  }
  CopyOptions gives_up;
  gives_up.on_progress = [](uint64_t, uint64_t) { return false; };
  // Small as it is, it may be done before anybody is asked.
  const auto scope = NewControlPlane(engine.store(), NewOrganization(engine.store(), 1), 2);
  for (int i = 0; i < 300; ++i) {
    Put(engine.store(), scope,
        NewResource("MeshRetry", "default", "r" + std::to_string(i), std::string(8000, 'y')));
  }
  CHECK(absl::IsCancelled(backups.Copy(gives_up).status()));
  CHECK(CopiesIn(engine.directory()).empty());
  CHECK(backups.Copy({}).ok());
}

TEST_CASE("what a copy that was cut short left goes with the next start", "[store][backup]") {
  SqliteEngine engine;
  engine.Close();
  WriteTo(engine.directory() + "/skyden.copy", "half");
  WriteTo(engine.directory() + "/skyden.copy-journal", "half");
  engine.Reopen();
  CHECK(CopiesIn(engine.directory()).empty());
}

TEST_CASE("while a copy is made, the writer does not wait for the WAL to start over",
          "[store][backup]") {
  sqlite::Blueprint blueprint;
  blueprint.checkpoint_pages = 16;
  blueprint.checkpoint_pages_max = 64;
  SqliteEngine engine(blueprint);
  const auto scope = NewControlPlane(engine.store(), NewOrganization(engine.store(), 1), 2);
  for (int i = 0; i < 200; ++i) {
    Put(engine.store(), scope,
        NewResource("MeshRetry", "default", "r" + std::to_string(i), std::string(8000, 'y')));
  }
  CopyOptions options;
  bool first = true;
  options.on_progress = [&](uint64_t, uint64_t) {
    if (!std::exchange(first, false)) return true;
    // Each is beyond what the WAL may have; a writer that waited for us would wait for ever.
    for (int i = 0; i < 30; ++i) {
      Put(engine.store(), scope,
          NewResource("MeshTimeout", "default", "t" + std::to_string(i), std::string(9000, 'z')));
    }
    return true;
  };
  const auto copy = BackupsOf(engine.store()).Copy(options);
  REQUIRE(copy.ok());
  CHECK_FALSE(first);
  for (const auto& table : (*copy)->contents().tables) {
    if (table.name == "resource") CHECK(table.rows == 200);
  }
}

TEST_CASE("a database that is not whole is refused", "[store][backup]") {
  SqliteEngine engine;
  const auto scope = NewControlPlane(engine.store(), NewOrganization(engine.store(), 1), 2);
  for (int i = 0; i < 50; ++i) {
    Put(engine.store(), scope,
        NewResource("MeshRetry", "default", "r" + std::to_string(i), std::string(4000, 'y')));
  }
  const auto copy = BackupsOf(engine.store()).Copy({});
  REQUIRE(copy.ok());
  const std::string whole = BytesOf(**copy);
  TempDir dir;
  const std::string path = dir / "some.db";
  const auto refused = [&](const std::string& bytes) {
    WriteTo(path, bytes);
    return InspectDatabase(path).status();
  };
  CHECK(refused(whole).ok());
  CHECK(absl::IsDataLoss(refused(whole.substr(0, whole.size() - 8192))));
  CHECK_FALSE(refused("no database at all").ok());
  CHECK_FALSE(refused("").ok());
  std::string torn = whole;
  torn.replace(8 * 4096, 4096, std::string(4096, 'x'));
  CHECK(absl::IsDataLoss(refused(torn)));
}

// ---------------------------------------------------------------- the archive

Manifest SomeManifest(const std::string& database) {
  Manifest manifest;
  manifest.version = "1.2.3";
  manifest.created = "2026-01-02T03:04:05Z";
  manifest.bytes = database.size();
  manifest.sha256 = std::string(64, 'a');
  manifest.seal = "c2VhbA==";
  manifest.secrets_key = "k1";
  manifest.contents.database = "an-id";
  manifest.contents.epoch = "abc";
  manifest.contents.schema = 9;
  manifest.contents.tables = {{"resource", 3, std::string(64, 'b')}, {"audit", 0, ""}};
  manifest.contents.audit = {{"org", "", 7, std::string(64, 'c')}, {"org", "cp", 1, ""}};
  return manifest;
}

struct Read {
  std::vector<std::string> notes;
  std::string manifest;
  std::string database;
  absl::Status status;
};

Read ReadBack(std::string_view archive, size_t piece_bytes) {
  Read read;
  ArchiveReader reader({.on_note =
                            [&](std::string_view note) {
                              read.notes.emplace_back(note);
                              return absl::OkStatus();
                            },
                        .on_manifest =
                            [&](const std::string& json) {
                              read.manifest = json;
                              return absl::OkStatus();
                            },
                        .on_database =
                            [&](std::string_view piece) {
                              read.database += piece;
                              return absl::OkStatus();
                            }});
  while (!archive.empty() && read.status.ok()) {
    read.status = reader.Add(archive.substr(0, piece_bytes));
    archive.remove_prefix(std::min(archive.size(), piece_bytes));
  }
  if (read.status.ok()) read.status = reader.Finish();
  return read;
}

std::string ArchiveOf(const std::string& database) {
  const std::string manifest = ManifestJson(SomeManifest(database));
  return ArchiveNote("copied 1 2") + ArchiveBegin(manifest, database.size()) + database +
         ArchiveEnd(database.size());
}

TEST_CASE("an archive reads back, in pieces of any size", "[store][backup]") {
  for (const size_t bytes : {0u, 1u, 511u, 512u, 513u, 5000u}) {
    const std::string database(bytes, 'd');
    const std::string archive = ArchiveOf(database);
    CHECK(archive.size() % 512 == 0);
    for (const size_t piece : {1u, 7u, 512u, 100'000u}) {
      CAPTURE(bytes, piece);
      const Read read = ReadBack(archive, piece);
      INFO(read.status);
      REQUIRE(read.status.ok());
      CHECK(read.notes == std::vector<std::string>{"copied 1 2"});
      CHECK(read.database == database);
      const auto manifest = ParseManifest(read.manifest);
      REQUIRE(manifest.ok());
      CHECK(manifest->contents == SomeManifest(database).contents);
      CHECK(ManifestJson(*manifest) == read.manifest);
    }
  }
}

TEST_CASE("an archive that is cut short or altered is refused", "[store][backup]") {
  const std::string database(1000, 'd');
  const std::string archive = ArchiveOf(database);
  for (size_t size = 0; size + 1024 <= archive.size(); size += 97) {
    CAPTURE(size);
    CHECK(absl::IsDataLoss(ReadBack(archive.substr(0, size), 512).status));
  }
  // In a head every byte counts, and the padding is nothing.
  const size_t head = archive.find("skyden.db");
  for (size_t at = head; at < head + 512; at += 3) {
    std::string altered = archive;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    CAPTURE(at - head);
    CHECK_FALSE(ReadBack(altered, 4096).status.ok());
  }
  std::string filled = archive;
  filled[head + 512 + database.size() + 3] = 'x';
  CHECK_THAT(std::string(ReadBack(filled, 4096).status.message()), Contains("should be none"));
  CHECK_THAT(std::string(ReadBack(archive + "more", 4096).status.message()),
             Contains("after its end"));
  CHECK_THAT(std::string(ReadBack(archive + archive, 4096).status.message()),
             Contains("after its end"));
  CHECK_FALSE(ReadBack("GIF89a", 512).status.ok());
}

TEST_CASE("a manifest that is none, or of a later form, is refused", "[store][backup]") {
  const std::string good = ManifestJson(SomeManifest("x"));
  REQUIRE(ParseManifest(good).ok());
  for (const char* bad : {"", "[]", "{}", "{\"format\":1}", "{\"format\":-1}", "not json"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(ParseManifest(bad).status()));
  }
  std::string later = good;
  later.replace(later.find("\"format\": 1"), 11, "\"format\": 2");
  CHECK_THAT(std::string(ParseManifest(later).status().message()), Contains("has form 2"));
  std::string wrong = good;
  wrong.replace(wrong.find("\"rows\": 3"), 9, "\"rows\": \"\"");
  CHECK_FALSE(ParseManifest(wrong).ok());
}

}  // namespace
}  // namespace skyden::store::testing
