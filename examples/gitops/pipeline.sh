#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A pipeline over a folder of policies: what a change would do is said before it is merged, and a merge
# is done once every zone has it.
#
#   pipeline.sh check      of a change that is proposed: what it would change, and for which proxies
#   pipeline.sh deliver    of what was merged: brings the control plane to it, waits for the zones
#   pipeline.sh drift      by the clock: has somebody changed by hand what the folder keeps?
#
# Settings, from the environment:
#   SKYDEN_ADDRESS, SKYDEN_TOKEN   the daemon, and a token that is Admin of the control plane
#   CONTROL_PLANE                  its name or id
#   POLICIES                       the folder; policies/ beside this script unless set
#   OWNER                          whose the folder's resources are; another folder needs another one
#   PROXIES_MAX                    how many proxies one change may reach; 0, the default: any number
#   ZONES, PATIENCE                for whom to wait, and how long: connected, 2m
#
# Exit codes: 0 it is done, or nothing is to be done; 1 it did not work; 2 it was called the wrong way;
# of check: 3 too many proxies would change; of deliver: 4 some zones have not got it yet, 5 one refused
# it; of drift: 3 there is some.
set -euo pipefail
: "${SKYDEN:=skyden}" "${POLICIES:=$(dirname "$0")/policies}" "${OWNER:=gitops}"
: "${PROXIES_MAX:=0}" "${ZONES:=connected}" "${PATIENCE:=2m}"

usage() {
  sed -n '3,20p' "$0" | sed 's/^# \{0,1\}//' >&2
  exit 2
}
[ $# -eq 1 ] || usage
if [ -z "${CONTROL_PLANE:-}" ]; then
  echo "pipeline.sh: CONTROL_PLANE says which control plane is meant" >&2
  exit 2
fi
kept=(-f "$POLICIES" --owner "$OWNER" --prune)

case "$1" in
  check)
    echo "== What would change"
    "$SKYDEN" plan "$CONTROL_PLANE" "${kept[@]}"
    echo
    echo "== And for whom"
    limit=()
    if [ "$PROXIES_MAX" -gt 0 ]; then limit=(--fail-over "$PROXIES_MAX"); fi
    "$SKYDEN" preview "$CONTROL_PLANE" "${kept[@]}" "${limit[@]}"
    ;;
  deliver)
    # One transaction, or nothing: what does not hold together is refused before a zone hears of it.
    "$SKYDEN" sync "$CONTROL_PLANE" "${kept[@]}"
    "$SKYDEN" wait "$CONTROL_PLANE" --zones "$ZONES" --timeout "$PATIENCE"
    ;;
  drift)
    "$SKYDEN" drift "$CONTROL_PLANE" "${kept[@]}"
    ;;
  *) usage ;;
esac
