-- SPDX-License-Identifier: Apache-2.0
-- Changes that are released zone by zone. Until one is finished nothing of it is in `resource`:
-- `content` says what released zones are told instead of what is stored, and is empty once the
-- rollout is over. `wave`: how many are released; `revision`: of the last step that zones see.
CREATE TABLE rollout (
  tenant INTEGER NOT NULL REFERENCES control_plane (tenant),
  id TEXT NOT NULL,
  mesh TEXT NOT NULL,
  state TEXT NOT NULL,
  wave INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  plan BLOB NOT NULL,
  content BLOB NOT NULL,
  progress BLOB NOT NULL,
  UNIQUE (tenant, id)
) STRICT;

CREATE VIEW v_rollout AS SELECT * FROM rollout WHERE tenant = current_tenant();

CREATE TRIGGER rollout_insert BEFORE INSERT ON rollout
  WHEN NEW.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER rollout_update BEFORE UPDATE ON rollout
  WHEN NEW.tenant IS NOT current_tenant() OR OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER rollout_delete BEFORE DELETE ON rollout
  WHEN OLD.tenant IS NOT current_tenant()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
