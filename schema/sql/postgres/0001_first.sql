-- SPDX-License-Identifier: Apache-2.0
-- What an organization owns, what a control plane holds, and the fences between them: what the
-- migrations of schema/sql/sqlite come to, in PostgreSQL's words. Run by skyden_owner.
--
-- Owner columns come first in every key and every foreign key. A table with `tenant` belongs to a
-- control plane; one with `organization` belongs to an organization; one with both belongs to an
-- organization, and inside one of its control planes only the rows of that control plane may be
-- touched. Text compares byte by byte, as in every engine.
--
-- Views (v_x) are what statements read. Policies are what stops a statement that forgot its owner,
-- a read too. Each table has, for each role that may touch it, one policy that lets it in and one
-- that restricts it to its owner: a policy that somebody adds cannot open what the second closes.

CREATE SCHEMA skyden;
REVOKE ALL ON SCHEMA skyden FROM PUBLIC;
GRANT USAGE ON SCHEMA skyden TO skyden_app, skyden_system;
SET LOCAL search_path = skyden;

-- ---------------------------------------------------------------- the scope
-- Set for a transaction at a time. Unset, or '' after a transaction, or '-' for "none", is no
-- number, so that whoever asks without a scope gets an error and no rows.
CREATE FUNCTION current_tenant() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  AS $$SELECT pg_catalog.current_setting('skyden.tenant')::pg_catalog.int8$$;
CREATE FUNCTION current_organization() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  AS $$SELECT pg_catalog.current_setting('skyden.organization')::pg_catalog.int8$$;
CREATE FUNCTION current_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$SELECT pg_catalog.current_setting('skyden.system') = 'yes'$$;
-- In an organization's scope: every tenant. In a tenant's: that one.
CREATE FUNCTION within_tenant(which bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$SELECT CASE pg_catalog.current_setting('skyden.tenant') WHEN '-' THEN true ELSE which = pg_catalog.current_setting('skyden.tenant')::pg_catalog.int8 END$$;

-- ---------------------------------------------------------------- tables

-- `gone`: deleted. The row stays, without id and name, so that nothing written for the organization
-- can ever be taken for another's.
CREATE TABLE organization (
  organization bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  gone bigint NOT NULL,
  UNIQUE (id)
);

-- `tenant` is given once and never again. `gone`: deleted, its rows are being
-- removed; nobody can see it any more, and its id is free.
CREATE TABLE control_plane (
  tenant bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization bigint NOT NULL REFERENCES organization (organization),
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  description text COLLATE "C" NOT NULL,
  labels bytea NOT NULL,
  mesh_creation bigint NOT NULL,
  hostname_generator_creation bigint NOT NULL,
  api_version text COLLATE "C" NOT NULL,
  cluster_id text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revision bigint NOT NULL,
  suspended_at bigint,
  suspended_until bigint,
  suspend_reason text COLLATE "C" NOT NULL,
  gone bigint NOT NULL,
  -- Ids are made by the program and address control planes of every organization.
  UNIQUE (id),
  UNIQUE (organization, id),
  UNIQUE (organization, tenant)
) WITH (fillfactor = 50);
CREATE INDEX control_plane_by_creation ON control_plane (organization, created_at, id);
CREATE INDEX control_plane_gone ON control_plane (gone) WHERE gone = 1;

-- `tenant`: a zone's account belongs to its control plane; 0 for all others.
CREATE TABLE account (
  organization bigint NOT NULL REFERENCES organization (organization),
  tenant bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  description text COLLATE "C" NOT NULL,
  active bigint NOT NULL,
  zone text COLLATE "C" NOT NULL,
  email text COLLATE "C" NOT NULL,
  preferred_name text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  bound_tenant bigint GENERATED ALWAYS AS (nullif(tenant, 0)) STORED,
  UNIQUE (organization, id),
  UNIQUE (organization, tenant, id),
  FOREIGN KEY (organization, bound_tenant) REFERENCES control_plane (organization, tenant)
);
CREATE INDEX account_by_kind ON account (organization, kind, created_at, id);
CREATE INDEX account_by_zone ON account (organization, tenant, zone, id);
CREATE UNIQUE INDEX account_name ON account (organization, name) WHERE kind = 'system_account';
CREATE UNIQUE INDEX account_email ON account (organization, email) WHERE email <> '';
CREATE UNIQUE INDEX account_subject ON account (organization, subject) WHERE subject <> '';

-- What an account may do: on the control plane `tenant`, or on all (0). `control_plane` is the id
-- that belongs to `tenant`.
CREATE TABLE assigned_role (
  organization bigint NOT NULL,
  tenant bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  role text COLLATE "C" NOT NULL,
  control_plane text COLLATE "C" NOT NULL,
  region text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  bound_tenant bigint GENERATED ALWAYS AS (nullif(tenant, 0)) STORED,
  UNIQUE (organization, id),
  UNIQUE (organization, account, role, tenant),
  FOREIGN KEY (organization, account) REFERENCES account (organization, id),
  FOREIGN KEY (organization, bound_tenant) REFERENCES control_plane (organization, tenant)
);
CREATE INDEX assigned_role_by_account ON assigned_role (organization, account, created_at, id);
CREATE INDEX assigned_role_by_control_plane ON assigned_role (organization, tenant);

-- Only the hash of a token is kept. `id` is the token's public part, random and looked up before
-- it is known whose it is.
CREATE TABLE token (
  organization bigint NOT NULL,
  tenant bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  sha256 bytea NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint,
  revoked_at bigint,
  last_used_at bigint,
  updated_at bigint NOT NULL,
  UNIQUE (id),
  UNIQUE (organization, id),
  FOREIGN KEY (organization, tenant, account) REFERENCES account (organization, tenant, id)
);
CREATE INDEX token_by_account ON token (organization, account, created_at, id);
CREATE INDEX token_by_control_plane ON token (organization, tenant);

-- `deleted` rows are tombstones: key, revision and zone.
CREATE TABLE resource (
  tenant bigint NOT NULL REFERENCES control_plane (tenant),
  type text COLLATE "C" NOT NULL,
  mesh text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  zone text COLLATE "C" NOT NULL,
  labels bytea NOT NULL,
  spec bytea NOT NULL,
  status bytea NOT NULL,
  creation_time bigint NOT NULL,
  modification_time bigint NOT NULL,
  revision bigint NOT NULL,
  version bigint NOT NULL,
  deleted bigint NOT NULL,
  UNIQUE (tenant, type, mesh, name)
);
CREATE INDEX resource_by_revision ON resource (tenant, type, revision, mesh, name);
CREATE INDEX resource_by_zone ON resource (tenant, zone, type, mesh, name) WHERE zone <> '';
CREATE INDEX resource_tombstone ON resource (tenant, type, revision, mesh, name) WHERE deleted = 1;

-- Live resources, counted as they are written.
CREATE TABLE resource_count (
  tenant bigint NOT NULL REFERENCES control_plane (tenant),
  type text COLLATE "C" NOT NULL,
  mesh text COLLATE "C" NOT NULL,
  live bigint NOT NULL,
  PRIMARY KEY (tenant, type, mesh)
) WITH (fillfactor = 50);

-- `collected`: the newest revision of a tombstone that is no longer kept.
CREATE TABLE tombstone_state (
  tenant bigint NOT NULL REFERENCES control_plane (tenant),
  type text COLLATE "C" NOT NULL,
  tombstones bigint NOT NULL,
  collected bigint NOT NULL,
  PRIMARY KEY (tenant, type)
) WITH (fillfactor = 50);

CREATE TABLE pending_key (
  tenant bigint NOT NULL REFERENCES control_plane (tenant),
  type text COLLATE "C" NOT NULL,
  mesh text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  creation_time bigint NOT NULL,
  PRIMARY KEY (tenant, type, mesh, name)
);

-- The operators of the daemon, of whatever organization: who takes one away has to know whether it
-- is the last. They are few, so the key needs no owner in front.
CREATE INDEX assigned_role_operator ON assigned_role (role) WHERE role = 'Operator';

-- `place` counts an organization's entries as they are written, and orders those of all its chains;
-- another organization's do not show in it. `chain`: the control plane's, or 0. `sequence` counts from 1 without gaps in each. `tenant` 0: about the organization
-- itself; in a control plane's chain it is the chain's. None refers to a control plane's row:
-- entries stay when it is deleted.
CREATE TABLE audit (
  organization bigint NOT NULL REFERENCES organization (organization),
  place bigint NOT NULL,
  chain bigint NOT NULL,
  sequence bigint NOT NULL,
  tenant bigint NOT NULL,
  control_plane text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  actor_kind text COLLATE "C" NOT NULL,
  actor_id text COLLATE "C" NOT NULL,
  actor_name text COLLATE "C" NOT NULL,
  peer text COLLATE "C" NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  trace_id text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  object_type text COLLATE "C" NOT NULL,
  object_name text COLLATE "C" NOT NULL,
  detail text COLLATE "C" NOT NULL,
  hash bytea NOT NULL,
  -- Bytes of the chain up to and with this entry. Not covered by the hash.
  total bigint NOT NULL,
  UNIQUE (organization, place),
  UNIQUE (organization, chain, sequence)
);
CREATE INDEX audit_by_control_plane ON audit (organization, control_plane, place);

-- Places in a chain: where it ends (`end`), where it begins after older entries were removed
-- (`begin`), how far a reader came; in the organization's own, how many chains control planes have
-- (`chains`). `sealed` is sequence and hash under the daemon's key: without it the last entries
-- could be taken off unseen.
CREATE TABLE audit_mark (
  organization bigint NOT NULL REFERENCES organization (organization),
  chain bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (organization, chain, name)
);

-- Live resources, the bytes of their specs and statuses as they are stored, and zones among them.
-- Counted in the transaction of each change, so that nothing has to be walked to know it.
CREATE TABLE usage (
  tenant bigint NOT NULL REFERENCES control_plane (tenant),
  resources bigint NOT NULL,
  bytes bigint NOT NULL,
  zones bigint NOT NULL,
  PRIMARY KEY (tenant)
) WITH (fillfactor = 50);

-- NULL: as the organization's, and there as the daemon's settings say. 0: no limit.
CREATE TABLE quota (
  tenant bigint NOT NULL REFERENCES control_plane (tenant),
  resources bigint,
  bytes bigint,
  zones bigint,
  PRIMARY KEY (tenant)
);
-- Of each control plane of the organization that has no other.
CREATE TABLE organization_quota (
  organization bigint NOT NULL REFERENCES organization (organization),
  resources bigint,
  bytes bigint,
  zones bigint,
  PRIMARY KEY (organization)
);


-- What the database says of itself: nobody's rows, read and written only while it is opened.
CREATE TABLE database (
  name text COLLATE "C" NOT NULL,
  value bytea NOT NULL,
  PRIMARY KEY (name)
);

-- A row for each commit, in that commit: who lost its connection while committing looks for it.
-- `opened`: which opening of the database wrote it.
CREATE TABLE journal (
  batch bytea NOT NULL,
  opened bigint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (batch)
);
CREATE INDEX journal_by_time ON journal (at);

-- How often the database was opened to be written: who was not the last to do so writes no more.
CREATE TABLE opening (opened bigint NOT NULL);
INSERT INTO opening VALUES (0);

-- How many of the migrations of this folder were run.
CREATE TABLE schema_version (version bigint NOT NULL);
INSERT INTO schema_version VALUES (0);

-- ---------------------------------------------------------------- views: what may be read
-- security_invoker: with the rights, and so under the policies, of who asks.

CREATE VIEW v_resource WITH (security_invoker = true) AS
  SELECT * FROM resource WHERE tenant = current_tenant();
CREATE VIEW v_resource_count WITH (security_invoker = true) AS
  SELECT * FROM resource_count WHERE tenant = current_tenant();
CREATE VIEW v_tombstone_state WITH (security_invoker = true) AS
  SELECT * FROM tombstone_state WHERE tenant = current_tenant();
CREATE VIEW v_pending_key WITH (security_invoker = true) AS
  SELECT * FROM pending_key WHERE tenant = current_tenant();
CREATE VIEW v_own_control_plane WITH (security_invoker = true) AS
  SELECT * FROM control_plane WHERE tenant = current_tenant() AND organization = current_organization() AND gone = 0;
CREATE VIEW v_control_plane WITH (security_invoker = true) AS
  SELECT * FROM control_plane WHERE organization = current_organization() AND within_tenant(tenant) AND gone = 0;
CREATE VIEW v_organization WITH (security_invoker = true) AS
  SELECT * FROM organization WHERE organization = current_organization() AND gone = 0;
CREATE VIEW v_assigned_role WITH (security_invoker = true) AS
  SELECT * FROM assigned_role WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_account WITH (security_invoker = true) AS
  SELECT * FROM account WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_token WITH (security_invoker = true) AS
  SELECT * FROM token WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_audit WITH (security_invoker = true) AS
  SELECT * FROM audit WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_audit_mark WITH (security_invoker = true) AS
  SELECT * FROM audit_mark WHERE organization = current_organization();
CREATE VIEW v_usage WITH (security_invoker = true) AS
  SELECT * FROM usage WHERE tenant = current_tenant();
CREATE VIEW v_quota WITH (security_invoker = true) AS
  SELECT * FROM quota WHERE tenant = current_tenant();
CREATE VIEW v_organization_quota WITH (security_invoker = true) AS
  SELECT * FROM organization_quota WHERE organization = current_organization();

-- For look-ups that come before any scope; the connection must say that it does one.
CREATE VIEW v_all_organization WITH (security_invoker = true) AS
  SELECT * FROM organization WHERE current_system();
CREATE VIEW v_all_control_plane WITH (security_invoker = true) AS
  SELECT * FROM control_plane WHERE current_system();
CREATE VIEW v_all_account WITH (security_invoker = true) AS
  SELECT * FROM account WHERE current_system();
CREATE VIEW v_all_token WITH (security_invoker = true) AS
  SELECT * FROM token WHERE current_system();
CREATE VIEW v_all_assigned_role WITH (security_invoker = true) AS
  SELECT * FROM assigned_role WHERE current_system();

-- ---------------------------------------------------------------- policies: what may be touched

ALTER TABLE organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization FORCE ROW LEVEL SECURITY;
ALTER TABLE control_plane ENABLE ROW LEVEL SECURITY;
ALTER TABLE control_plane FORCE ROW LEVEL SECURITY;
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;
ALTER TABLE assigned_role ENABLE ROW LEVEL SECURITY;
ALTER TABLE assigned_role FORCE ROW LEVEL SECURITY;
ALTER TABLE token ENABLE ROW LEVEL SECURITY;
ALTER TABLE token FORCE ROW LEVEL SECURITY;
ALTER TABLE resource ENABLE ROW LEVEL SECURITY;
ALTER TABLE resource FORCE ROW LEVEL SECURITY;
ALTER TABLE resource_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE resource_count FORCE ROW LEVEL SECURITY;
ALTER TABLE tombstone_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE tombstone_state FORCE ROW LEVEL SECURITY;
ALTER TABLE pending_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE pending_key FORCE ROW LEVEL SECURITY;
ALTER TABLE usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage FORCE ROW LEVEL SECURITY;
ALTER TABLE quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE quota FORCE ROW LEVEL SECURITY;
ALTER TABLE organization_quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_quota FORCE ROW LEVEL SECURITY;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_mark FORCE ROW LEVEL SECURITY;
ALTER TABLE database ENABLE ROW LEVEL SECURITY;
ALTER TABLE database FORCE ROW LEVEL SECURITY;
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal FORCE ROW LEVEL SECURITY;
ALTER TABLE opening ENABLE ROW LEVEL SECURITY;
ALTER TABLE opening FORCE ROW LEVEL SECURITY;
ALTER TABLE schema_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE schema_version FORCE ROW LEVEL SECURITY;

-- skyden_app: the rows of its scope.
GRANT SELECT ON organization TO skyden_app;
CREATE POLICY app_in ON organization TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON organization AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization())
  WITH CHECK (organization = current_organization());
GRANT SELECT, INSERT, UPDATE, DELETE ON control_plane TO skyden_app;
CREATE POLICY app_in ON control_plane TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON control_plane AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization() AND within_tenant(tenant))
  WITH CHECK (organization = current_organization() AND within_tenant(tenant));
GRANT SELECT, INSERT, UPDATE, DELETE ON account TO skyden_app;
CREATE POLICY app_in ON account TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON account AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization() AND within_tenant(tenant))
  WITH CHECK (organization = current_organization() AND within_tenant(tenant));
GRANT SELECT, INSERT, DELETE ON assigned_role TO skyden_app;
CREATE POLICY app_in ON assigned_role TO skyden_app USING (true) WITH CHECK (true);
-- The operators of all organizations may be counted in a transaction that takes one away.
CREATE POLICY app_owner_read ON assigned_role AS RESTRICTIVE FOR SELECT TO skyden_app
  USING (CASE WHEN current_system() THEN role = 'Operator'
              ELSE organization = current_organization() AND within_tenant(tenant) END);
CREATE POLICY app_owner_insert ON assigned_role AS RESTRICTIVE FOR INSERT TO skyden_app
  WITH CHECK (organization = current_organization() AND within_tenant(tenant));
CREATE POLICY app_owner_delete ON assigned_role AS RESTRICTIVE FOR DELETE TO skyden_app
  USING (organization = current_organization() AND within_tenant(tenant));
GRANT SELECT, INSERT, UPDATE, DELETE ON token TO skyden_app;
CREATE POLICY app_in ON token TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON token AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization() AND within_tenant(tenant))
  WITH CHECK (organization = current_organization() AND within_tenant(tenant));
GRANT SELECT, INSERT, UPDATE, DELETE ON resource TO skyden_app;
CREATE POLICY app_in ON resource TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON resource AS RESTRICTIVE TO skyden_app
  USING (tenant = current_tenant())
  WITH CHECK (tenant = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON resource_count TO skyden_app;
CREATE POLICY app_in ON resource_count TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON resource_count AS RESTRICTIVE TO skyden_app
  USING (tenant = current_tenant())
  WITH CHECK (tenant = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON tombstone_state TO skyden_app;
CREATE POLICY app_in ON tombstone_state TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON tombstone_state AS RESTRICTIVE TO skyden_app
  USING (tenant = current_tenant())
  WITH CHECK (tenant = current_tenant());
GRANT SELECT, INSERT, DELETE ON pending_key TO skyden_app;
CREATE POLICY app_in ON pending_key TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON pending_key AS RESTRICTIVE TO skyden_app
  USING (tenant = current_tenant())
  WITH CHECK (tenant = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON usage TO skyden_app;
CREATE POLICY app_in ON usage TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON usage AS RESTRICTIVE TO skyden_app
  USING (tenant = current_tenant())
  WITH CHECK (tenant = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON quota TO skyden_app;
CREATE POLICY app_in ON quota TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON quota AS RESTRICTIVE TO skyden_app
  USING (tenant = current_tenant())
  WITH CHECK (tenant = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON organization_quota TO skyden_app;
CREATE POLICY app_in ON organization_quota TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON organization_quota AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization())
  WITH CHECK (organization = current_organization());
GRANT SELECT, INSERT, DELETE ON audit TO skyden_app;
CREATE POLICY app_in ON audit TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON audit AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization() AND within_tenant(tenant))
  WITH CHECK (organization = current_organization() AND within_tenant(tenant));
GRANT SELECT, INSERT, UPDATE ON audit_mark TO skyden_app;
CREATE POLICY app_in ON audit_mark TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON audit_mark AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization())
  WITH CHECK (organization = current_organization());
GRANT INSERT ON journal TO skyden_app;
CREATE POLICY app_in ON journal FOR INSERT TO skyden_app WITH CHECK (true);

-- skyden_system: who owns what, and who may come in; never what a control plane holds. It ends
-- organizations, one at a time.
GRANT SELECT ON organization TO skyden_system;
CREATE POLICY system_read ON organization FOR SELECT TO skyden_system USING (true);
GRANT SELECT ON control_plane TO skyden_system;
CREATE POLICY system_read ON control_plane FOR SELECT TO skyden_system USING (true);
GRANT SELECT ON account TO skyden_system;
CREATE POLICY system_read ON account FOR SELECT TO skyden_system USING (true);
GRANT SELECT ON assigned_role TO skyden_system;
CREATE POLICY system_read ON assigned_role FOR SELECT TO skyden_system USING (true);
GRANT SELECT ON token TO skyden_system;
CREATE POLICY system_read ON token FOR SELECT TO skyden_system USING (true);
GRANT INSERT, UPDATE ON organization TO skyden_system;
CREATE POLICY system_insert ON organization FOR INSERT TO skyden_system
  WITH CHECK (current_system());
CREATE POLICY system_update ON organization FOR UPDATE TO skyden_system
  USING (current_system()) WITH CHECK (current_system());
GRANT SELECT ON organization_quota TO skyden_system;
CREATE POLICY system_read ON organization_quota FOR SELECT TO skyden_system
  USING (organization = current_organization());
GRANT DELETE ON account TO skyden_system;
CREATE POLICY system_delete ON account FOR DELETE TO skyden_system
  USING (organization = current_organization());
GRANT DELETE ON assigned_role TO skyden_system;
CREATE POLICY system_delete ON assigned_role FOR DELETE TO skyden_system
  USING (organization = current_organization());
GRANT DELETE ON token TO skyden_system;
CREATE POLICY system_delete ON token FOR DELETE TO skyden_system
  USING (organization = current_organization());
GRANT DELETE ON organization_quota TO skyden_system;
CREATE POLICY system_delete ON organization_quota FOR DELETE TO skyden_system
  USING (organization = current_organization());
GRANT SELECT, INSERT, UPDATE, DELETE ON database TO skyden_system;
CREATE POLICY system_in ON database TO skyden_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON journal TO skyden_system;
CREATE POLICY system_in ON journal TO skyden_system USING (true) WITH CHECK (true);

GRANT SELECT ON opening TO skyden_app, skyden_system;
GRANT UPDATE ON opening TO skyden_system;
CREATE POLICY anybody_read ON opening FOR SELECT TO skyden_app, skyden_system USING (true);
CREATE POLICY system_update ON opening FOR UPDATE TO skyden_system USING (true) WITH CHECK (true);
GRANT SELECT ON schema_version TO skyden_app, skyden_system;
CREATE POLICY anybody_read ON schema_version FOR SELECT TO skyden_app, skyden_system USING (true);
CREATE POLICY owner_in ON schema_version TO skyden_owner USING (true) WITH CHECK (true);

GRANT SELECT ON v_resource TO skyden_app;
GRANT SELECT ON v_resource_count TO skyden_app;
GRANT SELECT ON v_tombstone_state TO skyden_app;
GRANT SELECT ON v_pending_key TO skyden_app;
GRANT SELECT ON v_own_control_plane TO skyden_app;
GRANT SELECT ON v_control_plane TO skyden_app;
GRANT SELECT ON v_organization TO skyden_app;
GRANT SELECT ON v_assigned_role TO skyden_app;
GRANT SELECT ON v_account TO skyden_app;
GRANT SELECT ON v_token TO skyden_app;
GRANT SELECT ON v_audit TO skyden_app;
GRANT SELECT ON v_audit_mark TO skyden_app;
GRANT SELECT ON v_usage TO skyden_app;
GRANT SELECT ON v_quota TO skyden_app;
GRANT SELECT ON v_organization_quota TO skyden_app;
GRANT SELECT ON v_organization, v_control_plane, v_account, v_assigned_role, v_token,
  v_organization_quota TO skyden_system;
GRANT SELECT ON v_all_assigned_role TO skyden_app;
GRANT SELECT ON v_all_organization, v_all_control_plane, v_all_account, v_all_token,
  v_all_assigned_role TO skyden_system;
