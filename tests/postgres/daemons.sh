#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Three daemons over one database: what is written at one is read at every other, zones of all hear
# of it, a revoked token opens none, a zone is where it connected last, and one that is killed leaves
# zones offline and nothing lost. Run by tests/postgres/with_cluster.sh with fsync=on.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/postgres/common.sh

rounds=${SKYDEN_TEST_ROUNDS:-10}
declare -A pid http kds
zones=()
cleanup() {
  for one in "${pid[@]}" "${zones[@]}"; do kill -KILL "$one" 2>/dev/null || true; done
  rm -rf "$work"
}
settings=(--store postgres --postgres-dsn-file "$work/dsn" --postgres-shared)

# serve NAME: one more daemon, which has the first one's key and token.
serve() {
  mkdir -m 700 "$work/$1"
  if [ "$1" != a ]; then cp -p "$work/a/secrets.key" "$work/a/admin.token" "$work/$1/"; fi
  start_daemon "$work/$1" "${settings[@]}"
  pid[$1]=$DAEMON_PID http[$1]=$HTTP kds[$1]=$KDS
  DAEMON_PID=
}
# status NAME TOKEN path: what it is answered.
status() {
  curl -s -o "$work/answer" -w '%{http_code}' -H "Authorization: Bearer $2" "http://${http[$1]}$3"
}
# simulate NAME DAEMON OUTPUT: a zone at that daemon; its process is $zone.
simulate() {
  "$SKYDEN" zone simulate --global "grpc://$id:${token[$1]}@${kds[$2]}" --name "$1" --dataplanes 3 \
    >"$work/$3.out" 2>&1 &
  zone=$!
  zones+=("$zone")
}
prints() { grep -qF -- "$2" "$work/$1.out"; }
# online DAEMON: names of the zones that it shows online, in order.
online() {
  SKYDEN_ADDRESS=http://${http[$1]} "$SKYDEN" zone list "$id" | awk '/Online/ { printf "%s ", $1 }'
}
shows() { [ "$(online "$1")" = "$2" ]; }

new_database skyden
"$SKYDEN" migrate --store postgres --postgres-dsn-file "$work/dsn" --owner-dsn-file "$work/owner"

step "three daemons, and one that would have the database alone"
for name in a b c; do serve "$name"; done
export SKYDEN_TOKEN=$TOKEN SKYDEN_ADDRESS=http://${http[a]}
mkdir -m 700 "$work/alone"
cp -p "$work/a/secrets.key" "$work/a/admin.token" "$work/alone/"
says "postgres_shared" "$SKYDEN" serve --data-dir "$work/alone" --store postgres \
  --postgres-dsn-file "$work/dsn" --http-address 127.0.0.1:0 --admin-address 127.0.0.1:0 \
  --kds-address 127.0.0.1:0 --diagnostics-address 127.0.0.1:0

step "what is written at one is read at every other ($rounds rounds)"
id=$(at a POST /v1/mesh/control-planes '{"name":"shared"}' | jq -r .id)
api=/v1/mesh/control-planes/$id/api
path=$api/meshes/default/meshtimeouts/kept
names=(a b c)
for ((n = 1; n <= rounds; ++n)); do
  writer=${names[$((n % 3))]}
  at "$writer" PUT "$path" "$(policy "${n}s")" >/dev/null
  for reader in a b c; do
    read_back=$(at "$reader" GET "$path" | jq -r '.spec.to[0].default.connectionTimeout')
    [ "$read_back" = "${n}s" ] || fail "$writer wrote ${n}s, $reader says $read_back"
    at "$reader" GET "$api/meshes/default/meshtimeouts" |
      jq -e --arg n "${n}s" '[.items[] | select(.name == "kept") | .spec.to[0].default.connectionTimeout] == [$n]' \
        >/dev/null || fail "$reader lists another one than ${n}s"
  done
done

step "zones of all three hear of what is written at one"
declare -A token
for zone_name in zone-1 zone-2 zone-3; do
  token[$zone_name]=$(at a POST "$api/provision-zone" "{\"name\":\"$zone_name\"}" | jq -r .token)
done
simulate zone-1 a zone-1 && zone_1=$zone
simulate zone-2 b zone-2
simulate zone-3 c zone-3
for zone_name in zone-1 zone-2 zone-3; do
  await 60 prints "$zone_name" "in sync" || fail "$zone_name is not in sync: $(cat "$work/$zone_name.out")"
done
for reader in a b c; do
  await 30 shows "$reader" "zone-1 zone-2 zone-3 " || fail "$reader shows online: $(online "$reader")"
done
for writer in a b c; do
  at "$writer" PUT "$api/meshes/default/meshtimeouts/by-$writer" \
    "$(policy 9s | sed "s/\"kept\"/\"by-$writer\"/")" >/dev/null
  for zone_name in zone-1 zone-2 zone-3; do
    await 30 prints "$zone_name" "MeshTimeout: by-$writer" ||
      fail "$zone_name does not have by-$writer: $(cat "$work/$zone_name.out")"
  done
done
for reader in a b c; do
  total=$(at "$reader" GET "$api/meshes/default/dataplanes" | jq .total)
  [ "$total" = 9 ] || fail "$reader knows of $total dataplanes"
done

step "a token that was revoked opens no daemon ($rounds rounds)"
"$SKYDEN" account create ci --role Admin --on shared >/dev/null
for ((n = 1; n <= rounds; ++n)); do
  guest=$("$SKYDEN" token create ci --name "t$n" 2>"$work/said")
  for reader in a b c; do
    [ "$(status "$reader" "$guest" "$path")" = 200 ] || fail "$reader does not know a new token"
  done
  SKYDEN_ADDRESS=http://${http[${names[$((n % 3))]}]} "$SKYDEN" token revoke ci "t$n" >/dev/null
  for reader in a b c; do
    answered=$(status "$reader" "$guest" "$path")
    [ "$answered" = 401 ] || fail "$reader answers $answered to a token that was revoked"
  done
done

step "a zone is where it connected last"
kill -STOP "$zone_1"  # it would come back
simulate zone-1 b zone-1-again
await 60 prints zone-1-again "in sync" || fail "$(cat "$work/zone-1-again.out")"
await 30 grep -q 'a zone is connected to another daemon' "$work/a.log" ||
  fail "a still has a zone that is at b"
shows c "zone-1 zone-2 zone-3 " || fail "c shows online: $(online c)"
kill -KILL "$zone_1"

step "one is killed: nothing is lost, and its zones are offline"
at b PUT "$path" "$(policy 41s)" >/dev/null
kill -KILL "${pid[b]}"
killed=$SECONDS
[ "$(at a GET "$path" | jq -r '.spec.to[0].default.connectionTimeout')" = 41s ] || fail "a write is lost"
at a PUT "$path" "$(policy 42s)" >/dev/null
[ "$(at c GET "$path" | jq -r '.spec.to[0].default.connectionTimeout')" = 42s ] || fail "c is behind"
await 30 shows a "zone-3 " || fail "a shows online: $(online a)"
step "   offline after $((SECONDS - killed)) s"
shows c "zone-3 " || fail "c shows online: $(online c)"
simulate zone-2 c zone-2-again
await 60 prints zone-2-again "in sync" || fail "$(cat "$work/zone-2-again.out")"
await 30 shows a "zone-2 zone-3 " || fail "a shows online: $(online a)"

step "one is stopped, and the one that is left goes on"
kill -TERM "${pid[c]}"
wait "${pid[c]}" || fail "it did not end well: $(tail -n 5 "$work/c.log")"
at a PUT "$path" "$(policy 43s)" >/dev/null
await 30 shows a "" || fail "a shows online: $(online a)"
! grep -q 'level=error' "$work/a.log" || fail "a complains: $(grep level=error "$work/a.log")"
kill -TERM "${pid[a]}"
wait "${pid[a]}" || fail "it did not end well: $(tail -n 5 "$work/a.log")"
step "all of it held"
