#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The daemon on PostgreSQL, from an empty database on: schema, self-check, what is refused, a control
# plane with a zone, an outage, a stop and another start. Run by tests/postgres/with_cluster.sh with
# fsync=on.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/postgres/common.sh

new_database skyden
data=$work/data
mkdir -m 700 "$data"
settings=(--store postgres --postgres-dsn-file "$work/dsn")
serve=("$SKYDEN" serve --data-dir "$data" "${settings[@]}" --http-address 127.0.0.1:0
  --admin-address 127.0.0.1:0 --kds-address 127.0.0.1:0 --diagnostics-address 127.0.0.1:0)

step "what is refused, and what it says"
chmod 644 "$work/dsn" "$work/owner"
says "may be read by others" "${serve[@]}"
chmod 600 "$work/dsn"
says "may be read by others" "$SKYDEN" migrate "${settings[@]}" --owner-dsn-file "$work/owner"
chmod 600 "$work/owner"
says "the database cannot be reached" "${serve[@]}"  # there are no such roles
"$SKYDEN" migrate "${settings[@]}" --owner-dsn-file "$work/owner"
"$SKYDEN" migrate "${settings[@]}" --owner-dsn-file "$work/owner"
"$SKYDEN" store check "${settings[@]}"
psql -c 'ALTER TABLE skyden.resource NO FORCE ROW LEVEL SECURITY' skyden
says "table resource is not forced" "$SKYDEN" store check "${settings[@]}"
says "table resource is not forced" "${serve[@]}"
psql -c 'ALTER TABLE skyden.resource FORCE ROW LEVEL SECURITY' skyden
says "no standby is waited for" "${serve[@]}" --postgres-require-sync

step "a daemon, a control plane, a resource"
start_daemon "$data" "${settings[@]}"
export SKYDEN_TOKEN=$TOKEN SKYDEN_ADDRESS=http://$HTTP
id=$("$SKYDEN" cp create first -o json | jq -r .id)
path=/v1/mesh/control-planes/$id/api/meshes/default/meshtimeouts/kept
api PUT "$path" "$(policy 7s)" >/dev/null
api GET "$path" | jq -e '.name == "kept"' >/dev/null || fail "the resource is not there"
says "another daemon serves this database" "${serve[@]/$data/$work/other}"

step "an outage is no end"
psql -c "ALTER DATABASE skyden WITH ALLOW_CONNECTIONS false" postgres
psql -c "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename LIKE 'skyden_%'" \
  postgres >/dev/null
ready() { curl -s -o "$work/ready" -w '%{http_code}' "http://$DIAGNOSTICS/ready"; }
put() {
  curl -s -o "$work/answer" -D "$work/head" -w '%{http_code}' -X PUT -H "Authorization: Bearer $TOKEN" \
    -H 'Content-Type: application/json' -d "$(policy 7s)" "http://$HTTP$path"
}
status=$(put)
[ "$status" = 503 ] || fail "a write was answered $status: $(cat "$work/answer")"
[ "$(ready)" = 503 ] || fail "it calls itself ready: $(cat "$work/ready")"
grep -q 'database' "$work/ready" || fail "it does not say why: $(cat "$work/ready")"
psql -c "ALTER DATABASE skyden WITH ALLOW_CONNECTIONS true" postgres
for ((tries = 0; tries < 200; ++tries)); do
  [ "$(ready)" = 200 ] && break
  sleep 0.1
done
[ "$(ready)" = 200 ] || fail "it did not come back: $(cat "$work/ready")"
status=$(put)
[ "$status" = 200 ] || fail "a write was answered $status: $(cat "$work/answer")"

step "a stop, another start"
stop_daemon
start_daemon "$data" "${settings[@]}"
export SKYDEN_ADDRESS=http://$HTTP
api GET "$path" | jq -e '.name == "kept"' >/dev/null || fail "the resource is gone"
stop_daemon
mv "$data/secrets.key" "$work/"
says "secrets_key_file" "${serve[@]}"
[ ! -e "$data/secrets.key" ] || fail "a key that opens nothing was left"
mv "$work/secrets.key" "$data/"
"$SKYDEN" migrate --data-dir "$data" "${settings[@]}" --rotate-secrets-key
start_daemon "$data" "${settings[@]}"
api GET "$path" | jq -e '.name == "kept"' >/dev/null || fail "the resource is gone"
step "all of it held"
