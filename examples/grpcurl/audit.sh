#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who did what, and whether the record of it was touched.
. "$(dirname "$0")/common.sh"

id=$(call ControlPlanes/Create '{"name": "audit-session"}' | field id)
call ControlPlanes/Update "{\"id\": \"$id\", \"description\": \"changed once\"}" >/dev/null

call Audit/List "{\"control_plane_id\": \"$id\", \"page_size\": 10}"
call Audit/List '{"action": "control_plane", "order": "OLDEST_FIRST", "page_size": 5}'
call Audit/Export '{"order": "OLDEST_FIRST", "page_size": 5}'
call Audit/Verify '{}'

call ControlPlanes/Delete "{\"id\": \"$id\"}"
