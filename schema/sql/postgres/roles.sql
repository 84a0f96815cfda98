-- SPDX-License-Identifier: Apache-2.0
-- Who may do what in a database of Skyden. For an administrator who may make roles; may be run
-- again. Passwords are the administrator's to set (ALTER ROLE ... PASSWORD).
--
--   skyden_owner     owns everything, logs in nowhere
--   skyden_migrate   logs in to bring the schema up to date
--   skyden_app       logs in for the rows of a scope
--   skyden_system    logs in for what comes before any scope: whose is this token? No resources
DO $$
DECLARE
  role record;
BEGIN
  FOR role IN SELECT * FROM (VALUES ('skyden_owner', 'NOLOGIN'), ('skyden_migrate', 'LOGIN'),
                                    ('skyden_app', 'LOGIN'), ('skyden_system', 'LOGIN'))
              AS wanted (name, login) LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role.name) THEN
      EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE'
                     ' NOREPLICATION NOINHERIT', role.name, role.login);
    END IF;
  END LOOP;
END
$$;
GRANT skyden_owner TO skyden_migrate;
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT, CREATE ON DATABASE %I TO skyden_owner', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO skyden_migrate, skyden_app, skyden_system',
                 current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
