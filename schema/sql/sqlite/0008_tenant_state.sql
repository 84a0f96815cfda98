-- SPDX-License-Identifier: Apache-2.0
-- What writing into a control plane locks and counts up, apart from the row that describes it: who
-- writes does not touch that one, and who describes it waits for nobody who writes. Made and
-- removed with it.
--
-- `id` is the control plane's, which secrets are sealed for: what a control plane holds can be read
-- without the row that describes it. `state`: 0, or 1 once it is deleted, and then without its id.
-- `epoch` counts its moves to another database.
CREATE TABLE tenant_state (
  tenant INTEGER NOT NULL,
  organization INTEGER NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  state INTEGER NOT NULL,
  PRIMARY KEY (tenant),
  FOREIGN KEY (organization, tenant) REFERENCES control_plane (organization, tenant)
) STRICT, WITHOUT ROWID;
-- Before its guards exist: a migration has no scope.
INSERT INTO tenant_state (tenant, organization, id, revision, epoch, state)
  SELECT tenant, organization, iif(gone, '', id), revision, 0, gone FROM control_plane;
ALTER TABLE control_plane DROP COLUMN revision;

CREATE VIEW v_own_tenant_state AS SELECT * FROM tenant_state
  WHERE tenant = current_tenant() AND organization = current_organization() AND state = 0;

CREATE TRIGGER tenant_state_insert BEFORE INSERT ON tenant_state
  WHEN NEW.tenant IS NOT current_tenant() OR NEW.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER tenant_state_update BEFORE UPDATE ON tenant_state
  WHEN NEW.tenant IS NOT current_tenant()
    OR OLD.tenant IS NOT current_tenant()
    OR NEW.organization IS NOT current_organization()
    OR OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER tenant_state_delete BEFORE DELETE ON tenant_state
  WHEN OLD.tenant IS NOT current_tenant() OR OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
