#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Zones: a token for one, who is there, who was turned away.
. "$(dirname "$0")/common.sh"

id=$(call ControlPlanes/Create '{"name": "zones-session"}' | field id)

call Zones/Provision "{\"control_plane_id\": \"$id\", \"name\": \"zone-1\", \"format\": \"UNIVERSAL\"}"
call Zones/List "{\"control_plane_id\": \"$id\"}"
call Zones/ListRejectedConnections "{\"control_plane_id\": \"$id\"}"
call Zones/ListRejectedConnections '{}'
call Zones/Delete "{\"control_plane_id\": \"$id\", \"name\": \"zone-1\"}"

call ControlPlanes/Delete "{\"id\": \"$id\"}"
