-- SPDX-License-Identifier: Apache-2.0
-- Teams: what holds roles for those who are in it. A team is an account of the kind `team`, which no
-- token is of, so that roles are given to it as to any other.
--
-- `labels`: a team's.
ALTER TABLE account ADD COLUMN labels BLOB NOT NULL DEFAULT x'';
CREATE UNIQUE INDEX team_name ON account (organization, name) WHERE kind = 'team';

-- `team` and `account` are accounts of the organization; the second is a user or a system account.
CREATE TABLE team_member (
  organization INTEGER NOT NULL,
  team TEXT NOT NULL,
  account TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (organization, team, account),
  FOREIGN KEY (organization, team) REFERENCES account (organization, id),
  FOREIGN KEY (organization, account) REFERENCES account (organization, id)
) STRICT;
CREATE INDEX team_member_by_account ON team_member (organization, account, team);

CREATE VIEW v_team_member AS SELECT * FROM team_member
  WHERE organization = current_organization();

CREATE TRIGGER team_member_insert BEFORE INSERT ON team_member
  WHEN NEW.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
-- Nobody changes one.
CREATE TRIGGER team_member_update BEFORE UPDATE ON team_member
  WHEN 1 = 1
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
CREATE TRIGGER team_member_delete BEFORE DELETE ON team_member
  WHEN OLD.organization IS NOT current_organization()
  BEGIN SELECT RAISE(ABORT, 'guard'); END;
