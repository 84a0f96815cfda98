// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"
#include "tests/store/raw_database.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {
namespace {

constexpr AuditQuery::Order kOldestFirst = AuditQuery::Order::kOldestFirst;

absl::Time At(int64_t second) { return absl::FromUnixSeconds(1'000'000 + second); }

AuditNote Note(int64_t second, const std::string& action, const std::string& name = "x") {
  return {At(second), action, "Thing", name, ""};
}

void Tell(Store& store, const model::TenantScope& scope, std::vector<AuditNote> notes) {
  REQUIRE(store
              .Write(scope,
                     [&](WriteTx& tx) {
                       for (const AuditNote& note : notes) tx.Audit(note);
                       return absl::OkStatus();
                     })
              .ok());
}

AuditPage Of(Store& store, const model::OrganizationScope& scope, const AuditQuery& query = {}) {
  AuditPage page;
  REQUIRE(store
              .ReadDirectory(scope,
                             [&](DirectoryReadTx& tx) {
                               page = tx.ListAudit(query).value();
                               return absl::OkStatus();
                             })
              .ok());
  return page;
}

AuditPage Of(Store& store, const model::TenantScope& scope, const AuditQuery& query = {}) {
  AuditPage page;
  REQUIRE(store
              .Read(scope,
                    [&](ReadTx& tx) {
                      page = tx.ListAudit(query).value();
                      return absl::OkStatus();
                    })
              .ok());
  return page;
}

std::vector<uint64_t> Numbers(const AuditPage& page) {
  std::vector<uint64_t> numbers;
  for (const AuditEntry& entry : page.entries) numbers.push_back(entry.sequence);
  return numbers;
}

std::vector<std::string> Actions(const AuditPage& page) {
  std::vector<std::string> actions;
  for (const AuditEntry& entry : page.entries) actions.push_back(entry.note.action);
  return actions;
}

std::vector<AuditMark> Marks(Store& store, const model::OrganizationScope& scope,
                             model::TenantKey chain = {}) {
  std::vector<AuditMark> marks;
  REQUIRE(store
              .ReadDirectory(scope,
                             [&](DirectoryReadTx& tx) {
                               marks = tx.ListAuditMarks(chain).value();
                               return absl::OkStatus();
                             })
              .ok());
  return marks;
}

using Numbers64 = std::vector<uint64_t>;

TEMPLATE_TEST_CASE("each chain is numbered without gaps and each hash covers the one before",
                   "[store][audit]", SKYDEN_STORE_ENGINES) {
  TestType engine;
  Store& store = engine.store();
  const auto organization = NewOrganization(store, 1);
  const auto first = NewControlPlane(store, organization, 1);
  const auto second = NewControlPlane(store, organization, 2);
  Tell(store, first, {Note(1, "a.b"), Note(2, "a.c")});
  Tell(store, second, {Note(3, "a.b")});
  // One that is taken back leaves neither entry nor gap.
  CHECK(!store
             .Write(first,
                    [](WriteTx& tx) {
                      tx.Audit(Note(4, "never"));
                      return absl::CancelledError("never mind");
                    })
             .ok());
  Tell(store, first, {Note(5, "a.d")});
  engine.Reopen();
  Tell(engine.store(), first, {Note(6, "a.e")});

  AuditQuery query;
  query.order = kOldestFirst;
  const AuditPage all = Of(engine.store(), organization, query);
  REQUIRE(Numbers(all) == Numbers64{1, 2, 1, 3, 4});  // in the order of writing
  CHECK(!all.next.has_value());
  std::map<model::TenantKey, AuditDigest> previous;
  uint64_t place = 0;
  for (const AuditEntry& entry : all.entries) {
    CHECK(entry.chain == entry.tenant);
    CHECK(entry.hash == AuditHash(previous[entry.chain], AuditDocument(entry)));
    CHECK(entry.place > place);
    previous[entry.chain] = entry.hash;
    place = entry.place;
  }
  const auto marks = Marks(engine.store(), organization, first.tenant());
  REQUIRE(marks.size() == 1);
  CHECK(marks[0].name == kAuditEnd);
  CHECK(marks[0].sequence == 4);
  CHECK(marks[0].hash == previous[first.tenant()]);
  CHECK(marks[0].genuine);
  // The organization knows how many there are.
  const auto own = Marks(engine.store(), organization);
  REQUIRE(own.size() == 1);
  CHECK(own[0].name == kAuditChains);
  CHECK(own[0].sequence == 2);
  CHECK(own[0].genuine);
}

TEMPLATE_TEST_CASE("the chains of an organization are told apart, and searched by place",
                   "[store][audit]", SKYDEN_STORE_ENGINES) {
  TestType engine;
  Store& store = engine.store();
  const auto organization = NewOrganization(store, 1);
  const auto first = NewControlPlane(store, organization, 1);
  const auto second = NewControlPlane(store, organization, 2);
  Tell(store, second, {Note(1, "a.b")});
  for (int i = 0; i < 5; ++i) {
    Tell(store, first, {Note(2, "a.b"), Note(2, "a.c")});
    Tell(store, second, {Note(2, "a.b")});
  }
  REQUIRE(store
              .ReadDirectory(organization,
                             [&](DirectoryReadTx& tx) {
                               const auto chains = tx.ListAuditChains().value();
                               REQUIRE(chains.size() == 2);
                               CHECK(chains[0].chain == first.tenant());
                               CHECK(chains[0].control_plane == first.control_plane());
                               CHECK(chains[1].control_plane == second.control_plane());
                               // Places: s, then five times f f s.
                               const auto up_to = [&](const model::TenantScope& scope,
                                                      uint64_t place) -> uint64_t {
                                 const auto entry = tx.FindAuditUpTo(scope.tenant(), place).value();
                                 return entry.has_value() ? entry->sequence : 0;
                               };
                               CHECK(up_to(first, 1) == 0);
                               CHECK(up_to(first, 2) == 1);
                               CHECK(up_to(first, 4) == 2);
                               CHECK(up_to(first, 9) == 6);
                               CHECK(up_to(first, 1000) == 10);
                               CHECK(up_to(second, 0) == 0);
                               CHECK(up_to(second, 3) == 1);
                               CHECK(up_to(second, 4) == 2);
                               CHECK(up_to(second, 16) == 6);
                               return absl::OkStatus();
                             })
              .ok());
  AuditQuery query;
  query.chain = second.tenant();
  query.limit = 4;
  const AuditPage newest = Of(store, organization, query);
  CHECK(Numbers(newest) == Numbers64{6, 5, 4, 3});
  query.beyond = newest.next;
  CHECK(Numbers(Of(store, organization, query)) == Numbers64{2, 1});
  CHECK(Of(store, NewOrganization(store, 2), query).entries.empty());
}

TEMPLATE_TEST_CASE("an entry says who, from where, and what, as one line of JSON", "[store][audit]",
                   SKYDEN_STORE_ENGINES) {
  TestType engine;
  const auto organization = NewOrganization(engine.store(), 1);
  auto scope = NewControlPlane(engine.store(), organization, 7);
  scope.set_origin({"10.0.0.9", "req-1", "0af7651916cd43dd8448eb211c80319c"});
  Tell(engine.store(), scope,
       {{At(1), "resource.update", "MeshTimeout", "default/\"quoted\"\xff", "{\"a\":1}"}});
  const AuditPage page = Of(engine.store(), scope);
  REQUIRE(page.entries.size() == 1);
  CHECK(AuditDocument(page.entries[0]) ==
        R"({"sequence":1,"at":"1970-01-12T13:46:41Z","control_plane_id":")" + Uuid(7) +
            R"(","actor":{"kind":"system","id":"system","name":"test"},"peer":"10.0.0.9",)"
            R"("request_id":"req-1","trace_id":"0af7651916cd43dd8448eb211c80319c",)"
            R"("action":"resource.update","object":{"type":"MeshTimeout",)"
            R"("name":"default/\"quoted\"?"},"detail":{"a":1}})");
}

TEMPLATE_TEST_CASE("a control plane sees its own entries only, its organization all, another none",
                   "[store][audit]", SKYDEN_STORE_ENGINES) {
  TestType engine;
  Store& store = engine.store();
  const auto organization = NewOrganization(store, 1);
  const auto other = NewOrganization(store, 2);
  const auto first = NewControlPlane(store, organization, 1);
  const auto second = NewControlPlane(store, organization, 2);
  Tell(store, first, {Note(1, "one")});
  Tell(store, second, {Note(2, "two")});
  REQUIRE(store
              .WriteDirectory(organization,
                              [](DirectoryTx& tx) {
                                tx.Audit(Note(3, "organization"));
                                return absl::OkStatus();
                              })
              .ok());
  using Words = std::vector<std::string>;
  CHECK(Actions(Of(store, first)) == Words{"one"});
  CHECK(Actions(Of(store, second)) == Words{"two"});
  CHECK(Actions(Of(store, organization)) == Words{"organization", "two", "one"});
  CHECK(Of(store, other).entries.empty());
  AuditQuery foreign;
  foreign.control_plane = second.control_plane();
  CHECK(Actions(Of(store, first, foreign)) == Words{"one"});  // the scope's own, whatever is asked
  CHECK(Actions(Of(store, organization, foreign)) == Words{"two"});
  CHECK(Of(store, other, foreign).entries.empty());
  AuditQuery chain;
  chain.chain = second.tenant();
  CHECK(Actions(Of(store, first, chain)) == Words{"one"});
  CHECK(Of(store, other, chain).entries.empty());
}

TEMPLATE_TEST_CASE("the daemon's own work needs no entry", "[store][audit]", SKYDEN_STORE_ENGINES) {
  TestType engine;
  Store& store = engine.store();
  const auto organization = NewOrganization(store, 1);
  const auto scope = NewControlPlane(store, organization, 1);
  Put(store, scope, NewResource("Mesh", "", "default"));
  CHECK(Of(store, organization).entries.empty());
}

TEMPLATE_TEST_CASE("filters, times and pages find what they name", "[store][audit]",
                   SKYDEN_STORE_ENGINES) {
  TestType engine;
  Store& store = engine.store();
  const auto organization = NewOrganization(store, 1);
  const auto scope = NewControlPlane(store, organization, 1);
  for (int i = 1; i <= 40; ++i) {
    Tell(store, scope,
         {Note(i * 10, i % 2 == 0 ? "resource.update" : "resource.create",
               fmt::format("n{}", i % 4))});
  }
  Tell(store, scope, {Note(5, "resources.odd")});  // the clock went back: the chain does not
  CHECK(Of(store, organization).entries.front().note.at == At(400));

  AuditQuery query;
  query.action = "resource";
  query.object_name = "n2";
  query.limit = 3;
  AuditPage page = Of(store, organization, query);
  CHECK(Numbers(page) == Numbers64{38, 34, 30});
  query.beyond = page.next;
  CHECK(Numbers(Of(store, organization, query)) == Numbers64{26, 22, 18});
  query.action = "resource.create";
  CHECK(Of(store, organization, query).entries.empty());

  AuditQuery times;
  times.from = At(95);
  times.to = At(120);
  CHECK(Numbers(Of(store, scope, times)) == Numbers64{12, 11, 10});
  times.order = kOldestFirst;
  CHECK(Numbers(Of(store, scope, times)) == Numbers64{10, 11, 12});
  CHECK(!Of(store, scope, times).next.has_value());
  times.from = At(1000);
  times.to = std::nullopt;
  CHECK(Of(store, scope, times).entries.empty());
  times.order = AuditQuery::Order::kNewestFirst;
  CHECK(Of(store, scope, times).entries.empty());
  AuditQuery nobody;
  nobody.actor = "nobody";
  CHECK(Of(store, scope, nobody).entries.empty());
  nobody.actor = "system";
  CHECK(Of(store, scope, nobody).entries.size() == 41);
}

constexpr size_t kEntries = 10;
constexpr size_t kDetail = 10'000;

TEMPLATE_TEST_CASE("a page of entries ends by bytes as well, and says where the next begins",
                   "[store][audit]", SKYDEN_STORE_ENGINES) {
  TestType engine;
  const auto organization = NewOrganization(engine.store(), 1);
  const auto scope = NewControlPlane(engine.store(), organization, 1);
  for (size_t i = 0; i < kEntries; ++i) {
    AuditNote note = Note(static_cast<int64_t>(i), i % 2 == 0 ? "even" : "odd");
    note.detail = fmt::format(R"({{"x":"{}"}})", std::string(kDetail, 'x'));
    Tell(engine.store(), scope, {note});
  }
  AuditQuery query;
  query.order = GENERATE(AuditQuery::Order::kOldestFirst, AuditQuery::Order::kNewestFirst);
  const auto [bytes_max, action, pages] = GENERATE(table<size_t, std::string, size_t>({
      {3 * kDetail + kDetail / 2, "", 4},  // of three entries, the last of one
      {3 * kDetail + kDetail / 2, "odd", 2},
      {1, "", kEntries},
  }));
  query.bytes_max = bytes_max;
  query.action = action;
  Numbers64 seen;
  size_t count = 0;
  do {
    const AuditPage page =
        count % 2 == 0 ? Of(engine.store(), organization, query) : Of(engine.store(), scope, query);
    if (page.entries.empty()) break;
    for (const uint64_t number : Numbers(page)) seen.push_back(number);
    query.beyond = page.next;
    ++count;
  } while (query.beyond.has_value() && count < 2 * kEntries);
  CHECK(count == pages);
  if (query.order == AuditQuery::Order::kNewestFirst) std::reverse(seen.begin(), seen.end());
  CHECK(seen ==
        (action.empty() ? Numbers64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10} : Numbers64{2, 4, 6, 8, 10}));
}

TEMPLATE_TEST_CASE("retention takes the oldest entries and remembers where the chain begins",
                   "[store][audit]", SKYDEN_STORE_ENGINES) {
  TestType engine;
  Store& store = engine.store();
  const auto organization = NewOrganization(store, 1);
  const auto scope = NewControlPlane(store, organization, 1);
  for (int i = 1; i <= 10; ++i) Tell(store, scope, {Note(i, "a.b")});
  const AuditDigest hash_of_4 = Of(store, scope).entries[6].hash;
  const auto prune = [&](uint64_t through, uint64_t at_most) {
    uint64_t removed = 0;
    REQUIRE(store
                .WriteDirectory(organization,
                                [&](DirectoryTx& tx) {
                                  removed = tx.PruneAudit(scope.tenant(), through, at_most).value();
                                  return absl::OkStatus();
                                })
                .ok());
    return removed;
  };
  CHECK(prune(4, 3) == 3);
  CHECK(prune(4, 3) == 1);
  CHECK(prune(4, 3) == 0);
  const auto marks = Marks(store, organization, scope.tenant());
  REQUIRE(marks.size() == 2);
  CHECK(marks[0].name == kAuditBegin);
  CHECK(marks[0].sequence == 4);
  CHECK(marks[0].hash == hash_of_4);
  CHECK(marks[0].genuine);
  CHECK(prune(1000, 1000) == 5);  // the last one stays
  CHECK(Numbers(Of(store, scope)) == Numbers64{10});
}

TEST_CASE("a chain that was cut while nobody looked goes on with an entry that says so",
          "[store][audit]") {
  SqliteEngine engine;
  const auto organization = NewOrganization(engine.store(), 1);
  const auto scope = NewControlPlane(engine.store(), organization, 1);
  for (int i = 1; i <= 5; ++i) Tell(engine.store(), scope, {Note(i, "a.b")});
  engine.Close();
  {
    RawDatabase db(engine.database());
    db.slot() = {1, 0, false};
    REQUIRE(db.Execute("DELETE FROM audit WHERE sequence >= 4").empty());
  }
  engine.Reopen(SqliteEngine::Trust::kAsFound);
  Tell(engine.store(), scope, {Note(9, "a.b")});
  const AuditPage page = Of(engine.store(), organization);
  CHECK(Numbers(page) == Numbers64{7, 6, 3, 2, 1});
  CHECK(page.entries[1].note.action == kActionBroken);
  CHECK(page.entries[1].note.detail == R"({"expected_end":5,"found_end":3})");
}

TEMPLATE_TEST_CASE("listeners hear the last number after each commit", "[store][audit]",
                   SKYDEN_STORE_ENGINES) {
  TestType engine;
  const auto organization = NewOrganization(engine.store(), 1);
  const auto scope = NewControlPlane(engine.store(), organization, 1);
  std::vector<uint64_t> heard;
  const auto subscription = engine.store().SubscribeAudit([&](const AuditGrowth& grown) {
    CHECK(grown.chain == scope.tenant());
    heard.push_back(grown.last);
  });
  Tell(engine.store(), scope, {Note(1, "a.b"), Note(1, "a.c")});
  Tell(engine.store(), scope, {});
  Tell(engine.store(), scope, {Note(2, "a.b")});
  CHECK(heard == Numbers64{2, 3});
}

}  // namespace
}  // namespace skyden::store::testing
