-- SPDX-License-Identifier: Apache-2.0
-- What people wrote, by revision: of each change, who made it, and what was there before.
SET LOCAL search_path = skyden;

-- `action`: create, update, delete. `labels` to `version` are the resource's as they were stored
-- until this revision (a secret's spec is sealed as ever); `version` 0: there was none. So a
-- resource at revision N is what its first change after N found, or, without one, what is stored
-- now; the oldest changes can be taken away without a look at any other; and a database that was
-- there before has a past from now on without a row. `bytes`: what the row counts as.
-- The one key is by revision, so that what is written comes last and what is taken away comes first:
-- a change then dirties no page for it that the one before did not.
CREATE TABLE history (
  tenant bigint NOT NULL REFERENCES control_plane (tenant),
  revision bigint NOT NULL,
  type text COLLATE "C" NOT NULL,
  mesh text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  actor_kind text COLLATE "C" NOT NULL,
  actor_id text COLLATE "C" NOT NULL,
  actor_name text COLLATE "C" NOT NULL,
  bytes bigint NOT NULL,
  labels bytea NOT NULL,
  spec bytea NOT NULL,
  status bytea NOT NULL,
  creation_time bigint NOT NULL,
  modification_time bigint NOT NULL,
  old_revision bigint NOT NULL,
  version bigint NOT NULL,
  UNIQUE (tenant, revision, type, mesh, name)
);

-- Counted with the revision: the bytes of the rows that are kept, and the oldest revision that can
-- be asked for, which is the present one where nothing was kept so far. `state` 2: deleted, but
-- everything is kept (deleted_control_plane).
ALTER TABLE tenant_state ADD COLUMN history_bytes bigint NOT NULL DEFAULT 0;
ALTER TABLE tenant_state ADD COLUMN history_from bigint NOT NULL DEFAULT 0;
-- The owner is under the policies as well, and none lets it in.
ALTER TABLE tenant_state NO FORCE ROW LEVEL SECURITY;
UPDATE tenant_state SET history_from = revision;
ALTER TABLE tenant_state FORCE ROW LEVEL SECURITY;

-- Control planes that were deleted and can still be had back: `gone` 2 in their own row, which
-- nobody sees. Their id is here and nowhere else. `kept`: the accounts and tokens of its zones and
-- the roles on it, which are deleted with it as rows.
CREATE TABLE deleted_control_plane (
  organization bigint NOT NULL,
  tenant bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  deleted_at bigint NOT NULL,
  actor_kind text COLLATE "C" NOT NULL,
  actor_id text COLLATE "C" NOT NULL,
  actor_name text COLLATE "C" NOT NULL,
  kept bytea NOT NULL,
  UNIQUE (organization, tenant),
  UNIQUE (organization, id),
  FOREIGN KEY (organization, tenant) REFERENCES control_plane (organization, tenant)
);

-- Their columns are those that the table had when they were made.
DROP VIEW v_own_tenant_state;
CREATE VIEW v_own_tenant_state WITH (security_invoker = true) AS
  SELECT * FROM tenant_state WHERE tenant = current_tenant() AND organization = current_organization() AND state = 0;
CREATE VIEW v_history WITH (security_invoker = true) AS
  SELECT * FROM history WHERE tenant = current_tenant();
CREATE VIEW v_deleted_control_plane WITH (security_invoker = true) AS
  SELECT * FROM deleted_control_plane WHERE organization = current_organization() AND within_tenant(tenant);

ALTER TABLE history ENABLE ROW LEVEL SECURITY;
ALTER TABLE history FORCE ROW LEVEL SECURITY;
ALTER TABLE deleted_control_plane ENABLE ROW LEVEL SECURITY;
ALTER TABLE deleted_control_plane FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON history TO skyden_app;
CREATE POLICY app_in ON history TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON history AS RESTRICTIVE TO skyden_app
  USING (tenant = current_tenant())
  WITH CHECK (tenant = current_tenant());
-- Nobody changes one.
GRANT SELECT, INSERT, DELETE ON deleted_control_plane TO skyden_app;
CREATE POLICY app_in ON deleted_control_plane TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON deleted_control_plane AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization() AND within_tenant(tenant))
  WITH CHECK (organization = current_organization() AND within_tenant(tenant));
-- Who ends an organization looks whether it still has some.
GRANT SELECT ON deleted_control_plane TO skyden_system;
CREATE POLICY system_read ON deleted_control_plane FOR SELECT TO skyden_system
  USING (organization = current_organization());

GRANT SELECT ON v_own_tenant_state, v_history, v_deleted_control_plane TO skyden_app;
GRANT SELECT ON v_deleted_control_plane TO skyden_system;
