// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/directory_tx.h"
#include "tests/resources/views/wrapped_store.h"
#include "tests/store/second_daemon.h"
#include "tests/store/testing.h"

namespace skyden::resources {
namespace {

namespace st = store::testing;

constexpr size_t kPlenty = 1u << 30;

struct Env {
  explicit Env(size_t bytes_max = kPlenty)
      : scope(st::NewControlPlane(engine.store(), st::NewOrganization(engine.store(), 1), 2)),
        store(engine.store()),
        views(ResourceViews::Create(store, bytes_max)) {}

  void Put(const std::string& type, const std::string& name) {
    st::Put(engine.store(), scope, st::NewResource(type, "default", name));
  }
  std::shared_ptr<const ResourceView> Get(const std::string& type) {
    auto view = views->Get(scope, st::Type(type));
    INFO(view.status());
    REQUIRE(view.ok());
    return *view;
  }

  st::SqliteEngine engine;
  model::TenantScope scope;
  testing::WrappedStore store;
  std::unique_ptr<ResourceViews> views;
};

TEST_CASE("a view is read once and costs nothing while nothing changes", "[views]") {
  Env env;
  env.Put("MeshTimeout", "a");
  const auto first = env.Get("MeshTimeout");
  CHECK(first->size() == 1);
  const int reads = env.store.reads;
  CHECK(env.Get("MeshTimeout") == first);
  env.Put("MeshRetry", "other-type");
  CHECK(env.Get("MeshTimeout") == first);
  CHECK(env.store.reads == reads);
}

TEST_CASE("a change costs one read of what changed", "[views]") {
  Env env;
  for (int i = 0; i < 300; ++i) env.Put("MeshTimeout", fmt::format("t-{:03}", i));
  const auto before = env.Get("MeshTimeout");
  env.Put("MeshTimeout", "t-100");
  REQUIRE(st::Delete(env.engine.store(), env.scope, "MeshTimeout", {"default", "t-299"}).ok());
  const auto after = env.Get("MeshTimeout");
  CHECK(env.views->counters().full_reads == 1);
  CHECK(env.views->counters().change_reads == 1);
  const ViewDiff diff = Diff(*before, *after);
  REQUIRE(diff.changed.size() == 1);
  CHECK(diff.changed[0]->key.name == "t-100");
  REQUIRE(diff.removed.size() == 1);
  CHECK(diff.removed[0]->key.name == "t-299");
}

TEST_CASE("whoever was told of a write sees it", "[views]") {
  Env env;
  for (int i = 0; i < 200; ++i) {
    const std::string name = fmt::format("t-{}", i);
    env.Put("MeshTimeout", name);
    REQUIRE(env.Get("MeshTimeout")->Find({"default", name}) != nullptr);
  }
}

TEST_CASE("callers who want the same view at once share one read", "[views]") {
  Env env;
  env.Put("MeshTimeout", "a");
  constexpr int kCallers = 8;
  absl::Notification reading;
  absl::Notification go_on;
  env.store.before_read = [&] {
    if (!reading.HasBeenNotified()) reading.Notify();
    go_on.WaitForNotification();
  };
  std::vector<absl::StatusOr<std::shared_ptr<const ResourceView>>> got(
      kCallers, absl::UnknownError("not asked"));
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&env, &got, i] {
      got[static_cast<size_t>(i)] = env.views->Get(env.scope, st::Type("MeshTimeout"));
    });
    if (i == 0) reading.WaitForNotification();
  }
  go_on.Notify();
  for (std::thread& caller : callers) caller.join();
  for (const auto& view : got) {
    REQUIRE(view.ok());
    CHECK((*view)->size() == 1);
  }
  CHECK(env.views->counters().full_reads == 1);
  CHECK(env.store.reads == 1);
}

TEST_CASE("who waits for a read that is older than what he knows reads again", "[views]") {
  Env env;
  env.Put("MeshTimeout", "a");
  absl::Notification read_first;
  absl::Notification go_on;
  env.store.after_read = [&] {
    if (read_first.HasBeenNotified()) return;
    read_first.Notify();
    go_on.WaitForNotification();
  };
  size_t old_size = 0;
  std::thread slow(
      [&] { old_size = (*env.views->Get(env.scope, st::Type("MeshTimeout")))->size(); });
  read_first.WaitForNotification();
  env.Put("MeshTimeout", "b");
  size_t new_size = 0;
  std::thread waiter(
      [&] { new_size = (*env.views->Get(env.scope, st::Type("MeshTimeout")))->size(); });
  go_on.Notify();
  slow.join();
  waiter.join();
  CHECK(old_size == 1);
  CHECK(new_size == 2);
}

TEST_CASE("when the changes are no longer known the whole type is read", "[views]") {
  Env env;
  env.Put("MeshTimeout", "a");
  env.Put("MeshTimeout", "b");
  const auto before = env.Get("MeshTimeout");
  env.Put("MeshTimeout", "b");
  env.store.changes_out_of_range = true;
  const auto after = env.Get("MeshTimeout");
  CHECK(env.views->counters().full_reads == 2);
  const ViewDiff diff = Diff(*before, *after);
  REQUIRE(diff.changed.size() == 1);
  CHECK(diff.changed[0]->key.name == "b");
  CHECK(diff.removed.empty());
  const size_t bytes = env.views->counters().bytes;
  env.Put("MeshTimeout", "b");
  env.Get("MeshTimeout");
  CHECK(env.views->counters().bytes == bytes);
}

TEST_CASE("a resync finds what no notice spoke of, and costs one read", "[views]") {
  Env env;
  env.Put("MeshTimeout", "a");
  const auto before = env.Get("MeshTimeout");
  const auto after = env.views->Resync(env.scope, st::Type("MeshTimeout"));
  REQUIRE(after.ok());
  CHECK((*after)->chunks() == before->chunks());
  CHECK(env.views->counters().change_reads == 1);
}

TEST_CASE("a resource is read alone until its type has been asked for often", "[views]") {
  Env env;
  env.Put("MeshTimeout", "a");
  const model::TypeId type = st::Type("MeshTimeout");
  for (int i = 0; i < 3; ++i) {
    const auto found = env.views->Find(env.scope, type, {"default", "a"});
    REQUIRE(found.ok());
    REQUIRE(*found != nullptr);
    CHECK((*found)->key.name == "a");
  }
  CHECK(env.views->counters().full_reads == 0);
  CHECK(env.views->counters().row_reads == 3);
  for (int i = 0; i < 50; ++i) REQUIRE(env.views->Find(env.scope, type, {"default", "a"}).ok());
  CHECK(env.views->counters().full_reads == 1);
  CHECK(env.views->counters().row_reads < 10);
  CHECK(*env.views->Find(env.scope, type, {"default", "b"}) == nullptr);
}

TEST_CASE("cached views stay within their bound, and the oldest go first", "[views]") {
  Env env(60'000);
  const std::string big(20'000, 'x');
  for (const std::string type : {"MeshTimeout", "MeshRetry", "MeshTrace", "MeshMetric"}) {
    st::Put(env.engine.store(), env.scope,
            st::NewResource(type, "default", "a", "\"" + big + "\""));
  }
  env.Get("MeshTimeout");
  env.Get("MeshRetry");
  env.Get("MeshTimeout");
  env.Get("MeshTrace");
  CHECK(env.views->counters().evictions == 1);
  CHECK(env.views->counters().bytes <= 60'000);
  const auto full_reads = env.views->counters().full_reads;
  env.Get("MeshTimeout");
  CHECK(env.views->counters().full_reads == full_reads);
  env.Get("MeshRetry");
  CHECK(env.views->counters().full_reads == full_reads + 1);
}

TEST_CASE("a view larger than the bound is still kept while it is the newest", "[views]") {
  Env env(1'000);
  st::Put(env.engine.store(), env.scope,
          st::NewResource("MeshTimeout", "default", "a", std::string(5'000, 'x')));
  const auto view = env.Get("MeshTimeout");
  CHECK(env.Get("MeshTimeout") == view);
}

TEST_CASE("a control plane that is gone has no views", "[views]") {
  Env env;
  env.Get("MeshTimeout");
  env.Get("MeshRetry");
  const auto organization = st::System().In(env.scope.organization());
  REQUIRE(env.store
              .WriteDirectory(organization,
                              [&](store::DirectoryTx& tx) {
                                return tx.DeleteControlPlane(env.scope.control_plane()).status();
                              })
              .ok());
  CHECK(env.views->counters().views == 0);
  CHECK(env.views->counters().bytes == 0);
  CHECK(absl::IsNotFound(env.views->Resync(env.scope, st::Type("MeshTimeout")).status()));
  CHECK(env.views->counters().views == 0);
}

TEST_CASE("one tenant's changes are nothing to another's views", "[views]") {
  Env env;
  const auto other =
      st::NewControlPlane(env.engine.store(), st::System().In(env.scope.organization()), 3);
  env.Put("MeshTimeout", "mine");
  const auto mine = env.Get("MeshTimeout");
  st::Put(env.engine.store(), other, st::NewResource("MeshTimeout", "default", "theirs"));
  CHECK(env.Get("MeshTimeout") == mine);
  const auto theirs = env.views->Get(other, st::Type("MeshTimeout"));
  REQUIRE(theirs.ok());
  REQUIRE((*theirs)->size() == 1);
  CHECK((*theirs)->at(0)->key.name == "theirs");
}

TEST_CASE("readers and a writer at work see views that only move forward", "[views]") {
  Env env;
  constexpr int kReaders = 4;
  constexpr int kWrites = 200;
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      model::Revision seen = 0;
      size_t size = 0;
      while (!stop) {
        const auto view = env.views->Get(env.scope, st::Type("MeshTimeout"));
        if (!view.ok() || (*view)->revision() < seen || (*view)->size() < size) ++wrong;
        if (!view.ok()) break;
        seen = (*view)->revision();
        size = (*view)->size();
      }
    });
  }
  for (int i = 0; i < kWrites; ++i) env.Put("MeshTimeout", fmt::format("t-{:03}", (i * 37) % 200));
  stop = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong == 0);
  CHECK(env.Get("MeshTimeout")->size() == 200);
}

// The views of one daemon, while another one writes.
struct TwoDaemons {
  st::SqliteEngine engine;
  model::TenantScope scope =
      st::NewControlPlane(engine.store(), st::NewOrganization(engine.store(), 1), 2);
  st::SecondDaemon here{engine.store()};
  std::unique_ptr<ResourceViews> views = ResourceViews::Create(here, kPlenty);

  void There(const std::string& type, const std::string& name) {
    st::Put(engine.store(), scope, st::NewResource(type, "default", name));
  }
  size_t Seen(const std::string& type) { return (*views->Get(scope, st::Type(type)))->size(); }
};

TEST_CASE("what another daemon wrote is seen once it is heard of", "[views]") {
  TwoDaemons env;
  env.There("MeshTimeout", "a");
  env.here.Hear();
  REQUIRE(env.Seen("MeshTimeout") == 1);
  REQUIRE(env.Seen("MeshRetry") == 0);
  env.There("MeshTimeout", "b");
  CHECK(env.Seen("MeshTimeout") == 1);
  env.here.Hear();
  CHECK(env.Seen("MeshTimeout") == 2);
  // Of the other type nothing was read, and what a journal says again costs nothing.
  env.here.HearAgain();
  CHECK(env.Seen("MeshTimeout") == 2);
  CHECK(env.Seen("MeshRetry") == 0);
  CHECK(env.views->counters().full_reads == 2);
  CHECK(env.views->counters().change_reads == 1);
}

TEST_CASE("when nobody knows which types changed, or whether any did, all are looked at",
          "[views]") {
  TwoDaemons env;
  REQUIRE(env.Seen("MeshTimeout") == 0);
  REQUIRE(env.Seen("MeshRetry") == 0);
  env.There("MeshTimeout", "a");
  const auto organization = env.scope.organization();
  const auto tenant = env.scope.tenant();
  SECTION("which types") {
    env.here.Hear({.organization = organization, .tenant = tenant, .revision = 1});
  }
  SECTION("of the control plane") {
    env.here.Hear({.organization = organization, .tenant = tenant, .all = true});
  }
  SECTION("of the organization") { env.here.Hear({.organization = organization, .all = true}); }
  SECTION("of all") { env.here.HearThatSomethingWasMissed(); }
  CHECK(env.Seen("MeshTimeout") == 1);
  CHECK(env.Seen("MeshRetry") == 0);
  // Once each.
  CHECK(env.views->counters().change_reads == 2);
  env.Seen("MeshTimeout"), env.Seen("MeshRetry");
  CHECK(env.views->counters().change_reads == 2);
}

TEST_CASE("a doubt that comes while a view is read is not forgotten", "[views]") {
  st::SqliteEngine engine;
  const auto scope = st::NewControlPlane(engine.store(), st::NewOrganization(engine.store(), 1), 2);
  testing::WrappedStore wrapped(engine.store());
  st::SecondDaemon here(wrapped);
  const auto views = ResourceViews::Create(here, kPlenty);
  bool once = true;
  wrapped.after_read = [&] {
    if (!std::exchange(once, false)) return;
    st::Put(engine.store(), scope, st::NewResource("MeshTimeout", "default", "a"));
    here.HearThatSomethingWasMissed();
  };
  CHECK((*views->Get(scope, st::Type("MeshTimeout")))->size() == 0);
  CHECK((*views->Get(scope, st::Type("MeshTimeout")))->size() == 1);
}

TEST_CASE("nothing is held of a control plane that another daemon deleted", "[views]") {
  TwoDaemons env;
  REQUIRE(env.Seen("MeshTimeout") == 0);
  REQUIRE(env.engine.store()
              .WriteDirectory(st::System().In(env.scope.organization()),
                              [&](store::DirectoryTx& tx) {
                                return tx.DeleteControlPlane(env.scope.control_plane()).status();
                              })
              .ok());
  CHECK(env.views->counters().views == 1);
  env.here.Hear();
  CHECK(env.views->counters().views == 0);
  CHECK(absl::IsNotFound(env.views->Get(env.scope, st::Type("MeshTimeout")).status()));
}

}  // namespace
}  // namespace skyden::resources
