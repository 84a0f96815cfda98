// SPDX-License-Identifier: Apache-2.0
// What people wrote, by revision: whatever was there then is read back, for as long as it is kept.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <type_traits>

#include "fmt/format.h"
#include "skyden/base/clock.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/history.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

using Action = HistoryEntry::Action;

template <class Engine>
Engine EngineWith(const HistoryLimits& history) {
  if constexpr (std::is_same_v<Engine, SqliteEngine>) {
    SqliteOptions options;
    options.history = history;
    return Engine(sqlite::Blueprint(), std::move(options));
  } else {
    return Engine({}, {}, absl::Seconds(30), history);
  }
}

template <class Engine>
struct Past {
  explicit Past(uint64_t bytes_max = base::limits::kHistoryBytes)
      : engine(EngineWith<Engine>({.bytes_max = bytes_max, .clock = &clock})),
        organization(NewOrganization(store(), 1)),
        cp(NewControlPlane(store(), organization, 1)) {}
  Store& store() { return engine.store(); }

  base::FakeClock clock;
  Engine engine;
  model::OrganizationScope organization;
  model::TenantScope cp;
};

HistorySpan SpanOf(Store& store, const model::TenantScope& cp) {
  HistorySpan span;
  const absl::Status read = store.Read(cp, [&](ReadTx& tx) -> absl::Status {
    const auto found = tx.FindHistorySpan();
    if (found.ok()) span = *found;
    return found.status();
  });
  INFO(read);
  REQUIRE(read.ok());
  return span;
}

absl::StatusOr<std::vector<model::Resource>> ListAt(Store& store, const model::TenantScope& cp,
                                                    const std::string& type,
                                                    model::Revision revision,
                                                    const std::optional<std::string>& mesh = {}) {
  absl::StatusOr<std::vector<model::Resource>> found = absl::UnknownError("");
  store
      .Read(cp,
            [&](ReadTx& tx) {
              found = tx.ListResourcesAt(Type(type), mesh, revision);
              return absl::OkStatus();
            })
      .IgnoreError();
  return found;
}

absl::StatusOr<std::optional<model::Resource>> FindAt(Store& store, const model::TenantScope& cp,
                                                      const std::string& type,
                                                      const model::ResourceKey& key,
                                                      model::Revision revision) {
  absl::StatusOr<std::optional<model::Resource>> found = absl::UnknownError("");
  store
      .Read(cp,
            [&](ReadTx& tx) {
              found = tx.FindResourceAt(Type(type), key, revision);
              return absl::OkStatus();
            })
      .IgnoreError();
  return found;
}

std::vector<HistoryEntry> ListAll(Store& store, const model::TenantScope& cp, HistoryQuery query) {
  std::vector<HistoryEntry> all;
  for (int pages = 0; pages < 10'000; ++pages) {
    HistoryPage page;
    const absl::Status read = store.Read(cp, [&](ReadTx& tx) -> absl::Status {
      auto found = tx.ListHistory(query);
      if (found.ok()) page = *std::move(found);
      return found.status();
    });
    INFO(read);
    REQUIRE(read.ok());
    CHECK(page.entries.size() <= query.limit);
    all.insert(all.end(), page.entries.begin(), page.entries.end());
    if (!page.next.has_value()) return all;
    query.beyond = page.next;
  }
  FAIL("pages without an end");
  return all;
}

std::string Text(const HistoryEntry& e) {
  return fmt::format("{} {} {} {}/{}", e.revision, NameOf(e.action), Registry().at(e.type).name,
                     e.key.mesh, e.key.name);
}

std::vector<std::string> Texts(const std::vector<HistoryEntry>& all) {
  std::vector<std::string> texts;
  for (const HistoryEntry& e : all) texts.push_back(Text(e));
  return texts;
}

bool Same(const model::Resource& a, const model::Resource& b) {
  return a.type == b.type && a.key == b.key && a.labels == b.labels && a.spec == b.spec &&
         a.status == b.status && a.zone == b.zone && a.creation_time == b.creation_time &&
         a.modification_time == b.modification_time && a.revision == b.revision &&
         a.version == b.version;
}

TEMPLATE_TEST_CASE("each change is kept with who made it, and what was there is read back",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  Past<TestType> w;
  Store& store = w.store();
  model::Resource first = NewResource("MeshTimeout", "default", "t", "one");
  first.labels = {{"team", "a"}};
  first.creation_time = first.modification_time = absl::FromUnixSeconds(10);
  first = Put(store, w.cp, first);
  w.clock.Advance(absl::Hours(1));
  model::Resource second = first;
  second.spec = "two";
  second.modification_time = absl::FromUnixSeconds(20);
  second = Put(store, w.cp, second);
  const model::Revision deleted = Delete(store, w.cp, "MeshTimeout", {"default", "t"}).value();
  const model::Resource third =
      Put(store, w.cp, NewResource("MeshTimeout", "default", "t", "three"));

  const std::vector<HistoryEntry> all = ListAll(store, w.cp, {.limit = 3});
  CHECK(Texts(all) == std::vector<std::string>{
                          "4 create MeshTimeout default/t", "3 delete MeshTimeout default/t",
                          "2 update MeshTimeout default/t", "1 create MeshTimeout default/t"});
  CHECK(all[2].at - all[3].at == absl::Hours(1));
  CHECK(all[0].actor_kind == model::Principal::Kind::kSystem);
  CHECK(all[0].actor_name == w.cp.who().name);

  const model::ResourceKey key{"default", "t"};
  CHECK_FALSE(FindAt(store, w.cp, "MeshTimeout", key, 0)->has_value());
  CHECK(Same(**FindAt(store, w.cp, "MeshTimeout", key, first.revision), first));
  CHECK(Same(**FindAt(store, w.cp, "MeshTimeout", key, second.revision), second));
  CHECK_FALSE(FindAt(store, w.cp, "MeshTimeout", key, deleted)->has_value());
  CHECK(Same(**FindAt(store, w.cp, "MeshTimeout", key, third.revision), third));
  CHECK(ListAt(store, w.cp, "MeshTimeout", deleted)->empty());
  CHECK(ListAt(store, w.cp, "MeshTimeout", second.revision, "default")->size() == 1);
  CHECK(ListAt(store, w.cp, "MeshTimeout", second.revision, "other")->empty());
  CHECK(ListAt(store, w.cp, "MeshRetry", second.revision)->empty());
  // What has not been yet, or is another's.
  CHECK(absl::IsOutOfRange(FindAt(store, w.cp, "MeshTimeout", key, 5).status()));
  const auto other = NewControlPlane(store, w.organization, 2);
  CHECK(ListAll(store, other, {}).empty());
  CHECK(SpanOf(store, other).bytes == 0);
}

TEMPLATE_TEST_CASE("what a zone sends is no part of what people wrote",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  Past<TestType> w;
  Store& store = w.store();
  model::Resource of_zone = NewResource("MeshTimeout", "default", "z", "sent");
  of_zone.zone = "east";
  Put(store, w.cp, of_zone);
  Put(store, w.cp, of_zone);
  Put(store, w.cp, NewResource("DataplaneInsight", "default", "d"));
  CHECK(ListAll(store, w.cp, {}).empty());
  CHECK(ListAt(store, w.cp, "MeshTimeout", 3)->empty());
  CHECK_FALSE(FindAt(store, w.cp, "MeshTimeout", of_zone.key, 3)->has_value());
  // A name may change hands.
  model::Resource ours = of_zone;
  ours.zone.clear();
  ours.spec = "ours";
  Put(store, w.cp, ours);
  Put(store, w.cp, of_zone);
  CHECK(
      Texts(ListAll(store, w.cp, {})) ==
      std::vector<std::string>{"5 delete MeshTimeout default/z", "4 create MeshTimeout default/z"});
  CHECK((**FindAt(store, w.cp, "MeshTimeout", of_zone.key, 4)).spec == "ours");
  CHECK_FALSE(FindAt(store, w.cp, "MeshTimeout", of_zone.key, 5)->has_value());
  Delete(store, w.cp, "MeshTimeout", of_zone.key).value();
  CHECK(ListAll(store, w.cp, {}).size() == 2);
}

TEMPLATE_TEST_CASE("a mesh that is deleted is remembered with all that people had in it",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  Past<TestType> w;
  Store& store = w.store();
  const model::Resource timeout = Put(store, w.cp, NewResource("MeshTimeout", "m", "t", "x"));
  const model::Resource secret = Put(store, w.cp, NewResource("Secret", "m", "s", "hidden"));
  model::Resource of_zone = NewResource("MeshRetry", "m", "z");
  of_zone.zone = "east";
  Put(store, w.cp, of_zone);
  model::Resource fleeting = NewResource("MeshRetry", "m", "f");
  uint64_t count = 0;
  const auto revision = store.Write(w.cp, [&](WriteTx& tx) -> absl::Status {
    // There and gone in one revision: nothing was there before, nothing is after.
    if (absl::Status s = tx.PutResource(fleeting); !s.ok()) return s;
    const auto deleted = tx.DeleteResourcesOfMesh("m", {});
    count = deleted.value_or(0);
    return deleted.status();
  });
  REQUIRE(revision.ok());
  CHECK(count == 4);
  CHECK(Same(ListAt(store, w.cp, "MeshTimeout", *revision - 1)->at(0), timeout));
  CHECK(Same(ListAt(store, w.cp, "Secret", *revision - 1)->at(0), secret));
  CHECK(ListAt(store, w.cp, "MeshRetry", *revision - 1)->empty());
  for (const char* type : {"MeshTimeout", "Secret", "MeshRetry"}) {
    CHECK(ListAt(store, w.cp, type, *revision)->empty());
  }
  const auto texts = Texts(ListAll(store, w.cp, {.mesh = "m"}));
  CHECK(std::count(texts.begin(), texts.end(), "4 delete Secret m/s") == 1);
  CHECK(std::count(texts.begin(), texts.end(), "4 delete MeshTimeout m/t") == 1);
  CHECK(std::count(texts.begin(), texts.end(), "4 create MeshRetry m/f") == 1);
  CHECK(texts.size() == 5);
}

TEMPLATE_TEST_CASE("changes are found by type, mesh and name, page by page",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  Past<TestType> w;
  Store& store = w.store();
  for (int i = 0; i < 6; ++i) {
    Put(store, w.cp, NewResource("MeshTimeout", i % 2 == 0 ? "a" : "b", fmt::format("n{}", i % 3)));
    Put(store, w.cp, NewResource("Mesh", "", "n1", fmt::format("{}", i)));
  }
  const auto count = [&](HistoryQuery query) {
    query.limit = 2;
    return ListAll(store, w.cp, std::move(query)).size();
  };
  CHECK(count({}) == 12);
  CHECK(count({.types = {Type("Mesh")}}) == 6);
  CHECK(count({.types = {Type("Mesh"), Type("MeshTimeout")}}) == 12);
  CHECK(count({.mesh = "a"}) == 3);
  CHECK(count({.mesh = ""}) == 6);
  CHECK(count({.name = "n1"}) == 8);
  CHECK(count({.types = {Type("MeshTimeout")}, .mesh = "b", .name = "n1"}) == 1);
  CHECK(count({.types = {Type("Mesh")}, .mesh = "", .name = "n1"}) == 6);
}

TEMPLATE_TEST_CASE("a request that fails leaves nothing in the past",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  Past<TestType> w;
  Store& store = w.store();
  Put(store, w.cp, NewResource("MeshTimeout", "m", "t"));
  const HistorySpan before = SpanOf(store, w.cp);
  model::Resource again = NewResource("MeshTimeout", "m", "t", "other");
  const auto failed = store.Write(w.cp, [&](WriteTx& tx) -> absl::Status {
    if (absl::Status s = tx.PutResource(again); !s.ok()) return s;
    return absl::CancelledError("never mind");
  });
  CHECK(absl::IsCancelled(failed.status()));
  CHECK(SpanOf(store, w.cp).bytes == before.bytes);
  CHECK(ListAll(store, w.cp, {}).size() == 1);
  // What is read in a transaction is what it has written.
  const auto written = store.Write(w.cp, [&](WriteTx& tx) -> absl::Status {
    if (absl::Status s = tx.PutResource(again); !s.ok()) return s;
    if (absl::Status s = tx.DeleteResource(again.type, again.key); !s.ok()) return s;
    if (absl::Status s = tx.PutResource(again); !s.ok()) return s;
    const auto then = tx.FindResourceAt(again.type, again.key, 1);
    CHECK((then.ok() && then->has_value() && (*then)->spec == "{}"));
    CHECK(tx.FindResourceAt(again.type, again.key, 2)->value().spec == "other");
    return absl::OkStatus();
  });
  REQUIRE(written.ok());
  CHECK(ListAll(store, w.cp, {}).size() == 2);  // one for each revision
}

TEMPLATE_TEST_CASE("so much is kept and no more: the oldest goes, and is said to be gone",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  constexpr uint64_t kMax = 64u << 10;
  Past<TestType> w(kMax);
  Store& store = w.store();
  const std::string spec(1000, 'x');
  uint64_t most = 0;
  for (int i = 0; i < 400; ++i) {
    Put(store, w.cp, NewResource("MeshTimeout", "m", "t", fmt::format("{}{}", spec, i)));
    most = std::max(most, SpanOf(store, w.cp).bytes);
  }
  CHECK(most <= kMax);
  CHECK(most > kMax / 2);
  const HistorySpan span = SpanOf(store, w.cp);
  CHECK(span.current == 400);
  CHECK(span.oldest > 300);
  const model::ResourceKey key{"m", "t"};
  for (model::Revision at = span.oldest; at <= span.current; ++at) {
    CHECK((**FindAt(store, w.cp, "MeshTimeout", key, at)).spec ==
          fmt::format("{}{}", spec, at - 1));
  }
  const auto gone = FindAt(store, w.cp, "MeshTimeout", key, span.oldest - 1);
  CHECK(absl::IsOutOfRange(gone.status()));
  CHECK(ListAll(store, w.cp, {}).size() == span.current - span.oldest);
}

TEMPLATE_TEST_CASE("what one transaction adds beyond that goes in the steps of those that follow",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  constexpr uint64_t kMax = 64u << 10;
  Past<TestType> w(kMax);
  Store& store = w.store();
  REQUIRE(store
              .Write(w.cp,
                     [](WriteTx& tx) -> absl::Status {
                       for (int i = 0; i < 2000; ++i) {
                         model::Resource one =
                             NewResource("MeshTimeout", "m", fmt::format("n{}", i));
                         if (absl::Status s = tx.PutResource(one); !s.ok()) return s;
                       }
                       return absl::OkStatus();
                     })
              .ok());
  // Some of a revision is gone: what is before it cannot be asked for, what is after it can.
  CHECK(SpanOf(store, w.cp).oldest == 1);
  CHECK(SpanOf(store, w.cp).bytes > kMax);
  CHECK(ListAll(store, w.cp, {}).empty());
  CHECK(ListAt(store, w.cp, "MeshTimeout", 1)->size() == 2000);
  uint64_t removed = 1;
  int steps = 0;
  while (removed > 0) {
    REQUIRE(store
                .Write(w.cp,
                       [&](WriteTx& tx) {
                         const auto pruned = tx.PruneHistory(std::nullopt);
                         removed = pruned.value_or(0);
                         return pruned.status();
                       })
                .ok());
    ++steps;
  }
  CHECK(steps > 2);
  CHECK(SpanOf(store, w.cp).bytes <= kMax);
  CHECK(SpanOf(store, w.cp).current == 1);  // no revision of its own
  CHECK(ListAt(store, w.cp, "MeshTimeout", 1)->size() == 2000);
}

TEMPLATE_TEST_CASE("what is older than it has to be goes, and only that",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  Past<TestType> w;
  Store& store = w.store();
  Put(store, w.cp, NewResource("MeshTimeout", "m", "t", "one"));
  w.clock.Advance(absl::Hours(24));
  Put(store, w.cp, NewResource("MeshTimeout", "m", "t", "two"));
  const absl::Time then = w.clock.Now();
  w.clock.Advance(absl::Hours(24));
  Put(store, w.cp, NewResource("MeshTimeout", "m", "t", "three"));
  const auto prune = [&](absl::Time before) {
    uint64_t removed = 0;
    const auto done = store.Write(w.cp, [&](WriteTx& tx) {
      const auto pruned = tx.PruneHistory(before);
      removed = pruned.value_or(99);
      return pruned.status();
    });
    REQUIRE(done.ok());
    return removed;
  };
  CHECK(prune(then - absl::Hours(30)) == 0);
  CHECK(prune(then) == 1);
  CHECK(prune(then) == 0);
  CHECK(SpanOf(store, w.cp).oldest == 1);
  CHECK((**FindAt(store, w.cp, "MeshTimeout", {"m", "t"}, 1)).spec == "one");
  CHECK(absl::IsOutOfRange(FindAt(store, w.cp, "MeshTimeout", {"m", "t"}, 0).status()));
  CHECK(prune(absl::InfiniteFuture()) == 2);
  CHECK(SpanOf(store, w.cp).bytes == 0);
  CHECK(SpanOf(store, w.cp).oldest == 3);
  CHECK((**FindAt(store, w.cp, "MeshTimeout", {"m", "t"}, 3)).spec == "three");
}

TEMPLATE_TEST_CASE("where nothing is kept only the present can be asked for",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  Past<TestType> w(0);
  Store& store = w.store();
  Put(store, w.cp, NewResource("MeshTimeout", "m", "t", "one"));
  Put(store, w.cp, NewResource("MeshTimeout", "m", "t", "two"));
  CHECK(SpanOf(store, w.cp).oldest == 2);
  CHECK(SpanOf(store, w.cp).bytes == 0);
  CHECK((**FindAt(store, w.cp, "MeshTimeout", {"m", "t"}, 2)).spec == "two");
  CHECK(absl::IsOutOfRange(FindAt(store, w.cp, "MeshTimeout", {"m", "t"}, 1).status()));
}

TEMPLATE_TEST_CASE(
    "the past lasts over a restart, and secrets in it are sealed anew with the others",
    "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  Past<TestType> w;
  Put(w.store(), w.cp, NewResource("Secret", "m", "s", "one"));
  Put(w.store(), w.cp, NewResource("Secret", "m", "s", "two"));
  Delete(w.store(), w.cp, "Secret", {"m", "s"}).value();
  Put(w.store(), w.cp, NewResource("Secret", "m", "s", "three"));
  REQUIRE(w.store().Write(w.cp, [](WriteTx& tx) { return tx.ResealSecrets().status(); }).ok());
  w.engine.Reopen();
  Store& store = w.store();
  CHECK((**FindAt(store, w.cp, "Secret", {"m", "s"}, 1)).spec == "one");
  CHECK((**FindAt(store, w.cp, "Secret", {"m", "s"}, 2)).spec == "two");
  CHECK_FALSE(FindAt(store, w.cp, "Secret", {"m", "s"}, 3)->has_value());
  CHECK((**FindAt(store, w.cp, "Secret", {"m", "s"}, 4)).spec == "three");
  CHECK(ListAll(store, w.cp, {}).size() == 4);
}

// ------------------------------------------------------------------ against a model

// A server is asked over the network, and the machine may be busy.
constexpr int kFewWrites = 4000;
constexpr int kFewWritesOfServer = 500;
constexpr int kManyWrites = 100'000;  // with SKYDEN_HISTORY_WRITES=all, which takes minutes

template <class Engine>
int Writes() {
  const char* all = std::getenv("SKYDEN_HISTORY_WRITES");
  if (all != nullptr && std::string(all) == "all") return kManyWrites;
  return std::is_same_v<Engine, SqliteEngine> ? kFewWrites : kFewWritesOfServer;
}

using State = std::map<std::pair<std::string, model::ResourceKey>, model::Resource>;

TEMPLATE_TEST_CASE("any revision of many random writes reads as a model kept it",
                   "[store][conformance][history]", SKYDEN_STORE_ENGINES) {
  Past<TestType> w(uint64_t{1} << 40);
  Store& store = w.store();
  const std::vector<std::string> types = {"Mesh", "MeshTimeout", "Secret", "MeshRetry"};
  std::mt19937_64 random(4711);
  const auto below = [&random](uint64_t n) { return random() % n; };
  const auto key_of = [&](const std::string& type) {
    return model::ResourceKey{type == "Mesh" ? "" : fmt::format("m{}", below(3)),
                              fmt::format("n{}", below(8))};
  };
  State now;                              // of what people wrote
  std::map<model::Revision, State> kept;  // some of all
  const int writes = Writes<TestType>();
  for (int i = 0; i < writes; ++i) {
    State next = now;
    const std::string mesh = fmt::format("m{}", below(3));
    const bool whole_mesh = below(400) == 0;
    const bool of_zone = below(10) == 0;
    std::vector<std::pair<bool, model::Resource>> changes;  // put, or delete
    for (uint64_t n = 1 + below(3); n > 0; --n) {
      const std::string& type = types[below(types.size())];
      model::Resource r = NewResource(type, "", "", fmt::format("spec {} {}", i, below(100)));
      r.key = key_of(type);
      r.labels = {{"i", fmt::format("{}", below(5))}};
      r.status = below(2) == 0 ? "" : "{}";
      r.modification_time = absl::FromUnixSeconds(i);
      if (of_zone && type == "MeshRetry") r.zone = "east";
      changes.emplace_back(below(4) != 0, std::move(r));
    }
    const auto done = store.Write(w.cp, [&](WriteTx& tx) -> absl::Status {
      next = now;
      for (auto& [put, r] : changes) {
        const auto at = std::make_pair(Registry().at(r.type).name, r.key);
        if (put) {
          if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
          if (r.zone.empty()) {
            next[at] = r;
          } else {
            next.erase(at);
          }
        } else {
          const absl::Status s = tx.DeleteResource(r.type, r.key);
          if (!s.ok() && !absl::IsNotFound(s)) return s;
          next.erase(at);
        }
      }
      if (!whole_mesh) return absl::OkStatus();
      std::erase_if(next, [&](const auto& each) { return each.first.second.mesh == mesh; });
      return tx.DeleteResourcesOfMesh(mesh, {}).status();
    });
    REQUIRE(done.ok());
    now = next;
    if (below(static_cast<uint64_t>(writes) / 100) == 0 || i + 1 == writes) kept[*done] = now;
  }
  const HistorySpan span = SpanOf(store, w.cp);
  REQUIRE(kept.size() > 20);
  CHECK(span.oldest == 0);
  for (const auto& [revision, state] : kept) {
    INFO("revision " << revision << " of " << span.current);
    size_t found = 0;
    for (const std::string& type : types) {
      const auto listed = ListAt(store, w.cp, type, revision);
      REQUIRE(listed.ok());
      found += listed->size();
      for (const model::Resource& r : *listed) {
        const auto expected = state.find({type, r.key});
        INFO(type << " " << r.key.mesh << "/" << r.key.name << " of revision " << r.revision);
        REQUIRE(expected != state.end());
        REQUIRE(Same(r, expected->second));
      }
    }
    REQUIRE(found == state.size());
    for (int n = 0; n < 4; ++n) {
      const std::string& type = types[below(types.size())];
      const model::ResourceKey key = key_of(type);
      const auto one = FindAt(store, w.cp, type, key, revision);
      REQUIRE(one.ok());
      const auto expected = state.find({type, key});
      REQUIRE(one->has_value() == (expected != state.end()));
      if (one->has_value()) REQUIRE(Same(**one, expected->second));
    }
  }
}

}  // namespace
}  // namespace skyden::store::testing
