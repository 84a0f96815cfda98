// SPDX-License-Identifier: Apache-2.0
// Databases that versions before had written.
#include <catch2/catch.hpp>

#include "fmt/format.h"
#include "skyden/audit/audit_service.h"
#include "skyden/audit/expectation.h"
#include "skyden/audit/export_check.h"
#include "skyden/audit/retention.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/audit/old_database.h"
#include "tests/store/raw_database.h"
#include "tests/store/testing.h"

namespace skyden::audit {
namespace {

namespace st = store::testing;
using Schema = OldDatabase::Schema;

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

// It is what the version that made it left.
void CheckWhole(OldDatabase& old) {
  const Verification found = Verify(old);
  INFO(found.problem);
  CHECK(found.intact());
  CHECK(found.entries == 6);
  CHECK(VerifyExpecting(old, old.Last()).intact());
  CHECK(Export(old) == old.lines());
}

void Change(OldDatabase& old, int n, const std::string& name) {
  st::Put(old.store(), old.ControlPlane(n), st::NewResource("MeshTimeout", "default", name));
  const auto tell = [&](store::WriteTx& tx) {
    tx.Audit({absl::FromUnixSeconds(2000), "resource.create", "MeshTimeout", name, ""});
    return absl::OkStatus();
  };
  REQUIRE(old.store().Write(old.ControlPlane(n), tell).ok());
}

TEST_CASE("a database with one chain opens, verifies and serves", "[audit]") {
  OldDatabase old(Schema::kOneChain);
  CheckWhole(old);
  CHECK(st::Names(st::List(old.store(), old.ControlPlane(1), "Mesh")) ==
        std::vector<std::string>{"default"});

  Change(old, 1, "one");
  Change(old, 2, "two");
  Change(old, 1, "three");
  CHECK(st::Count(old.store(), old.ControlPlane(1), "MeshTimeout") == 2);
  const Verification found = Verify(old);
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

TEST_CASE("an export of one chain verifies, and one that has both", "[audit]") {
  OldDatabase old(Schema::kOneChain);
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

TEST_CASE("a database whose revisions stand in control planes opens, verifies and serves",
          "[audit]") {
  OldDatabase old(Schema::kChains);
  CheckWhole(old);

  // Revisions go on where they were.
  for (const int n : {1, 2}) {
    CHECK(st::Names(st::List(old.store(), old.ControlPlane(n), "Mesh")) ==
          std::vector<std::string>{"default"});
    const auto put = st::Put(old.store(), old.ControlPlane(n), st::NewResource("Mesh", "", "m"));
    CHECK(put.revision == 2);
    CHECK(st::Changes(old.store(), old.ControlPlane(n), "Mesh", 1)->size() == 1);
  }
  Change(old, 2, "two");
  const Verification found = Verify(old);
  INFO(found.problem);
  CHECK(found.intact());
  CHECK(found.entries == 7);

  const auto remove = [&](store::DirectoryTx& tx) {
    return tx.DeleteControlPlane(old.ControlPlane(1).control_plane()).status();
  };
  REQUIRE(old.store().WriteDirectory(old.organization(), remove).ok());
  CHECK(absl::IsNotFound(
      old.store()
          .Write(old.ControlPlane(1), [](store::WriteTx&) { return absl::OkStatus(); })
          .status()));
  old.engine().Reopen();
  CHECK(Verify(old).intact());
  // Each write is followed by a step of removing what deleted control planes left.
  for (int i = 0; i < 8; ++i) Change(old, 2, std::to_string(i));
  old.engine().Close();
  st::RawDatabase db(old.engine().database());
  CHECK(db.Query("SELECT tenant, organization, id, revision, epoch, state FROM tenant_state") ==
        std::vector<st::RawRow>{{"2", "1", st::Uuid(2), "11", "0", "0"}});
  CHECK(db.Query("SELECT tenant FROM control_plane") == std::vector<st::RawRow>{{"2"}});
}

TEST_CASE("retention goes on in what the version before had written", "[audit]") {
  OldDatabase old(Schema::kOneChain);
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
