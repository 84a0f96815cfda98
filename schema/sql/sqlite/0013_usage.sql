-- SPDX-License-Identifier: Apache-2.0
-- What control planes used, by the hour, and what those were called that are deleted.

-- `hour`: hours since 1970. Seconds of zones and dataplanes that were online: two zones for an hour
-- are 7200. `writes`, `bytes`: what people and zones wrote. Only added to, whoever counts. Not tied
-- to a control plane's row: what was used stays when that is removed.
CREATE TABLE usage_hour (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  tenant INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  zone_seconds INTEGER NOT NULL,
  dataplane_seconds INTEGER NOT NULL,
  writes INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (organization, tenant, hour)
) STRICT, WITHOUT ROWID;

-- Control planes that were deleted, with the name that they had then.
CREATE TABLE past_control_plane (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  deleted_at INTEGER NOT NULL,
  PRIMARY KEY (organization, tenant)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_own_usage_hour AS SELECT * FROM usage_hour
  WHERE tenant = current_tenant() AND organization = current_organization();
CREATE VIEW v_past_control_plane AS SELECT * FROM past_control_plane
  WHERE organization = current_organization() AND within_tenant(tenant);

CREATE TRIGGER usage_hour_insert BEFORE INSERT ON usage_hour
  WHEN NEW.organization IS NOT current_organization() OR NOT within_tenant(NEW.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER usage_hour_update BEFORE UPDATE ON usage_hour
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
    OR NOT within_tenant(NEW.tenant)
    OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER usage_hour_delete BEFORE DELETE ON usage_hour
  WHEN OLD.organization IS NOT current_organization() OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;

CREATE TRIGGER past_control_plane_insert BEFORE INSERT ON past_control_plane
  WHEN NEW.organization IS NOT current_organization() OR NOT within_tenant(NEW.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER past_control_plane_update BEFORE UPDATE ON past_control_plane
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
    OR NOT within_tenant(NEW.tenant)
    OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER past_control_plane_delete BEFORE DELETE ON past_control_plane
  WHEN OLD.organization IS NOT current_organization() OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
