// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "skyden/base/limits.h"
#include "skyden/store/change.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

TEMPLATE_TEST_CASE("changes since a revision are what was written after it, in order",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "a"));        // 1
  Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "b"));        // 2
  Put(w.store(), w.cp, NewResource("MeshRetry", "m", "other"));      // 3
  Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "a"));        // 4
  REQUIRE(Delete(w.store(), w.cp, "MeshTimeout", {"m", "b"}).ok());  // 5
  REQUIRE(w.store()
              .Write(w.cp,
                     [](WriteTx& tx) {  // 6
                       for (const char* name : {"z", "y"}) {
                         model::Resource r = NewResource("MeshTimeout", "m", name);
                         if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
                       }
                       return absl::OkStatus();
                     })
              .ok());
  const auto since = [&](model::Revision revision) {
    return Names(*Changes(w.store(), w.cp, "MeshTimeout", revision));
  };
  CHECK(since(0) == std::vector<std::string>{"m/a", "m/b", "m/y", "m/z"});
  CHECK(since(4) == std::vector<std::string>{"m/b", "m/y", "m/z"});
  CHECK(since(5) == std::vector<std::string>{"m/y", "m/z"});
  CHECK(since(6).empty());
  CHECK(since(1000).empty());
}

TEMPLATE_TEST_CASE("a resource that comes back is a change and no tombstone any more",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "a", "one"));
  REQUIRE(Delete(w.store(), w.cp, "MeshTimeout", {"m", "a"}).ok());
  Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "a", "two"));
  const auto changes = Changes(w.store(), w.cp, "MeshTimeout", 1);
  REQUIRE(changes->size() == 1);
  CHECK_FALSE(changes->front().deleted);
  CHECK(changes->front().spec == "two");
  CHECK(changes->front().version == 1);
  CHECK(Count(w.store(), w.cp, "MeshTimeout") == 1);
}

TEMPLATE_TEST_CASE("old tombstones are collected, and whoever needs them is told",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  constexpr size_t kKept = base::limits::kTombstonesPerType;
  constexpr size_t kEach = 256;
  Put(w.store(), w.cp, NewResource("MeshRetry", "m", "bystander"));  // 1
  model::Revision deleted_first = 0;
  model::Revision last = 0;
  for (size_t done = 0; done < kKept + kEach; done += kEach) {
    const auto put = w.store().Write(w.cp, [&](WriteTx& tx) {
      for (size_t i = 0; i < kEach; ++i) {
        model::Resource r = NewResource("MeshTimeout", "m", std::to_string(done + i));
        if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
      }
      return absl::OkStatus();
    });
    REQUIRE(put.ok());
    const auto removed = w.store().Write(w.cp, [&](WriteTx& tx) {
      return tx.DeleteResourcesOfMesh("m", {Type("MeshRetry")}).status();
    });
    REQUIRE(removed.ok());
    if (done == 0) deleted_first = *removed;
    last = *removed;
  }
  // The first lot is one more than may be kept.
  CHECK(absl::IsOutOfRange(Changes(w.store(), w.cp, "MeshTimeout", 0).status()));
  CHECK(absl::IsOutOfRange(Changes(w.store(), w.cp, "MeshTimeout", deleted_first - 1).status()));
  const auto rest = Changes(w.store(), w.cp, "MeshTimeout", deleted_first);
  REQUIRE(rest.ok());
  CHECK(rest->size() == kKept);
  CHECK(Changes(w.store(), w.cp, "MeshTimeout", last)->empty());
  CHECK(Changes(w.store(), w.cp, "MeshRetry", 0)->size() == 1);
  CHECK(Count(w.store(), w.cp, "MeshTimeout") == 0);
}

struct Told {
  absl::Mutex mu;
  std::vector<Change> changes;
  std::vector<Change> Take() {
    absl::MutexLock lock(&mu);
    return std::exchange(changes, {});
  }
  auto Listener() {
    return [this](const Change& change) {
      absl::MutexLock lock(&mu);
      changes.push_back(change);
    };
  }
};

TEMPLATE_TEST_CASE("subscribers hear of a commit before it is acknowledged", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const model::TenantScope other = NewControlPlane(w.store(), w.organization, 2);
  Told own;
  Told any;
  const auto own_subscription = w.store().Subscribe(w.cp.tenant(), own.Listener());
  auto any_subscription = w.store().Subscribe(std::nullopt, any.Listener());
  Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "a"));
  std::vector<Change> told = own.Take();
  REQUIRE(told.size() == 1);
  CHECK(told[0].tenant == w.cp.tenant());
  CHECK(told[0].organization == w.organization.organization());
  CHECK(told[0].revision == 1);
  CHECK(told[0].types == std::vector<model::TypeId>{Type("MeshTimeout")});
  CHECK(any.Take().size() == 1);

  Put(w.store(), other, NewResource("MeshTimeout", "m", "a"));
  CHECK(own.Take().empty());
  CHECK(any.Take().size() == 1);

  CHECK_FALSE(w.store().Write(w.cp, [](WriteTx&) { return absl::InternalError("no"); }).ok());
  CHECK(own.Take().empty());

  any_subscription.reset();
  Put(w.store(), other, NewResource("MeshTimeout", "m", "a"));
  CHECK(any.Take().empty());
}

TEMPLATE_TEST_CASE("one notice names every type of a transaction once, sorted",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  Told told;
  const auto subscription = w.store().Subscribe(w.cp.tenant(), told.Listener());
  REQUIRE(w.store()
              .Write(w.cp,
                     [](WriteTx& tx) {
                       for (const char* type : {"Zone", "Mesh", "Zone", "GlobalSecret"}) {
                         model::Resource r = NewResource(type, "", "x");
                         if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
                       }
                       return absl::OkStatus();
                     })
              .ok());
  const std::vector<Change> changes = told.Take();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].types ==
        std::vector<model::TypeId>{Type("GlobalSecret"), Type("Mesh"), Type("Zone")});
}

TEMPLATE_TEST_CASE("a subscription can end inside its own call", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  std::atomic<int> calls{0};
  std::unique_ptr<Subscription> subscription;
  subscription = w.store().Subscribe(std::nullopt, [&](const Change&) {
    ++calls;
    subscription.reset();
  });
  Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "a"));
  Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "a"));
  CHECK(calls == 1);
}

TEMPLATE_TEST_CASE("ending a subscription waits for the call that is running",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  absl::Notification running;
  absl::Notification go_on;
  std::atomic<bool> finished{false};
  auto subscription = w.store().Subscribe(std::nullopt, [&](const Change&) {
    running.Notify();
    go_on.WaitForNotification();
    finished = true;
  });
  absl::Notification acknowledged;
  w.store().WriteAsync(
      w.cp, WritePlan::ReadsAnything(),
      [](WriteTx& tx) {
        model::Resource r = NewResource("MeshTimeout", "m", "a");
        return tx.PutResource(r);
      },
      [&](absl::StatusOr<model::Revision>) { acknowledged.Notify(); });
  running.WaitForNotification();
  std::thread release([&] { go_on.Notify(); });
  subscription.reset();
  CHECK(finished);
  release.join();
  acknowledged.WaitForNotification();
}

TEMPLATE_TEST_CASE("writes sent at once are each done whole, and one that fails harms no other",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  constexpr int kWrites = 500;
  std::vector<absl::StatusOr<model::Revision>> results(kWrites, model::Revision{0});
  absl::BlockingCounter left(kWrites);
  for (int i = 0; i < kWrites; ++i) {
    w.store().WriteAsync(
        w.cp, WritePlan::ReadsAnything(),
        [i](WriteTx& tx) {
          for (const char* part : {"x", "y"}) {
            model::Resource r = NewResource("MeshTimeout", "m", std::to_string(i) + part);
            if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
          }
          return i % 5 == 0 ? absl::InvalidArgumentError("every fifth") : absl::OkStatus();
        },
        [&results, &left, i](absl::StatusOr<model::Revision> result) {
          results[static_cast<size_t>(i)] = std::move(result);
          left.DecrementCount();
        });
  }
  left.Wait();
  model::Revision expected = 0;
  for (int i = 0; i < kWrites; ++i) {
    const auto& result = results[static_cast<size_t>(i)];
    if (i % 5 == 0) {
      CHECK(absl::IsInvalidArgument(result.status()));
    } else {
      REQUIRE(result.ok());
      CHECK(*result == ++expected);  // in the order sent, without gaps
    }
  }
  CHECK(Count(w.store(), w.cp, "MeshTimeout") == 2 * expected);
  CHECK(List(w.store(), w.cp, "MeshTimeout").size() == 2 * expected);
}

TEMPLATE_TEST_CASE("what a failing neighbour has undone is done again, and told once",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  absl::Notification hold;
  absl::BlockingCounter left(4);
  std::vector<absl::StatusOr<model::Revision>> results(4, model::Revision{0});
  const auto send = [&](size_t i, Store::WriteFn fn) {
    w.store().WriteAsync(w.cp, WritePlan::ReadsAnything(), std::move(fn),
                         [&, i](absl::StatusOr<model::Revision> result) {
                           results[i] = std::move(result);
                           left.DecrementCount();
                         });
  };
  const auto put = [](WriteTx& tx, const char* name) {
    tx.Audit({absl::UnixEpoch(), "resource.create", "MeshTimeout", name, "{}"});
    model::Resource r = NewResource("MeshTimeout", "m", name);
    return tx.PutResource(r);
  };
  send(0, [&](WriteTx& tx) {
    hold.WaitForNotification();  // the others wait for the same batch
    return put(tx, "before");
  });
  send(1, [](WriteTx&) { return absl::NotFoundError("before anything was written"); });
  send(2, [&](WriteTx& tx) -> absl::Status {
    if (absl::Status s = put(tx, "never"); !s.ok()) return s;
    return absl::CancelledError("half way");
  });
  send(3, [&](WriteTx& tx) { return put(tx, "after"); });
  hold.Notify();
  left.Wait();
  CHECK(*results[0] == 1);
  CHECK(absl::IsNotFound(results[1].status()));
  CHECK(absl::IsCancelled(results[2].status()));
  CHECK(*results[3] == 2);
  CHECK(Names(*Changes(w.store(), w.cp, "MeshTimeout", 0)) ==
        std::vector<std::string>{"m/before", "m/after"});
  std::vector<std::string> told;
  REQUIRE(w.store()
              .ReadDirectory(w.organization,
                             [&](DirectoryReadTx& tx) -> absl::Status {
                               auto page = tx.ListAudit({});
                               if (!page.ok()) return page.status();
                               for (const AuditEntry& entry : page->entries) {
                                 told.push_back(entry.note.object_name);
                               }
                               return absl::OkStatus();
                             })
              .ok());
  CHECK(told == std::vector<std::string>{"after", "before"});  // the newest first
}

TEMPLATE_TEST_CASE("a request that went on after a failed statement is not committed",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const auto result = w.store().Write(w.cp, [&](WriteTx& tx) {
    model::Resource r = NewResource("MeshTimeout", "m", "a");
    if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
    // Over what the engine takes in one row.
    model::Resource huge = NewResource("MeshTimeout", "m", "b", std::string(40 << 20, 'x'));
    tx.PutResource(huge).IgnoreError();
    return absl::OkStatus();
  });
  CHECK_FALSE(result.ok());
  CHECK(List(w.store(), w.cp, "MeshTimeout").empty());
  CHECK(Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "c")).revision == 1);
}

TEMPLATE_TEST_CASE("a request that went on after a row that was there already is not committed",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const PendingKey key{Type("Secret"), {"m", "key"}, absl::UnixEpoch()};
  const auto promised = [&](WriteTx& tx) { return tx.AddPendingKey(key); };
  REQUIRE(w.store().Write(w.cp, promised).ok());
  const auto result = w.store().Write(w.cp, [&](WriteTx& tx) {
    model::Resource before = NewResource("MeshTimeout", "m", "a");
    if (absl::Status s = tx.PutResource(before); !s.ok()) return s;
    tx.AddPendingKey(key).IgnoreError();
    model::Resource after = NewResource("MeshTimeout", "m", "b");
    return tx.PutResource(after);
  });
  CHECK(absl::IsAlreadyExists(result.status()));
  CHECK(List(w.store(), w.cp, "MeshTimeout").empty());
  // What is only looked at first may be gone on from.
  const auto answered = w.store().Write(w.cp, [&](WriteTx& tx) {
    tx.DeleteResource(Type("MeshTimeout"), {"m", "nobody"}).IgnoreError();
    model::Resource after = NewResource("MeshTimeout", "m", "b");
    return tx.PutResource(after);
  });
  CHECK(answered.ok());
}

TEMPLATE_TEST_CASE("what one request of a transaction counted is there for the next, and no more",
                   "[store][conformance]", SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  // The first holds the writer until the others wait: they run in its transaction.
  absl::Notification go;
  absl::Notification held;
  absl::BlockingCounter left(4);
  std::vector<uint64_t> counts;
  std::vector<model::Revision> revisions;
  const auto put = [&](const std::string& name, bool fails) {
    return [&, name, fails](WriteTx& tx) -> absl::Status {
      if (!held.HasBeenNotified()) held.Notify();
      go.WaitForNotification();
      model::Resource r = NewResource("MeshTimeout", "m", name);
      if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
      const auto count = tx.CountResources(Type("MeshTimeout"), std::nullopt);
      if (!count.ok()) return count.status();
      if (fails) return absl::CancelledError("never mind");
      counts.push_back(*count);
      revisions.push_back(r.revision);
      return absl::OkStatus();
    };
  };
  const auto done = [&](const absl::StatusOr<model::Revision>&) { left.DecrementCount(); };
  w.store().WriteAsync(w.cp, WritePlan::ReadsAnything(), put("a", false), done);
  held.WaitForNotification();
  w.store().WriteAsync(w.cp, WritePlan::ReadsAnything(), put("b", true), done);
  w.store().WriteAsync(w.cp, WritePlan::ReadsAnything(), put("c", false), done);
  w.store().WriteAsync(
      w.cp, WritePlan::ReadsAnything(),
      [](WriteTx& tx) {
        return tx.DeleteResource(Type("MeshTimeout"), {"m", "a"});
      },
      done);
  go.Notify();
  left.Wait();
  // Some ran twice, after the one that failed had been rolled back.
  REQUIRE(counts.size() >= 2);
  CHECK(counts.back() == 2);
  CHECK(revisions.back() == 2);
  CHECK(Count(w.store(), w.cp, "MeshTimeout") == 1);
  CHECK(Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "d")).revision == 4);
}

TEMPLATE_TEST_CASE("a full write queue refuses at the door", "[store][conformance]",
                   SKYDEN_STORE_ENGINES) {
  World<TestType> w;
  const model::TenantScope other = NewControlPlane(w.store(), w.organization, 2);
  absl::Notification hold;
  absl::Notification held;
  std::atomic<size_t> done{0};
  std::atomic<size_t> refused{0};
  w.store().WriteAsync(
      w.cp, WritePlan::ReadsAnything(),
      [&](WriteTx&) {
        if (!held.HasBeenNotified()) held.Notify();
        hold.WaitForNotification();
        return absl::OkStatus();
      },
      [&](absl::StatusOr<model::Revision>) { ++done; });
  held.WaitForNotification();
  constexpr size_t kSent = base::limits::kWriteQueuePerControlPlane + 100;
  for (size_t i = 0; i < kSent; ++i) {
    w.store().WriteAsync(
        w.cp, WritePlan::ReadsAnything(), [](WriteTx&) { return absl::OkStatus(); },
        [&](absl::StatusOr<model::Revision> result) {
          ++done;
          if (absl::IsResourceExhausted(result.status())) ++refused;
        });
  }
  CHECK(refused == 100);
  absl::Notification other_done;
  bool other_ok = false;
  w.store().WriteAsync(
      other, WritePlan::ReadsAnything(), [](WriteTx&) { return absl::OkStatus(); },
      [&](absl::StatusOr<model::Revision> result) {
        other_ok = result.ok();
        other_done.Notify();
      });
  hold.Notify();
  other_done.WaitForNotification();
  CHECK(other_ok);   // one control plane's queue is not another's
  w.engine.Close();  // answers everybody
  CHECK(done == kSent + 1);
  CHECK(refused == 100);
}

}  // namespace
}  // namespace skyden::store::testing
