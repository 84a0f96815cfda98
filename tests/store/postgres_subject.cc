// SPDX-License-Identifier: Apache-2.0
#include "tests/store/postgres_subject.h"

#include <catch2/catch.hpp>
#include <set>

#include "fmt/format.h"
#include "store/postgres/row.h"
#include "tests/store/postgres_engine.h"

namespace skyden::store::testing {
namespace {

constexpr Binding kNobody{};
constexpr char kApp[] = "skyden_app";
constexpr char kSystem[] = "skyden_system";
constexpr char kOwner[] = "skyden_owner";
constexpr char kMigrate[] = "skyden_migrate";

// No right, a policy's refusal, no scope that is a number, none at all, a column that the database
// gives: what a fence of this engine says.
const std::set<std::string> kStops = {"42501", "22P02", "42704", "428C9"};

bool IsNobody(const Binding& as) { return as.organization == 0 && as.tenant == 0 && !as.system; }

bool IsGood(const postgres::Result& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

std::string StateOf(const postgres::Result& result) {
  const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  return state == nullptr ? "" : state;
}

std::vector<RawRow> RowsOf(const postgres::Result& result) {
  std::vector<RawRow> rows;
  for (int n = 0; n < PQntuples(result.get()); ++n) {
    const postgres::ResultRow row(result.get(), n);
    RawRow& texts = rows.emplace_back();
    for (int c = 0; c < PQnfields(result.get()); ++c) {
      const bool number = PQftype(result.get(), c) == 20;  // bigint
      if (row.IsNull(c)) {
        texts.push_back("NULL");
      } else {
        texts.push_back(number ? std::to_string(row.Int(c)) : row.String(c));
      }
    }
  }
  return rows;
}

// As a connection of the daemon sets it.
std::string ScopeText(const Binding& as) {
  const auto word = [](int64_t key) { return key == 0 ? "-" : std::to_string(key); };
  return fmt::format(
      "SELECT set_config('skyden.organization', '{}', true), set_config('skyden.tenant', '{}',"
      " true), set_config('skyden.system', '{}', true)",
      word(as.organization), word(as.tenant), as.system ? "yes" : "-");
}

const char* RoleOf(const Binding& as) { return as.system && as.organization == 0 ? kSystem : kApp; }

}  // namespace

PostgresSubject::PostgresSubject(const std::string& database) : database_(database) {
  auto wire = postgres::Wire::Connect(PostgresAddress("postgres", database));
  INFO(wire.status());
  REQUIRE(wire.ok());
  wire_ = *std::move(wire);
  Ask("SET search_path = skyden");
  Ask("SET session_replication_role = replica");  // no foreign keys
}

std::vector<RawRow> PostgresSubject::Ask(const std::string& query) {
  const auto result = wire_->Ask(query.c_str());
  // An assertion each would be most of what this costs.
  if (!result.ok()) FAIL(query << ": " << result.status());
  if (!IsGood(*result)) FAIL(query << ": " << PQresultErrorMessage(result->get()));
  return RowsOf(*result);
}

std::optional<std::string> PostgresSubject::Explain(const std::string& text,
                                                    const std::string& arguments,
                                                    std::vector<RawRow>& plan) {
  wire_->SendText("BEGIN", {});
  wire_->SendText(ScopeText({1, 11, true}).c_str(), {});
  // Tables are empty, and walking one that is would cost the least.
  wire_->SendText("SET LOCAL enable_seqscan = off", {});
  wire_->SendText("SET LOCAL plan_cache_mode = force_generic_plan", {});
  wire_->SendText(("PREPARE looked_at AS " + text).c_str(), {});
  wire_->SendText(("EXPLAIN (COSTS OFF) EXECUTE looked_at" + arguments).c_str(), {});
  const auto results = wire_->Finish();
  if (!results.ok()) FAIL(text << ": " << results.status());
  for (const postgres::Result& result : *results) {
    if (IsGood(result)) continue;
    const std::string error = PQresultErrorMessage(result.get());
    Ask("ROLLBACK");
    Ask("DEALLOCATE ALL");
    return error;
  }
  plan = RowsOf(results->back());
  Ask("ROLLBACK");
  Ask("DEALLOCATE ALL");
  return std::nullopt;
}

Schema PostgresSubject::ReadSchema() {
  Schema schema;
  for (const RawRow& row :
       Ask("SELECT c.relname::text, a.attname::text, a.atttypid::regtype::text,"
           " (a.attidentity <> '')::text, (a.attgenerated <> '')::text"
           " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
           " AND NOT a.attisdropped WHERE c.relnamespace = 'skyden'::regnamespace"
           " AND c.relkind = 'r' AND c.relname <> 'journal' ORDER BY c.relname, a.attnum")) {
    Table& table = schema.tables[row[0]];
    table.name = row[0];
    table.has_rowid = false;
    if (row[4] == "true") continue;
    const bool is_text = row[2] == "text";
    table.columns.push_back({row[1], is_text ? "TEXT" : row[2] == "bytea" ? "BLOB" : "INTEGER"});
    const bool given = row[3] == "true";
    if (row[1] == "tenant") table.has_tenant = true, table.tenant_is_key = given;
    if (row[1] == "organization") table.has_organization = true, table.organization_is_key = given;
  }
  for (const RawRow& row : Ask("SELECT relname::text FROM pg_class WHERE relkind = 'v'"
                               " AND relnamespace = 'skyden'::regnamespace ORDER BY relname")) {
    schema.views.push_back(row[0]);
  }
  return schema;
}

std::string PostgresSubject::InsertText(const Table& table, const std::string& verb,
                                        const std::string& columns, const std::string& values) {
  return fmt::format("{} INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})", verb, table.name,
                     columns, values);
}

postgres::Result PostgresSubject::Run(const std::string& role, const Binding& as,
                                      const std::string& sql, Then then) {
  wire_->SendText("BEGIN", {});
  if (!IsNobody(as)) wire_->SendText(ScopeText(as).c_str(), {});
  wire_->SendText(("SET LOCAL SESSION AUTHORIZATION " + role).c_str(), {});
  wire_->SendText(sql.c_str(), {});
  if (then == Then::kStays) wire_->SendText("COMMIT", {});
  auto results = wire_->Finish();
  if (!results.ok()) FAIL(sql << ": " << results.status());
  const size_t own = results->size() - (then == Then::kStays ? 2 : 1);
  if (then == Then::kIsTakenBack || !IsGood((*results)[own])) Ask("ROLLBACK");
  return std::move((*results)[own]);
}

std::string PostgresSubject::Execute(const Binding& as, const std::string& sql) {
  // What is nobody's is written by who may do anything.
  const bool by_system = as.system && as.organization == 0;
  const postgres::Result result = Run(by_system ? "postgres" : kApp, as, sql, Then::kStays);
  return IsGood(result) ? std::string() : PQresultErrorMessage(result.get());
}

std::optional<std::vector<RawRow>> PostgresSubject::Query(const Binding& as, const std::string& sql,
                                                          std::string& error) {
  const postgres::Result result = Run(RoleOf(as), as, sql, Then::kIsTakenBack);
  if (IsGood(result)) return RowsOf(result);
  error = PQresultErrorMessage(result.get());
  return std::nullopt;
}

std::optional<std::string> PostgresSubject::GetsThrough(const Binding& as, const std::string& sql) {
  return GetsThroughAs(RoleOf(as), as, sql);
}

std::optional<std::string> PostgresSubject::GetsThroughAs(const std::string& role,
                                                          const Binding& as,
                                                          const std::string& sql) {
  const postgres::Result result = Run(role, as, sql, Then::kIsTakenBack);
  if (!IsGood(result)) {
    if (kStops.contains(StateOf(result))) return std::nullopt;
    return std::string(PQresultErrorMessage(result.get()));
  }
  const std::string rows = PQcmdTuples(result.get());
  if (rows == "0") return std::nullopt;
  return rows + " rows";
}

// The owner is under the policies too, and none lets it in.
void PostgresSubject::TryOwner(const Schema& schema, std::vector<std::string>& complaints) {
  std::vector<std::string> names = {"journal"};
  for (const auto& [name, table] : schema.tables) names.push_back(name);
  for (const std::string& name : names) {
    if (name == "schema_version") continue;  // it writes that
    for (const std::string& sql : {"SELECT * FROM " + name, "DELETE FROM " + name}) {
      if (const auto how = GetsThroughAs(kOwner, {1, 11, true}, sql)) {
        complaints.push_back(fmt::format("the owner may {}: {}", sql, *how));
      }
    }
    // Who migrates has to become the owner first.
    const postgres::Result migrate =
        Run(kMigrate, {1, 11, true}, "SELECT * FROM " + name, Then::kIsTakenBack);
    if (IsGood(migrate)) complaints.push_back("who migrates may read " + name);
  }
}

// Tables themselves, by who forgets the owner.
void PostgresSubject::TryReads(const Schema& schema, std::vector<std::string>& complaints) {
  for (const auto& [name, table] : schema.tables) {
    if (!table.is_owned()) continue;
    const std::string foreign = table.has_organization ? "organization <> 1" : "tenant <> 11";
    const bool both = table.has_organization && table.has_tenant;
    for (const Binding& as : {Binding{1, 11, false}, Binding{1, 0, false}, Binding{1, 11, true}}) {
      const bool inside = as.tenant != 0;
      std::string where = both && inside ? foreign + " OR tenant <> 11" : foreign;
      if (as.system) {
        if (name != "assigned_role") continue;
        where = "role <> 'Operator'";
      }
      if (const auto how =
              GetsThroughAs(kApp, as, fmt::format("SELECT * FROM {} WHERE {}", name, where))) {
        complaints.push_back(
            fmt::format("{}: {}/{} reads {}", name, as.organization, as.tenant, *how));
      }
    }
  }
}

// What has to work, or nothing would be stopped that is not.
void PostgresSubject::TryNeeds(const Schema& schema, std::vector<std::string>& complaints) {
  struct Need {
    const char* table;
    const char* role;
    Binding as;
    const char* sql;
  };
  constexpr Binding kOne{1, 0, true};
  constexpr Binding kScope{1, 11, false};
  static const Need kNeeds[] = {
      {"organization", kApp, kScope, "SELECT * FROM organization"},
      {"organization", kSystem, kOne, "SELECT * FROM organization"},
      {"organization", kSystem, kOne, "UPDATE organization SET name = 'x' WHERE organization = 2"},
      {"organization", kSystem, kOne,
       "INSERT INTO organization (organization, id, name, created_at, updated_at, gone)"
       " OVERRIDING SYSTEM VALUE VALUES (77, 'made', '', 0, 0, 0)"},
      {"control_plane", kSystem, kOne, "SELECT * FROM control_plane"},
      {"account", kSystem, kOne, "SELECT * FROM account"},
      {"account", kSystem, kOne, "DELETE FROM account WHERE organization = 1"},
      {"assigned_role", kSystem, kOne, "SELECT * FROM assigned_role"},
      {"assigned_role", kSystem, kOne, "DELETE FROM assigned_role WHERE organization = 1"},
      {"token", kSystem, kOne, "SELECT * FROM token"},
      {"token", kSystem, kOne, "DELETE FROM token WHERE organization = 1"},
      {"organization_quota", kSystem, kOne, "SELECT * FROM organization_quota"},
      {"organization_quota", kSystem, kOne, "DELETE FROM organization_quota"},
      {"team_member", kSystem, kOne, "SELECT * FROM team_member"},
      {"team_member", kSystem, kOne, "DELETE FROM team_member WHERE organization = 1"},
      {"usage_hour", kSystem, kOne, "SELECT * FROM usage_hour"},
      {"usage_hour", kSystem, kOne, "DELETE FROM usage_hour WHERE organization = 1"},
      {"past_control_plane", kSystem, kOne, "SELECT * FROM past_control_plane"},
      {"past_control_plane", kSystem, kOne,
       "DELETE FROM past_control_plane WHERE organization = 1"},
      {"audit_destination", kSystem, kOne, "SELECT * FROM audit_destination"},
      {"audit_destination", kSystem, kOne, "DELETE FROM audit_destination WHERE organization = 1"},
      {"audit_webhook", kSystem, kOne, "SELECT * FROM audit_webhook"},
      {"audit_webhook", kSystem, kOne, "DELETE FROM audit_webhook WHERE organization = 1"},
      {"deleted_control_plane", kSystem, kOne, "SELECT * FROM deleted_control_plane"},
      {"database", kSystem, kOne, "INSERT INTO database VALUES ('x', '')"},
      {"database", kSystem, kOne, "UPDATE database SET value = ''"},
      {"daemon", kSystem, kOne, "INSERT INTO daemon VALUES ('x', 1, 1, 1, '1:1:', '')"},
      {"daemon", kSystem, kOne, "UPDATE daemon SET seen = 2"},
      {"daemon", kSystem, kOne, "SELECT * FROM daemon"},
      {"daemon", kSystem, kOne, "DELETE FROM daemon"},
      {"journal", kApp, kScope, "INSERT INTO journal VALUES ('', 1, now())"},
      {"journal", kSystem, kOne, "INSERT INTO journal VALUES ('', 1, now())"},
      {"opening", kApp, kScope, "SELECT * FROM opening"},
      {"opening", kSystem, kOne, "UPDATE opening SET opened = opened + 1"},
      {"schema_version", kApp, kScope, "SELECT * FROM schema_version"},
      {"schema_version", kSystem, kOne, "SELECT * FROM schema_version"},
      {"schema_version", kOwner, kNobody, "UPDATE schema_version SET version = 9"},
  };
  for (const Need& need : kNeeds) {
    if (need.table != std::string_view("journal") && !schema.tables.contains(need.table)) continue;
    const postgres::Result result = Run(need.role, need.as, need.sql, Then::kIsTakenBack);
    if (IsGood(result) && std::string_view(PQcmdTuples(result.get())) != "0") continue;
    complaints.push_back(
        fmt::format("{} cannot {}: {}", need.role, need.sql, PQresultErrorMessage(result.get())));
  }
}

// What comes before a scope may be read; it ends one organization at a time, and only as one that
// says it is the system makes and changes them.
void PostgresSubject::TrySystem(std::vector<std::string>& complaints) {
  const auto must_not = [&](const Binding& as, const std::string& sql) {
    if (const auto how = GetsThroughAs(kSystem, as, sql)) {
      complaints.push_back(fmt::format("the system's role may {}: {}", sql, *how));
    }
  };
  constexpr Binding kOne{1, 0, true};
  for (const char* table :
       {"account", "assigned_role", "token", "organization_quota", "team_member", "usage_hour",
        "past_control_plane", "audit_destination", "audit_webhook"}) {
    must_not(kOne, fmt::format("DELETE FROM {} WHERE organization = 2", table));
    must_not({0, 0, true}, fmt::format("DELETE FROM {}", table));
    must_not(kOne, fmt::format("UPDATE {} SET organization = 1", table));
  }
  for (const char* table :
       {"organization_quota", "deleted_control_plane", "team_member", "usage_hour",
        "past_control_plane", "audit_destination", "audit_webhook"}) {
    must_not(kOne, fmt::format("SELECT * FROM {} WHERE organization = 2", table));
  }
  for (const char* table : {"resource", "resource_count", "tombstone_state", "pending_key", "usage",
                            "quota", "rollout", "tenant_state", "history", "audit", "audit_mark"}) {
    must_not(kOne, fmt::format("SELECT * FROM {}", table));
  }
  const Binding nobody_in_particular{1, 0, false};
  must_not(nobody_in_particular, "UPDATE organization SET name = 'x'");
  must_not(nobody_in_particular,
           "INSERT INTO organization (organization, id, name, created_at, updated_at, gone)"
           " OVERRIDING SYSTEM VALUE VALUES (77, 'made', '', 0, 0, 0)");
  must_not(kOne, "DELETE FROM organization");
  must_not(kOne, "DELETE FROM control_plane");
  must_not(kOne, "DELETE FROM opening");
  must_not(kOne, "INSERT INTO opening VALUES (9)");
  must_not(kOne, "UPDATE schema_version SET version = 9");
}

// Of another organization's roles only operators are seen, and nothing of them is changed.
void PostgresSubject::TryOperators(std::vector<std::string>& complaints) {
  constexpr Binding kCounting{1, 11, true};
  const auto must_not = [&](const Binding& as, const std::string& sql) {
    if (const auto how = GetsThroughAs(kApp, as, sql)) {
      complaints.push_back(fmt::format("who counts operators may {}: {}", sql, *how));
    }
  };
  Ask("INSERT INTO assigned_role (organization, tenant, id, account, role, control_plane, region,"
      " created_at) VALUES (2, 11, 'operator', 'x', 'Operator', '', '', 0),"
      " (1, 12, 'operator', 'y', 'Operator', '', '', 0)");
  must_not(kCounting, "SELECT * FROM assigned_role WHERE role <> 'Operator'");
  must_not({1, 11, false}, "SELECT * FROM assigned_role WHERE role = 'Operator'");
  must_not(kCounting, "DELETE FROM assigned_role WHERE tenant = 12");
  must_not({1, 11, false}, "SELECT * FROM v_all_assigned_role");
  must_not(kCounting, "DELETE FROM assigned_role WHERE organization = 2");
  must_not(kCounting,
           "INSERT INTO assigned_role (organization, tenant, id, account, role, control_plane,"
           " region, created_at) VALUES (2, 0, 'made', 'x', 'x', '', '', 0)");
  must_not(kCounting, "SELECT * FROM account WHERE organization = 2");
  const postgres::Result seen =
      Run(kApp, kCounting, "SELECT * FROM v_all_assigned_role", Then::kIsTakenBack);
  if (PQntuples(seen.get()) != 2) complaints.push_back("operators are not seen");
}

void PostgresSubject::TryFunctions(std::vector<std::string>& complaints) {
  const auto answer = [&](const Binding& as, const std::string& call) {
    const postgres::Result result =
        Run(kApp, as, fmt::format("SELECT ({})::text", call), Then::kIsTakenBack);
    return IsGood(result) && PQntuples(result.get()) == 1 && !PQgetisnull(result.get(), 0, 0)
               ? std::string(PQgetvalue(result.get(), 0, 0))
               : StateOf(result);
  };
  const auto expect = [&](const Binding& as, const std::string& call,
                          const std::set<std::string>& any) {
    const std::string said = answer(as, call);
    if (any.contains(said)) return;
    complaints.push_back(
        fmt::format("{} for {}/{}: \"{}\"", call, as.organization, as.tenant, said));
  };
  for (const char* call : {"current_tenant()", "current_organization()", "within_tenant(11)"}) {
    expect(kNobody, call, {"42704", "22P02"});
  }
  expect(kNobody, "current_system()", {"42704", "false"});
  expect({1, 11, false}, "current_tenant()", {"11"});
  expect({1, 0, false}, "current_tenant()", {"22P02"});
  expect({1, 11, false}, "current_organization()", {"1"});
  expect({0, 11, false}, "current_organization()", {"22P02"});
  expect({1, 11, false}, "within_tenant(11)", {"true"});
  expect({1, 11, false}, "within_tenant(12)", {"false"});
  expect({1, 0, false}, "within_tenant(12)", {"true"});
  expect({1, 11, false}, "current_system()", {"false"});
  expect({1, 11, true}, "current_system()", {"true"});
  // Nobody has said anything yet: not false but an error.
  const auto fresh = postgres::Wire::Connect(PostgresAddress(kApp, database_));
  REQUIRE(fresh.ok());
  for (const char* call :
       {"current_tenant()", "current_organization()", "current_system()", "within_tenant(11)"}) {
    const auto asked = (*fresh)->Ask(fmt::format("SELECT skyden.{}", call).c_str());
    REQUIRE(asked.ok());
    if (!IsGood(*asked)) continue;
    complaints.push_back(fmt::format("{} answers before there is a scope", call));
  }
}

// What a role could do beside reading and writing rows.
void PostgresSubject::TryPowers(std::vector<std::string>& complaints) {
  for (const char* role : {kApp, kSystem, kMigrate, kOwner}) {
    for (const char* sql :
         {"SET LOCAL session_replication_role = replica", "CREATE ROLE skyden_made",
          "SELECT pg_create_physical_replication_slot('skyden_made', false, true)",
          "SELECT pg_read_file('PG_VERSION')"}) {
      if (const auto how = GetsThroughAs(role, {1, 11, false}, sql)) {
        complaints.push_back(fmt::format("{} may {}: {}", role, sql, *how));
      }
    }
    // Not in a transaction: whether it may is asked before what it names.
    Ask(fmt::format("SET SESSION AUTHORIZATION {}", role));
    const auto made = wire_->Ask("CREATE DATABASE skyden_made TEMPLATE skyden_not_there");
    REQUIRE(made.ok());
    if (StateOf(*made) != "42501") complaints.push_back(fmt::format("{} makes databases", role));
    Ask("RESET SESSION AUTHORIZATION");
  }
  Ask("SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots"
      " WHERE slot_name = 'skyden_made'");
  if (postgres::Wire::Connect(PostgresAddress(kOwner, database_)).ok()) {
    complaints.push_back("the owner logs in");
  }
}

void PostgresSubject::TryMore(const Schema& schema, std::vector<std::string>& complaints) {
  TryOwner(schema, complaints);
  TryReads(schema, complaints);
  TryNeeds(schema, complaints);
  TrySystem(complaints);
  TryFunctions(complaints);
  if (schema.tables.contains("assigned_role")) TryOperators(complaints);
}

}  // namespace skyden::store::testing
