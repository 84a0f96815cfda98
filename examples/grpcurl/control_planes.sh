#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A control plane's life: create, look, change, delete.
. "$(dirname "$0")/common.sh"

"$GRPCURL" $GRPCURL_FLAGS -H "authorization: Bearer $SKYDEN_TOKEN" "$SKYDEN_ADMIN" list
"$GRPCURL" $GRPCURL_FLAGS -H "authorization: Bearer $SKYDEN_TOKEN" "$SKYDEN_ADMIN" \
  describe skyden.admin.v1.ControlPlanes

made=$(call ControlPlanes/Create '{"name": "payments", "labels": {"team": "payments"}}')
echo "$made"
id=$(echo "$made" | field id)

call ControlPlanes/Get "{\"id\": \"$id\"}"
call ControlPlanes/List '{"filters": [{"field": "labels.team", "operator": "EQUALS", "value": "payments"}]}'
call ControlPlanes/Update "{\"id\": \"$id\", \"description\": \"cards and banks\", \"set_labels\": {\"tier\": \"1\"}}"
call ControlPlanes/Delete "{\"id\": \"$id\"}"
