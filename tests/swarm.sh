#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A swarm of zones against a fresh daemon: connects them all, writes policies, and prints the one
# line of JSON that says how it went. Needs Go, and the swarm's source, which is not part of this
# repository: SKYDEN_SWARM names its folder. Without them it is skipped, with exit code 77.
#
#   SKYDEN_SWARM=folder tests/swarm.sh [zones] [argument of the swarm]...
#
# Fails when a zone was late, a policy was lost, or one reached another control plane's zone.
set -euo pipefail
cd "$(dirname "$0")/.."
zones=${1:-100}
shift || true
source=${SKYDEN_SWARM:-}
. examples/daemon.sh

skip() {
  echo "SKIPPED: $*"
  exit 77
}
if [ -z "$source" ]; then skip "SKYDEN_SWARM does not name the folder of a swarm's source"; fi
if ! command -v go >/dev/null; then skip "there is no go to build the swarm with"; fi

work=$(mktemp -d)
cleanup() {
  stop_daemon
  rm -rf "$work"
}
trap cleanup EXIT
(cd "$source" && go build -o "$work/zoneswarm" .)

mkdir -m 700 "$work/data"
start_daemon "$work/data"
id=$(api POST /v1/mesh/control-planes '{"name":"swarm"}' | jq -r .id)
rest=http://$HTTP/v1/mesh/control-planes/$id/api
for i in $(seq "$zones"); do
  zone=swarm-$i
  token=$(api POST "/v1/mesh/control-planes/$id/api/provision-zone" "{\"name\":\"$zone\"}" |
    jq -r .token)
  echo "$id $token $rest $TOKEN $zone"
done >"$work/tenants"
"$work/zoneswarm" -addr "$KDS" -tenants "$work/tenants" -pid "$DAEMON_PID" "$@" | tee "$work/line"
jq -e --argjson zones "$zones" '.synced == $zones and .late == 0 and .lost == 0 and
  .leaked_to_other_tenant == 0' "$work/line" >/dev/null
