# SPDX-License-Identifier: Apache-2.0
# For scripts, to be sourced: start a daemon of their own on free ports, and stop it.
# Sets SKYDEN (the binary; from $BUILD_DIR or build/ unless set), DAEMON_PID, HTTP, KDS, ADMIN,
# DIAGNOSTICS (host:port) and TOKEN (the operator's).

: "${SKYDEN:=${BUILD_DIR:-build}/skyden}"

# start_daemon FOLDER [argument of skyden serve]...
start_daemon() {
  local folder=$1
  shift
  "$SKYDEN" serve --data-dir "$folder" --http-address 127.0.0.1:0 --admin-address 127.0.0.1:0 \
    --kds-address 127.0.0.1:0 --diagnostics-address 127.0.0.1:0 "$@" >"$folder.log" 2>&1 &
  DAEMON_PID=$!
  local tries
  for tries in $(seq 600); do
    if [ -e "$folder/addresses.json" ]; then break; fi
    if ! kill -0 "$DAEMON_PID" 2>/dev/null; then break; fi
    sleep 0.05
  done
  if [ ! -e "$folder/addresses.json" ]; then
    echo "the daemon did not start (tried $tries times):" >&2
    cat "$folder.log" >&2
    return 1
  fi
  HTTP=$(jq -r .http "$folder/addresses.json")
  KDS=$(jq -r .kds "$folder/addresses.json")
  ADMIN=$(jq -r .admin "$folder/addresses.json")
  DIAGNOSTICS=$(jq -r .diagnostics "$folder/addresses.json")
  TOKEN=$(cat "$folder/admin.token")
}

stop_daemon() {
  if [ -z "${DAEMON_PID:-}" ]; then return 0; fi
  kill "$DAEMON_PID" 2>/dev/null || true
  wait "$DAEMON_PID" 2>/dev/null || true
  DAEMON_PID=
}

# api METHOD PATH [JSON]: one request as the operator; fails on a status of 400 and more.
api() {
  local method=$1 path=$2
  shift 2
  curl -sS --fail-with-body -X "$method" -H "authorization: Bearer $TOKEN" \
    -H 'content-type: application/json' ${1:+--data "$1"} "http://$HTTP$path"
}
