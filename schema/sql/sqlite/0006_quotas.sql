-- SPDX-License-Identifier: Apache-2.0
-- What a control plane holds, and how much it may hold.

-- Live resources, the bytes of their specs and statuses as they are stored, and zones among them.
-- Counted in the transaction of each change, so that nothing has to be walked to know it.
CREATE TABLE usage (
  tenant INTEGER NOT NULL REFERENCES control_plane (tenant),
  resources INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  zones INTEGER NOT NULL,
  PRIMARY KEY (tenant)
) STRICT, WITHOUT ROWID;
-- Before its guards exist: a migration has no scope.
INSERT INTO usage (tenant, resources, bytes, zones)
  SELECT tenant, COUNT(*), SUM(LENGTH(spec) + LENGTH(status)), SUM(type = 'Zone')
  FROM resource WHERE deleted = 0 GROUP BY tenant;

-- NULL: as the organization's, and there as the daemon's settings say. 0: no limit.
CREATE TABLE quota (
  tenant INTEGER NOT NULL REFERENCES control_plane (tenant),
  resources INTEGER,
  bytes INTEGER,
  zones INTEGER,
  PRIMARY KEY (tenant)
) STRICT, WITHOUT ROWID;
-- Of each control plane of the organization that has no other.
CREATE TABLE organization_quota (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  resources INTEGER,
  bytes INTEGER,
  zones INTEGER,
  PRIMARY KEY (organization)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_usage AS SELECT * FROM usage WHERE tenant = current_tenant();
CREATE VIEW v_quota AS SELECT * FROM quota WHERE tenant = current_tenant();
CREATE VIEW v_organization_quota AS SELECT * FROM organization_quota
  WHERE organization = current_organization();

CREATE TRIGGER usage_insert BEFORE INSERT ON usage
  WHEN NEW.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER usage_update BEFORE UPDATE ON usage
  WHEN NEW.tenant IS NOT current_tenant() OR OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER usage_delete BEFORE DELETE ON usage
  WHEN OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER quota_insert BEFORE INSERT ON quota
  WHEN NEW.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER quota_update BEFORE UPDATE ON quota
  WHEN NEW.tenant IS NOT current_tenant() OR OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER quota_delete BEFORE DELETE ON quota
  WHEN OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER organization_quota_insert BEFORE INSERT ON organization_quota
  WHEN NEW.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER organization_quota_update BEFORE UPDATE ON organization_quota
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER organization_quota_delete BEFORE DELETE ON organization_quota
  WHEN OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
