-- SPDX-License-Identifier: Apache-2.0
-- A session of a browser is a token that comes as a cookie: a row beside the person's tokens, so
-- that whatever ends those ends it.
--
-- `kind`: token, or session. Of a session: `parent` is the id of the token that it was made with,
-- NULL of somebody who came by an identity provider. Then `provider_session` is the provider's word
-- for it (`sid`; may be empty), and `person_groups` are the groups that it said the person is in.
ALTER TABLE token ADD COLUMN kind TEXT NOT NULL DEFAULT 'token';
ALTER TABLE token ADD COLUMN parent TEXT;
ALTER TABLE token ADD COLUMN provider_session TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN person_groups BLOB NOT NULL DEFAULT x'';
CREATE INDEX session_by_parent ON token (organization, parent) WHERE parent IS NOT NULL;
CREATE INDEX session_by_creation ON token (organization, created_at, id) WHERE kind = 'session';
