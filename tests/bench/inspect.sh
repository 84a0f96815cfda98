#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How fast a mesh of very many dataplanes is inspected, daemon and client on the same machine, one
# request after the other. One line of JSON per question: requests, per_second, failed, p50_ms,
# p99_ms.
#
#   tests/bench/inspect.sh [-s seconds] [-z zones] [-d dataplanes of a zone] [-p policies]
#
# Prints, never judges: figures move with the machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=8 zones=100 dataplanes=500 policies=100
while getopts s:z:d:p: option; do
  case $option in
    s) seconds=$OPTARG ;;
    z) zones=$OPTARG ;;
    d) dataplanes=$OPTARG ;;
    p) policies=$OPTARG ;;
    *) sed -n '3,9p' "$0" >&2; exit 2 ;;
  esac
done
. examples/daemon.sh
command -v wrk >/dev/null || { echo "wrk is not installed" >&2; exit 1; }

work=$(mktemp -d -p "${BENCH_DIR:-${BUILD_DIR:-build}}")
cleanup() {
  stop_daemon
  rm -rf "$work"
}
trap cleanup EXIT
mkdir -m 700 "$work/data"
start_daemon "$work/data"

id=$(api POST /v1/mesh/control-planes '{"name":"inspected"}' | jq -r .id)
root=/v1/mesh/control-planes/$id/api
mesh=$root/meshes/default
for zone in $(seq "$zones"); do
  token=$(api POST "$root/provision-zone" "{\"name\":\"zone-$zone\"}" | jq -r .token)
  echo "zone-$zone $id $token"
done >"$work/tokens"
"$SKYDEN" zone simulate --global "grpc://$KDS" --tokens-file "$work/tokens" \
  --dataplanes "$dataplanes" --until-synced --timeout 600s >&2
for policy in $(seq "$policies"); do
  api PUT "$mesh/meshtimeouts/p-$policy" "{\"type\":\"MeshTimeout\",\"mesh\":\"default\",
    \"name\":\"p-$policy\",\"spec\":{\"targetRef\":{\"kind\":\"Dataplane\"},
    \"to\":[{\"targetRef\":{\"kind\":\"Mesh\"},\"default\":{\"idleTimeout\":\"${policy}s\"}}]}}" \
    >/dev/null
done

# ask SCENARIO QUERY
ask() {
  env TOKEN="$TOKEN" BASE="$root" QUERY="$2" \
    wrk -t1 -c1 -d"${seconds}s" --timeout 30s -s tests/bench/get.lua "http://$HTTP" |
    grep '^{' | jq -c --arg scenario "$1" '{scenario: $scenario} + .'
}
name=$(api GET "$mesh/dataplanes?size=1" | jq -r '.items[0].name')
total=$(api GET "$mesh/dataplanes?size=1" | jq .total)
jq -nc --argjson dataplanes "$total" --argjson policies "$policies" '$ARGS.named'
ask rules "/meshes/default/dataplanes/$name/_rules"
ask rules_by_tags "/meshes/default/dataplanes/$name/rules"
ask policies "/meshes/default/dataplanes/$name/policies"
ask selected_page "/meshes/default/meshtimeouts/p-1/_resources/dataplanes?size=100"
ask attached "/meshes/default/meshtimeouts/p-1/dataplanes"
jq -nc --argjson kib "$(awk '/^VmHWM/ {print $2}' "/proc/$DAEMON_PID/status")" \
  '{scenario: "after", peak_rss_mib: ($kib / 1024 | round)}'
