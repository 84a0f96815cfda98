// SPDX-License-Identifier: Apache-2.0
// Several daemons over one database: what one was told is true everywhere, none misses what another
// wrote, and one that was given up writes nothing.
#include "tests/store/postgres_daemons.h"

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "fmt/format.h"
#include "skyden/base/clock.h"
#include "skyden/store/audit.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "store/postgres/journal_text.h"

namespace skyden::store::testing {
namespace {

const model::TypeId kTimeout = Type("MeshTimeout");

absl::StatusOr<model::Revision> TryPut(Store& store, const model::TenantScope& scope,
                                       const std::string& name) {
  WritePlan plan;
  plan.Resource(kTimeout, {"m", name});
  return store.Write(scope, std::move(plan), [&name](WriteTx& tx) -> absl::Status {
    model::Resource r = NewResource("MeshTimeout", "m", name);
    if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
    tx.Audit({absl::UnixEpoch(), "resource.put", "MeshTimeout", name, ""});
    return absl::OkStatus();
  });
}

// What a cache that hears of changes knows: the newest revision of each control plane.
class Known {
 public:
  explicit Known(Store& store)
      : subscription_(store.Subscribe(std::nullopt, [this](const Change& change) {
          std::atomic<model::Revision>& newest = newest_[static_cast<size_t>(change.tenant) % kMax];
          if (newest.load() < change.revision) newest.store(change.revision);
        })) {}
  model::Revision newest(const model::TenantScope& scope) const {
    return newest_[static_cast<size_t>(scope.tenant()) % kMax].load();
  }

 private:
  static constexpr size_t kMax = 64;
  std::atomic<model::Revision> newest_[kMax] = {};
  std::unique_ptr<Subscription> subscription_;
};

bool Eventually(const std::function<bool()>& condition) {
  const base::RealClock clock;
  const absl::Duration until = clock.Monotonic() + absl::Seconds(60);
  while (!condition()) {
    if (clock.Monotonic() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

size_t CountDaemons(PostgresDaemons& daemons, size_t asked) {
  const auto list = daemons.about(asked).ListDaemons();
  INFO(list.status());
  REQUIRE(list.ok());
  return list->size();
}

// How many of `rounds` reads at any daemon did not know what any daemon had acknowledged.
int CountStale(PostgresDaemons& daemons, int rounds) {
  const auto organization = NewOrganization(daemons[0], 1);
  std::vector<model::TenantScope> scopes;
  for (int n = 1; n <= 3; ++n) scopes.push_back(NewControlPlane(daemons[0], organization, n));
  std::vector<std::unique_ptr<Known>> known;
  for (size_t n = 0; n < daemons.size(); ++n) known.push_back(std::make_unique<Known>(daemons[n]));
  std::atomic<int> stale{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> clients;
  for (size_t client = 0; client < 3; ++client) {
    clients.emplace_back([&, client] {
      std::mt19937 random(static_cast<uint32_t>(client) + 1);
      const model::TenantScope& scope = scopes[client];
      for (int round = 0; round < rounds; ++round) {
        Store& writes = daemons[random() % daemons.size()];
        const auto revision = TryPut(writes, scope, fmt::format("r{}", random() % 8));
        const size_t reads = random() % daemons.size();
        if (!revision.ok() || !daemons.about(reads).Fresh().ok()) {
          ++failed;
        } else if (known[reads]->newest(scope) < *revision) {
          ++stale;
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(failed == 0);
  return stale;
}

TEST_CASE("whoever was answered by one daemon finds it known at every other",
          "[store][postgres][daemons]") {
  PostgresDaemons daemons(3);
  CHECK(CountStale(daemons, 150) == 0);
}

TEST_CASE("without waiting for the journal, what others wrote is not known yet",
          "[store][postgres][daemons]") {
  postgres::Blueprint blueprint;
  blueprint.barrier = postgres::Blueprint::Barrier::kSkipped;
  PostgresDaemons daemons(3, blueprint);
  CHECK(CountStale(daemons, 100) > 0);
}

TEST_CASE("daemons that write in one organization at once count as one",
          "[store][postgres][daemons]") {
  PostgresDaemons daemons(3);
  const auto organization = NewOrganization(daemons[0], 1);
  const auto shared = NewControlPlane(daemons[1], organization, 1);
  const auto other = NewControlPlane(daemons[2], organization, 2);
  constexpr int kEach = 40;
  std::atomic<int> failed{0};
  std::vector<std::set<model::Revision>> given(daemons.size());
  std::vector<std::thread> writers;
  for (size_t n = 0; n < daemons.size(); ++n) {
    writers.emplace_back([&, n] {
      for (int i = 0; i < kEach; ++i) {
        const auto put = TryPut(daemons[n], shared, fmt::format("r{}", i));
        put.ok() ? static_cast<void>(given[n].insert(*put)) : static_cast<void>(++failed);
        if (!TryPut(daemons[n], other, fmt::format("d{}-{}", n, i)).ok()) ++failed;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  CHECK(failed == 0);
  // Gapless, and none given twice.
  std::set<model::Revision> all;
  for (const auto& some : given) all.insert(some.begin(), some.end());
  CHECK(all.size() == kEach * daemons.size());
  CHECK(*all.rbegin() == kEach * daemons.size());
  const auto stored = List(daemons[0], shared, "MeshTimeout");
  REQUIRE(stored.size() == kEach);
  for (const model::Resource& resource : stored) CHECK(resource.version == daemons.size());
  CHECK(Count(daemons[0], other, "MeshTimeout") == kEach * daemons.size());
  // Each entry of the audit has a place of its own, and follows the one before in its chain.
  std::map<model::TenantKey, AuditDigest> ends;
  std::map<model::TenantKey, uint64_t> numbers;
  uint64_t place = 0;
  uint64_t entries = 0;
  const auto read = [&](DirectoryReadTx& tx) -> absl::Status {
    AuditQuery query;
    query.order = AuditQuery::Order::kOldestFirst;
    for (int pages = 0; pages < 100; ++pages) {
      auto page = tx.ListAudit(query);
      if (!page.ok()) return page.status();
      for (const AuditEntry& entry : page->entries) {
        CHECK(entry.place == ++place);
        CHECK(entry.sequence == ++numbers[entry.chain]);
        CHECK(entry.hash == AuditHash(ends[entry.chain], AuditDocument(entry)));
        ends[entry.chain] = entry.hash;
        ++entries;
      }
      if (!page->next.has_value()) return absl::OkStatus();
      query.beyond = page->next;
    }
    return absl::InternalError("the audit has no end");
  };
  REQUIRE(daemons[1].ReadDirectory(organization, read).ok());
  CHECK(entries == 2 * kEach * daemons.size());
}

// How many of `rounds` revoked tokens another daemon still took for good ones when the revocation
// was answered.
int CountUnheard(PostgresDaemons& daemons, int rounds) {
  const auto organization = NewOrganization(daemons[0], 1);
  const AccountRecord account = NewAccount(1);
  const auto token = [](int n) { return fmt::format("token-{}", n); };
  REQUIRE(daemons[0]
              .WriteDirectory(organization,
                              [&](DirectoryTx& tx) -> absl::Status {
                                if (absl::Status s = tx.InsertAccount(account); !s.ok()) return s;
                                for (int n = 0; n < rounds; ++n) {
                                  const absl::Status s =
                                      tx.InsertToken(NewToken(token(n), account));
                                  if (!s.ok()) return s;
                                }
                                return absl::OkStatus();
                              })
              .ok());
  std::mutex mu;
  std::vector<std::set<std::string>> heard(daemons.size());
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  for (size_t n = 0; n < daemons.size(); ++n) {
    subscriptions.push_back(daemons[n].Subscribe(std::nullopt, [&, n](const Change& change) {
      const std::scoped_lock lock(mu);
      for (const model::TokenId& id : change.tokens) heard[n].insert(id.str());
    }));
  }
  int unheard = 0;
  for (int n = 0; n < rounds; ++n) {
    Store& revokes = daemons[static_cast<size_t>(n) % daemons.size()];
    const absl::Status revoked = revokes.WriteDirectory(organization, [&](DirectoryTx& tx) {
      return tx.RevokeToken(model::TokenId(token(n)), absl::UnixEpoch());
    });
    INFO(revoked);
    REQUIRE(revoked.ok());
    const std::scoped_lock lock(mu);
    for (const auto& known : heard) unheard += known.contains(token(n)) ? 0 : 1;
  }
  return unheard;
}

TEST_CASE("a token that was revoked is revoked at every daemon once that is answered",
          "[store][postgres][daemons]") {
  PostgresDaemons daemons(3);
  CHECK(CountUnheard(daemons, 30) == 0);
  postgres::Blueprint blueprint;
  blueprint.revocations = postgres::Blueprint::Revocations::kAtCommit;
  PostgresDaemons hasty(3, blueprint);
  CHECK(CountUnheard(hasty, 30) > 0);
}

// A journal that others write, in the order in which the test has their transactions end.
struct Strangers {
  explicit Strangers(PostgresDaemons& d)
      : daemons(d), subscription(d[0].Subscribe(std::nullopt, [this](const Change& change) {
          const std::scoped_lock lock(mu);
          heard.insert(static_cast<int64_t>(change.tenant));
        })) {}
  std::unique_ptr<postgres::Wire> Connect() {
    auto wire = postgres::Wire::Connect(PostgresAddress("postgres", daemons.database().name()));
    REQUIRE(wire.ok());
    return *std::move(wire);
  }
  static absl::Status Note(postgres::Wire& wire, int64_t tenant) {
    Change change;
    change.organization = model::OrganizationKey{1};
    change.tenant = model::TenantKey{tenant};
    change.self = Change::Self::kDescribed;
    const std::string text = postgres::JournalText({{change}, {}}, Registry());
    const auto noted = wire.Ask(
        "INSERT INTO skyden.journal (batch, opened, at, daemon, changes)"
        " VALUES (pg_catalog.decode(pg_catalog.md5($1::text), 'hex'), 1, now(), 'stranger', $2)",
        {Param::Text(std::to_string(tenant)), Param::Blob(text)});
    return noted.status();
  }
  size_t count() {
    const std::scoped_lock lock(mu);
    return heard.size();
  }
  PostgresDaemons& daemons;
  std::mutex mu;
  std::multiset<int64_t> heard;
  std::unique_ptr<Subscription> subscription;
};

std::vector<int64_t> HeardOfOneThatWasLate(postgres::Blueprint::News news) {
  postgres::Blueprint blueprint;
  blueprint.news = news;
  PostgresDaemons daemons(2, blueprint);
  Strangers strangers(daemons);
  const auto late = strangers.Connect();
  const auto early = strangers.Connect();
  REQUIRE(late->Ask("BEGIN").ok());
  REQUIRE(Strangers::Note(*late, 101).ok());  // its number is the smaller one
  REQUIRE(Strangers::Note(*early, 102).ok());
  daemons.Fresh(0);
  REQUIRE(late->Ask("COMMIT").ok());
  daemons.Fresh(0);
  daemons.Fresh(0);
  return {strangers.heard.begin(), strangers.heard.end()};
}

TEST_CASE("a commit that ends later than one that began later is not missed, and none comes twice",
          "[store][postgres][daemons]") {
  using News = postgres::Blueprint::News;
  CHECK(HeardOfOneThatWasLate(News::kBySnapshot) == std::vector<int64_t>{101, 102});
  // As a reader with a position would have it: a number that grows, of a sequence for one.
  CHECK(HeardOfOneThatWasLate(News::kByHighest) == std::vector<int64_t>{102});
}

// How many of the rows that many sessions write are heard of.
size_t HeardOfMany(postgres::Blueprint::News news, int writers, int each) {
  postgres::Blueprint blueprint;
  blueprint.news = news;
  PostgresDaemons daemons(2, blueprint);
  Strangers strangers(daemons);
  std::atomic<bool> writing{true};
  std::thread reader([&] {
    while (writing.load()) daemons.about(0).Fresh().IgnoreError();
  });
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  std::vector<std::unique_ptr<postgres::Wire>> wires;
  for (int n = 0; n < writers; ++n) wires.push_back(strangers.Connect());
  for (int n = 0; n < writers; ++n) {
    threads.emplace_back([&, n] {
      for (int i = 0; i < each; ++i) {
        if (!Strangers::Note(*wires[static_cast<size_t>(n)], 1000 + n * each + i).ok()) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  writing = false;
  reader.join();
  CHECK(failed == 0);
  daemons.Fresh(0);
  return strangers.count();
}

TEST_CASE("nothing is missed that ends while the journal is read", "[store][postgres][daemons]") {
  using News = postgres::Blueprint::News;
  constexpr int kWriters = 8;
  constexpr int kEach = 200;
  CHECK(HeardOfMany(News::kBySnapshot, kWriters, kEach) == kWriters * kEach);
  // The snapshot from which the next read goes on must be the one that this read saw.
  CHECK(HeardOfMany(News::kByAnotherSnapshot, kWriters, kEach) < kWriters * kEach);
}

TEST_CASE("daemons come and go, and writes go on", "[store][postgres][daemons]") {
  PostgresDaemons daemons(3);
  const auto organization = NewOrganization(daemons[0], 1);
  const auto scope = NewControlPlane(daemons[0], organization, 1);
  CHECK(CountDaemons(daemons, 0) == 3);
  daemons.Close(2);
  CHECK(CountDaemons(daemons, 0) == 2);
  CHECK(*TryPut(daemons[1], scope, "a") == 1);
  daemons.Close(1);
  daemons.Fresh(0);
  CHECK(CountDaemons(daemons, 0) == 1);
  // Alone now, it remembers where the audit ends; another one must find that out.
  CHECK(*TryPut(daemons[0], scope, "b") == 2);
  CHECK(*TryPut(daemons[0], scope, "c") == 3);
  std::atomic<bool> writing{true};
  std::atomic<int> failed{0};
  std::thread writer([&] {
    while (writing.load()) failed += !TryPut(daemons[0], scope, "d").ok();
  });
  for (int round = 0; round < 3; ++round) {
    daemons.Open(1);
    if (!TryPut(daemons[1], scope, "e").ok()) ++failed;
    daemons.Close(1);
  }
  writing = false;
  writer.join();
  CHECK(failed == 0);
  CHECK(daemons.fatal(0).ok());
  const auto audit = [](DirectoryReadTx& tx) -> absl::Status {
    AuditQuery query;
    query.action = std::string(kActionBroken);
    auto page = tx.ListAudit(query);
    if (!page.ok()) return page.status();
    CHECK(page->entries.empty());
    return absl::OkStatus();
  };
  REQUIRE(daemons[0].ReadDirectory(organization, audit).ok());
}

TEST_CASE("a daemon that others have given up writes nothing more, and says so",
          "[store][postgres][daemons]") {
  PostgresDaemons daemons(2);
  const auto organization = NewOrganization(daemons[0], 1);
  const auto scope = NewControlPlane(daemons[0], organization, 1);
  const std::string id = daemons.about(0).ListDaemons()->front().id;
  const size_t out = daemons.about(0).ListDaemons()->front().self ? 0 : 1;
  const size_t in = 1 - out;
  REQUIRE(TryPut(daemons[out], scope, "before").ok());
  // What the other one does once it has not seen it for long enough.
  AsSuperuser(daemons.database().name(),
              fmt::format("BEGIN; DELETE FROM skyden.daemon WHERE id = '{}';"
                          " UPDATE skyden.opening SET opened = opened + 1; COMMIT;",
                          id));
  CHECK_FALSE(TryPut(daemons[out], scope, "late").ok());
  CHECK_FALSE(daemons.about(out).Fresh().ok());
  CHECK(absl::IsUnavailable(daemons[out].Health()));
  CHECK(absl::IsUnavailable(daemons[out].Writable()));
  CHECK(absl::IsUnavailable(daemons.fatal(out)));
  CHECK(*TryPut(daemons[in], scope, "after") == 2);
  CHECK(Names(List(daemons[in], scope, "MeshTimeout")) ==
        std::vector<std::string>{"m/after", "m/before"});
  CHECK(daemons[in].Health().ok());
}

TEST_CASE("a daemon that is not seen is given up, one that is seen is not",
          "[store][postgres][daemons]") {
  PostgresDaemons daemons(2, {}, absl::Seconds(8));
  const auto organization = NewOrganization(daemons[0], 1);
  const auto scope = NewControlPlane(daemons[0], organization, 1);
  // Seen by a clock that stands still.
  AsSuperuser(daemons.database().name(),
              "BEGIN; INSERT INTO skyden.daemon VALUES ('dead', 1, 1, 1, '1:1:', '');"
              " UPDATE skyden.opening SET opened = opened + 1; COMMIT;");
  CHECK(CountDaemons(daemons, 0) == 3);
  REQUIRE(Eventually([&] { return CountDaemons(daemons, 0) == 2; }));
  CHECK(TryPut(daemons[0], scope, "a").ok());
  CHECK(TryPut(daemons[1], scope, "b").ok());
  CHECK(daemons.fatal(0).ok());
  CHECK(daemons.fatal(1).ok());
}

TEST_CASE("who has a database alone and who shares it keep each other out",
          "[store][postgres][daemons]") {
  PostgresDaemons daemons(1);
  PostgresOptions options;
  options.logins = daemons.database().logins();
  postgres::Blueprint blueprint;
  blueprint.checks.durability = postgres::SelfCheckScope::Durability::kNotAsked;
  const auto alone = postgres::OpenStore(std::move(options), Registry(), TestSealer(), blueprint);
  CHECK(absl::IsUnavailable(alone.status()));
  CHECK(alone.status().message().find("postgres_shared") != absl::string_view::npos);
}

TEST_CASE("what a later version says of a commit is taken for more and not for less",
          "[store][postgres][daemons]") {
  const auto parse = [](const std::string& text) {
    return postgres::ParseJournalText(text, Registry());
  };
  Change change;
  change.organization = model::OrganizationKey{7};
  change.tenant = model::TenantKey{8};
  change.types = {Type("Mesh"), kTimeout};
  change.revision = 9;
  change.self = Change::Self::kTerms;
  change.keys_promised = true;
  change.rollouts = true;
  change.accounts = {model::AccountId("a"), model::AccountId("b")};
  change.tokens = {model::TokenId("t")};
  change.Sort();
  const AuditGrowth grown{model::OrganizationKey{7}, model::TenantKey{8}, 12};
  const auto same = parse(postgres::JournalText({{change}, {grown}}, Registry()));
  REQUIRE(same.changes.size() == 1);
  const Change& read = same.changes[0];
  CHECK(read.organization == change.organization);
  CHECK(read.tenant == change.tenant);
  CHECK(read.types == change.types);
  CHECK(read.revision == 9);
  CHECK(read.self == change.self);
  CHECK(read.keys_promised);
  CHECK(read.rollouts);
  CHECK(read.accounts == change.accounts);
  CHECK(read.tokens == change.tokens);
  CHECK_FALSE(read.all);
  REQUIRE(same.audit.size() == 1);
  CHECK(same.audit[0].last == 12);

  const auto later = parse(R"({"changes":[{"organization":7,"tenant":8,"self":99,"new":{}}]})");
  REQUIRE(later.changes.size() == 1);
  CHECK(later.changes[0].all);
  CHECK(later.changes[0].tenant == model::TenantKey{8});
  // A type that is not known here is nobody's here.
  const auto type =
      parse(R"({"changes":[{"organization":7,"tenant":8,"revision":3,"types":["Later"]}]})");
  CHECK(type.changes[0].types.empty());
  CHECK(type.changes[0].revision == 0);
  for (const char* broken : {"{", "[]", R"({"changes":[{}]})", R"({"changes":7})"}) {
    INFO(broken);
    const auto entry = parse(broken);
    REQUIRE(entry.changes.size() == 1);
    CHECK(entry.changes[0].all);
  }
  CHECK(parse("").changes.empty());
  std::vector<Change> many(5000, change);
  const auto much = parse(postgres::JournalText({many, {}}, Registry()));
  REQUIRE(much.changes.size() == 1);
  CHECK(much.changes[0].all);
  CHECK(much.changes[0].organization == model::OrganizationKey{});
}

}  // namespace
}  // namespace skyden::store::testing
