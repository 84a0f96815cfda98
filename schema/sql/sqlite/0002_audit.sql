-- SPDX-License-Identifier: Apache-2.0
-- Who did what: one chain of entries per organization. Each entry's hash covers the one before it
-- (store/audit.h), so that nothing can be taken out, put in, or changed without a trace.

-- `sequence` counts from 1 without gaps. `tenant` 0: about the organization itself. Neither refers
-- to a control plane's row: entries stay when it is deleted.
CREATE TABLE audit (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  sequence INTEGER NOT NULL,
  tenant INTEGER NOT NULL,
  control_plane TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  peer TEXT NOT NULL,
  request_id TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  action TEXT NOT NULL,
  object_type TEXT NOT NULL,
  object_name TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash BLOB NOT NULL,
  UNIQUE (organization, sequence)
) STRICT;
CREATE INDEX audit_by_control_plane ON audit (organization, control_plane, sequence);

-- Places in a chain: where it ends (`end`), where it begins after older entries were removed
-- (`begin`), how far a reader came. `sealed` is sequence and hash under the daemon's key: without
-- it the last entries could be taken off unseen.
CREATE TABLE audit_mark (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  name TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  hash BLOB NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (organization, name)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_audit AS SELECT * FROM audit
  WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_audit_mark AS SELECT * FROM audit_mark WHERE organization = current_organization();

CREATE TRIGGER audit_insert BEFORE INSERT ON audit
  WHEN NEW.organization IS NOT current_organization() OR NOT within_tenant(NEW.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
-- Nobody changes an entry.
CREATE TRIGGER audit_update BEFORE UPDATE ON audit
  WHEN 1 = 1
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER audit_delete BEFORE DELETE ON audit
  WHEN OLD.organization IS NOT current_organization() OR NOT within_tenant(OLD.tenant)
  BEGIN SELECT RAISE(ABORT, 'guard'); END;

CREATE TRIGGER audit_mark_insert BEFORE INSERT ON audit_mark
  WHEN NEW.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER audit_mark_update BEFORE UPDATE ON audit_mark
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER audit_mark_delete BEFORE DELETE ON audit_mark
  WHEN OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
