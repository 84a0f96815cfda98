// SPDX-License-Identifier: Apache-2.0
// Connections that end at the worst moments, a database that is away, another daemon. What was
// acknowledged is there, once; what was refused is not.
#include <cstdlib>

#include "fmt/format.h"
#include "skyden/base/clock.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/store/write_plan.h"
#include "tests/store/conformance.h"
#include "tests/store/postgres_proxy.h"

namespace skyden::store::testing {
namespace {

// Ends every connection of the store, as a server that is stopped would.
void EndConnections(const std::string& database, const std::string& who = "skyden_%") {
  AskSuperuser("postgres",
               fmt::format("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
                           " WHERE datname = '{}' AND usename LIKE '{}'",
                           database, who));
}

void Allow(const std::string& database, const char* yes_or_no) {
  AsSuperuser("postgres",
              fmt::format("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}", database, yes_or_no));
}

absl::StatusOr<model::Revision> TryPut(Store& store, const model::TenantScope& scope,
                                       const std::string& name) {
  return store.Write(scope, WritePlan::ReadsAnything(), [&name](WriteTx& tx) {
    model::Resource r = NewResource("MeshTimeout", "m", name);
    return tx.PutResource(r);
  });
}

// A store of its own on the database of another, which is closed meanwhile.
absl::StatusOr<std::unique_ptr<Store>> Open(const PostgresLogins& logins,
                                            absl::Duration silence = absl::Minutes(2)) {
  PostgresOptions options;
  options.silence = silence;
  options.logins = logins;
  postgres::Blueprint blueprint;
  blueprint.checks.durability = postgres::SelfCheckScope::Durability::kNotAsked;
  return postgres::OpenStore(std::move(options), Registry(), TestSealer(), blueprint);
}

TEST_CASE("connections that end between two calls cost nothing", "[store][postgres][outage]") {
  World<PostgresEngine> w;
  for (int round = 0; round < 3; ++round) {
    EndConnections(w.engine.database().name());
    const std::string name = fmt::format("r{}", round);
    const auto put = TryPut(w.store(), w.cp, name);
    INFO(put.status());
    REQUIRE(put.ok());
    CHECK(*put == static_cast<model::Revision>(round + 1));
    EndConnections(w.engine.database().name());
    CHECK(Find(w.store(), w.cp, "MeshTimeout", {"m", name}).has_value());
    CHECK(w.store().ListOrganizations(System())->size() == 1);
  }
  CHECK(w.store().Health().ok());
  CHECK(w.store().Writable().ok());
}

TEST_CASE("a connection that ends in the middle of a request has it run again",
          "[store][postgres][outage]") {
  World<PostgresEngine> w;
  int ran = 0;
  const auto put =
      w.store().Write(w.cp, WritePlan::ReadsAnything(), [&](WriteTx& tx) -> absl::Status {
        model::Resource r = NewResource("MeshTimeout", "m", "a");
        if (const absl::Status status = tx.PutResource(r); !status.ok()) return status;
        if (++ran == 1) EndConnections(w.engine.database().name(), "skyden_app");
        model::Resource other = NewResource("MeshTimeout", "m", "b");
        return tx.PutResource(other);
      });
  INFO(put.status());
  REQUIRE(put.ok());
  CHECK(ran == 2);
  CHECK(*put == 1);
  CHECK(List(w.store(), w.cp, "MeshTimeout").size() == 2);
}

TEST_CASE("a database that is away refuses what it must, is no end, and comes back by itself",
          "[store][postgres][outage]") {
  PostgresEngine engine(postgres::Blueprint(), {}, absl::ZeroDuration());
  Store& store = engine.store();
  const auto organization = NewOrganization(store, 1);
  const auto cp = NewControlPlane(store, organization, 1);
  Put(store, cp, NewResource("MeshTimeout", "m", "before"));
  Allow(engine.database().name(), "false");
  EndConnections(engine.database().name());
  CHECK(absl::IsUnavailable(TryPut(store, cp, "never").status()));
  CHECK(absl::IsUnavailable(store.Writable()));
  CHECK(absl::IsUnavailable(store.Read(cp, [](ReadTx&) { return absl::OkStatus(); })));
  CHECK(store.Health().ok());
  Allow(engine.database().name(), "true");
  // It is looked for, and found without anybody's asking.
  const base::RealClock clock;
  const absl::Duration until = clock.Monotonic() + absl::Seconds(30);
  while (!store.Writable().ok() && clock.Monotonic() < until) std::this_thread::yield();
  REQUIRE(store.Writable().ok());
  CHECK(Names(List(store, cp, "MeshTimeout")) == std::vector<std::string>{"m/before"});
  CHECK(*TryPut(store, cp, "after") == 2);
  CHECK(engine.fatal().ok());
}

TEST_CASE("whoever opens the database next writes alone", "[store][postgres][outage]") {
  World<PostgresEngine> w;
  Put(w.store(), w.cp, NewResource("MeshTimeout", "m", "a"));
  const auto open = [&] { return Open(w.engine.database().logins()); };
  const auto refused = open();
  CHECK(absl::IsUnavailable(refused.status()));
  CHECK(refused.status().message().find("another daemon") != absl::string_view::npos);
  // Its hold is lost with a connection, unseen.
  EndConnections(w.engine.database().name(), "skyden_system");
  const auto other = open();
  INFO(other.status());
  REQUIRE(other.ok());
  CHECK(*TryPut(**other, w.cp, "b") == 2);
  CHECK_FALSE(TryPut(w.store(), w.cp, "c").ok());
  CHECK_FALSE(w.store().Health().ok());
  CHECK_FALSE(w.store().Writable().ok());
  CHECK(absl::IsUnavailable(w.engine.fatal()));
  CHECK_FALSE(TryPut(w.store(), w.cp, "d").ok());
  CHECK(*TryPut(**other, w.cp, "e") == 3);
  CHECK(Names(List(**other, w.cp, "MeshTimeout")) == std::vector<std::string>{"m/a", "m/b", "m/e"});
}

struct Proxied {
  explicit Proxied(absl::Duration silence = absl::Minutes(2))
      : proxy(std::getenv("SKYDEN_TEST_POSTGRES")) {
    w.engine.Close();
    const std::string& name = w.engine.database().name();
    PostgresLogins logins = w.engine.database().logins();
    logins.app = fmt::format("host={} user=skyden_app dbname={}", proxy.folder(), name);
    auto opened = Open(logins, silence);
    INFO(opened.status());
    REQUIRE(opened.ok());
    store = *std::move(opened);
  }
  World<PostgresEngine> w;
  PostgresProxy proxy;  // ends after those who come through it
  std::unique_ptr<Store> store;
};

using Then = PostgresProxy::Then;
constexpr char kCommit[] = "note_commit";

TEST_CASE("a commit whose connection is cut at any byte is kept once",
          "[store][postgres][outage]") {
  Proxied p;
  Store& store = *p.store;
  model::Revision revision = 0;
  size_t bytes = 0;
  size_t cut = 0;
  for (; cut <= bytes; ++cut) {
    INFO("cut after " << cut << " of " << bytes);
    p.proxy.Arm(kCommit, cut, Then::kCut);
    const auto put = TryPut(store, p.w.cp, fmt::format("r{}", cut));
    INFO(put.status());
    REQUIRE(put.ok());
    CHECK(*put == ++revision);
    bytes = p.proxy.seen();
    REQUIRE(bytes > 50);
  }
  const auto kept = List(store, p.w.cp, "MeshTimeout");
  CHECK(kept.size() == cut);
  for (const model::Resource& r : kept) CHECK(r.version == 1);
}

TEST_CASE("a commit whose answer is lost, or never comes, is found", "[store][postgres][outage]") {
  const Then then = GENERATE(Then::kSwallow, Then::kFreeze);
  Proxied p(absl::Seconds(5));
  Store& store = *p.store;
  p.proxy.Arm(kCommit, 1 << 20, then);
  std::vector<model::Revision> heard;
  const auto subscription = store.Subscribe(
      p.w.cp.tenant(), [&heard](const Change& change) { heard.push_back(change.revision); });
  CHECK(*TryPut(store, p.w.cp, "a") == 1);
  CHECK(heard == std::vector<model::Revision>{1});
  CHECK(Find(store, p.w.cp, "MeshTimeout", {"m", "a"})->version == 1);
  CHECK(*TryPut(store, p.w.cp, "b") == 2);
}

TEST_CASE("a host that says nothing keeps nobody from the one that answers",
          "[store][postgres][outage]") {
  const PostgresDatabase database;
  const std::string server = std::getenv("SKYDEN_TEST_POSTGRES");
  PostgresProxy frozen(server);
  frozen.Arm("skyden_app", 0, PostgresProxy::Then::kFreeze);
  const bool first = GENERATE(true, false);
  const auto wire = postgres::Wire::Connect(
      {fmt::format("host={},{} user=skyden_app dbname={}", first ? frozen.folder() : server,
                   first ? server : frozen.folder(), database.name()),
       "", absl::Hours(1)});
  INFO(wire.status());
  REQUIRE(wire.ok());
  CHECK((*wire)->Ask("SELECT 1").ok());
}

}  // namespace
}  // namespace skyden::store::testing
