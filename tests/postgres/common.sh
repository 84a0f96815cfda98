# SPDX-License-Identifier: Apache-2.0
# For the scripts of this folder, to be sourced in the root of the project: the daemon, a folder of
# their own, the server's client, ways to fail. Run by tests/postgres/with_cluster.sh.
build=${BUILD_DIR:-build}
SKYDEN=$build/skyden
. examples/daemon.sh

socket=$SKYDEN_TEST_POSTGRES
bin=${SKYDEN_POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)}
psql() { "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$socket" -U postgres "$@"; }

work=$(mktemp -d)
cleanup() {
  stop_daemon
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail() {
  echo "FAILED: $*" >&2
  exit 1
}
step() { printf '== %s\n' "$*"; }
# says TEXT command...: it fails, and its output has the text.
says() {
  local text=$1
  shift
  if "$@" >"$work/said" 2>&1; then fail "went well: $*"; fi
  grep -qF -- "$text" "$work/said" || { cat "$work/said" >&2; fail "does not say \"$text\": $*"; }
}

# await SECONDS command...: until it succeeds.
await() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    if [ "$SECONDS" -ge "$until" ]; then return 1; fi
    sleep 0.05
  done
}
# at NAME method path [body]: as `api`, at the daemon of that name, whose address is in the array http.
at() { HTTP=${http[$1]} api "${@:2}"; }

# new_database NAME: an empty one; writes $work/dsn and $work/owner, which lead there.
new_database() {
  psql -c "CREATE DATABASE $1 TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'" postgres
  printf 'app host=%s user=skyden_app dbname=%s\nsystem host=%s user=skyden_system dbname=%s\n' \
    "$socket" "$1" "$socket" "$1" >"$work/dsn"
  printf 'host=%s user=postgres dbname=%s\n' "$socket" "$1" >"$work/owner"
  chmod 600 "$work/dsn" "$work/owner"
}

# policy CONNECTION_TIMEOUT: a resource, as a body.
policy() {
  printf '{"type":"MeshTimeout","mesh":"default","name":"kept","spec":{"targetRef":{"kind":"Mesh"},
    "to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"%s"}}]}}' "$1"
}
