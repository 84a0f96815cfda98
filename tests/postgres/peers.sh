#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Three daemons over one database that ask each other: what a zone has and says is the same wherever
# it is asked, who waits for zones waits for those of all, one that is frozen writes nothing once it
# was given up, and one that is cut off from the database sends its zones away. Run by
# tests/postgres/with_cluster.sh with fsync=on.
#
# SKYDEN_TEST_FREEZE: for how many seconds a daemon is frozen.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/postgres/common.sh

freeze=${SKYDEN_TEST_FREEZE:-10}
names=(a b c)
declare -A pid http kds diagnostics relay token zone_pid
others=()
cleanup() {
  for one in "${pid[@]}" "${zone_pid[@]}" "${relay[@]}" "${others[@]}"; do
    kill -KILL "$one" 2>/dev/null || true
  done
  rm -rf "$work"
}

# serve NAME: one more daemon behind a relay of its own, with the first one's key and token.
serve() {
  local name=$1 role
  mkdir -p -m 700 "$work/$name" "$work/to-$name"
  if [ "$name" != a ]; then cp -p "$work/a/secrets.key" "$work/a/admin.token" "$work/$name/"; fi
  # What the one before said: the new one's file is made anew by itself, perhaps after a look at it.
  rm -f "$work/relay-$name.out"
  tests/postgres/relay.py "$work/to-$name" "$socket" >"$work/relay-$name.out" 2>&1 &
  relay[$name]=$!
  await 20 grep -qs whole "$work/relay-$name.out" || fail "no relay: $(cat "$work/relay-$name.out")"
  for role in app system; do
    echo "$role host=$work/to-$name user=skyden_$role dbname=skyden"
  done >"$work/dsn-$name"
  chmod 600 "$work/dsn-$name"
  start_daemon "$work/$name" --store postgres --postgres-dsn-file "$work/dsn-$name" \
    --postgres-shared --peer-address 127.0.0.1:0
  pid[$name]=$DAEMON_PID http[$name]=$HTTP kds[$name]=$KDS diagnostics[$name]=$DIAGNOSTICS
  DAEMON_PID=
}
# cli NAME argument...: the command line, at that daemon.
cli() { SKYDEN_ADDRESS=http://${http[$1]} "$SKYDEN" "${@:2}"; }
# fetch NAME path FILE: prints the status; the body goes to FILE, the head to FILE.head.
fetch() {
  curl -sS -o "$3" -D "$3.head" -w '%{http_code}' -H "Authorization: Bearer $TOKEN" "http://${http[$1]}$2"
}
# simulate ZONE DAEMON: a zone at that daemon; its output goes to $work/ZONE.out.
simulate() {
  "$SKYDEN" zone simulate --global "grpc://$id:${token[$1]}@${kds[$2]}" --name "$1" --dataplanes 2 \
    >>"$work/$1.out" 2>&1 &
  zone_pid[$1]=$!
}
# simulate_anew ZONE DAEMON: the same once more; returns when all is in sync, and shown.
simulate_anew() {
  : >"$work/$1.out"
  simulate "$1" "$2"
  await 60 prints "$1" "in sync" || fail "$1 is not in sync: $(cat "$work/$1.out")"
  await 60 shows c "zone-1 zone-2 zone-3 " || fail "c shows online: $(online c)"
}
prints() { grep -qF -- "$2" "$work/$1.out"; }
online() { cli "$1" zone list "$id" | awk '/Online/ { printf "%s ", $1 }'; }
shows() { [ "$(online "$1")" = "$2" ]; }
# daemons NAME COUNT: it lists so many.
daemons() { [ "$(cli "$1" daemon list -o json | jq length)" = "$2" ]; }
timeout_at() { at "$1" GET "$path" | jq -r '.spec.to[0].default.connectionTimeout'; }
answers() { [ "$(fetch "$1" "$2" "$work/answer")" = "$3" ]; }
ready() { [ "$(curl -s -o /dev/null -w '%{http_code}' "http://${diagnostics[$1]}/ready")" = "$2" ]; }

new_database skyden
"$SKYDEN" migrate --store postgres --postgres-dsn-file "$work/dsn" --owner-dsn-file "$work/owner"

step "three daemons that know where to ask each other"
for name in "${names[@]}"; do serve "$name"; done
export SKYDEN_TOKEN=$TOKEN
id=$(at a POST /v1/mesh/control-planes '{"name":"shared"}' | jq -r .id)
manager=/v1/mesh/control-planes/$id
api=$manager/api
path=$api/meshes/default/meshtimeouts/kept
n=0
for name in "${names[@]}"; do
  n=$((n + 1))
  token[zone-$n]=$(at a POST "$api/provision-zone" "{\"name\":\"zone-$n\"}" | jq -r .token)
  simulate "zone-$n" "$name"
done
for n in 1 2 3; do
  await 60 prints "zone-$n" "in sync" || fail "zone-$n is not in sync: $(cat "$work/zone-$n.out")"
done
for name in "${names[@]}"; do
  await 30 shows "$name" "zone-1 zone-2 zone-3 " || fail "$name shows online: $(online "$name")"
done
lists() {
  cli "$1" daemon list -o json | jq -e '(map(.peer_address) | unique | length) == 3 and
    all(.zones == 1 and .lag_ms < 5000 and (.version | length) > 0) and
    (map(select(.leads)) | length) == 1 and
    all(if .leads then (.leases | length) > 0 else .leases == [] end)' >/dev/null
}
for name in "${names[@]}"; do
  await 30 lists "$name" || fail "$name lists: $(cli "$name" daemon list)"
done

step "what a proxy says is the same at every daemon, byte for byte"
at a GET "$api/meshes/default/dataplanes" | jq -r '.items[].name' >"$work/proxies"
[ "$(wc -l <"$work/proxies")" = 6 ] || fail "dataplanes: $(cat "$work/proxies")"
asked=0
while read -r proxy; do
  for question in xds "xds?include_eds=true" stats "stats?format=json" clusters "clusters?format=json"; do
    for name in "${names[@]}"; do
      await 30 answers "$name" "$api/meshes/default/dataplanes/$proxy/$question" 200 ||
        fail "$name answers $question of $proxy: $(cat "$work/answer")"
      mv "$work/answer" "$work/answer-$name"
    done
    [ -s "$work/answer-a" ] || fail "nothing was said"
    cmp "$work/answer-a" "$work/answer-b" && cmp "$work/answer-a" "$work/answer-c" ||
      fail "daemons differ about $question of $proxy"
    asked=$((asked + 3))
  done
done <"$work/proxies"
step "   $asked questions"

step "a zone that one turns away is listed by all"
"$SKYDEN" zone simulate --global "grpc://$id:${token[zone-1]}@${kds[b]}" --name zone-x \
  --until-synced --timeout 5s >"$work/zone-x.out" 2>&1 && fail "zone-x came in"
for name in "${names[@]}"; do
  cli "$name" zone rejected shared 2>"$work/said" | grep -q zone-x || fail "$name does not list it"
  [ ! -s "$work/said" ] || fail "$name says: $(cat "$work/said")"
done

step "who waits for zones waits for those of all"
at a PUT "$path" "$(policy 1s)" >/dev/null
for name in "${names[@]}"; do
  cli "$name" wait shared --timeout 30s >"$work/said" || fail "$name: $(cat "$work/said")"
done
kill -STOP "${zone_pid[zone-2]}"
at a PUT "$path" "$(policy 2s)" >/dev/null
for name in "${names[@]}"; do
  status=0
  cli "$name" wait shared --timeout 2s >"$work/said" 2>&1 || status=$?
  [ "$status" = 4 ] || fail "$name: exit $status: $(cat "$work/said")"
  grep -q zone-2 "$work/said" || fail "$name does not name the zone: $(cat "$work/said")"
done
cli c wait shared --timeout 60s >"$work/waited" 2>&1 &
waits=$!
others+=("$waits")
kill -CONT "${zone_pid[zone-2]}"
wait "$waits" || fail "c: $(cat "$work/waited")"
cli a wait shared --timeout 30s >/dev/null || fail "a still waits"

step "a rollout goes from wave to wave over zones of different daemons"
at b POST "$manager/ops/rollouts" \
  "{\"documents\":[$(policy 3s)],\"waves\":[[\"zone-1\",\"zone-2\"],[\"zone-3\"]],\"end\":\"by_itself\"}" \
  >"$work/rollout" || fail "no rollout: $(cat "$work/rollout")"
is_written() { [ "$(timeout_at a)" = 3s ]; }
await 60 is_written || fail "the rollout is not over: $(at a GET "$manager/ops/rollouts")"
for n in 1 2 3; do prints "zone-$n" "MeshTimeout" || fail "zone-$n was told nothing"; done

step "a daemon that was frozen for $freeze s writes nothing when it thaws"
at b PUT "$path" "$(policy 10s)" >/dev/null
kill -STOP "${pid[b]}"
HTTP=${http[b]} api PUT "$path" "$(policy 66s)" >"$work/late" 2>&1 &
late=$!
others+=("$late")
sleep "$freeze"
await 30 daemons a 2 || fail "b is not given up: $(cli a daemon list)"
at a PUT "$path" "$(policy 11s)" >/dev/null
kill -CONT "${pid[b]}"
status=0
wait "${pid[b]}" || status=$?
[ "$status" = 1 ] || fail "b ended with $status: $(tail -n 3 "$work/b.log")"
wait "$late" && fail "a late write was acknowledged: $(cat "$work/late")"
for name in a c; do
  [ "$(timeout_at "$name")" = 11s ] || fail "$name reads $(timeout_at "$name"): a late write came through"
done
await 30 shows a "zone-1 zone-3 " || fail "a shows online: $(online a)"
kill -KILL "${zone_pid[zone-2]}" "${relay[b]}"
rm -rf "$work/b" "$work/to-b"
mv "$work/b.log" "$work/b-frozen.log"
serve b
simulate_anew zone-2 b

step "while a dead daemon is not given up, who asks about its zones is told to come again"
proxy=$(grep zone-2 "$work/proxies" | head -n 1 || true)
[ -n "$proxy" ] || proxy=$(at a GET "$api/meshes/default/dataplanes" |
  jq -r '[.items[] | select(.labels["kuma.io/zone"] == "zone-2")][0].name')
question=$api/meshes/default/dataplanes/$proxy/stats
await 30 answers a "$question" 200 || fail "$(cat "$work/answer")"
kill -KILL "${pid[b]}"
[ "$(fetch a "$question" "$work/answer")" = 503 ] || fail "$(cat "$work/answer.head" "$work/answer")"
grep -qi '^retry-after: [1-9]' "$work/answer.head" || fail "$(cat "$work/answer.head")"
grep -q 'does not answer' "$work/answer" || fail "$(cat "$work/answer")"
cli a zone rejected shared 2>"$work/said" >/dev/null
grep -q 'did not answer' "$work/said" || fail "nobody says what is missing"
await 30 answers a "$question" 400 || fail "$(cat "$work/answer")"
grep -q 'zone is offline' "$work/answer" || fail "$(cat "$work/answer")"
kill -KILL "${zone_pid[zone-2]}" "${relay[b]}"
rm -rf "$work/b" "$work/to-b"
serve b
simulate_anew zone-2 b

step "a daemon that is cut off from the database sends its zones away"
cli b wait shared --timeout 30s >/dev/null || fail "zones are behind"
: >"$work/zone-2.out"
kill -USR1 "${relay[b]}"
cut=$(date +%s%N)
await 5 ready b 503 || fail "b says that it is ready"
not_ready=$((($(date +%s%N) - cut) / 1000000))
# A stream that has something to read meanwhile ends by itself.
sent_away() { grep -q 'cut off' "$work/b.log" && prints zone-2 disconnected; }
await 10 sent_away || fail "zone-2 is still there: $(cat "$work/zone-2.out" "$work/b.log")"
ended=$((($(date +%s%N) - cut) / 1000000))
step "   not ready after $not_ready ms, zones ended after $ended ms"
[ "$ended" -lt 6500 ] || fail "zones of a daemon that is cut off stayed for $ended ms"
code=$(fetch b "$path" "$work/answer" || true)
[ "$code" = 503 ] || fail "b answers $code to who signs in"
! grep -q 'cut off' "$work/a.log" "$work/c.log" || fail "another took itself for cut off"
kill -KILL "${zone_pid[zone-2]}"
simulate_anew zone-2 c
# It was given up, and finds out when the database is there again.
await 20 daemons a 2 || fail "b is not given up"
kill -USR2 "${relay[b]}"
status=0
wait "${pid[b]}" || status=$?
[ "$status" = 1 ] || fail "b ended with $status: $(tail -n 3 "$work/b.log")"

step "while the database is away for all, zones stay where they are"
cli a wait shared --timeout 30s >/dev/null || fail "zones are behind"
: >"$work/zone-1.out" && : >"$work/zone-3.out"
kill -USR1 "${relay[a]}" "${relay[c]}"
for name in a c; do await 5 ready "$name" 503 || fail "$name says that it is ready"; done
sleep 9
for name in a c; do
  ! grep -q 'cut off' "$work/$name.log" || fail "$name took itself for cut off"
done
for n in 1 3; do
  [ ! -s "$work/zone-$n.out" ] || fail "zone-$n: $(cat "$work/zone-$n.out")"
done
kill -USR2 "${relay[a]}" "${relay[c]}"
for name in a c; do await 30 ready "$name" 200 || fail "$name is not ready again"; done
at a PUT "$path" "$(policy 12s)" >/dev/null
await 30 prints zone-3 "MeshTimeout" || fail "zone-3 hears nothing: $(cat "$work/zone-3.out")"
for name in a c; do
  kill -TERM "${pid[$name]}"
  wait "${pid[$name]}" || fail "$name did not end well: $(tail -n 5 "$work/$name.log")"
done
step "all of it held"
