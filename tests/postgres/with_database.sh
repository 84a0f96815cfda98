#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command whose daemon stands on PostgreSQL: on a server and in a database of its own, which
# the daemon's settings name by environment variables. One data directory after the other would be
# another daemon's: the command starts one.
#
#   tests/postgres/with_database.sh command [argument...]
#
# Exits as the command does; with 77, saying why, where no server can be run (with_cluster.sh).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${SKYDEN_TEST_POSTGRES:-}" ]; then
  exec "$here/with_cluster.sh" fsync=on "$here/with_database.sh" "$@"
fi
: "${SKYDEN:=${BUILD_DIR:-$here/../../build}/skyden}"
bin=${SKYDEN_POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
"$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$SKYDEN_TEST_POSTGRES" -U postgres -d postgres -c \
  "CREATE DATABASE skyden TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
umask 077
for role in app system; do
  echo "$role host=$SKYDEN_TEST_POSTGRES user=skyden_$role dbname=skyden"
done >"$work/dsn"
echo "host=$SKYDEN_TEST_POSTGRES user=postgres dbname=skyden" >"$work/owner"
export SKYDEN_STORE=postgres SKYDEN_POSTGRES_DSN_FILE=$work/dsn
"$SKYDEN" migrate --owner-dsn-file "$work/owner" >"$work/migrated" 2>&1 || {
  cat "$work/migrated" >&2
  exit 1
}
umask 022
"$@"
