// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/self_check_queries.h"

#include <array>

namespace skyden::store::postgres {
namespace {

constexpr auto kRoleQueries = std::to_array<SelfCheckQuery>({
    {"attributes of the role", R"sql(
SELECT pg_catalog.format('role %I %s: ALTER ROLE %I %s', rolname, says, rolname, mend)
FROM pg_roles, LATERAL (VALUES
  (rolsuper, 'is a superuser, and no fence holds a superuser', 'NOSUPERUSER'),
  (rolbypassrls, 'bypasses row level security', 'NOBYPASSRLS'),
  (rolcreaterole, 'may make roles', 'NOCREATEROLE'),
  (rolcreatedb, 'may make databases', 'NOCREATEDB'),
  (rolreplication, 'may replicate, and so read everything', 'NOREPLICATION')
) AS attribute (holds, says, mend)
WHERE rolname = session_user AND holds)sql"},
    {"memberships of the role", R"sql(
SELECT pg_catalog.format('role %I may act as role %I: REVOKE %I FROM %I', session_user, r.rolname,
                         r.rolname, session_user)
FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
WHERE m.member = session_user::pg_catalog.regrole)sql"},
    {"ownership", R"sql(
SELECT pg_catalog.format('role %I owns %s %I: ALTER %s %I OWNER TO skyden_owner', session_user,
                         kind, name, pg_catalog.upper(kind), name)
FROM (
  SELECT 'table' AS kind, relname AS name, relowner AS owner FROM pg_class
    WHERE relnamespace = 'skyden'::pg_catalog.regnamespace AND relkind IN ('r', 'p', 'v')
  UNION ALL
  SELECT 'function', proname, proowner FROM pg_proc
    WHERE pronamespace = 'skyden'::pg_catalog.regnamespace
  UNION ALL
  SELECT 'schema', nspname, nspowner FROM pg_namespace WHERE nspname = 'skyden'
  UNION ALL
  SELECT 'database', datname, datdba FROM pg_database
    WHERE datname = pg_catalog.current_database()
) AS owned WHERE owner = session_user::pg_catalog.regrole)sql"},
    {"rights to make things", R"sql(
SELECT pg_catalog.format('role %I may make objects in %s: REVOKE %s ON %s FROM PUBLIC, %I',
                         session_user, place, rights, place, session_user)
FROM (
  SELECT pg_catalog.format('SCHEMA %I', nspname) AS place, 'CREATE' AS rights,
         pg_catalog.has_schema_privilege(oid, 'CREATE') AS may
    FROM pg_namespace WHERE nspname IN ('skyden', 'public')
  UNION ALL
  SELECT pg_catalog.format('DATABASE %I', datname), 'CREATE, TEMPORARY',
         pg_catalog.has_database_privilege(oid, 'CREATE')
         OR pg_catalog.has_database_privilege(oid, 'TEMPORARY')
    FROM pg_database WHERE datname = pg_catalog.current_database()
) AS places WHERE may)sql"},
    {"settings of the session", R"sql(
SELECT 'a setting of the session did not take (' || name || '): connect to the server itself,'
       ' without a pooler'
FROM pg_settings WHERE (name, setting) IN (VALUES ('plan_cache_mode', 'auto'),
  ('row_security', 'off'), ('synchronous_commit', 'off'), ('synchronous_commit', 'local'),
  ('synchronous_commit', 'remote_write')))sql"},
});

constexpr auto kSchemaQueries = std::to_array<SelfCheckQuery>({
    {"encoding", R"sql(
SELECT 'the database has encoding ' || pg_catalog.pg_encoding_to_char(encoding) || ' and collation '
       || datcollate || '; it must have UTF8 and C: make another one and move everything over'
FROM pg_database WHERE datname = pg_catalog.current_database()
  AND (pg_catalog.pg_encoding_to_char(encoding) <> 'UTF8' OR datcollate <> 'C' OR datctype <> 'C'
       OR datlocprovider <> 'c'))sql"},
    {"version", R"sql(
SELECT 'the server is PostgreSQL ' || pg_catalog.current_setting('server_version')
       || '; versions 15 to 18 are known to keep what is asked of them'
WHERE pg_catalog.current_setting('server_version_num')::int4 NOT BETWEEN 150000 AND 189999
   OR pg_catalog.version() NOT LIKE 'PostgreSQL %')sql"},
    {"row level security", R"sql(
SELECT pg_catalog.format('row level security of table %I is not %s: ALTER TABLE skyden.%I %s ROW'
                         ' LEVEL SECURITY', relname, says, relname, mend)
FROM pg_class, LATERAL (VALUES (relrowsecurity, 'on', 'ENABLE'),
                               (relforcerowsecurity, 'forced', 'FORCE')) AS v (holds, says, mend)
WHERE relnamespace = 'skyden'::pg_catalog.regnamespace AND relkind IN ('r', 'p') AND NOT holds)sql"},
    {"views", R"sql(
SELECT pg_catalog.format('view %I does not ask with the rights of who asks: ALTER VIEW skyden.%I SET'
                         ' (security_invoker = true)', relname, relname)
FROM pg_class WHERE relnamespace = 'skyden'::pg_catalog.regnamespace AND relkind = 'v'
  AND NOT coalesce(reloptions @> '{security_invoker=true}', false))sql"},
    {"functions", R"sql(
SELECT pg_catalog.format('function %I is not one of Skyden''s: DROP FUNCTION skyden.%s', proname,
                         oid::pg_catalog.regprocedure)
FROM pg_proc WHERE pronamespace = 'skyden'::pg_catalog.regnamespace
  AND proname NOT IN ('current_tenant', 'current_organization', 'current_system', 'within_tenant')
UNION ALL
SELECT pg_catalog.format('function %I is not as Skyden made it: make it again as schema/sql/postgres'
                         ' has it', name)
FROM (VALUES
  ('current_tenant', $$SELECT pg_catalog.current_setting('skyden.tenant')::pg_catalog.int8$$),
  ('current_organization',
   $$SELECT pg_catalog.current_setting('skyden.organization')::pg_catalog.int8$$),
  ('current_system', $$SELECT pg_catalog.current_setting('skyden.system') = 'yes'$$),
  ('within_tenant', $$SELECT CASE pg_catalog.current_setting('skyden.tenant') WHEN '-' THEN true$$
   || $$ ELSE which = pg_catalog.current_setting('skyden.tenant')::pg_catalog.int8 END$$)
) AS made (name, source)
WHERE 1 <> (SELECT pg_catalog.count(*) FROM pg_proc p
  WHERE p.pronamespace = 'skyden'::pg_catalog.regnamespace AND p.proname = made.name)
OR NOT EXISTS (SELECT FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
  WHERE p.pronamespace = 'skyden'::pg_catalog.regnamespace AND p.proname = made.name
    AND p.prosrc = made.source AND l.lanname = 'sql' AND NOT p.prosecdef AND p.proconfig IS NULL
    AND p.provolatile = 's'))sql"},
    {"triggers and rules", R"sql(
SELECT pg_catalog.format('table %I has a trigger %I: DROP TRIGGER %I ON skyden.%I', c.relname,
                         t.tgname, t.tgname, c.relname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'skyden'::pg_catalog.regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT pg_catalog.format('foreign keys of table %I are not looked after: ALTER TABLE skyden.%I'
                         ' ENABLE TRIGGER ALL', c.relname, c.relname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'skyden'::pg_catalog.regnamespace AND t.tgisinternal AND t.tgenabled <> 'O'
UNION ALL
SELECT pg_catalog.format('%I has a rule %I: DROP RULE %I ON skyden.%I', c.relname, r.rulename,
                         r.rulename, c.relname)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace = 'skyden'::pg_catalog.regnamespace AND r.rulename <> '_RETURN')sql"},
    {"inheritance", R"sql(
SELECT pg_catalog.format('table %s inherits from %s, and has policies of its own or none: ALTER TABLE'
                         ' %s NO INHERIT %s', i.inhrelid::pg_catalog.regclass,
                         i.inhparent::pg_catalog.regclass, i.inhrelid::pg_catalog.regclass,
                         i.inhparent::pg_catalog.regclass)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent OR c.oid = i.inhrelid
WHERE c.relnamespace = 'skyden'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p'))sql"},
    {"settings of roles and the database", R"sql(
SELECT pg_catalog.format('%s is preset for %s: ALTER %s RESET ALL', setting, whose, whose)
FROM (
  SELECT pg_catalog.unnest(s.setconfig) AS setting,
    CASE WHEN s.setrole = 0 THEN 'DATABASE ' || coalesce(d.datname, '')
         ELSE 'ROLE ' || pg_catalog.pg_get_userbyid(s.setrole) END AS whose
  FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase
  WHERE (s.setrole = 0 OR s.setrole IN (SELECT oid FROM pg_roles
                                        WHERE rolname IN ('skyden_app', 'skyden_system')))
    AND (s.setdatabase = 0 OR d.datname = pg_catalog.current_database())
) AS preset
WHERE setting ~ '^(skyden\.|role=|session_authorization=|session_replication_role=)')sql"},
    {"default privileges", R"sql(
SELECT pg_catalog.format('objects that %I will make are open to others at once: ALTER DEFAULT'
                         ' PRIVILEGES FOR ROLE %I ... REVOKE ALL', pg_catalog.pg_get_userbyid(defaclrole),
                         pg_catalog.pg_get_userbyid(defaclrole))
FROM pg_default_acl a, LATERAL pg_catalog.aclexplode(a.defaclacl) AS grants
WHERE defaclobjtype IN ('r', 'S')
  AND (defaclnamespace = 0 OR defaclnamespace = 'skyden'::pg_catalog.regnamespace)
  AND grants.grantee <> defaclrole)sql"},
    {"rights of others", R"sql(
SELECT DISTINCT pg_catalog.format('%s may use %I: REVOKE ALL ON skyden.%I FROM %s', whose, relname,
                                  relname, whose)
FROM (
  SELECT c.relname, CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                         ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END AS whose
  FROM pg_class c, LATERAL pg_catalog.aclexplode(c.relacl) AS a
  WHERE c.relnamespace = 'skyden'::pg_catalog.regnamespace AND a.grantee <> c.relowner
  UNION ALL
  SELECT c.relname, CASE WHEN a.grantee = 0 THEN 'PUBLIC'
                         ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END
  FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid,
    LATERAL pg_catalog.aclexplode(t.attacl) AS a
  WHERE c.relnamespace = 'skyden'::pg_catalog.regnamespace
) AS granted
WHERE whose NOT IN ('skyden_app', 'skyden_system'))sql"},
});

constexpr auto kDurabilityQueries = std::to_array<SelfCheckQuery>({
    {"durability", R"sql(
SELECT name || ' is off, so that what was acknowledged may be lost: ALTER SYSTEM SET ' || name
       || ' = on, and start the server again'
FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off')sql"},
});

constexpr auto kStandbyQueries = std::to_array<SelfCheckQuery>({
    {"standby", R"sql(
SELECT 'no standby is waited for, though postgres_require_sync asks for it: set'
       ' synchronous_standby_names on the server (Patroni: synchronous_mode and'
       ' synchronous_mode_strict)'
WHERE pg_catalog.current_setting('synchronous_standby_names') = '')sql"},
});

}  // namespace

std::span<const SelfCheckQuery> RoleQueries() { return kRoleQueries; }
std::span<const SelfCheckQuery> SchemaQueries() { return kSchemaQueries; }
std::span<const SelfCheckQuery> DurabilityQueries() { return kDurabilityQueries; }
std::span<const SelfCheckQuery> StandbyQueries() { return kStandbyQueries; }

}  // namespace skyden::store::postgres
