-- SPDX-License-Identifier: Apache-2.0
-- A session of a browser is a token that comes as a cookie: a row beside the person's tokens, so
-- that whatever ends those ends it.
SET LOCAL search_path = skyden;

-- `kind`: token, or session. Of a session: `parent` is the id of the token that it was made with,
-- NULL of somebody who came by an identity provider. Then `provider_session` is the provider's word
-- for it (`sid`; may be empty), and `person_groups` are the groups that it said the person is in.
ALTER TABLE token ADD COLUMN kind text COLLATE "C" NOT NULL DEFAULT 'token';
ALTER TABLE token ADD COLUMN parent text COLLATE "C";
ALTER TABLE token ADD COLUMN provider_session text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN person_groups bytea NOT NULL DEFAULT '';
CREATE INDEX session_by_parent ON token (organization, parent) WHERE parent IS NOT NULL;
CREATE INDEX session_by_creation ON token (organization, created_at, id) WHERE kind = 'session';

-- Their columns are those that the table had when they were made.
DROP VIEW v_token;
DROP VIEW v_all_token;
CREATE VIEW v_token WITH (security_invoker = true) AS
  SELECT * FROM token WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_all_token WITH (security_invoker = true) AS
  SELECT * FROM token WHERE current_system();
GRANT SELECT ON v_token TO skyden_app;
GRANT SELECT ON v_token, v_all_token TO skyden_system;
