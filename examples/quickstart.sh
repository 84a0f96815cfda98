#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Skyden from nothing: installs what is missing, builds, starts the daemon on its embedded store,
# creates a control plane, connects a simulated zone, and shows a policy arriving in the zone and a
# dataplane arriving at the control plane. Then stays in the foreground until Ctrl-C.
#
#   examples/quickstart.sh            keeps its data in ./skyden-data, listens on the usual ports
#   examples/quickstart.sh --once     stops after the show; free ports, data thrown away
set -euo pipefail
cd "$(dirname "$0")/.."

once=
if [ "${1:-}" = --once ]; then
  once=yes
elif [ $# -gt 0 ]; then
  sed -n '3,8p' "$0" >&2
  exit 2
fi
build=${BUILD_DIR:-build}
SKYDEN=$build/skyden
. examples/daemon.sh

step() { printf '\n== %s\n' "$*"; }
show() { printf '   $ %s\n' "$*"; }

tests/install_dependencies.sh "$build" run
if [ ! -e "$build/build.ninja" ]; then
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo
fi
cmake --build "$build" --target skyden -j"$(nproc)"

work=$(mktemp -d)
simulation=
cleanup() {
  if [ -n "$simulation" ]; then kill "$simulation" 2>/dev/null || true; fi
  stop_daemon
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# wait_for FILE TEXT: until the text stands in the file.
wait_for() {
  local tries
  for tries in $(seq 600); do
    if grep -qF -- "$2" "$1"; then return 0; fi
    sleep 0.05
  done
  echo "waited in vain ($tries times) for: $2" >&2
  cat "$1" >&2
  return 1
}

if [ -n "$once" ]; then
  data=$work/data
  mkdir -m 700 "$data"
  listen=()
else
  data=skyden-data
  mkdir -p -m 700 "$data"
  rm -f "$data/addresses.json"
  listen=(--http-address 127.0.0.1:5681 --admin-address 127.0.0.1:5684
          --kds-address 127.0.0.1:5685 --diagnostics-address 127.0.0.1:5680)
fi
step "The daemon, on its embedded store in $data"
show "skyden serve --data-dir $data"
start_daemon "$data" "${listen[@]}"
export SKYDEN_TOKEN=$TOKEN SKYDEN_ADDRESS=http://$HTTP
echo "   REST $HTTP, zones $KDS, admin gRPC $ADMIN, health and metrics $DIAGNOSTICS"

name=demo-$(date +%s)
step "A control plane: one call"
show "skyden cp create $name"
id=$("$SKYDEN" cp create "$name" -o json | jq -r .id)
echo "   $id"

step "A zone that may connect to it, and nothing else"
show "skyden zone provision $name zone-1"
zone_token=$("$SKYDEN" zone provision "$name" zone-1 -o json | jq -r .token)

step "A simulated zone connects, as a stock Kuma zone would"
show "skyden zone simulate --global grpc://$id:<token>@$KDS --name zone-1 --dataplanes 3"
"$SKYDEN" zone simulate --global "grpc://$id:$zone_token@$KDS" --name zone-1 --dataplanes 3 \
  >"$work/zone.log" 2>&1 &
simulation=$!
wait_for "$work/zone.log" 'zone-1: in sync'
wait_for "$work/zone.log" 'took 3 Dataplane'
sed 's/^/   /' "$work/zone.log"

step "A policy, written at the control plane, arrives in the zone"
policy='{"type":"MeshTimeout","mesh":"default","name":"quickstart",
  "spec":{"targetRef":{"kind":"Mesh"},
          "to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"7s"}}]}}'
show "curl -X PUT $SKYDEN_ADDRESS/v1/mesh/control-planes/$id/api/meshes/default/meshtimeouts/quickstart ..."
api PUT "/v1/mesh/control-planes/$id/api/meshes/default/meshtimeouts/quickstart" "$policy" >/dev/null
wait_for "$work/zone.log" 'now has MeshTimeout: quickstart'
grep -F 'now has MeshTimeout: quickstart' "$work/zone.log" | sed 's/^/   /'

step "Its dataplanes have arrived at the control plane"
show "curl $SKYDEN_ADDRESS/v1/mesh/control-planes/$id/api/meshes/default/dataplanes"
count=$(api GET "/v1/mesh/control-planes/$id/api/meshes/default/dataplanes" |
  tee "$work/dataplanes.json" | jq -r .total)
jq -r '.items[] | "   " + .name + "  (" + .labels["kuma.io/display-name"] + " in " + .labels["kuma.io/zone"] + ")"' \
  "$work/dataplanes.json"
if [ "$count" != 3 ]; then
  echo "expected 3 dataplanes at the control plane, found $count" >&2
  exit 1
fi
show "skyden zone list $name"
"$SKYDEN" zone list "$name" | sed 's/^/   /'

step "A real Kuma zone, anywhere that reaches this machine, connects with"
real_token=$("$SKYDEN" zone provision "$name" zone-2 -o json | jq -r .token)
echo "   KUMA_MODE=zone KUMA_ENVIRONMENT=universal KUMA_STORE_TYPE=memory \\"
echo "   KUMA_MULTIZONE_ZONE_NAME=zone-2 \\"
echo "   KUMA_MULTIZONE_ZONE_GLOBAL_ADDRESS=grpc://$id:$real_token@$KDS \\"
echo "   kuma-cp run"

if [ -n "$once" ]; then
  step "Done: everything that was promised was seen"
  exit 0
fi
step "The daemon keeps running until Ctrl-C. In another terminal:"
echo "   export SKYDEN_ADDRESS=$SKYDEN_ADDRESS SKYDEN_TOKEN=\$(cat $data/admin.token)"
echo "   $SKYDEN cp list"
wait "$DAEMON_PID"
