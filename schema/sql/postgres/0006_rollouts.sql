-- SPDX-License-Identifier: Apache-2.0
-- Changes that are released zone by zone.
SET LOCAL search_path = skyden;

-- Until one is finished nothing of it is in `resource`: `content` says what released zones are told
-- instead of what is stored, and is empty once the rollout is over. `wave`: how many are released;
-- `revision`: of the last step that zones see.
CREATE TABLE rollout (
  tenant bigint NOT NULL REFERENCES control_plane (tenant),
  id text COLLATE "C" NOT NULL,
  mesh text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  wave bigint NOT NULL,
  revision bigint NOT NULL,
  created_at bigint NOT NULL,
  plan bytea NOT NULL,
  content bytea NOT NULL,
  progress bytea NOT NULL,
  UNIQUE (tenant, id)
);

CREATE VIEW v_rollout WITH (security_invoker = true) AS
  SELECT * FROM rollout WHERE tenant = current_tenant();

ALTER TABLE rollout ENABLE ROW LEVEL SECURITY;
ALTER TABLE rollout FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON rollout TO skyden_app;
CREATE POLICY app_in ON rollout TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON rollout AS RESTRICTIVE TO skyden_app
  USING (tenant = current_tenant())
  WITH CHECK (tenant = current_tenant());

GRANT SELECT ON v_rollout TO skyden_app;
