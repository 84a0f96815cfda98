-- SPDX-License-Identifier: Apache-2.0
-- How many bytes a chain has had up to and with an entry, so that what is over a size is found by
-- halving. Entries from before this column count nothing. Not covered by the hash: it only says
-- what may go, and what went is marked.
ALTER TABLE audit ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
