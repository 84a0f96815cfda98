#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL server for as long as its standard input stays open: for tests. It listens on a socket
# in a folder of its own and nowhere else, trusts whoever may enter that folder, and leaves nothing.
#
#   tests/postgres/cluster.sh [setting=value...]     e.g. fsync=on; off unless told otherwise
#
# Prints "ready <socket folder>" once it answers, and ends when its standard input does (whoever
# holds the other end may simply die). Exits with 77, saying why, where no server can be run.
set -euo pipefail

skip() {
  echo "SKIPPED: $*"
  exit 77
}

bin=${SKYDEN_POSTGRES_BIN:-}
if [ -z "$bin" ]; then
  for candidate in /usr/lib/postgresql/*/bin; do
    [ -x "$candidate/initdb" ] && bin=$candidate
  done
fi
[ -n "$bin" ] && [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] ||
  skip "no PostgreSQL server (Debian: postgresql-15; tests/install_dependencies.sh installs it)"

# A path of a socket has 107 bytes at most.
folder=$(mktemp -d /tmp/skyden-pg-XXXXXX)
server=
finish() {
  if [ -n "$server" ]; then
    kill -INT "$server" 2>/dev/null || true  # "fast": does not wait for clients
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# The server refuses to run as root.
as_user=()
if [ "$(id -u)" -eq 0 ]; then
  command -v setpriv >/dev/null || skip "no setpriv, and the server does not run as root"
  user=nobody
  if id -u postgres >/dev/null 2>&1; then user=postgres; fi
  chown "$user" "$folder"
  as_user=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups)
fi

if ! "${as_user[@]}" "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C \
  --no-sync --no-instructions >"$folder/log" 2>&1; then
  tail -n 5 "$folder/log"
  exit 1
fi
settings=(-c "listen_addresses=" -c "unix_socket_directories=$folder" -c fsync=off
  -c shared_buffers=32MB -c max_connections=100 -c autovacuum_naptime=10s -c log_min_messages=fatal)
for setting in "$@"; do settings+=(-c "$setting"); done
"${as_user[@]}" "$bin/postgres" -D "$folder/data" "${settings[@]}" </dev/null >>"$folder/log" 2>&1 &
server=$!
for ((tries = 0; tries < 600; ++tries)); do
  if "$bin/pg_isready" -q -h "$folder" -U postgres -d postgres; then
    echo "ready $folder"
    cat >/dev/null  # until nobody holds the other end
    exit 0
  fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
tail -n 5 "$folder/log"
exit 1
