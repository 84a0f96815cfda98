-- SPDX-License-Identifier: Apache-2.0
-- Roles that are narrowed to meshes and types: an account may hold one several times on a control
-- plane, each narrowed otherwise. So the key is another one, and the table is made anew.
CREATE TABLE role_before AS
  SELECT organization, tenant, id, account, role, control_plane, region, created_at
  FROM assigned_role;
DROP TABLE assigned_role;

-- What an account may do: on the control plane `tenant`, or on all (0). `control_plane` is the id
-- that belongs to `tenant`. `narrowing`: of which meshes and types, as in model/narrowing.h; '': all.
CREATE TABLE assigned_role (
  organization INTEGER NOT NULL,
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  control_plane TEXT NOT NULL,
  region TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  narrowing TEXT NOT NULL DEFAULT '',
  bound_tenant INTEGER GENERATED ALWAYS AS (nullif(tenant, 0)) STORED,
  UNIQUE (organization, id),
  UNIQUE (organization, account, role, tenant, narrowing),
  FOREIGN KEY (organization, account) REFERENCES account (organization, id),
  FOREIGN KEY (organization, bound_tenant) REFERENCES control_plane (organization, tenant)
) STRICT;
INSERT INTO assigned_role (organization, tenant, id, account, role, control_plane, region, created_at)
  SELECT organization, tenant, id, account, role, control_plane, region, created_at
  FROM role_before;
DROP TABLE role_before;

CREATE INDEX assigned_role_by_account ON assigned_role (organization, account, created_at, id);
CREATE INDEX assigned_role_by_control_plane ON assigned_role (organization, tenant);
CREATE INDEX assigned_role_operator ON assigned_role (role) WHERE role = 'Operator';

CREATE TRIGGER assigned_role_insert BEFORE INSERT ON assigned_role
  WHEN NEW.organization IS NOT current_organization() OR NOT within_tenant(NEW.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER assigned_role_update BEFORE UPDATE ON assigned_role
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
    OR NOT within_tenant(NEW.tenant)
    OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER assigned_role_delete BEFORE DELETE ON assigned_role
  WHEN OLD.organization IS NOT current_organization() OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
