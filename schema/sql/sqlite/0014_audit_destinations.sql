-- SPDX-License-Identifier: Apache-2.0
-- What ends when, without a look at accounts one by one; and where organizations have their audit
-- sent.
CREATE INDEX token_by_end ON token (organization, expires_at, id)
  WHERE kind = 'token' AND expires_at IS NOT NULL AND revoked_at IS NULL;

-- `sealed`: the header that goes with what is sent; empty for none.
CREATE TABLE audit_destination (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  sealed BLOB NOT NULL,
  log_format TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (organization, id)
) STRICT;
CREATE UNIQUE INDEX audit_destination_name ON audit_destination (organization, name);

-- Where to, how far it came, and what is sent once more. `place` and `replay_place`: of the last
-- entry that was taken.
CREATE TABLE audit_webhook (
  organization INTEGER NOT NULL REFERENCES organization (organization),
  destination TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  place INTEGER NOT NULL,
  attempted_at INTEGER,
  response INTEGER NOT NULL,
  delivered INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  replay_from INTEGER,
  replay_to INTEGER,
  replay_at INTEGER,
  replay_place INTEGER NOT NULL,
  replay_progress TEXT NOT NULL,
  PRIMARY KEY (organization)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_audit_destination AS SELECT * FROM audit_destination
  WHERE organization = current_organization();
CREATE VIEW v_audit_webhook AS SELECT * FROM audit_webhook
  WHERE organization = current_organization();

CREATE TRIGGER audit_destination_insert BEFORE INSERT ON audit_destination
  WHEN NEW.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER audit_destination_update BEFORE UPDATE ON audit_destination
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER audit_destination_delete BEFORE DELETE ON audit_destination
  WHEN OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER audit_webhook_insert BEFORE INSERT ON audit_webhook
  WHEN NEW.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER audit_webhook_update BEFORE UPDATE ON audit_webhook
  WHEN NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER audit_webhook_delete BEFORE DELETE ON audit_webhook
  WHEN OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
