// SPDX-License-Identifier: Apache-2.0
// The small parts of the store by themselves: the queue, the label text, the key file, opening.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "skyden/base/crypto.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/sqlite_store.h"
#include "skyden/store/tenant_tx.h"
#include "store/rows/records.h"
#include "store/write_queue.h"
#include "tests/store/raw_database.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

TEST_CASE("the write queue gives each lane its turn and keeps order within a lane",
          "[store][queue]") {
  WriteQueue<std::string> queue(100, 100);
  const auto push = [&queue](int64_t tenant, std::string what) {
    return queue.Push({1, tenant}, what);
  };
  for (const char* what : {"a1", "a2", "a3"}) REQUIRE(push(1, what));
  REQUIRE(push(2, "b1"));
  REQUIRE(push(3, "c1"));
  REQUIRE(push(2, "b2"));
  std::vector<std::string> order;
  while (auto next = queue.Pop()) order.push_back(*next);
  CHECK(order == std::vector<std::string>{"a1", "b1", "c1", "a2", "b2", "a3"});
  CHECK(queue.empty());
}

TEST_CASE("the write queue refuses when it or the lane is full", "[store][queue]") {
  WriteQueue<int> queue(3, 2);
  int request = 7;
  CHECK(queue.Push({1, 1}, request));
  CHECK(queue.Push({1, 1}, request));
  CHECK_FALSE(queue.Push({1, 1}, request));
  CHECK(queue.Push({1, 2}, request));
  CHECK_FALSE(queue.Push({1, 3}, request));
  CHECK(queue.size() == 3);
  queue.Pop();
  CHECK(queue.Push({1, 3}, request));
}

TEST_CASE("labels survive their text form whatever they hold", "[store][rows]") {
  const model::Labels labels = GENERATE(
      model::Labels{}, model::Labels{{"", ""}}, model::Labels{{"a", "b"}, {"c:d", "3:x"}},
      model::Labels{{std::string("\0\n", 2), std::string(1000, 'x')}, {"kuma.io/zone", "zone-1"}});
  const auto decoded = rows::DecodeLabels(rows::EncodeLabels(labels));
  REQUIRE(decoded.ok());
  CHECK(*decoded == labels);
}

TEST_CASE("a broken label text is refused", "[store][rows]") {
  const std::string text = GENERATE(as<std::string>(), "x", "1", "1:", "1:a", "1:a2:b", "-1:a1:b",
                                    "1:a1:b3:", "99999999999999999999:a", "1 :a1:b");
  CHECK_FALSE(rows::DecodeLabels(text).ok());
}

TEST_CASE("seal contexts of different secrets differ", "[store][rows]") {
  const model::ControlPlaneId cp(Uuid(1));
  CHECK(rows::SealContext(cp, "Secret", {"a", "bc"}) !=
        rows::SealContext(cp, "Secret", {"ab", "c"}));
  CHECK(rows::SealContext(cp, "Secret", {"", "1:a"}) !=
        rows::SealContext(cp, "Secret", {"1:a", ""}));
}

std::string KeyLine(const std::string& id, char fill = 'k') {
  return id + " " + base::Base64Encode(std::string(32, fill)) + "\n";
}

void WriteFile(const std::string& path, const std::string& text, mode_t mode = 0600) {
  std::ofstream(path) << text;
  REQUIRE(chmod(path.c_str(), mode) == 0);
}

TEST_CASE("the secrets key file is made once, for its owner only", "[store][sealer]") {
  const TempDir dir;
  const std::string path = dir / "secrets.key";
  const auto first = LoadSealer(path);
  REQUIRE(first.ok());
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  const auto sealed = (*first)->Seal("secret", "context");
  REQUIRE(sealed.ok());
  const auto second = LoadSealer(path);
  REQUIRE(second.ok());
  CHECK(*(*second)->Open(*sealed, "context") == "secret");
  CHECK(*(*first)->Seal("secret", "context") != *sealed);  // a nonce each time
}

TEST_CASE("the first key seals and all keys open", "[store][sealer]") {
  const TempDir dir;
  WriteFile(dir / "old", KeyLine("k1", 'a'));
  WriteFile(dir / "both", KeyLine("k2", 'b') + "\n# kept for what is there\n" + KeyLine("k1", 'a'));
  WriteFile(dir / "new", KeyLine("k2", 'b'));
  const auto old = LoadSealer(dir / "old");
  const auto both = LoadSealer(dir / "both");
  const auto fresh = LoadSealer(dir / "new");
  REQUIRE((old.ok() && both.ok() && fresh.ok()));
  const std::string by_old = *(*old)->Seal("x", "c");
  const std::string by_both = *(*both)->Seal("x", "c");
  CHECK(*(*both)->Open(by_old, "c") == "x");
  CHECK(*(*fresh)->Open(by_both, "c") == "x");
  const absl::Status missing = (*fresh)->Open(by_old, "c").status();
  CHECK(absl::IsDataLoss(missing));
  CHECK(missing.message() == "no secrets key with id \"k1\"");
}

TEST_CASE("a new key seals, and the old ones open until they are dropped", "[store][sealer]") {
  const TempDir dir;
  const std::string path = dir / "secrets.key";
  WriteFile(path, "# ours\n" + KeyLine("k1", 'a'));
  const std::string by_old = *(*LoadSealer(path))->Seal("x", "c");
  REQUIRE(AddSecretsKey(path).ok());
  const auto both = LoadSealer(path);
  REQUIRE(both.ok());
  CHECK(*(*both)->Open(by_old, "c") == "x");
  const std::string by_new = *(*both)->Seal("x", "c");
  // What was sealed under the new key does not need the old one, which is gone now.
  REQUIRE(DropOldSecretsKeys(path).ok());
  const auto fresh = LoadSealer(path);
  REQUIRE(fresh.ok());
  CHECK(*(*fresh)->Open(by_new, "c") == "x");
  CHECK(absl::IsDataLoss((*fresh)->Open(by_old, "c").status()));
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a key file that is bad or missing is not rotated", "[store][sealer]") {
  const TempDir dir;
  const std::string path = dir / "secrets.key";
  CHECK(absl::IsNotFound(AddSecretsKey(path)));
  CHECK(absl::IsNotFound(DropOldSecretsKeys(path)));
  WriteFile(path, "nonsense\n");
  CHECK(absl::IsInvalidArgument(AddSecretsKey(path)));
  CHECK(absl::IsInvalidArgument(DropOldSecretsKeys(path)));
}

TEST_CASE("sealed bytes that were touched do not open", "[store][sealer]") {
  const std::string sealed = *TestSealer().Seal("secret", "context");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string touched = sealed;
    touched[i] = static_cast<char>(touched[i] ^ 1);
    CHECK(absl::IsDataLoss(TestSealer().Open(touched, "context").status()));
    CHECK(absl::IsDataLoss(TestSealer().Open(sealed.substr(0, i), "context").status()));
  }
}

TEST_CASE("a bad key file is refused with the line, never the key", "[store][sealer]") {
  const TempDir dir;
  const std::string path = dir / "secrets.key";
  const auto load = [&](const std::string& text, mode_t mode = 0600) {
    WriteFile(path, text, mode);
    return LoadSealer(path).status();
  };
  CHECK(absl::IsPermissionDenied(load(KeyLine("k1"), 0640)));
  CHECK(absl::IsPermissionDenied(load(KeyLine("k1"), 0604)));
  CHECK(absl::IsInvalidArgument(load("")));
  CHECK(absl::IsInvalidArgument(load("k1\n")));
  CHECK(absl::IsInvalidArgument(load(KeyLine("k/1"))));
  CHECK(absl::IsInvalidArgument(load(KeyLine("k1") + KeyLine("k1"))));
  CHECK(absl::IsInvalidArgument(load(std::string(1 << 20, '#'))));
  const absl::Status bad = load(KeyLine("k1") + "k2 c2VjcmV0\n");
  CHECK(absl::IsInvalidArgument(bad));
  CHECK(bad.message() == "secrets key file, line 2: the key is not the base64 of 32 bytes");
}

absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& directory) {
  SqliteOptions options;
  options.directory = directory;
  return OpenSqliteStore(std::move(options), Registry(), TestSealer());
}

TEST_CASE("a data directory has one owner at a time", "[store][open]") {
  const TempDir dir;
  auto first = Open(dir / "data");
  REQUIRE(first.ok());
  struct stat info {};
  REQUIRE(stat((dir / "data").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  CHECK(absl::IsUnavailable(Open(dir / "data").status()));
  first->reset();
  CHECK(Open(dir / "data").ok());
}

TEST_CASE("a file of a newer version or another program is left alone", "[store][open]") {
  const TempDir dir;
  { REQUIRE(Open(dir.path()).ok()); }
  const std::string change =
      GENERATE(as<std::string>(), "PRAGMA user_version = 1000", "PRAGMA application_id = 77");
  { REQUIRE(RawDatabase(dir / "skyden.db").Execute(change).empty()); }
  std::filesystem::remove(dir / "skyden.state");  // which says that it was changed
  CHECK(absl::IsFailedPrecondition(Open(dir.path()).status()));
}

TEST_CASE("a migration that fails leaves the file as it was", "[store][open]") {
  const TempDir dir;
  SqliteOptions options;
  options.directory = dir.path();
  const auto open = [&](std::span<const Migration> migrations) {
    sqlite::Blueprint blueprint;
    blueprint.migrations = migrations;
    SqliteOptions own;
    own.directory = dir.path();
    return sqlite::OpenStore(std::move(own), Registry(), TestSealer(), blueprint).status();
  };
  const auto all = sqlite::EmbeddedMigrations();
  const std::vector<Migration> now(all.begin(), all.end());
  std::vector<Migration> broken = now;
  broken.push_back(
      {"9999_bad", "CREATE TABLE extra (tenant INTEGER) STRICT; CREATE TABLE resource (x);"});
  std::vector<Migration> good = now;
  good.push_back({"9999_good", "CREATE TABLE extra (tenant INTEGER) STRICT;"});
  REQUIRE(open(now).ok());
  CHECK_FALSE(open(broken).ok());
  CHECK(RawDatabase(dir / "skyden.db")
            .Query("SELECT count(*) FROM sqlite_schema WHERE name = 'extra'")[0][0] == "0");
  CHECK(open(now).ok());
  CHECK(open(good).ok());
  CHECK(open(good).ok());
  CHECK(absl::IsFailedPrecondition(open(now)));
}

TEST_CASE("secrets and tokens are not in the files", "[store][sealer]") {
  SqliteEngine engine;
  const auto organization = NewOrganization(engine.store(), 1);
  const auto cp = NewControlPlane(engine.store(), organization, 1);
  const std::string canary = "canary-" + std::string(40, 'c');
  Put(engine.store(), cp, NewResource("Secret", "default", "s", canary));
  Put(engine.store(), cp, NewResource("GlobalSecret", "", "g", canary));
  Put(engine.store(), cp, NewResource("MeshTimeout", "default", "t", "in the clear"));
  const auto holds = [&](const std::string& text) {
    bool found = false;
    for (const char* name : {"skyden.db", "skyden.db-wal"}) {
      std::ifstream file(engine.directory() + "/" + name, std::ios::binary);
      const std::string all((std::istreambuf_iterator<char>(file)), {});
      found |= all.find(text) != std::string::npos;
    }
    return found;
  };
  CHECK_FALSE(holds(canary));
  CHECK(holds("in the clear"));
  CHECK(Find(engine.store(), cp, "GlobalSecret", {"", "g"})->spec == canary);
}

TEST_CASE("reading what did not change touches the disk for reads only", "[store][counters]") {
  SqliteEngine engine;
  const auto organization = NewOrganization(engine.store(), 1);
  const auto cp = NewControlPlane(engine.store(), organization, 1);
  Put(engine.store(), cp, NewResource("MeshTimeout", "default", "t"));
  const Store::Counters before = engine.store().counters();
  Find(engine.store(), cp, "MeshTimeout", {"default", "t"});
  const Store::Counters after = engine.store().counters();
  CHECK(after.reads == before.reads + 2);  // that the control plane is there, and the row
  CHECK(after.writes == before.writes);
  CHECK(after.commits == before.commits);
  CHECK(after.fsyncs == before.fsyncs);
  CHECK(before.commits >= 3);
}

TEST_CASE("how writing goes is measured: each request's wait, each commit's time and size",
          "[store][counters]") {
  SqliteEngine engine;
  const auto organization = NewOrganization(engine.store(), 1);
  const auto cp = NewControlPlane(engine.store(), organization, 1);
  const WriteTimings& timings = WriteTimingsOf(engine.store());
  const auto waits = timings.wait.Read().total();
  const auto commits = timings.commit.Read().total();
  const double kept = timings.together.Read().sum;
  for (const char* name : {"a", "b", "c"}) {
    Put(engine.store(), cp, NewResource("MeshTimeout", "default", name));
  }
  Find(engine.store(), cp, "MeshTimeout", {"default", "a"});
  CHECK_FALSE(engine.store()
                  .Write(cp, [](WriteTx&) -> absl::Status { return absl::AbortedError("no"); })
                  .ok());
  CHECK(timings.wait.Read().total() == waits + 4);
  CHECK(timings.commit.Read().total() == commits + 3);  // what is not written is no commit
  CHECK(timings.together.Read().sum == kept + 3);
  CHECK(timings.commit.Read().total() == engine.store().counters().commits);
  CHECK(timings.commit.Read().sum > 0);
  CHECK(timings.waiting.value() == 0);
}

TEST_CASE("the WAL does not grow without end while readers come and go", "[store][wal]") {
  sqlite::Blueprint blueprint;
  blueprint.checkpoint_pages = 64;
  blueprint.checkpoint_pages_max = 256;
  SqliteEngine engine(blueprint);
  const auto organization = NewOrganization(engine.store(), 1);
  const auto cp = NewControlPlane(engine.store(), organization, 1);
  for (int i = 0; i < 400; ++i) {
    Put(engine.store(), cp, NewResource("MeshTimeout", "m", "t", std::string(20'000, 'x')));
    if (i % 7 == 0) Find(engine.store(), cp, "MeshTimeout", {"m", "t"});
  }
  // 400 * 5 pages were written.
  CHECK(std::filesystem::file_size(engine.database() + "-wal") < (256 + 64) * 4200);
}

TEST_CASE("rows of a deleted control plane leave the file, also over a restart",
          "[store][remains]") {
  sqlite::Blueprint blueprint;
  blueprint.removals_per_batch = 10;
  SqliteEngine engine(blueprint);
  const auto organization = NewOrganization(engine.store(), 1);
  const auto gone = NewControlPlane(engine.store(), organization, 1);
  const auto kept = NewControlPlane(engine.store(), organization, 2);
  for (const auto& cp : {gone, kept}) {
    REQUIRE(engine.store()
                .Write(cp,
                       [](WriteTx& tx) {
                         for (int i = 0; i < 200; ++i) {
                           model::Resource r = NewResource("MeshTimeout", "m", std::to_string(i));
                           if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
                         }
                         RolloutRecord rollout;
                         rollout.id = "r";
                         if (absl::Status s = tx.PutRollout(rollout, {}); !s.ok()) return s;
                         return tx.AddPendingKey({Type("Secret"), {"m", "k"}, absl::UnixEpoch()});
                       })
                .ok());
  }
  REQUIRE(engine.store()
              .WriteDirectory(organization,
                              [&](DirectoryTx& tx) {
                                return tx.DeleteControlPlane(gone.control_plane()).status();
                              })
              .ok());
  engine.Reopen();
  // Each write is followed by at least one step of the removal.
  for (int i = 0; i < 30; ++i) {
    REQUIRE(engine.store().Write(kept, [](WriteTx&) { return absl::OkStatus(); }).ok());
  }
  engine.Close();
  RawDatabase db(engine.database());
  for (const char* table : {"resource", "resource_count", "tombstone_state", "pending_key",
                            "rollout", "tenant_state", "control_plane"}) {
    INFO(table);
    CHECK(db.Query(std::string("SELECT count(*) FROM ") + table + " WHERE tenant = " +
                   std::to_string(static_cast<int64_t>(gone.tenant())))[0][0] == "0");
  }
  CHECK(db.Query("SELECT count(*) FROM resource")[0][0] == "200");
}

}  // namespace
}  // namespace skyden::store::testing
