#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plays the recorded scenes and the recorded session of a real Kuma global, zones' traffic included,
# on a fresh daemon, and compares what it answers. Needs the recordings next to this repository.
# Prints the tables; fails below the floors.
#
#   tests/scenes.sh [-v]      -v: each answer that differs
set -euo pipefail
cd "$(dirname "$0")/.."
verbose=${1:-}
source=../shared/kuma
player=${BUILD_DIR:-build}/tests/scenes/scenes_player
if [ ! -d "$source/scenes" ]; then
  echo "*** NOT COMPARED: the recorded scenes are not next to this repository ($source/scenes) ***"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SKYDEN_ANSWERS=$work "$player"

failed=0
# floors NAME FLOOR...: a floor is <measure>=<per cent>; the measures stand in the table's last line.
floors() {
  local name=$1 floor measure
  shift
  for floor in "$@"; do
    measure=$(tail -n 1 "$work/$name.table" | grep -oE "${floor%%=*} [0-9.]+" | cut -d' ' -f2)
    if ! awk -v have="$measure" -v want="${floor##*=}" 'BEGIN { exit !(have >= want) }'; then
      echo "below the floor: $name ${floor%%=*} is $measure %, not ${floor##*=} %" >&2
      failed=1
    fi
  done
}

echo "== scenes"
python3 "$source/scenes/compare.py" "$source/scenes/scenes-2.14.3.jsonl.gz" "$work/scenes.jsonl" \
  $verbose | tee "$work/scenes.table"
floors scenes status=99 exact=93
echo "== session"
python3 tests/scenes/compare_session.py "$source/recordings/rest-2.14.3.json" \
  "$work/session.json" $verbose | tee "$work/session.table"
floors session status=99 exact=93
exit "$failed"
