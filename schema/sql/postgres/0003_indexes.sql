-- SPDX-License-Identifier: Apache-2.0
-- Who asks for one row must reach it by its key. Without statistics (a new database, before the first
-- autovacuum) another index that has the same columns, with others between them, looks as cheap to
-- the planner. It is not, by far: by revision, a resource is found behind all of its type. A partial
-- index is only for statements that imply its condition. These conditions exclude no row: they are
-- implied by a comparison of the column that the index is for.
SET LOCAL search_path = skyden;

DROP INDEX resource_by_revision;
CREATE INDEX resource_by_revision ON resource (tenant, type, revision, mesh, name)
  WHERE revision IS NOT NULL;
DROP INDEX audit_by_control_plane;
CREATE INDEX audit_by_control_plane ON audit (organization, control_plane, place)
  WHERE control_plane IS NOT NULL;
