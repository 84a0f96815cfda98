# SPDX-License-Identifier: Apache-2.0
# For scripts, to be sourced: hold a table of agreements against floors.

# floors TABLE FLOOR...: a floor is <measure>=<per cent>; the measures stand in the table's last
# line. Says which are missed, and fails when any is.
floors() {
  local table=$1 floor measure missed=0
  shift
  for floor in "$@"; do
    measure=$(tail -n 1 "$table" | grep -oE "${floor%%=*} [0-9.]+" | cut -d' ' -f2)
    if ! awk -v have="$measure" -v want="${floor##*=}" 'BEGIN { exit !(have >= want) }'; then
      echo "below the floor: $(basename "$table"): ${floor%%=*} is $measure %, not ${floor##*=} %" >&2
      missed=1
    fi
  done
  return "$missed"
}
