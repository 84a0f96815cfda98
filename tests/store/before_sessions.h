// SPDX-License-Identifier: Apache-2.0
// Takes a database back to before there were sessions in it.
#pragma once

#include <string>

#include "fmt/format.h"
#include "tests/store/raw_database.h"
#include "tests/store/testing.h"
#ifdef SKYDEN_STORE_ON_POSTGRES
#include "tests/store/postgres_engine.h"
#endif

namespace skyden::store::testing {

inline constexpr const char* kDropSessions =
    "DROP INDEX session_by_parent; DROP INDEX session_by_creation;"
    "ALTER TABLE token DROP COLUMN kind; ALTER TABLE token DROP COLUMN parent;"
    "ALTER TABLE token DROP COLUMN provider_session; ALTER TABLE token DROP COLUMN person_groups;";

inline constexpr const char* kDropSending =
    "DROP INDEX token_by_end;"
    "DROP VIEW v_audit_destination; DROP TABLE audit_destination;"
    "DROP VIEW v_audit_webhook; DROP TABLE audit_webhook;";

inline constexpr const char* kDropTeams =
    "DROP VIEW v_team_member; DROP TABLE team_member; DROP INDEX team_name;"
    "ALTER TABLE account DROP COLUMN labels;";

inline constexpr const char* kDropPast =
    "DROP VIEW v_history; DROP TABLE history;"
    "DROP VIEW v_deleted_control_plane; DROP TABLE deleted_control_plane;"
    "DROP VIEW v_rollout; DROP TABLE rollout;"
    "DROP VIEW v_own_usage_hour; DROP TABLE usage_hour;"
    "DROP VIEW v_past_control_plane; DROP TABLE past_control_plane;";
inline constexpr const char* kDropPastOfTenants =
    "ALTER TABLE tenant_state DROP COLUMN history_bytes;"
    "ALTER TABLE tenant_state DROP COLUMN history_from;";

// SQLite makes the table anew whatever it has, and takes no column of a key away.
inline constexpr const char* kDropNarrowing =
    "DROP VIEW v_assigned_role; DROP VIEW v_all_assigned_role;"
    "ALTER TABLE assigned_role DROP COLUMN narrowing;"
    "ALTER TABLE assigned_role ADD UNIQUE (organization, account, role, tenant);"
    "CREATE VIEW v_assigned_role WITH (security_invoker = true) AS SELECT * FROM assigned_role"
    " WHERE organization = current_organization() AND within_tenant(tenant);"
    "CREATE VIEW v_all_assigned_role WITH (security_invoker = true) AS SELECT * FROM assigned_role"
    " WHERE current_system();"
    "GRANT SELECT ON v_assigned_role, v_all_assigned_role TO skyden_app, skyden_system;";

// PostgreSQL alone has several.
inline constexpr const char* kDropDaemons =
    "DROP TABLE daemon; DROP INDEX journal_by_transaction;"
    "ALTER TABLE journal DROP COLUMN transaction_id, DROP COLUMN daemon, DROP COLUMN changes;";

// To the schema of `version`, whose other tables the caller sees to. The engine is closed.
inline std::string TakeBack(RawDatabase& db, int version) {
  return db.Execute(fmt::format("{}{}{}{}PRAGMA user_version = {}", kDropSending, kDropTeams,
                                kDropPast, kDropSessions, version));
}

inline void TakeBack(SqliteEngine& engine) {
  engine.Close();
  RawDatabase db(engine.database());
  REQUIRE(db.Execute(kDropPastOfTenants).empty());
  REQUIRE(TakeBack(db, 8).empty());
}
inline void ReopenAsFound(SqliteEngine& engine) { engine.Reopen(SqliteEngine::Trust::kAsFound); }

#ifdef SKYDEN_STORE_ON_POSTGRES
inline void TakeBack(PostgresEngine& engine) {
  engine.Close();
  const std::string drop = fmt::format(
      "BEGIN; SET LOCAL search_path = skyden; SET LOCAL ROLE skyden_owner;"
      "DROP VIEW v_own_tenant_state; {}{}{}"
      "CREATE VIEW v_own_tenant_state WITH (security_invoker = true) AS SELECT * FROM tenant_state"
      " WHERE tenant = current_tenant() AND organization = current_organization() AND state = 0;"
      "GRANT SELECT ON v_own_tenant_state TO skyden_app;"
      "DROP VIEW v_token; DROP VIEW v_all_token; {}"
      "CREATE VIEW v_token WITH (security_invoker = true) AS SELECT * FROM token"
      " WHERE organization = current_organization() AND within_tenant(tenant);"
      "CREATE VIEW v_all_token WITH (security_invoker = true) AS SELECT * FROM token"
      " WHERE current_system();"
      "GRANT SELECT ON v_token TO skyden_app; GRANT SELECT ON v_token, v_all_token TO "
      "skyden_system;"
      "DROP VIEW v_account; DROP VIEW v_all_account; {}"
      "CREATE VIEW v_account WITH (security_invoker = true) AS SELECT * FROM account"
      " WHERE organization = current_organization() AND within_tenant(tenant);"
      "CREATE VIEW v_all_account WITH (security_invoker = true) AS SELECT * FROM account"
      " WHERE current_system();"
      "GRANT SELECT ON v_account TO skyden_app; GRANT SELECT ON v_account, v_all_account TO "
      "skyden_system;"
      "{}{}UPDATE schema_version SET version = 3; COMMIT",
      kDropSending, kDropPast, kDropPastOfTenants, kDropSessions, kDropTeams, kDropDaemons,
      kDropNarrowing);
  AsSuperuser(engine.database().name(), drop);
}
inline void ReopenAsFound(PostgresEngine& engine) {
  REQUIRE(MigratePostgres(PostgresConnection("postgres", engine.database().name()), "").ok());
  engine.Reopen();
}
#endif

}  // namespace skyden::store::testing
