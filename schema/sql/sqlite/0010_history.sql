-- SPDX-License-Identifier: Apache-2.0
-- What people wrote, by revision: of each change, who made it, and what was there before.
--
-- `action`: create, update, delete. `labels` to `version` are the resource's as they were stored
-- until this revision (a secret's spec is sealed as ever); `version` 0: there was none. So a
-- resource at revision N is what its first change after N found, or, without one, what is stored
-- now; the oldest changes can be taken away without a look at any other; and a database that was
-- there before has a past from now on without a row. `bytes`: what the row counts as.
-- The one key is by revision, so that what is written comes last and what is taken away comes first:
-- a change then dirties no page for it that the one before did not.
CREATE TABLE history (
  tenant INTEGER NOT NULL REFERENCES control_plane (tenant),
  revision INTEGER NOT NULL,
  type TEXT NOT NULL,
  mesh TEXT NOT NULL,
  name TEXT NOT NULL,
  action TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  labels BLOB NOT NULL,
  spec BLOB NOT NULL,
  status BLOB NOT NULL,
  creation_time INTEGER NOT NULL,
  modification_time INTEGER NOT NULL,
  old_revision INTEGER NOT NULL,
  version INTEGER NOT NULL,
  UNIQUE (tenant, revision, type, mesh, name)
) STRICT;

CREATE VIEW v_history AS SELECT * FROM history WHERE tenant = current_tenant();

CREATE TRIGGER history_insert BEFORE INSERT ON history
  WHEN NEW.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER history_update BEFORE UPDATE ON history
  WHEN NEW.tenant IS NOT current_tenant() OR OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER history_delete BEFORE DELETE ON history
  WHEN OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;

-- Counted with the revision: the bytes of the rows that are kept, and the oldest revision that can
-- be asked for, which is the present one where nothing was kept so far. `state` 2: deleted, but
-- everything is kept (deleted_control_plane).
ALTER TABLE tenant_state ADD COLUMN history_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tenant_state ADD COLUMN history_from INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER tenant_state_update;
UPDATE tenant_state SET history_from = revision;
CREATE TRIGGER tenant_state_update BEFORE UPDATE ON tenant_state
  WHEN NEW.tenant IS NOT current_tenant()
    OR OLD.tenant IS NOT current_tenant()
    OR NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;

-- Control planes that were deleted and can still be had back: `gone` 2 in their own row, which
-- nobody sees. Their id is here and nowhere else. `kept`: the accounts and tokens of its zones and
-- the roles on it, which are deleted with it as rows.
CREATE TABLE deleted_control_plane (
  organization INTEGER NOT NULL,
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  deleted_at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  kept BLOB NOT NULL,
  UNIQUE (organization, tenant),
  UNIQUE (organization, id),
  FOREIGN KEY (organization, tenant) REFERENCES control_plane (organization, tenant)
) STRICT;

CREATE VIEW v_deleted_control_plane AS SELECT * FROM deleted_control_plane
  WHERE organization = current_organization() AND within_tenant(tenant);

CREATE TRIGGER deleted_control_plane_insert BEFORE INSERT ON deleted_control_plane
  WHEN NEW.organization IS NOT current_organization() OR NOT within_tenant(NEW.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
-- Nobody changes one.
CREATE TRIGGER deleted_control_plane_update BEFORE UPDATE ON deleted_control_plane
  WHEN 1 = 1
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER deleted_control_plane_delete BEFORE DELETE ON deleted_control_plane
  WHEN OLD.organization IS NOT current_organization() OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
