-- SPDX-License-Identifier: Apache-2.0
-- What ends when, without a look at accounts one by one; and where organizations have their audit
-- sent.
SET LOCAL search_path = skyden;

CREATE INDEX token_by_end ON token (organization, expires_at, id)
  WHERE kind = 'token' AND expires_at IS NOT NULL AND revoked_at IS NULL;

-- `sealed`: the header that goes with what is sent; empty for none.
CREATE TABLE audit_destination (
  organization bigint NOT NULL REFERENCES organization (organization),
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  endpoint text COLLATE "C" NOT NULL,
  sealed bytea NOT NULL,
  log_format text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  UNIQUE (organization, id)
);
CREATE UNIQUE INDEX audit_destination_name ON audit_destination (organization, name);

-- Where to, how far it came, and what is sent once more. `place` and `replay_place`: of the last
-- entry that was taken.
CREATE TABLE audit_webhook (
  organization bigint NOT NULL REFERENCES organization (organization),
  destination text COLLATE "C" NOT NULL,
  enabled bigint NOT NULL,
  place bigint NOT NULL,
  attempted_at bigint,
  response bigint NOT NULL,
  delivered bigint NOT NULL,
  failed bigint NOT NULL,
  replay_from bigint,
  replay_to bigint,
  replay_at bigint,
  replay_place bigint NOT NULL,
  replay_progress text COLLATE "C" NOT NULL,
  PRIMARY KEY (organization)
);

CREATE VIEW v_audit_destination WITH (security_invoker = true) AS
  SELECT * FROM audit_destination WHERE organization = current_organization();
CREATE VIEW v_audit_webhook WITH (security_invoker = true) AS
  SELECT * FROM audit_webhook WHERE organization = current_organization();

ALTER TABLE audit_destination ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_destination FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_webhook FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON audit_destination TO skyden_app;
CREATE POLICY app_in ON audit_destination TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON audit_destination AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization())
  WITH CHECK (organization = current_organization());
GRANT SELECT, INSERT, UPDATE, DELETE ON audit_webhook TO skyden_app;
CREATE POLICY app_in ON audit_webhook TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON audit_webhook AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization())
  WITH CHECK (organization = current_organization());
-- Who ends an organization removes them.
GRANT SELECT, DELETE ON audit_destination TO skyden_system;
CREATE POLICY system_read ON audit_destination FOR SELECT TO skyden_system
  USING (organization = current_organization());
CREATE POLICY system_delete ON audit_destination FOR DELETE TO skyden_system
  USING (organization = current_organization());
GRANT SELECT, DELETE ON audit_webhook TO skyden_system;
CREATE POLICY system_read ON audit_webhook FOR SELECT TO skyden_system
  USING (organization = current_organization());
CREATE POLICY system_delete ON audit_webhook FOR DELETE TO skyden_system
  USING (organization = current_organization());

GRANT SELECT ON v_audit_destination, v_audit_webhook TO skyden_app;
GRANT SELECT ON v_audit_destination, v_audit_webhook TO skyden_system;
