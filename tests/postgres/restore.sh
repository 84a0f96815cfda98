#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A backup as examples/postgres says it, restored to an earlier point in time: a daemon on it serves
# what was there then, and nobody takes it for the database that it was. Run by
# tests/postgres/with_cluster.sh with fsync=on wal_level=replica archive_mode=on and an
# archive_command into the folder `archive` beside the data.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/postgres/common.sh

# The server and its files belong to whom the first one runs as.
owner=$(stat -c %U "$socket/data")
as_owner=()
[ "$owner" = "$(id -un)" ] ||
  as_owner=(setpriv "--reuid=$owner" "--regid=$(id -g "$owner")" --clear-groups)
restored=$(mktemp -d /tmp/skyden-pg-XXXXXX)
chown "$owner" "$restored"
restored_pid=
cleanup_all() {
  if [ -n "$restored_pid" ]; then
    kill -INT "$restored_pid" 2>/dev/null || true
    wait "$restored_pid" 2>/dev/null || true
  fi
  rm -rf "$restored"
  cleanup
}
trap cleanup_all EXIT
"${as_owner[@]}" mkdir -p "$socket/archive"

data=$work/data
mkdir -m 700 "$data"
new_database skyden
settings=(--store postgres --postgres-dsn-file "$work/dsn")
"$SKYDEN" migrate "${settings[@]}" --owner-dsn-file "$work/owner"
start_daemon "$data" "${settings[@]}"
export SKYDEN_TOKEN=$TOKEN SKYDEN_ADDRESS=http://$HTTP
id=$("$SKYDEN" cp create first -o json | jq -r .id)
path=/v1/mesh/control-planes/$id/api/meshes/default/meshtimeouts/kept
# events ARGUMENT...: what a watcher is told. It ends with the daemon: whoever has read enough does
# not wait for it.
events() {
  timeout 20 curl -sN -H "authorization: Bearer $TOKEN" "$@" \
    "http://$HTTP/v1/mesh/control-planes/$id/api/events?type=MeshTimeout" || true
}
timeout_of_kept() { api GET "$path" | jq -r '.spec.to[0].default.connectionTimeout'; }
api PUT "$path" "$(policy 7s)" >/dev/null

step "a base backup, then more"
"${as_owner[@]}" "$bin/pg_basebackup" -h "$socket" -U postgres -D "$restored/data" -X stream -c fast
api PUT "$path" "$(policy 8s)" >/dev/null
psql -c "SELECT pg_create_restore_point('then')" postgres >/dev/null
api PUT "$path" "$(policy 9s)" >/dev/null
"$SKYDEN" cp create later >/dev/null
"$SKYDEN" audit verify >"$work/verified"
expect=$(sed -n 's/.*--expect //p' "$work/verified")
event=$(grep -m 1 '^id:' < <(events) | cut -d ' ' -f 2)
[ -n "$event" ] || fail "a watcher is told of no event"
psql -c "SELECT pg_switch_wal()" postgres >/dev/null
stop_daemon

step "restored to before that"
cat >>"$restored/data/postgresql.auto.conf" <<EOF_CONF
restore_command = 'cp $socket/archive/%f %p'
recovery_target_name = 'then'
recovery_target_action = 'promote'
archive_mode = 'off'
listen_addresses = ''
unix_socket_directories = '$restored'
EOF_CONF
"${as_owner[@]}" touch "$restored/data/recovery.signal"
"${as_owner[@]}" "$bin/postgres" -D "$restored/data" </dev/null >"$work/server.log" 2>&1 &
restored_pid=$!
socket_before=$socket
socket=$restored
for ((tries = 0; tries < 600; ++tries)); do
  if [ "$(psql -t -A -c 'SELECT pg_is_in_recovery()' postgres 2>/dev/null)" = f ]; then break; fi
  kill -0 "$restored_pid" 2>/dev/null || { cat "$work/server.log" >&2; fail "the server ended"; }
  sleep 0.1
done
sed -i "s|$socket_before|$restored|g" "$work/dsn"

step "a daemon on it"
start_daemon "$data" "${settings[@]}"
export SKYDEN_ADDRESS=http://$HTTP
[ "$(timeout_of_kept)" = 8s ] || fail "it is not what was there then: $(timeout_of_kept)"
"$SKYDEN" audit verify >/dev/null || fail "the audit is not intact"
says "older" "$SKYDEN" audit verify --expect "$expect"
told=$(grep -m 1 '^event:' < <(events -H "Last-Event-ID: $event"))
[ "$told" = 'event: reset' ] || fail "a watcher of what is no more is told \"$told\""
api PUT "$path" "$(policy 10s)" >/dev/null
[ "$(timeout_of_kept)" = 10s ] || fail "nothing can be written"
step "all of it held"
