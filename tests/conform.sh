#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Asks fresh control planes what a real Kuma global was asked (tests/data), and compares the
# answers. Prints the tables; fails below the floors, which are what was reached. What holds
# snippets for Envoy is skipped by a build that cannot check them; when all is, the exit code is 77.
#
#   tests/conform.sh [-v] [resources|flows|reports|resources-3|flows-3]...     -v: each case that differs
# Those of 3 were asked of Kuma 3, and are asked of a control plane of version v3.
set -euo pipefail
cd "$(dirname "$0")/.."
verbose=
if [ "${1:-}" = -v ]; then
  verbose=-v
  shift
fi
scripts=tests/conform
data=tests/data
. examples/daemon.sh
. tests/floors.sh

work=$(mktemp -d)
cleanup() {
  stop_daemon
  rm -rf "$work"
}
trap cleanup EXIT
mkdir -m 700 "$work/data"
start_daemon "$work/data"
export TOKEN

# compare NAME SCRIPT FLOOR...: asks what NAME's recording asks.
compare() {
  local name=$1 script=$2 expected=$data/conform/$1.jsonl.gz
  shift 2
  python3 "$scripts/$script" "$API" "$expected" >"$work/$name.jsonl"
  python3 "$scripts/compare.py" "$expected" "$work/$name.jsonl" $verbose | tee "$work/$name"
  floors "$work/$name" "$@"
}

checks_snippets=yes
if [[ $("$SKYDEN" version) == *"Envoy API not built in"* ]]; then checks_snippets=no; fi

failed=0
ran=0
if [ $# -eq 0 ]; then set -- resources flows reports resources-3 flows-3; fi
for name in "$@"; do
  if [ "$checks_snippets" = no ] && [[ "$name" != flows* ]]; then
    echo "SKIPPED: $name: built without the descriptions of Envoy's API, see schema/envoy/README.md"
    continue
  fi
  ran=1
  echo "== $name"
  version=v2
  if [[ "$name" == *-3 ]]; then version=v3; fi
  id=$(api POST /v1/mesh/control-planes "{\"name\":\"$name\",\"version\":\"$version\"}" | jq -r .id)
  API=http://$HTTP/v1/mesh/control-planes/$id/api
  case "$name" in
    resources) compare resources-2.14.3 ask.py status=100 fields=100 exact=99.6 read-back=100 ;;
    flows) compare flows-2.14.3 ask_flows.py status=100 exact=98.8 ;;
    resources-3) compare resources-3 ask.py status=99 fields=97 exact=90 read-back=98 ;;
    flows-3) compare flows-3 ask_flows.py status=99 exact=90 ;;
    reports) python3 "$scripts/try_reports.py" "$API" "$data"/reports/*.json $verbose ;;
    *)
      echo "conform: $name is none of resources, flows, reports, resources-3, flows-3" >&2
      exit 2
      ;;
  esac || failed=1
done
if [ "$ran" -eq 0 ]; then exit 77; fi
exit "$failed"
