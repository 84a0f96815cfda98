// SPDX-License-Identifier: Apache-2.0
// An attacker with the database: whatever is done to it is found.
#include <catch2/catch.hpp>

#include "fmt/format.h"
#include "skyden/audit/audit_service.h"
#include "skyden/audit/retention.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/env/test_store.h"
#include "tests/store/testing.h"

namespace skyden::audit {
namespace {

// Two control planes of one organization, twelve entries.
struct Chain {
  TestStore store;
  model::OrganizationScope organization = store::testing::NewOrganization(*store, 1);
  model::TenantScope first = store::testing::NewControlPlane(*store, organization, 1);
  model::TenantScope second = store::testing::NewControlPlane(*store, organization, 2);

  // Places 1, 4, 7 and 10 are of the second.
  Chain() {
    for (int i = 0; i < 12; ++i) {
      const auto& scope = i % 3 == 0 ? second : first;
      const auto tell = [&](store::WriteTx& tx) {
        tx.Audit({absl::FromUnixSeconds(1000 + i), "resource.update", "MeshTimeout",
                  fmt::format("default/t{}", i), "{\"changes\":[]}"});
        return absl::OkStatus();
      };
      REQUIRE(store->Write(scope, tell).ok());
    }
  }

  Verification Verify() { return AuditService(*store).Verify(organization).value(); }

  // What somebody does who has the database, the guards out of the way.
  Verification After(const std::string& sql) {
    store.ReopenAfter(sql);
    return Verify();
  }
};

TEST_CASE("untouched chains are intact", "[audit]") {
  Chain chain;
  const Verification found = chain.Verify();
  CHECK(found.intact());
  CHECK(found.entries == 12);
  CHECK(found.first == 1);
  CHECK(found.last == 12);
}

TEST_CASE("an edit of any column of any entry is found", "[audit]") {
  for (const std::string set :
       {"tenant = tenant + 1", "tenant = 0", "tenant = 3 - tenant", "control_plane = ''",
        "control_plane = '00000000-0000-4000-8000-000000000009'", "at = at + 1",
        "actor_kind = 'user'", "actor_id = 'x'", "actor_name = 'x'", "peer = 'x'",
        "request_id = 'x'", "trace_id = 'x'", "action = 'resource.delete'", "object_type = 'Mesh'",
        "object_name = 'x'", "detail = '{}'", "detail = ''",
        "hash = (SELECT hash FROM audit AS other WHERE other.place = 7)"}) {
    for (const int place : {1, 6, 12}) {
      Chain chain;
      const Verification found =
          chain.After(fmt::format("UPDATE audit SET {} WHERE place = {}", set, place));
      CAPTURE(set, place, found.problem);
      CHECK(!found.intact());
    }
  }
}

TEST_CASE("a removed, doubled or moved entry is found", "[audit]") {
  for (const std::string sql :
       {"DELETE FROM audit WHERE place = 1", "DELETE FROM audit WHERE place = 6",
        "DELETE FROM audit WHERE place = 12", "DELETE FROM audit WHERE place > 8",
        "DELETE FROM audit", "DELETE FROM audit WHERE place < 5",
        "UPDATE audit SET sequence = 99 WHERE chain = 1 AND sequence = 4;"
        "UPDATE audit SET sequence = 4 WHERE chain = 1 AND sequence = 5;"
        "UPDATE audit SET sequence = 5 WHERE chain = 1 AND sequence = 99",
        "DELETE FROM audit WHERE chain = 1 AND sequence = 8;"
        "UPDATE audit_mark SET sequence = 7,"
        " hash = (SELECT hash FROM audit WHERE chain = 1 AND sequence = 7)"
        " WHERE chain = 1 AND name = 'end'",
        "DELETE FROM audit_mark", "DELETE FROM audit_mark WHERE chain = 2",
        // From one chain to another, and a whole chain with all that speaks of it.
        "UPDATE audit SET chain = 2, sequence = 5 WHERE chain = 1 AND sequence = 8",
        "UPDATE audit SET chain = 3 WHERE chain = 2;"
        "UPDATE audit_mark SET chain = 3 WHERE chain = 2",
        "DELETE FROM audit WHERE chain = 2; DELETE FROM audit_mark WHERE chain = 2",
        "DELETE FROM audit WHERE chain = 2; DELETE FROM audit_mark WHERE chain = 2;"
        "UPDATE audit_mark SET sequence = 1 WHERE name = 'chains'",
        "DELETE FROM audit WHERE chain = 2; DELETE FROM audit_mark WHERE chain = 2;"
        "DELETE FROM audit_mark WHERE name = 'chains'"}) {
    Chain chain;
    const Verification found = chain.After(sql);
    CAPTURE(sql, found.problem);
    CHECK(!found.intact());
  }
}

TEST_CASE("after retention the chain is still intact, and what went before is not asked for",
          "[audit]") {
  Chain chain;
  base::FakeClock clock(absl::FromUnixSeconds(1005) + absl::Hours(24));
  REQUIRE(Prune({*chain.store, clock, absl::Hours(24), ""}).ok());
  const Verification found = chain.Verify();
  CAPTURE(found.problem);
  CHECK(found.intact());
  CHECK(found.first == 7);
  CHECK(found.last == 14);  // the entries that say so, of each chain
  // A begin that retention did not write is found.
  CHECK(!chain
             .After("DELETE FROM audit WHERE chain = 1 AND sequence <= 5;"
                    "UPDATE audit_mark SET sequence = 5 WHERE chain = 1 AND name = 'begin'")
             .intact());
}

TEST_CASE("retention waits for the reader that has not had the entries yet", "[audit]") {
  Chain chain;
  base::FakeClock clock(absl::FromUnixSeconds(2000) + absl::Hours(24));
  REQUIRE(Prune({*chain.store, clock, absl::Hours(24), "webhook"}).ok());
  CHECK(chain.Verify().first == 1);
  const auto read = [&](const model::TenantScope& scope, uint64_t sequence) {
    const auto mark = [&](store::DirectoryTx& tx) {
      return tx.SetAuditMark(scope.tenant(), "webhook", sequence);
    };
    REQUIRE(chain.store->WriteDirectory(chain.organization, mark).ok());
    REQUIRE(Prune({*chain.store, clock, absl::Hours(24), "webhook"}).ok());
  };
  read(chain.first, 5);
  CHECK(chain.Verify().entries == 8);  // five less, and one that says so
  CHECK(chain.Verify().first == 1);
  read(chain.second, 2);
  CHECK(chain.Verify().first == 7);
  CHECK(chain.Verify().intact());
}

TEST_CASE("what is over a size goes, the oldest first, and the chain says where it begins",
          "[audit]") {
  Chain chain;
  base::FakeClock clock;
  const RetentionDeps deps{.store = *chain.store,
                           .clock = clock,
                           .keep = absl::ZeroDuration(),
                           .reader = "",
                           .keep_bytes = 2'000};
  REQUIRE(Prune(deps).ok());
  const Verification found = chain.Verify();
  INFO(found.problem);
  CHECK(found.intact());
  CHECK(found.first > 1);
  CHECK(found.first < 12);
  CHECK(found.last == 14);  // that it was done, in each chain
  REQUIRE(chain.store
              ->ReadDirectory(chain.organization,
                              [&](store::DirectoryReadTx& tx) -> absl::Status {
                                store::AuditQuery newest;
                                newest.limit = 2;
                                const auto page = tx.ListAudit(newest).value();
                                for (const store::AuditEntry& entry : page.entries) {
                                  const auto marks = tx.ListAuditMarks(entry.chain).value();
                                  REQUIRE(marks.front().name == store::kAuditBegin);
                                  const auto begin = fmt::format("{{\"through\":{},\"hash\":\"",
                                                                 marks.front().sequence);
                                  CHECK(entry.note.detail.rfind(begin, 0) == 0);
                                }
                                return absl::OkStatus();
                              })
              .ok());
  // As much as may stay stays.
  REQUIRE(Prune({.store = *chain.store,
                 .clock = clock,
                 .keep = absl::ZeroDuration(),
                 .reader = "",
                 .keep_bytes = 1'000'000})
              .ok());
  CHECK(chain.Verify().first == found.first);
}

}  // namespace
}  // namespace skyden::audit
