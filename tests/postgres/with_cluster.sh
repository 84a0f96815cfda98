#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command with a PostgreSQL server of its own, whose socket folder SKYDEN_TEST_POSTGRES names.
#
#   tests/postgres/with_cluster.sh [setting=value...] command [argument...]
#
# Exits as the command does, which may skip itself; with 77, saying why, where no server can be run.
# There it fails when SKYDEN_POSTGRES_MUST_RUN is set: a build that must not be taken for one that was tested.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

settings=()
while [[ ${1:-} == *=* ]]; do
  settings+=("$1")
  shift
done

# Pipes of our own: bash forgets those of a coprocess when it ends.
folder=$(mktemp -d /tmp/skyden-pipes-XXXXXX)
mkfifo "$folder/in" "$folder/out"
"$here/cluster.sh" "${settings[@]}" <"$folder/in" >"$folder/out" &
cluster_pid=$!
exec {holds}>"$folder/in" {answers}<"$folder/out"
rm -r "$folder"
status=0
while read -r line <&"$answers"; do
  case $line in
    "ready "*) export SKYDEN_TEST_POSTGRES=${line#ready } && break ;;
    *) echo "$line" ;;
  esac
done
if [ -n "${SKYDEN_TEST_POSTGRES:-}" ]; then
  # The command must not hold the cluster's standard input open, or it would outlive both.
  "$@" {holds}>&- {answers}<&- || status=$?
  exec {holds}>&-
  wait "$cluster_pid" || true
else
  wait "$cluster_pid" || status=$?
  if [ "$status" -eq 77 ] && [ -n "${SKYDEN_POSTGRES_MUST_RUN:-}" ]; then
    echo "SKYDEN_POSTGRES_MUST_RUN is set, and no server could be run"
    status=1
  fi
fi
exit "$status"
