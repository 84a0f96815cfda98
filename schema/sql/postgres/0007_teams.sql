-- SPDX-License-Identifier: Apache-2.0
-- Teams: what holds roles for those who are in it. A team is an account of the kind `team`, which no
-- token is of, so that roles are given to it as to any other.
SET LOCAL search_path = skyden;

-- `labels`: a team's.
ALTER TABLE account ADD COLUMN labels bytea NOT NULL DEFAULT '';
CREATE UNIQUE INDEX team_name ON account (organization, name) WHERE kind = 'team';

-- `team` and `account` are accounts of the organization; the second is a user or a system account.
CREATE TABLE team_member (
  organization bigint NOT NULL,
  team text COLLATE "C" NOT NULL,
  account text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  UNIQUE (organization, team, account),
  FOREIGN KEY (organization, team) REFERENCES account (organization, id),
  FOREIGN KEY (organization, account) REFERENCES account (organization, id)
);
CREATE INDEX team_member_by_account ON team_member (organization, account, team);

-- Their columns are those that the table had when they were made.
DROP VIEW v_account;
DROP VIEW v_all_account;
CREATE VIEW v_account WITH (security_invoker = true) AS
  SELECT * FROM account WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_all_account WITH (security_invoker = true) AS
  SELECT * FROM account WHERE current_system();
CREATE VIEW v_team_member WITH (security_invoker = true) AS
  SELECT * FROM team_member WHERE organization = current_organization();

ALTER TABLE team_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_member FORCE ROW LEVEL SECURITY;
-- Nobody changes one.
GRANT SELECT, INSERT, DELETE ON team_member TO skyden_app;
CREATE POLICY app_in ON team_member TO skyden_app USING (true) WITH CHECK (true);
CREATE POLICY app_owner ON team_member AS RESTRICTIVE TO skyden_app
  USING (organization = current_organization())
  WITH CHECK (organization = current_organization());
-- Who signs somebody in reads his teams; who ends an organization removes them.
GRANT SELECT, DELETE ON team_member TO skyden_system;
CREATE POLICY system_read ON team_member FOR SELECT TO skyden_system
  USING (organization = current_organization());
CREATE POLICY system_delete ON team_member FOR DELETE TO skyden_system
  USING (organization = current_organization());

GRANT SELECT ON v_account, v_team_member TO skyden_app;
GRANT SELECT ON v_account, v_all_account, v_team_member TO skyden_system;
