#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tries the served OpenAPI document against a fresh daemon with Schemathesis, which makes requests of
# all kinds from it. Fails on a server error, a status that is not declared, or a dropped connection.
# Installs Schemathesis into a virtual environment below the build folder.
#
#   tests/schemathesis.sh [minutes]     10 without
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-10}
build=${BUILD_DIR:-build}
. examples/daemon.sh

venv=$build/tools/schemathesis
if [ ! -x "$venv/bin/schemathesis" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet 'schemathesis>=4,<5'
fi

work=$(mktemp -d)
cleanup() {
  stop_daemon
  rm -rf "$work"
}
trap cleanup EXIT
mkdir -m 700 "$work/data"
start_daemon "$work/data"
id=$(api POST /v1/mesh/control-planes '{"name":"schemathesis"}' | jq -r .id)

# Names that exist, most of the time: random ones all end in the same 404.
cat >"$work/schemathesis.toml" <<TOML
[parameters]
"path.id" = "$id"
"path.mesh" = "default"
# Deleting the control plane that everything else is tried on ends the trial.
[[operations]]
include-name = "DELETE /v1/mesh/control-planes/{id}"
enabled = false
# It reads only the first document of a YAML answer.
[[operations]]
include-name = "GET /v1/mesh/control-planes/{id}/ops/export"
parameters = { "query.format" = "json" }
TOML

# It keeps what it found where it is started.
venv=$(cd "$venv" && pwd)
cd "$work"
code=0
"$venv/bin/schemathesis" --config-file "$work/schemathesis.toml" \
  run "http://$HTTP/openapi.yaml" --url "http://$HTTP" -H "Authorization: Bearer $TOKEN" \
  --checks not_a_server_error,status_code_conformance --mode all --phases coverage,fuzzing \
  --max-time $((minutes * 60)) --max-examples 100000 --continue-on-failure --workers 1 \
  --suppress-health-check all --generation-database none --warnings off --no-color >"$work/report" 2>&1 || code=$?
tail -n 200 "$work/report"
if ! kill -0 "$DAEMON_PID" 2>/dev/null; then
  echo "the daemon ended" >&2
  tail -n 20 "$work/data.log" >&2
  exit 1
fi
if grep -qE '^=+ (FAILURES|ERRORS) =+$' "$work/report"; then exit 1; fi
exit "$code"
