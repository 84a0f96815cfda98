-- SPDX-License-Identifier: Apache-2.0
-- A chain of entries for each control plane, and one for what is about the organization itself.
-- What was written before stays where it is, in the organization's own: its hashes would not hold
-- anywhere else, and who has kept an export or an entry finds it again.
DROP VIEW v_audit;
DROP VIEW v_audit_mark;
DROP TRIGGER audit_insert;
DROP TRIGGER audit_update;
DROP TRIGGER audit_delete;
DROP TRIGGER audit_mark_insert;
DROP TRIGGER audit_mark_update;
DROP TRIGGER audit_mark_delete;
DROP INDEX audit_by_control_plane;
ALTER TABLE audit RENAME TO audit_before;
ALTER TABLE audit_mark RENAME TO audit_mark_before;

-- `place` counts an organization's entries as they are written, and orders those of all its chains;
-- another organization's do not show in it. `chain`: the control plane's, or 0. `sequence` counts from 1 without gaps in each. `tenant` 0: about the organization
-- itself; in a control plane's chain it is the chain's. None refers to a control plane's row:
-- entries stay when it is deleted. `total`: the bytes of the chain up to and with the entry, over
-- all times.
CREATE TABLE audit (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  place INTEGER NOT NULL,
  chain INTEGER NOT NULL,
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
  total INTEGER NOT NULL,
  UNIQUE (organization, place),
  UNIQUE (organization, chain, sequence)
) STRICT;
INSERT INTO audit (place, organization, chain, sequence, tenant, control_plane, at, actor_kind,
  actor_id, actor_name, peer, request_id, trace_id, action, object_type, object_name, detail, hash,
  total)
  SELECT ROW_NUMBER() OVER (PARTITION BY organization ORDER BY rowid), organization, 0, sequence, tenant, control_plane, at, actor_kind, actor_id,
    actor_name, peer, request_id, trace_id, action, object_type, object_name, detail, hash, total
  FROM audit_before ORDER BY rowid;
DROP TABLE audit_before;
CREATE INDEX audit_by_control_plane ON audit (organization, control_plane, place);

-- Places in a chain: where it ends (`end`), where it begins after older entries were removed
-- (`begin`), how far a reader came; in the organization's own, how many chains control planes have
-- (`chains`). `sealed` is sequence and hash under the daemon's key: without it the last entries
-- could be taken off unseen.
CREATE TABLE audit_mark (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  chain INTEGER NOT NULL,
  name TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  hash BLOB NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (organization, chain, name)
) STRICT, WITHOUT ROWID;
INSERT INTO audit_mark (organization, chain, name, sequence, hash, sealed)
  SELECT organization, 0, name, sequence, hash, sealed FROM audit_mark_before;
DROP TABLE audit_mark_before;

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
