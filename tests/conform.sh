#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Asks a fresh control plane what a real Kuma global was asked, and compares the answers. Needs the
# recorded answers next to this repository. Prints the tables; fails below the floors.
#
#   tests/conform.sh [-v]      -v: each case that differs
set -euo pipefail
cd "$(dirname "$0")/.."
verbose=${1:-}
source=../shared/kuma/conform
. examples/daemon.sh

work=$(mktemp -d)
cleanup() {
  stop_daemon
  rm -rf "$work"
}
trap cleanup EXIT
mkdir -m 700 "$work/data"
start_daemon "$work/data"
export TOKEN

failed=0
# ask NAME SCRIPT FLOOR...: a floor is <measure>=<per cent>.
ask() {
  local name=$1 script=$2
  shift 2
  local id expected floor measure
  id=$(api POST /v1/mesh/control-planes "{\"name\":\"$name\"}" | jq -r .id)
  expected=$(ls "$source/$name"-*.jsonl.gz)
  python3 "$source/$script" "http://$HTTP/v1/mesh/control-planes/$id/api" "$expected" \
    >"$work/$name.jsonl"
  echo "== $name"
  python3 "$source/compare.py" "$expected" "$work/$name.jsonl" $verbose | tee "$work/$name.table"
  for floor in "$@"; do
    measure=$(tail -n 1 "$work/$name.table" | grep -oE "${floor%%=*} [0-9.]+" | cut -d' ' -f2)
    if ! awk -v have="$measure" -v want="${floor##*=}" 'BEGIN { exit !(have >= want) }'; then
      echo "below the floor: $name ${floor%%=*} is $measure %, not ${floor##*=} %" >&2
      failed=1
    fi
  done
}

ask resources ask.py status=99 fields=97 exact=90 read-back=98
ask flows ask_flows.py status=99 exact=90
exit "$failed"
