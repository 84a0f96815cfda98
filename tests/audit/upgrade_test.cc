// SPDX-License-Identifier: Apache-2.0
// A database that a version before had written: with one chain for each organization.
#include <catch2/catch.hpp>
#include <filesystem>

#include "fmt/format.h"
#include "skyden/audit/audit_service.h"
#include "skyden/audit/expectation.h"
#include "skyden/audit/export_check.h"
#include "skyden/audit/retention.h"
#include "skyden/base/crypto.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/raw_database.h"
#include "tests/store/testing.h"

namespace skyden::audit {
namespace {

namespace st = store::testing;
using st::RawDatabase;
using st::SqliteEngine;

// Schema 6, as it was: two control planes, each with a Mesh, and six entries.
class OldDatabase {
 public:
  OldDatabase() {
    engine_.Close();
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(engine_.database() + suffix);
    }
    std::filesystem::remove(engine_.directory() + "/skyden.state");
    {
      RawDatabase db(engine_.database());
      const auto steps = store::sqlite::EmbeddedMigrations().first(kSchema);
      REQUIRE(db.Apply(steps).empty());
      Run(db, {0, 0, true},
          "INSERT INTO organization VALUES (1, '" + st::Uuid(1) + "', 'o', 0, 0, 0)");
      for (const int n : {1, 2}) WriteControlPlane(db, n);
      for (const int tenant : {0, 1, 2, 1, 0, 2}) WriteEntry(db, tenant);
      WriteMark(db, "end", lines_.size(), previous_);
      WriteMark(db, "webhook", 2, {});
      Run(db, {},
          fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", 0x534b5944, kSchema));
    }
    engine_.Reopen(SqliteEngine::Trust::kAsFound);
  }

  store::Store& store() { return engine_.store(); }
  SqliteEngine& engine() { return engine_; }
  // What an export of then says.
  const std::vector<std::string>& lines() const { return lines_; }
  model::OrganizationScope organization() const {
    return st::System().In(model::OrganizationKey{1});
  }
  model::TenantScope ControlPlane(int n) const {
    return st::System().In(model::OrganizationKey{1}, model::TenantKey{n},
                           model::ControlPlaneId(st::Uuid(n)));
  }
  std::string Last() const {
    return fmt::format("{}:{}", lines_.size(),
                       base::HexLower(std::string(previous_.begin(), previous_.end())));
  }

 private:
  static constexpr size_t kSchema = 6;

  static void Run(RawDatabase& db, const store::Binding& as, const std::string& sql) {
    db.slot() = as;
    INFO(sql);
    REQUIRE(db.Execute(sql) == "");
    db.slot() = {};
  }

  static void WriteControlPlane(RawDatabase& db, int n) {
    Run(db, {1, 0, false},
        fmt::format("INSERT INTO control_plane VALUES ({}, 1, '{}', 'cp', '', x'', 1, 1, 'v2', 'c',"
                    " 0, 0, 1, NULL, NULL, '', 0)",
                    n, st::Uuid(n)));
    Run(db, {1, n, false},
        fmt::format("INSERT INTO resource VALUES ({0}, 'Mesh', '', 'default', '', x'', x'', x'', 0,"
                    " 0, 1, 1, 0); INSERT INTO resource_count VALUES ({0}, 'Mesh', '', 1);"
                    " INSERT INTO usage VALUES ({0}, 1, 0, 0)",
                    n));
  }

  static std::string Blob(std::string_view bytes) {
    return fmt::format("x'{}'", base::HexLower(std::string(bytes)));
  }

  void WriteEntry(RawDatabase& db, int tenant) {
    store::AuditEntry entry;
    entry.sequence = lines_.size() + 1;
    entry.control_plane = model::ControlPlaneId(tenant == 0 ? "" : st::Uuid(tenant));
    entry.actor_id = "system";
    entry.note = {absl::FromUnixSeconds(1000 + static_cast<int64_t>(entry.sequence)), "a.b",
                  "Thing", "x", ""};
    entry.hash = previous_ = store::AuditHash(previous_, store::AuditDocument(entry));
    lines_.push_back(store::AuditLine(entry));
    Run(db, {1, 0, false},
        fmt::format("INSERT INTO audit VALUES (1, {}, {}, '{}', {}, 'system', 'system', '', '', '',"
                    " '', 'a.b', 'Thing', 'x', '', {}, {})",
                    entry.sequence, tenant, entry.control_plane.str(),
                    absl::ToUnixNanos(entry.note.at),
                    Blob({reinterpret_cast<const char*>(entry.hash.data()), entry.hash.size()}),
                    300 * entry.sequence));
  }

  static void WriteMark(RawDatabase& db, const std::string& name, uint64_t sequence,
                        const store::AuditDigest& hash) {
    const std::string bytes(hash.begin(), hash.end());
    const auto sealed = st::TestSealer().Seal(fmt::format("{}:{}", sequence, base::HexLower(bytes)),
                                              "audit mark:1:" + name);
    Run(db, {1, 0, false},
        fmt::format("INSERT INTO audit_mark VALUES (1, '{}', {}, {}, {})", name, sequence,
                    Blob(bytes), Blob(*sealed)));
  }

  SqliteEngine engine_;
  store::AuditDigest previous_{};
  std::vector<std::string> lines_;
};

Verification Verify(OldDatabase& old) {
  return AuditService(old.store()).Verify(old.organization()).value();
}

Verification VerifyExpecting(OldDatabase& old, const std::string& text) {
  const AuditService audit(old.store());
  Verification found = audit.Verify(old.organization()).value();
  const Expected expected = ParseExpected(text).value();
  REQUIRE(CheckExpected(audit, old.organization(), expected, found).ok());
  return found;
}

std::vector<std::string> Export(OldDatabase& old) {
  store::AuditQuery query;
  query.order = store::AuditQuery::Order::kOldestFirst;
  query.limit = 1000;
  std::vector<std::string> lines;
  const auto page = AuditService(old.store()).List(old.organization(), query).value();
  for (const store::AuditEntry& entry : page.entries) lines.push_back(store::AuditLine(entry));
  return lines;
}

absl::Status CheckLines(const std::vector<std::string>& lines, const std::string& expect = "") {
  std::optional<Expected> expected;
  if (!expect.empty()) expected = ParseExpected(expect).value();
  ExportCheck check(expected);
  for (const std::string& line : lines) {
    if (absl::Status added = check.Add(line); !added.ok()) return added;
  }
  return check.Finish();
}

void Change(OldDatabase& old, int n, const std::string& name) {
  st::Put(old.store(), old.ControlPlane(n), st::NewResource("MeshTimeout", "default", name));
  const auto tell = [&](store::WriteTx& tx) {
    tx.Audit({absl::FromUnixSeconds(2000), "resource.create", "MeshTimeout", name, ""});
    return absl::OkStatus();
  };
  REQUIRE(old.store().Write(old.ControlPlane(n), tell).ok());
}

TEST_CASE("a database of the version before opens, verifies and serves", "[audit]") {
  OldDatabase old;
  Verification found = Verify(old);
  INFO(found.problem);
  CHECK(found.intact());
  CHECK(found.entries == 6);
  CHECK(VerifyExpecting(old, old.Last()).intact());
  CHECK(Export(old) == old.lines());
  CHECK(st::Names(st::List(old.store(), old.ControlPlane(1), "Mesh")) ==
        std::vector<std::string>{"default"});

  Change(old, 1, "one");
  Change(old, 2, "two");
  Change(old, 1, "three");
  CHECK(st::Count(old.store(), old.ControlPlane(1), "MeshTimeout") == 2);
  found = Verify(old);
  INFO(found.problem);
  CHECK(found.intact());
  CHECK(found.entries == 9);
  // What was kept of it holds, and so does what is kept now.
  CHECK(VerifyExpecting(old, old.Last()).intact());
  const std::string keep =
      TextToExpect(AuditService(old.store()), old.organization(), found).value();
  CHECK(keep.starts_with(st::Uuid(1) + "/2:"));
  CHECK(VerifyExpecting(old, keep).intact());
  std::string wrong = keep;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  CHECK_FALSE(VerifyExpecting(old, wrong).intact());

  const auto page = AuditService(old.store()).List(old.ControlPlane(1), {}).value();
  REQUIRE(page.entries.size() == 4);  // two of each time, the newest first
  CHECK(page.entries[0].sequence == 2);
  CHECK(page.entries[0].chain == model::TenantKey{1});
  CHECK(page.entries[3].sequence == 2);
  CHECK(page.entries[3].chain == model::TenantKey{});

  old.engine().Reopen();
  CHECK(Verify(old).intact());
}

TEST_CASE("an export of the version before verifies, and one that has both", "[audit]") {
  OldDatabase old;
  CHECK(CheckLines(old.lines(), old.Last()).ok());
  Change(old, 1, "one");
  Change(old, 2, "two");
  Change(old, 1, "three");
  const std::vector<std::string> lines = Export(old);
  REQUIRE(lines.size() == 9);
  CHECK(CheckLines(lines, old.Last()).ok());
  const std::string keep =
      TextToExpect(AuditService(old.store()), old.organization(), Verify(old)).value();
  CHECK(CheckLines(lines, keep).ok());
  for (size_t i = 0; i < lines.size(); ++i) {
    CAPTURE(i);
    std::vector<std::string> without = lines;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    // Whoever takes the last of a chain off is told by what was kept; its first may be gone by
    // retention.
    const bool is_first_of_chain = i == 6;
    CHECK(CheckLines(without, keep).ok() == is_first_of_chain);
    std::vector<std::string> changed = lines;
    changed[i].replace(changed[i].find("\"action\":\""), 10, "\"action\":\"x");
    CHECK_FALSE(CheckLines(changed).ok());
  }
  CHECK_FALSE(CheckLines({"{\"sequence\":1}"}).ok());
}

TEST_CASE("retention goes on in what the version before had written", "[audit]") {
  OldDatabase old;
  Change(old, 1, "one");
  base::FakeClock clock(absl::FromUnixSeconds(1004) + absl::Hours(24));
  // The webhook had two entries of them.
  REQUIRE(Prune({old.store(), clock, absl::Hours(24), "webhook"}).ok());
  CHECK(Verify(old).first == 3);
  REQUIRE(Prune({old.store(), clock, absl::Hours(24), ""}).ok());
  const Verification found = Verify(old);
  INFO(found.problem);
  CHECK(found.intact());
  CHECK(found.first == 5);
  CHECK(CheckLines(Export(old)).ok());
  Verification again = found;
  const AuditService audit(old.store());
  const absl::Status gone =
      CheckExpected(audit, old.organization(), {{}, 4, {}, std::nullopt}, again);
  CHECK(absl::IsFailedPrecondition(gone));
}

}  // namespace
}  // namespace skyden::audit
