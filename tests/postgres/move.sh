#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A daemon moves from its data directory to PostgreSQL, and a control plane from there to another
# daemon. Run by tests/postgres/with_cluster.sh with fsync=on.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/postgres/common.sh

data=$work/data
mkdir -m 700 "$data"
new_database skyden
settings=(--store postgres --postgres-dsn-file "$work/dsn")
move=("$SKYDEN" migrate --data-dir "$data" --to postgres --owner-dsn-file "$work/owner")

step "a daemon of the embedded store, with something in it"
start_daemon "$data"
export SKYDEN_TOKEN=$TOKEN SKYDEN_ADDRESS=http://$HTTP
id=$("$SKYDEN" cp create first -o json | jq -r .id)
api_of=/v1/mesh/control-planes/$id/api
api PUT "$api_of/meshes/default/meshtimeouts/kept" "$(policy 7s)" >/dev/null
api PUT "$api_of/meshes/default/secrets/s" \
  '{"type":"Secret","mesh":"default","name":"s","data":"aGVsbG8="}' >/dev/null
"$SKYDEN" export --control-plane first >"$work/before.yaml"
"$SKYDEN" audit list -o json >"$work/audit-before.json"
says "another" "${move[@]}"  # the daemon has it
stop_daemon

step "what is refused"
says "skyden migrate" "${move[@]}"  # there is no schema yet
says "--owner-dsn-file" "$SKYDEN" migrate --data-dir "$data" --to postgres
says "store" "$SKYDEN" migrate --data-dir "$data" "${settings[@]}" --to postgres --owner-dsn-file "$work/owner"
"$SKYDEN" migrate "${settings[@]}" --owner-dsn-file "$work/owner"

step "the move"
"${move[@]}" -o json >"$work/moved.json"
jq -e '.was_there == false and (.tables[] | select(.name == "resource") | .rows > 0)' \
  "$work/moved.json" >/dev/null || fail "it says otherwise: $(cat "$work/moved.json")"
[ ! -e "$data/skyden.db" ] || fail "the old database is still in its place"
says "there is no database" "${move[@]}"
says "skyden.db" "$SKYDEN" serve --data-dir "$data" --http-address 127.0.0.1:0  # it is not begun anew

step "everything is there"
start_daemon "$data" "${settings[@]}"
export SKYDEN_ADDRESS=http://$HTTP
"$SKYDEN" export --control-plane first >"$work/after.yaml"
cmp "$work/before.yaml" "$work/after.yaml" || fail "an export is another one than before"
"$SKYDEN" audit verify
"$SKYDEN" audit list -o json >"$work/audit-after.json"
jq -e --slurpfile before "$work/audit-before.json" \
  '[.. | objects | select(has("sequence"))] | length >= ([$before[] | .. | objects | select(has("sequence"))] | length)' \
  "$work/audit-after.json" >/dev/null || fail "the audit has lost entries"
api PUT "$api_of/meshes/default/meshtimeouts/kept" "$(policy 8s)" >/dev/null

step "a control plane moves to a daemon of the embedded store, and back"
"$SKYDEN" export --control-plane first >"$work/first.yaml"
stop_daemon
mkdir -m 700 "$work/other"
start_daemon "$work/other"
export SKYDEN_TOKEN=$TOKEN SKYDEN_ADDRESS=http://$HTTP
"$SKYDEN" cp create there >/dev/null
"$SKYDEN" import --control-plane there "$work/first.yaml" >/dev/null
"$SKYDEN" export --control-plane there >"$work/there.yaml"
cmp "$work/first.yaml" "$work/there.yaml" || fail "the control plane is another one there"
stop_daemon
start_daemon "$data" "${settings[@]}"
export SKYDEN_TOKEN=$TOKEN SKYDEN_ADDRESS=http://$HTTP
"$SKYDEN" cp create back >/dev/null
"$SKYDEN" import --control-plane back "$work/there.yaml" >/dev/null
"$SKYDEN" export --control-plane back >"$work/back.yaml"
cmp "$work/first.yaml" "$work/back.yaml" || fail "the control plane is another one when it is back"
step "all of it held"
