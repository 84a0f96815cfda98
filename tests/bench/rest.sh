#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How fast the Kuma API of a control plane answers, daemon and clients on the same machine, on the
# durable store. One line of JSON per scenario:
#
#   requests, per_second, failed     of wrk, 16 connections
#   p50_ms, p99_ms                   as the clients saw it
#   cpu_us                           CPU time of the daemon for one request: what does not move when
#                                    something else runs beside it
#
# and a first line with what one fsync costs here, which bounds what any durable store can do.
#
#   tests/bench/rest.sh [-s seconds] [-n resources] [scenario]...     without scenarios: all of them
#
# Prints, never judges: figures move with the machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=8 resources=100000
while getopts s:n: option; do
  case $option in
    s) seconds=$OPTARG ;;
    n) resources=$OPTARG ;;
    *) sed -n '3,14p' "$0" >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
wanted=("$@")
scripts=tests/bench
. examples/daemon.sh
command -v wrk >/dev/null || { echo "wrk is not installed" >&2; exit 1; }

work=$(mktemp -d -p "${BENCH_DIR:-${BUILD_DIR:-build}}")
cleanup() {
  jobs -p | grep -vx "${DAEMON_PID:-0}" | xargs -r kill 2>/dev/null || true
  stop_daemon
  rm -rf "$work"
}
trap cleanup EXIT

# load SCENARIO SCRIPT CONTROL_PLANE [variable of the script=value]...: one run of wrk.
load() {
  local scenario=$1 script=$2 id=$3 ticks_before ticks_after
  shift 3
  if [ ${#wanted[@]} -gt 0 ] && ! printf '%s\n' "${wanted[@]}" | grep -qx "$scenario"; then
    return 0
  fi
  ticks_before=$(daemon_ticks)
  env TOKEN="$TOKEN" BASE="/v1/mesh/control-planes/$id/api" "$@" \
    wrk -t2 -c16 -d"${seconds}s" --timeout 10s -s "$scripts/$script" "http://$HTTP" \
    >"$work/wrk" 2>&1 || { cat "$work/wrk" >&2; return 1; }
  ticks_after=$(daemon_ticks)
  grep '^{' "$work/wrk" | jq -c --arg scenario "$scenario" --argjson hz "$(getconf CLK_TCK)" \
    --argjson ticks $((ticks_after - ticks_before)) '{scenario: $scenario} + . +
      {cpu_us: ($ticks / $hz * 1e7 / ([.requests, 1] | max) | round / 10)}'
}
# User and system time of the daemon so far.
daemon_ticks() { sed 's/.*) //' "/proc/$DAEMON_PID/stat" | awk '{print $12 + $13}'; }
new_control_plane() { api POST /v1/mesh/control-planes "{\"name\":\"$1\"}" | jq -r .id; }
# fill CONTROL_PLANE COUNT: that many policies, one in ten of team "blue".
fill() {
  local id=$1 count=$2 client total=0
  env TOKEN="$TOKEN" BASE="/v1/mesh/control-planes/$id/api" COUNT="$count" \
    wrk -t2 -c16 -d3600s -s "$scripts/put.lua" "http://$HTTP" >"$work/wrk" 2>&1 &
  client=$!
  while [ "$total" -lt "$count" ]; do
    if ! kill -0 "$client" 2>/dev/null; then cat "$work/wrk" >&2; return 1; fi
    sleep 0.2
    total=$(api GET "/v1/mesh/control-planes/$id/api/meshtimeouts?size=1&name=policy" | jq .total)
  done
  kill -INT "$client"
  wait "$client"
}

"${BUILD_DIR:-build}/tests/bench/fsync_time" "$work"
mkdir -m 700 "$work/data"
start_daemon "$work/data"

id=$(new_control_plane writes)
load put_new put.lua "$id"
load put_same put.lua "$id" SAME=yes
small=$(new_control_plane small)
fill "$small" 100
load get_one get.lua "$small" QUERY=/meshes/default/meshtimeouts/policy-1
large=$(new_control_plane large)
fill "$large" "$resources"
load get_one_of_many get.lua "$large" QUERY=/meshes/default/meshtimeouts/policy-1
for size in small large; do
  id=${!size}
  list=/meshes/default/meshtimeouts
  load "page_$size" get.lua "$id" "QUERY=$list?size=100"
  load "page_every_mesh_$size" get.lua "$id" "QUERY=/meshtimeouts?size=100"
  load "page_name_$size" get.lua "$id" "QUERY=$list?size=100&name=policy"
  load "page_label_$size" get.lua "$id" "QUERY=$list?size=100&filter%5Blabels.team%5D=blue"
  load "page_after_write_$size" put_then_list.lua "$id" "QUERY=$list?size=100"
  load "page_filtered_after_write_$size" put_then_list.lua "$id" \
    "QUERY=$list?size=100&filter%5Blabels.team%5D=blue"
done
load page_deep_large get.lua "$large" "QUERY=/meshes/default/meshtimeouts?size=100&offset=50000"
jq -nc --argjson kib "$(awk '/^VmHWM/ {print $2}' "/proc/$DAEMON_PID/status")" \
  --argjson wal "$(stat -c %s "$work/data"/skyden.db-wal)" \
  '{scenario: "after", peak_rss_mib: ($kib / 1024 | round), wal_mib: ($wal / 1048576 | round)}'
