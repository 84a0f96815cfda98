-- SPDX-License-Identifier: Apache-2.0
-- What control planes used, by the hour, and what those were called that are deleted.
SET LOCAL search_path = skyden;

-- `hour`: hours since 1970. Seconds of zones and dataplanes that were online: two zones for an hour
-- are 7200. `writes`, `bytes`: what people and zones wrote. Only added to, by every daemon. Not tied
-- to a control plane's row: what was used stays when that is removed.
CREATE TABLE usage_hour (
  organization bigint NOT NULL REFERENCES organization (organization),
  tenant bigint NOT NULL,
  hour bigint NOT NULL,
  zone_seconds bigint NOT NULL,
  dataplane_seconds bigint NOT NULL,
  writes bigint NOT NULL,
  bytes bigint NOT NULL,
  PRIMARY KEY (organization, tenant, hour)
) WITH (fillfactor = 80);

-- Control planes that were deleted, with the name that they had then.
CREATE TABLE past_control_plane (
  organization bigint NOT NULL REFERENCES organization (organization),
  tenant bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  deleted_at bigint NOT NULL,
  PRIMARY KEY (organization, tenant)
);

CREATE VIEW v_own_usage_hour WITH (security_invoker = true) AS
  SELECT * FROM usage_hour WHERE tenant = current_tenant() AND organization = current_organization();
CREATE VIEW v_past_control_plane WITH (security_invoker = true) AS
  SELECT * FROM past_control_plane WHERE organization = current_organization() AND within_tenant(tenant);

ALTER TABLE usage_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_hour FORCE ROW LEVEL SECURITY;
ALTER TABLE past_control_plane ENABLE ROW LEVEL SECURITY;
ALTER TABLE past_control_plane FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_hour TO skyden_app;
CREATE POLICY app_in ON usage_hour TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON usage_hour AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization() AND within_tenant(tenant))
  WITH CHECK (organization = current_organization() AND within_tenant(tenant));
GRANT SELECT, INSERT, UPDATE, DELETE ON past_control_plane TO skyden_app;
CREATE POLICY app_in ON past_control_plane TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON past_control_plane AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization() AND within_tenant(tenant))
  WITH CHECK (organization = current_organization() AND within_tenant(tenant));
-- Who ends an organization removes them.
GRANT SELECT, DELETE ON usage_hour, past_control_plane TO skyden_system;
CREATE POLICY system_read ON usage_hour FOR SELECT TO skyden_system
  USING (organization = current_organization());
CREATE POLICY system_delete ON usage_hour FOR DELETE TO skyden_system
  USING (organization = current_organization());
CREATE POLICY system_read ON past_control_plane FOR SELECT TO skyden_system
  USING (organization = current_organization());
CREATE POLICY system_delete ON past_control_plane FOR DELETE TO skyden_system
  USING (organization = current_organization());

GRANT SELECT ON v_own_usage_hour, v_past_control_plane TO skyden_app;
