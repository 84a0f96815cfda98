-- SPDX-License-Identifier: Apache-2.0
-- What writing into a control plane locks and counts up, apart from the row that describes it: who
-- writes does not touch that one, and who describes it waits for nobody who writes. Made and
-- removed with it.
SET LOCAL search_path = skyden;

-- `id` is the control plane's, which secrets are sealed for: what a control plane holds can be read
-- without the row that describes it. `state`: 0, or 1 once it is deleted, and then without its id.
-- `epoch` counts its moves to another database. No index but the key, and room in each page: an
-- update stays where it is, and is cleaned up at once.
CREATE TABLE tenant_state (
  tenant bigint NOT NULL,
  organization bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  epoch bigint NOT NULL,
  state bigint NOT NULL,
  PRIMARY KEY (tenant),
  FOREIGN KEY (organization, tenant) REFERENCES control_plane (organization, tenant)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
-- The owner is under the policies as well, and none lets it in.
ALTER TABLE control_plane NO FORCE ROW LEVEL SECURITY;
INSERT INTO tenant_state (tenant, organization, id, revision, epoch, state)
  SELECT tenant, organization, CASE gone WHEN 0 THEN id ELSE '' END, revision, 0, gone
  FROM control_plane;
ALTER TABLE control_plane FORCE ROW LEVEL SECURITY;

-- Their columns are those that the table had when they were made.
DROP VIEW v_own_control_plane;
DROP VIEW v_control_plane;
DROP VIEW v_all_control_plane;
ALTER TABLE control_plane DROP COLUMN revision;
ALTER TABLE control_plane RESET (fillfactor);
CREATE VIEW v_own_control_plane WITH (security_invoker = true) AS
  SELECT * FROM control_plane WHERE tenant = current_tenant() AND organization = current_organization() AND gone = 0;
CREATE VIEW v_control_plane WITH (security_invoker = true) AS
  SELECT * FROM control_plane WHERE organization = current_organization() AND within_tenant(tenant) AND gone = 0;
CREATE VIEW v_all_control_plane WITH (security_invoker = true) AS
  SELECT * FROM control_plane WHERE current_system();
CREATE VIEW v_own_tenant_state WITH (security_invoker = true) AS
  SELECT * FROM tenant_state WHERE tenant = current_tenant() AND organization = current_organization() AND state = 0;

ALTER TABLE tenant_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_state FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_state TO skyden_app;
CREATE POLICY app_in ON tenant_state TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON tenant_state AS RESTRICTIVE TO skyden_app
  USING (tenant = current_tenant() AND organization = current_organization())
  WITH CHECK (tenant = current_tenant() AND organization = current_organization());

GRANT SELECT ON v_own_control_plane, v_control_plane, v_own_tenant_state TO skyden_app;
GRANT SELECT ON v_control_plane, v_all_control_plane TO skyden_system;
