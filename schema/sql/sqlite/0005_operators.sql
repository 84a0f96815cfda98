-- SPDX-License-Identifier: Apache-2.0
-- The operators of the daemon, of whatever organization: who takes one away has to know whether it
-- is the last. They are few, so the key needs no owner in front.
CREATE INDEX assigned_role_operator ON assigned_role (role) WHERE role = 'Operator';

CREATE VIEW v_all_assigned_role AS SELECT * FROM assigned_role WHERE current_system();
