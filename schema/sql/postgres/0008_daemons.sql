-- SPDX-License-Identifier: Apache-2.0
-- Several daemons over one database: which there are, and what each commit changed, for those that
-- did not make it.
SET LOCAL search_path = skyden;

-- A daemon that has the database open beside others. Its row comes and goes with an opening
-- (`opening`), so that whoever commits knows of it. `came`: at which opening. `known`: the newest
-- opening that it has heard of. `seen`: when it last said that it lives, in milliseconds since 1970
-- by the clock of the database, which is the only one that is compared with. `told`: the snapshot of
-- the journal that it has heard, as PostgreSQL writes it. `about`: what it says of itself.
CREATE TABLE daemon (
  id text COLLATE "C" NOT NULL,
  came bigint NOT NULL,
  known bigint NOT NULL,
  seen bigint NOT NULL,
  told text COLLATE "C" NOT NULL,
  about bytea NOT NULL,
  PRIMARY KEY (id)
) WITH (fillfactor = 50);

-- `transaction_id`: of the transaction that wrote the row, for readers to tell what they have not
-- seen by what was visible to them before. It is no position: transactions end in another order than they begin.
-- `daemon`: who wrote it. `changes`: what it concerns.
ALTER TABLE journal ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id();
ALTER TABLE journal ADD COLUMN daemon text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN changes bytea NOT NULL DEFAULT '';
CREATE INDEX journal_by_transaction ON journal (transaction_id);

ALTER TABLE daemon ENABLE ROW LEVEL SECURITY;
ALTER TABLE daemon FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON daemon TO skyden_system;
CREATE POLICY system_in ON daemon TO skyden_system USING (true) WITH CHECK (true);
