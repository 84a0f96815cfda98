-- SPDX-License-Identifier: Apache-2.0
-- What an organization owns, what a control plane holds, and the fences between them.
--
-- Owner columns come first in every key and every foreign key. A table with `tenant` belongs to a
-- control plane; one with `organization` belongs to an organization; one with both belongs to an
-- organization, and inside one of its control planes only the rows of that control plane may be
-- touched. current_tenant(), current_organization(), current_system() and within_tenant() come from
-- the connection and raise an error while nothing is bound.
--
-- Views (v_x) are what statements read. Guards are what stops a write that forgot its owner.

-- `gone`: deleted. The row stays, without id and name, so that nothing written for the organization
-- can ever be taken for another's.
CREATE TABLE organization (
  organization INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  UNIQUE (id)
) STRICT;

-- `tenant` is given once and never again (AUTOINCREMENT). `gone`: deleted, its rows are being
-- removed; nobody can see it any more, and its id is free.
CREATE TABLE control_plane (
  tenant INTEGER PRIMARY KEY AUTOINCREMENT,
  organization INTEGER NOT NULL REFERENCES organization (organization),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  labels BLOB NOT NULL,
  mesh_creation INTEGER NOT NULL,
  hostname_generator_creation INTEGER NOT NULL,
  api_version TEXT NOT NULL,
  cluster_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  suspended_at INTEGER,
  suspended_until INTEGER,
  suspend_reason TEXT NOT NULL,
  gone INTEGER NOT NULL,
  -- Ids are made by the program and address control planes of every organization.
  UNIQUE (id),
  UNIQUE (organization, id),
  UNIQUE (organization, tenant)
) STRICT;
CREATE INDEX control_plane_by_creation ON control_plane (organization, created_at, id);
CREATE INDEX control_plane_gone ON control_plane (gone) WHERE gone = 1;

-- `tenant`: a zone's account belongs to its control plane; 0 for all others.
CREATE TABLE account (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  active INTEGER NOT NULL,
  zone TEXT NOT NULL,
  email TEXT NOT NULL,
  preferred_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  bound_tenant INTEGER GENERATED ALWAYS AS (nullif(tenant, 0)) STORED,
  UNIQUE (organization, id),
  UNIQUE (organization, tenant, id),
  FOREIGN KEY (organization, bound_tenant) REFERENCES control_plane (organization, tenant)
) STRICT;
CREATE INDEX account_by_kind ON account (organization, kind, created_at, id);
CREATE INDEX account_by_zone ON account (organization, tenant, zone, id);
CREATE UNIQUE INDEX account_name ON account (organization, name) WHERE kind = 'system_account';
CREATE UNIQUE INDEX account_email ON account (organization, email) WHERE email <> '';
CREATE UNIQUE INDEX account_subject ON account (organization, subject) WHERE subject <> '';

-- What an account may do: on the control plane `tenant`, or on all (0). `control_plane` is the id
-- that belongs to `tenant`.
CREATE TABLE assigned_role (
  organization INTEGER NOT NULL,
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  control_plane TEXT NOT NULL,
  region TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  bound_tenant INTEGER GENERATED ALWAYS AS (nullif(tenant, 0)) STORED,
  UNIQUE (organization, id),
  UNIQUE (organization, account, role, tenant),
  FOREIGN KEY (organization, account) REFERENCES account (organization, id),
  FOREIGN KEY (organization, bound_tenant) REFERENCES control_plane (organization, tenant)
) STRICT;
CREATE INDEX assigned_role_by_account ON assigned_role (organization, account, created_at, id);
CREATE INDEX assigned_role_by_control_plane ON assigned_role (organization, tenant);

-- Only the hash of a token is kept. `id` is the token's public part, random and looked up before
-- it is known whose it is.
CREATE TABLE token (
  organization INTEGER NOT NULL,
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  updated_at INTEGER NOT NULL,
  UNIQUE (id),
  UNIQUE (organization, id),
  FOREIGN KEY (organization, tenant, account) REFERENCES account (organization, tenant, id)
) STRICT;
CREATE INDEX token_by_account ON token (organization, account, created_at, id);
CREATE INDEX token_by_control_plane ON token (organization, tenant);

-- A rowid table: specs over a kilobyte make a WITHOUT ROWID table slow. `deleted` rows are
-- tombstones: key, revision and zone.
CREATE TABLE resource (
  tenant INTEGER NOT NULL REFERENCES control_plane (tenant),
  type TEXT NOT NULL,
  mesh TEXT NOT NULL,
  name TEXT NOT NULL,
  zone TEXT NOT NULL,
  labels BLOB NOT NULL,
  spec BLOB NOT NULL,
  status BLOB NOT NULL,
  creation_time INTEGER NOT NULL,
  modification_time INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  version INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  UNIQUE (tenant, type, mesh, name)
) STRICT;
CREATE INDEX resource_by_revision ON resource (tenant, type, revision, mesh, name);
CREATE INDEX resource_by_zone ON resource (tenant, zone, type, mesh, name) WHERE zone <> '';
CREATE INDEX resource_tombstone ON resource (tenant, type, revision, mesh, name) WHERE deleted = 1;

-- Live resources, counted as they are written.
CREATE TABLE resource_count (
  tenant INTEGER NOT NULL REFERENCES control_plane (tenant),
  type TEXT NOT NULL,
  mesh TEXT NOT NULL,
  live INTEGER NOT NULL,
  PRIMARY KEY (tenant, type, mesh)
) STRICT, WITHOUT ROWID;

-- `collected`: the newest revision of a tombstone that is no longer kept.
CREATE TABLE tombstone_state (
  tenant INTEGER NOT NULL REFERENCES control_plane (tenant),
  type TEXT NOT NULL,
  tombstones INTEGER NOT NULL,
  collected INTEGER NOT NULL,
  PRIMARY KEY (tenant, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending_key (
  tenant INTEGER NOT NULL REFERENCES control_plane (tenant),
  type TEXT NOT NULL,
  mesh TEXT NOT NULL,
  name TEXT NOT NULL,
  creation_time INTEGER NOT NULL,
  PRIMARY KEY (tenant, type, mesh, name)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- views: what may be read

CREATE VIEW v_resource AS SELECT * FROM resource WHERE tenant = current_tenant();
CREATE VIEW v_resource_count AS SELECT * FROM resource_count WHERE tenant = current_tenant();
CREATE VIEW v_tombstone_state AS SELECT * FROM tombstone_state WHERE tenant = current_tenant();
CREATE VIEW v_pending_key AS SELECT * FROM pending_key WHERE tenant = current_tenant();

CREATE VIEW v_own_control_plane AS SELECT * FROM control_plane
  WHERE tenant = current_tenant() AND organization = current_organization() AND gone = 0;
CREATE VIEW v_control_plane AS SELECT * FROM control_plane
  WHERE organization = current_organization() AND within_tenant(tenant) AND gone = 0;
CREATE VIEW v_organization AS SELECT * FROM organization
  WHERE organization = current_organization() AND gone = 0;
CREATE VIEW v_assigned_role AS SELECT * FROM assigned_role
  WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_account AS SELECT * FROM account
  WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_token AS SELECT * FROM token
  WHERE organization = current_organization() AND within_tenant(tenant);

-- For look-ups that come before any scope; the connection must say that it does one.
CREATE VIEW v_all_organization AS SELECT * FROM organization WHERE current_system();
CREATE VIEW v_all_control_plane AS SELECT * FROM control_plane WHERE current_system();
CREATE VIEW v_all_account AS SELECT * FROM account WHERE current_system();
CREATE VIEW v_all_token AS SELECT * FROM token WHERE current_system();

-- ---------------------------------------------------------------- guards: what may be written

CREATE TRIGGER organization_insert BEFORE INSERT ON organization
  WHEN NOT current_system()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER organization_update BEFORE UPDATE ON organization
  WHEN NOT current_system()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER organization_delete BEFORE DELETE ON organization
  WHEN NOT current_system()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;

CREATE TRIGGER control_plane_insert BEFORE INSERT ON control_plane
  WHEN NEW.organization IS NOT current_organization() OR NOT within_tenant(0)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER control_plane_update BEFORE UPDATE ON control_plane
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
    OR NEW.tenant IS NOT OLD.tenant
    OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER control_plane_delete BEFORE DELETE ON control_plane
  WHEN OLD.organization IS NOT current_organization() OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;

CREATE TRIGGER account_insert BEFORE INSERT ON account
  WHEN NEW.organization IS NOT current_organization() OR NOT within_tenant(NEW.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER account_update BEFORE UPDATE ON account
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
    OR NOT within_tenant(NEW.tenant)
    OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER account_delete BEFORE DELETE ON account
  WHEN OLD.organization IS NOT current_organization() OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;

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

CREATE TRIGGER token_insert BEFORE INSERT ON token
  WHEN NEW.organization IS NOT current_organization() OR NOT within_tenant(NEW.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER token_update BEFORE UPDATE ON token
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
    OR NOT within_tenant(NEW.tenant)
    OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER token_delete BEFORE DELETE ON token
  WHEN OLD.organization IS NOT current_organization() OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;

CREATE TRIGGER resource_insert BEFORE INSERT ON resource
  WHEN NEW.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER resource_update BEFORE UPDATE ON resource
  WHEN NEW.tenant IS NOT current_tenant() OR OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER resource_delete BEFORE DELETE ON resource
  WHEN OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER resource_count_insert BEFORE INSERT ON resource_count
  WHEN NEW.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER resource_count_update BEFORE UPDATE ON resource_count
  WHEN NEW.tenant IS NOT current_tenant() OR OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER resource_count_delete BEFORE DELETE ON resource_count
  WHEN OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER tombstone_state_insert BEFORE INSERT ON tombstone_state
  WHEN NEW.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER tombstone_state_update BEFORE UPDATE ON tombstone_state
  WHEN NEW.tenant IS NOT current_tenant() OR OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER tombstone_state_delete BEFORE DELETE ON tombstone_state
  WHEN OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER pending_key_insert BEFORE INSERT ON pending_key
  WHEN NEW.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER pending_key_update BEFORE UPDATE ON pending_key
  WHEN NEW.tenant IS NOT current_tenant() OR OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER pending_key_delete BEFORE DELETE ON pending_key
  WHEN OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
