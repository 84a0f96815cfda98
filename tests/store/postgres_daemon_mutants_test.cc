// SPDX-License-Identifier: Apache-2.0
// What daemons over one database rest on, taken out of the database: each time something is seen.
#include <memory>

#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "skyden/base/clock.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/postgres_daemons.h"

namespace skyden::store::testing {
namespace {

void PutAsync(Store& store, const model::TenantScope& scope, const std::string& name,
              Store::WriteDone done) {
  WritePlan plan;
  plan.Resource(Type("MeshTimeout"), {"m", name});
  store.WriteAsync(
      scope, std::move(plan),
      [name](WriteTx& tx) {
        model::Resource resource = NewResource("MeshTimeout", "m", name);
        return tx.PutResource(resource);
      },
      std::move(done));
}

absl::Status Put(Store& store, const model::TenantScope& scope, const std::string& name) {
  absl::Notification done;
  absl::Status status;
  PutAsync(store, scope, name, [&](absl::StatusOr<model::Revision> written) {
    status = written.status();
    done.Notify();
  });
  done.WaitForNotification();
  return status;
}

// Whether a daemon that others gave up a moment ago, and that does not know it, can write.
bool LateWriteIsTaken(const std::string& mutant) {
  PostgresDaemons daemons(2);
  const auto organization = NewOrganization(daemons[0], 1);
  const auto scope = NewControlPlane(daemons[0], organization, 1);
  const std::string& database = daemons.database().name();
  if (!mutant.empty()) AsSuperuser(database, mutant);
  const auto list = daemons.about(0).ListDaemons();
  REQUIRE(list.ok());
  const size_t out = list->front().self ? 0 : 1;
  REQUIRE(Put(daemons[out], scope, "before").ok());
  AsSuperuser(database, fmt::format("BEGIN; DELETE FROM skyden.daemon WHERE id = '{}';"
                                    " UPDATE skyden.opening SET opened = opened + 1; COMMIT;",
                                    list->front().id));
  const bool taken = Put(daemons[out], scope, "late").ok();
  const bool is_there = Names(List(daemons[1 - out], scope, "MeshTimeout")).size() == 2;
  CHECK(taken == is_there);
  return taken;
}

// Whether a daemon that waits for its commit to be kept holds the lock that every NOTIFY of the
// server needs: then all that notify wait for one commit after the other.
bool CommitHoldsUpNotify(const std::string& mutant) {
  PostgresDaemons daemons(2);
  const auto organization = NewOrganization(daemons[0], 1);
  const auto scope = NewControlPlane(daemons[0], organization, 1);
  const std::string& database = daemons.database().name();
  if (!mutant.empty()) AsSuperuser(database, mutant);
  // No commit is answered while a standby is waited for that is not there.
  const auto set = [&](const char* standbys) {
    AsSuperuser(database,
                fmt::format("ALTER SYSTEM SET synchronous_standby_names = '{}'", standbys));
    AsSuperuser(database, "SELECT pg_reload_conf()");
  };
  set("nobody");
  const auto waits = [&] {
    return AskSuperuser(database,
                        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'skyden_app'"
                        " AND wait_event = 'SyncRep'") == 1;
  };
  const base::RealClock clock;
  const absl::Duration until = clock.Monotonic() + absl::Seconds(60);
  std::unique_ptr<absl::Notification> written;
  bool is_waiting = false;
  // The server takes the setting when it comes to it: until then commits are answered.
  for (int n = 0; !is_waiting && clock.Monotonic() < until; ++n) {
    written = std::make_unique<absl::Notification>();
    PutAsync(daemons[0], scope, fmt::format("waits-{}", n),
             [note = written.get()](const absl::StatusOr<model::Revision>&) { note->Notify(); });
    while (!written->HasBeenNotified() && !is_waiting && clock.Monotonic() < until) {
      is_waiting = waits();
    }
  }
  CHECK(is_waiting);
  const int64_t held = AskSuperuser(
      database,
      "SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)"
      " WHERE l.locktype = 'object' AND l.classid = 'pg_database'::regclass AND l.granted"
      " AND a.usename = 'skyden_app'");
  set("");
  written->WaitForNotification();
  return held > 0;
}

TEST_CASE("without the opening in each commit, a daemon that was given up would write",
          "[store][postgres][daemons]") {
  CHECK_FALSE(LateWriteIsTaken(""));
  CHECK(LateWriteIsTaken("ALTER TABLE skyden.journal ALTER COLUMN opened DROP NOT NULL"));
}

TEST_CASE("with NOTIFY in the transaction, all that write would wait for one another's disk",
          "[store][postgres][daemons]") {
  CHECK_FALSE(CommitHoldsUpNotify(""));
  CHECK(
      CommitHoldsUpNotify("CREATE FUNCTION skyden.wake() RETURNS trigger LANGUAGE plpgsql AS"
                          " $$ BEGIN NOTIFY skyden_journal; RETURN NEW; END $$;"
                          "CREATE TRIGGER wake AFTER INSERT ON skyden.journal"
                          " FOR EACH ROW EXECUTE FUNCTION skyden.wake()"));
}

TEST_CASE("a daemon's row has what it says of itself last, and how far behind it is",
          "[store][postgres][daemons]") {
  PostgresDaemons daemons(2, {}, absl::Minutes(2));
  daemons.about(0).Say(
      AboutText({.instance = "i", .version = "v", .peer_address = "p:1", .zones = 7}));
  const base::RealClock clock;
  const absl::Duration until = clock.Monotonic() + absl::Seconds(60);
  DaemonAbout about;
  while (about.zones != 7 && clock.Monotonic() < until) {
    const auto list = daemons.about(1).ListDaemons();
    REQUIRE(list.ok());
    REQUIRE(list->size() == 2);
    for (const DaemonRecord& one : *list) {
      if (!one.self) about = ParseAbout(one.about);
    }
  }
  CHECK(about.instance == "i");
  CHECK(about.version == "v");
  CHECK(about.peer_address == "p:1");
  CHECK(about.zones == 7);
  // Both hear of the database all the while.
  CHECK(daemons.about(0).Unheard() < absl::Minutes(1));

  // One that says nothing more falls behind.
  AsSuperuser(daemons.database().name(),
              "INSERT INTO skyden.daemon SELECT 'silent', 1, 1, seen,"
              " pg_current_snapshot()::text, '' FROM skyden.daemon LIMIT 1");
  const auto organization = NewOrganization(daemons[0], 1);
  const auto scope = NewControlPlane(daemons[0], organization, 1);
  REQUIRE(Put(daemons[0], scope, "a").ok());
  AsSuperuser(daemons.database().name(),
              "UPDATE skyden.journal SET at = at - interval '1 hour' WHERE daemon <> ''");
  const auto list = daemons.about(0).ListDaemons();
  REQUIRE(list.ok());
  bool seen = false;
  for (const DaemonRecord& one : *list) {
    if (one.id == "silent") {
      seen = true;
      CHECK(one.lag >= absl::Hours(1));
    }
  }
  CHECK(seen);
}

}  // namespace
}  // namespace skyden::store::testing
