// SPDX-License-Identifier: Apache-2.0
// What stands in the database itself: policies hold whatever a statement forgets, and a set-up
// whose fences are open is refused by name.
#include <unistd.h>

#include <set>
#include <string_view>

#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "store/postgres/expected.h"
#include "store/postgres/migrations.h"
#include "store/postgres/row.h"
#include "store/postgres/self_check.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

using postgres::Wire;

std::unique_ptr<Wire> Enter(const std::string& conninfo) {
  auto wire = Wire::Connect({conninfo, ""});
  INFO(wire.status());
  REQUIRE(wire.ok());
  return *std::move(wire);
}

// Two organizations with a control plane each, and one of each row.
struct Neighbours {
  Neighbours() {
    for (int n = 1; n <= 2; ++n) {
      organizations.push_back(NewOrganization(engine.store(), n));
      cps.push_back(NewControlPlane(engine.store(), organizations.back(), n));
      Put(engine.store(), cps.back(), NewResource("MeshTimeout", "m", "same"));
      const AccountRecord account = NewAccount(n);
      const TokenRecord token = NewToken(fmt::format("token-{}", n), account);
      REQUIRE(engine.store()
                  .WriteDirectory(organizations.back(),
                                  [&](DirectoryTx& tx) -> absl::Status {
                                    if (auto s = tx.InsertAccount(account); !s.ok()) return s;
                                    if (auto s = tx.InsertToken(token); !s.ok()) return s;
                                    RoleRecord role;
                                    role.id = model::RoleId(Uuid(n));
                                    role.account = account.id;
                                    if (auto s = tx.InsertRole(role); !s.ok()) return s;
                                    AccountRecord team = NewAccount(n + 10);
                                    team.kind = AccountRecord::Kind::kTeam;
                                    if (auto s = tx.InsertAccount(team); !s.ok()) return s;
                                    const auto at = absl::UnixEpoch();
                                    if (auto s = tx.AddMember(team.id, account.id, at); !s.ok())
                                      return s;
                                    AuditDestination destination;
                                    destination.id = "same";
                                    if (auto s = tx.PutAuditDestination(destination); !s.ok())
                                      return s;
                                    if (auto s = tx.SetAuditWebhook("same", true, 0); !s.ok())
                                      return s;
                                    tx.Audit({absl::UnixEpoch(), "a", "b", "c", ""});
                                    return absl::OkStatus();
                                  })
                  .ok());
      REQUIRE(QuotasOf(engine.store()).Set(cps.back(), Quota{.resources = 100}, {}).ok());
      REQUIRE(QuotasOf(engine.store()).Set(organizations.back(), Quota{.zones = 9}, {}).ok());
    }
    engine.Close();
  }
  std::string Name() const { return engine.database().name(); }

  // In the scope of the first one, as skyden_app: one number, or nullopt and the error's state.
  std::optional<int64_t> Ask(const std::string& query, std::string* state = nullptr,
                             const std::string& database = "") const {
    const auto wire = Enter(PostgresConnection("skyden_app", database.empty() ? Name() : database));
    const auto key = [](auto id) { return fmt::format("{}", static_cast<int64_t>(id)); };
    wire->SendText("BEGIN", {});
    wire->SendText(fmt::format("SELECT set_config('skyden.organization', '{}', true),"
                               " set_config('skyden.tenant', '{}', true),"
                               " set_config('skyden.system', '-', true)",
                               key(organizations[0].organization()), key(cps[0].tenant()))
                       .c_str(),
                   {});
    wire->SendText(query.c_str(), {});
    const auto results = wire->Finish();
    REQUIRE(results.ok());
    const PGresult* const last = results->back().get();
    if (PQresultStatus(last) == PGRES_COMMAND_OK) {
      return std::strtoll(PQcmdTuples(const_cast<PGresult*>(last)), nullptr, 10);
    }
    if (PQresultStatus(last) == PGRES_TUPLES_OK) return postgres::ResultRow(last, 0).Int(0);
    const char* code = PQresultErrorField(last, PG_DIAG_SQLSTATE);
    if (state != nullptr && code != nullptr) *state = code;
    return std::nullopt;
  }
  int64_t Foreign(const std::string& table, const std::string& column) const {
    const auto own = column == "tenant" ? static_cast<int64_t>(cps[0].tenant())
                                        : static_cast<int64_t>(organizations[0].organization());
    return AskSuperuser(
        Name(), fmt::format("SELECT count(*) FROM skyden.{} WHERE {} <> {}", table, column, own));
  }

  PostgresEngine engine;
  std::vector<model::OrganizationScope> organizations;
  std::vector<model::TenantScope> cps;
};

struct Table {
  const char* name;
  const char* owner;
  bool updates = true;
};
constexpr Table kTables[] = {
    {"control_plane", "organization"},
    {"account", "organization"},
    {"assigned_role", "organization", false},
    {"token", "organization"},
    {"team_member", "organization", false},
    {"resource", "tenant"},
    {"resource_count", "tenant"},
    {"usage", "tenant"},
    {"tenant_state", "tenant"},
    {"quota", "tenant"},
    {"organization_quota", "organization"},
    {"audit", "organization", false},
    {"audit_mark", "organization"},
    {"audit_destination", "organization"},
    {"audit_webhook", "organization"},
};

TEST_CASE("a statement that forgets its owner touches nobody else's rows", "[store][postgres]") {
  const Neighbours w;
  constexpr std::string_view kDenied = "42501";
  for (const Table& table : kTables) {
    INFO(table.name);
    const int64_t foreign = w.Foreign(table.name, table.owner);
    CHECK(foreign > 0);  // there is something to see
    const auto own = std::string_view(table.owner) == "tenant"
                         ? static_cast<int64_t>(w.cps[0].tenant())
                         : static_cast<int64_t>(w.organizations[0].organization());
    CHECK(w.Ask(fmt::format("SELECT count(*) FROM skyden.{} WHERE {} <> {}", table.name,
                            table.owner, own)) == 0);
    CHECK(w.Ask(fmt::format("DELETE FROM skyden.{} WHERE {} <> {}", table.name, table.owner, own))
              .value_or(0) == 0);
    if (table.updates) {
      CHECK(w.Ask(fmt::format("UPDATE skyden.{0} SET {1} = {1} WHERE {1} <> {2}", table.name,
                              table.owner, own))
                .value_or(0) == 0);
    }
    CHECK(w.Foreign(table.name, table.owner) == foreign);
  }
  // Nor puts one there.
  std::string state;
  CHECK_FALSE(w.Ask(fmt::format("INSERT INTO skyden.pending_key VALUES ({}, 't', 'm', 'n', 0)",
                                static_cast<int64_t>(w.cps[1].tenant())),
                    &state));
  CHECK(state == kDenied);
  CHECK_FALSE(w.Ask(fmt::format("UPDATE skyden.resource SET tenant = {}",
                                static_cast<int64_t>(w.cps[1].tenant())),
                    &state));
  CHECK(state == kDenied);
  // Its own it may.
  CHECK(w.Ask("SELECT count(*) FROM skyden.resource") == 1);
}

TEST_CASE("without a scope there is an error and no row", "[store][postgres]") {
  const Neighbours w;
  const auto wire = Enter(w.engine.database().logins().app);
  for (int round = 0; round < 2; ++round) {  // never set, then left behind by a transaction
    for (const Table& table : kTables) {
      INFO(table.name);
      const auto asked = wire->Ask(fmt::format("SELECT * FROM skyden.{}", table.name).c_str());
      REQUIRE(asked.ok());
      CHECK(PQresultStatus(asked->get()) == PGRES_FATAL_ERROR);
    }
    REQUIRE(wire->Ask("SELECT set_config('skyden.tenant', '1', true),"
                      " set_config('skyden.organization', '1', true)"
                      ", set_config('skyden.system', 'yes', true)")
                .ok());
  }
}

struct Weak {
  const char* weaken;
  const char* says;
  const char* mend = "";  // of what is the whole server's
  const char* leak = "";  // what the app then reads or changes of others; 0 or an error before
};

constexpr char kAllResources[] = "SELECT count(*) - 1 FROM skyden.resource";

const Weak kWeak[] = {
    {"ALTER ROLE skyden_app SUPERUSER", "is a superuser", "ALTER ROLE skyden_app NOSUPERUSER",
     kAllResources},
    {"ALTER ROLE skyden_app BYPASSRLS", "bypasses row level security",
     "ALTER ROLE skyden_app NOBYPASSRLS", kAllResources},
    {"ALTER ROLE skyden_app CREATEROLE", "may make roles", "ALTER ROLE skyden_app NOCREATEROLE"},
    {"ALTER ROLE skyden_system REPLICATION", "may replicate",
     "ALTER ROLE skyden_system NOREPLICATION"},
    {"GRANT skyden_owner TO skyden_app", "may act as role skyden_owner",
     "REVOKE skyden_owner FROM skyden_app"},
    {"CREATE ROLE skyden_weak BYPASSRLS; GRANT skyden_weak TO skyden_app",
     "may act as role skyden_weak", "DROP ROLE skyden_weak"},
    {"ALTER TABLE skyden.resource OWNER TO skyden_app", "owns table resource"},
    {"ALTER TABLE skyden.resource DISABLE ROW LEVEL SECURITY", "table resource is not on", "",
     kAllResources},
    {"ALTER TABLE skyden.resource NO FORCE ROW LEVEL SECURITY", "table resource is not forced"},
    {"DROP POLICY app_owner ON skyden.resource", "policy resource.app_owner is missing", "",
     kAllResources},
    {"DROP POLICY app_in ON skyden.resource", "policy resource.app_in is missing"},
    {"ALTER POLICY app_owner ON skyden.resource USING (true)",
     "policy resource.app_owner is not as Skyden made it", "", kAllResources},
    {"DROP POLICY app_owner ON skyden.resource; CREATE POLICY app_owner ON skyden.resource"
     " AS PERMISSIVE TO skyden_app USING (tenant = skyden.current_tenant())"
     " WITH CHECK (tenant = skyden.current_tenant())",
     "policy resource.app_owner is not as Skyden made it", "", kAllResources},
    {"DROP POLICY app_owner ON skyden.resource; CREATE POLICY app_owner ON skyden.resource"
     " AS RESTRICTIVE TO skyden_system USING (tenant = skyden.current_tenant())"
     " WITH CHECK (tenant = skyden.current_tenant())",
     "policy resource.app_owner is not as Skyden made it", "", kAllResources},
    {"CREATE POLICY more ON skyden.resource TO skyden_app USING (true)",
     "policy resource.more is not one of Skyden's"},
    {"ALTER VIEW skyden.v_resource RESET (security_invoker)", "view v_resource does not ask"},
    {"CREATE OR REPLACE VIEW skyden.v_quota WITH (security_invoker = true) AS"
     " SELECT * FROM skyden.quota",
     "view v_quota is not as Skyden made it"},
    {"CREATE OR REPLACE VIEW skyden.v_quota WITH (security_invoker = true) AS"
     " SELECT * FROM skyden.quota WHERE tenant = skyden.current_tenant() OR resources > 0",
     "view v_quota is not as Skyden made it"},
    {"CREATE OR REPLACE VIEW skyden.v_quota WITH (security_invoker = true) AS"
     " SELECT skyden.current_tenant() AS tenant, resources, bytes, zones FROM skyden.quota"
     " WHERE tenant = skyden.current_tenant()",
     "view v_quota is not as Skyden made it"},
    {"CREATE VIEW skyden.leak AS SELECT * FROM skyden.resource; GRANT SELECT ON skyden.leak TO"
     " skyden_app",
     "view leak does not ask", "", "SELECT count(*) - 1 FROM skyden.leak"},
    {"CREATE FUNCTION skyden.leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS"
     " 'SELECT count(*) FROM skyden.resource'",
     "function leak is not one of Skyden's", "", "SELECT skyden.leak() - 1"},
    {"ALTER FUNCTION skyden.current_tenant() SECURITY DEFINER",
     "function current_tenant is not as Skyden made it"},
    {"CREATE OR REPLACE FUNCTION skyden.current_tenant() RETURNS bigint LANGUAGE sql STABLE AS"
     " 'SELECT coalesce(nullif(current_setting(''skyden.tenant'', true), '''')::int8, 0)'",
     "function current_tenant is not as Skyden made it"},
    {"CREATE OR REPLACE FUNCTION skyden.within_tenant(which bigint) RETURNS boolean LANGUAGE sql"
     " STABLE AS 'SELECT true'",
     "function within_tenant is not as Skyden made it"},
    {"GRANT TRUNCATE ON skyden.resource TO skyden_app", "rights \"DELETE INSERT SELECT TRUNCATE",
     "", "TRUNCATE skyden.resource"},
    {"GRANT TRIGGER ON skyden.resource TO skyden_app", "TRIGGER"},
    {"GRANT REFERENCES ON skyden.resource TO skyden_app", "REFERENCES"},
    {"GRANT SELECT ON skyden.resource TO skyden_system", "role skyden_system has the rights"},
    {"GRANT SELECT (spec) ON skyden.resource TO skyden_system",
     "role skyden_system has the rights"},
    {"REVOKE DELETE ON skyden.resource FROM skyden_app", "role skyden_app has the rights"},
    {"GRANT SELECT ON skyden.resource TO PUBLIC", "PUBLIC may use resource"},
    {"GRANT CREATE ON SCHEMA skyden TO skyden_app", "may make objects in SCHEMA skyden"},
    {"DO $$BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO skyden_app',"
     " current_database()); END$$",
     "may make objects in DATABASE"},
    {"ALTER ROLE skyden_app SET skyden.tenant = '2'", "skyden.tenant=2 is preset for ROLE",
     "ALTER ROLE skyden_app RESET ALL"},
    {"DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET skyden.system = ''yes''',"
     " current_database()); END$$",
     "skyden.system=yes is preset for DATABASE"},
    {"CREATE FUNCTION public.copy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
     " 'BEGIN RETURN NEW; END'; CREATE TRIGGER copy BEFORE INSERT ON skyden.resource"
     " FOR EACH ROW EXECUTE FUNCTION public.copy()",
     "table resource has a trigger copy"},
    {"CREATE RULE copy AS ON DELETE TO skyden.resource DO ALSO NOTHING",
     "resource has a rule copy"},
    {"ALTER TABLE skyden.resource DISABLE TRIGGER ALL", "foreign keys of table resource"},
    {"CREATE TABLE public.part () INHERITS (skyden.resource)", "inherits from"},
    {"ALTER DEFAULT PRIVILEGES FOR ROLE skyden_owner IN SCHEMA skyden GRANT SELECT ON TABLES TO"
     " skyden_app",
     "objects that skyden_owner will make are open"},
    {"CREATE TABLE skyden.more (tenant bigint)", "skyden.more is not one of Skyden's"},
};

std::string All(const std::vector<std::string>& complaints) {
  std::string text;
  for (const std::string& complaint : complaints) text += complaint + "\n";
  return text;
}

absl::StatusOr<std::vector<std::string>> Check(const PostgresLogins& logins) {
  return postgres::FindWeaknesses(*Enter(logins.app), *Enter(logins.system),
                                  {postgres::SelfCheckScope::Durability::kNotAsked});
}

TEST_CASE("a sound set-up is told nothing", "[store][postgres]") {
  const PostgresDatabase database;
  const auto found = Check(database.logins());
  REQUIRE(found.ok());
  CHECK(All(*found) == "");
}

TEST_CASE("each view is compared with what it should show", "[store][postgres]") {
  std::set<std::string_view> compared;
  for (const postgres::View& view : postgres::ExpectedViews()) compared.insert(view.name);
  for (const postgres::Relation& relation : postgres::ExpectedRelations()) {
    INFO(relation.name);
    if (relation.kind == 'v') {
      CHECK(compared.contains(relation.name));
    }
  }
}

TEST_CASE("each weak set-up is refused by name, and leaks where nobody looks",
          "[store][postgres]") {
  CHECK(std::size(kWeak) >= 20);
  const Neighbours w;
  for (const Weak& weak : kWeak) {
    INFO(weak.weaken);
    if (*weak.leak != '\0') CHECK(w.Ask(weak.leak).value_or(0) <= 0);
    const std::string copy = w.Name() + "_weak";
    AsSuperuser("postgres", fmt::format("CREATE DATABASE {} TEMPLATE {}", copy, w.Name()));
    AsSuperuser(copy, std::string(postgres::EmbeddedRoles()));
    AsSuperuser(copy, weak.weaken);
    const PostgresLogins logins{PostgresConnection("skyden_app", copy),
                                PostgresConnection("skyden_system", copy), ""};
    const auto found = Check(logins);
    std::string refused;
    {
      PostgresOptions options;
      options.logins = logins;
      postgres::Blueprint blueprint;
      blueprint.checks.durability = postgres::SelfCheckScope::Durability::kNotAsked;
      const auto opened =
          postgres::OpenStore(std::move(options), Registry(), TestSealer(), blueprint);
      if (!opened.ok()) refused = std::string(opened.status().message());
    }
    std::optional<int64_t> leaked;
    if (*weak.leak != '\0') leaked = w.Ask(weak.leak, nullptr, copy);
    if (*weak.mend != '\0') AsSuperuser(copy, weak.mend);
    AsSuperuser("postgres", fmt::format("DROP DATABASE {} WITH (FORCE)", copy));
    INFO(found.status());
    REQUIRE(found.ok());
    INFO(All(*found));
    CHECK(All(*found).find(weak.says) != std::string::npos);
    CHECK(refused.find(weak.says) != std::string::npos);
    if (*weak.leak != '\0') {
      CHECK(leaked.has_value());
      if (std::string(weak.leak).find("TRUNCATE") == std::string::npos) CHECK(leaked > 0);
    }
  }
}

TEST_CASE("a server that may lose what it acknowledged is refused", "[store][postgres]") {
  const PostgresDatabase database;
  PostgresOptions options;
  options.logins = database.logins();
  const auto opened = OpenPostgresStore(std::move(options), Registry(), TestSealer());
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.status().message().find("fsync is off") != absl::string_view::npos);
}

TEST_CASE("the wrong logins are refused by name", "[store][postgres]") {
  const PostgresDatabase database;
  PostgresLogins logins = database.logins();
  SECTION("a superuser for daily work") {
    logins.app = PostgresConnection("postgres", database.name());
  }
  SECTION("who migrates for daily work") {
    logins.system = PostgresConnection("skyden_migrate", database.name());
  }
  SECTION("one for the other") { std::swap(logins.app, logins.system); }
  PostgresOptions options;
  options.logins = logins;
  const auto opened = OpenPostgresStore(std::move(options), Registry(), TestSealer());
  REQUIRE_FALSE(opened.ok());
  CHECK(absl::IsFailedPrecondition(opened.status()));
}

TEST_CASE("a database of another encoding or collation gets no schema", "[store][postgres]") {
  const std::string words = GENERATE(as<std::string>(), "ENCODING 'SQL_ASCII'",
                                     "ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'");
  const std::string name = fmt::format("skyden_other_{}", getpid());
  AsSuperuser("postgres", fmt::format("CREATE DATABASE {} TEMPLATE template0 {}", name, words));
  const absl::Status status = MigratePostgres(PostgresConnection("postgres", name), "");
  AsSuperuser("postgres", fmt::format("DROP DATABASE {} WITH (FORCE)", name));
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(status.message().find("UTF8 and collation C") != absl::string_view::npos);
}

TEST_CASE("a schema that is missing or newer is told, and migrating twice changes nothing",
          "[store][postgres]") {
  const PostgresDatabase database;
  for (const char* who : {"postgres", "skyden_migrate"}) {
    const absl::Status again = MigratePostgres(PostgresConnection(who, database.name()), "");
    INFO(again);
    CHECK(again.ok());
  }
  const auto open = [&] {
    PostgresOptions options;
    options.logins = database.logins();
    return OpenPostgresStore(std::move(options), Registry(), TestSealer()).status();
  };
  AsSuperuser(database.name(), "UPDATE skyden.schema_version SET version = 1000");
  CHECK(open().message().find("schema version 1000") != absl::string_view::npos);
  CHECK(absl::IsFailedPrecondition(
      MigratePostgres(PostgresConnection("skyden_migrate", database.name()), "")));
  AsSuperuser(database.name(), "DROP SCHEMA skyden CASCADE");
  CHECK(open().message().find("skyden migrate") != absl::string_view::npos);
  // What an administrator runs makes the same.
  AsSuperuser(database.name(), PostgresSchemaScript());
  const auto found = Check(database.logins());
  REQUIRE(found.ok());
  CHECK(All(*found) == "");
}

}  // namespace
}  // namespace skyden::store::testing
