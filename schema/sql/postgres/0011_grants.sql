-- SPDX-License-Identifier: Apache-2.0
-- Roles that are narrowed to meshes and types: an account may hold one several times on a control
-- plane, each narrowed otherwise.
SET LOCAL search_path = skyden;

-- `narrowing`: of which meshes and types, as in model/narrowing.h; '': all.
ALTER TABLE assigned_role ADD COLUMN narrowing text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE assigned_role DROP CONSTRAINT assigned_role_organization_account_role_tenant_key;
ALTER TABLE assigned_role ADD UNIQUE (organization, account, role, tenant, narrowing);

-- Their columns are those that the table had when they were made.
DROP VIEW v_assigned_role;
DROP VIEW v_all_assigned_role;
CREATE VIEW v_assigned_role WITH (security_invoker = true) AS
  SELECT * FROM assigned_role WHERE organization = current_organization() AND within_tenant(tenant);
CREATE VIEW v_all_assigned_role WITH (security_invoker = true) AS
  SELECT * FROM assigned_role WHERE current_system();
GRANT SELECT ON v_assigned_role, v_all_assigned_role TO skyden_app;
GRANT SELECT ON v_assigned_role, v_all_assigned_role TO skyden_system;
