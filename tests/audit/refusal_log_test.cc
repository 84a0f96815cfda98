// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/refusal_log.h"

#include <catch2/catch.hpp>

#include "skyden/store/directory_tx.h"
#include "tests/env/test_store.h"
#include "tests/store/testing.h"

namespace skyden::audit {
namespace {

std::vector<store::AuditEntry> Entries(store::Store& store, const model::OrganizationScope& scope) {
  std::vector<store::AuditEntry> entries;
  REQUIRE(store
              .WriteDirectory(scope,  // behind what was written before
                              [&](store::DirectoryTx& tx) {
                                store::AuditQuery query;
                                query.order = store::AuditQuery::Order::kOldestFirst;
                                entries = tx.ListAudit(query).value().entries;
                                return absl::OkStatus();
                              })
              .ok());
  return entries;
}

TEST_CASE("the first refusal of a kind is told at once, those that follow together", "[audit]") {
  TestStore store;
  base::FakeClock clock;
  base::ManualExecutor executor(clock);
  const auto operators = store::testing::NewOrganization(*store, 1);
  const auto other = store::testing::NewOrganization(*store, 2);
  const auto scope = store::testing::NewControlPlane(*store, other, 7);
  const auto log = RefusalLog::Create(
      {*store, clock, executor, executor, operators.organization(), absl::Seconds(10)});

  const Refusal nobodys{{"10.0.0.9", "r1", ""}, {}, {}, {}, "", "", "not a token"};
  const Refusal known{{"10.0.0.9", "r2", ""},
                      other.organization(),
                      scope.tenant(),
                      scope.control_plane(),
                      "tok1",
                      "zone-1",
                      "expired"};
  for (int i = 0; i < 50; ++i) log->Tell(nobodys);
  log->Tell(known);

  auto mine = Entries(*store, operators);
  REQUIRE(mine.size() == 1);
  CHECK(mine[0].note.action == "authentication.refused");
  CHECK(mine[0].origin.peer == "10.0.0.9");
  CHECK(mine[0].note.detail == R"({"reason":"not a token"})");
  const auto theirs = Entries(*store, other);
  REQUIRE(theirs.size() == 1);
  CHECK(theirs[0].control_plane == scope.control_plane());
  CHECK(theirs[0].note.detail == R"({"reason":"expired","token":"tok1","zone":"zone-1"})");

  executor.Advance(absl::Seconds(10));
  mine = Entries(*store, operators);
  REQUIRE(mine.size() == 2);
  CHECK(mine[1].note.detail == R"({"reason":"not a token","count":49})");
  CHECK(Entries(*store, other).size() == 1);
  // Quiet for a window: nothing ticks any more, and the next is a first one again.
  executor.Advance(absl::Seconds(10));
  log->Tell(nobodys);
  CHECK(Entries(*store, operators).size() == 3);
}

TEST_CASE("a flood of different refusals stays bounded", "[audit]") {
  TestStore store;
  base::FakeClock clock;
  base::ManualExecutor executor(clock);
  const auto operators = store::testing::NewOrganization(*store, 1);
  const auto log = RefusalLog::Create(
      {*store, clock, executor, executor, operators.organization(), absl::Seconds(10)});
  for (int i = 0; i < 3000; ++i) {
    log->Tell({{std::to_string(i), "", ""}, {}, {}, {}, "", "", "not a token"});
  }
  log->Close();
  uint64_t last = 0;
  REQUIRE(store
              ->WriteDirectory(operators,
                               [&](store::DirectoryTx& tx) {
                                 const auto page = tx.ListAudit({}).value();
                                 last = page.entries.front().sequence;
                                 CHECK(page.entries.front().note.detail.find("count") !=
                                       std::string::npos);
                                 return absl::OkStatus();
                               })
              .ok());
  CHECK(last == base::limits::kRefusalsTold + 2);
}

}  // namespace
}  // namespace skyden::audit
