#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server that is reached over a network: nothing goes there but through TLS, to the one whose
# certificate says its name. Run by tests/postgres/with_cluster.sh with fsync=on, and in listen_addresses an
# address that nobody else listens at.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/postgres/common.sh

owner=$(stat -c %U "$socket/data")
address=$(psql -At -c "SHOW listen_addresses" postgres)
name=db.skyden.test

# certify FOLDER NAME: an authority, and a server's certificate of it.
certify() {
  mkdir "$1"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=authority" -keyout "$1/ca.key" \
    -out "$1/ca.pem" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=server" -keyout "$1/server.key" -out "$1/server.csr" 2>/dev/null
  openssl x509 -req -in "$1/server.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial -days 2 \
    -extfile <(printf 'subjectAltName=DNS:%s' "$2") -out "$1/server.pem" 2>/dev/null
}
# present FOLDER: the server shows that certificate from now on.
present() {
  local file
  for file in server.pem server.key; do
    install -o "$owner" -m 600 "$1/$file" "$socket/data/$file.new"
    mv "$socket/data/$file.new" "$socket/data/$file"
  done
  psql -c "ALTER SYSTEM SET ssl_cert_file = 'server.pem'" postgres
  psql -c "ALTER SYSTEM SET ssl_key_file = 'server.key'" postgres
  psql -c "ALTER SYSTEM SET ssl = on" postgres
  psql -c "SELECT pg_reload_conf()" postgres >/dev/null
  # Whoever is let in next has to meet it.
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    if openssl s_client -starttls postgres -connect "$address:5432" </dev/null 2>/dev/null |
      openssl x509 -noout -fingerprint 2>/dev/null |
      cmp -s - <(openssl x509 -noout -fingerprint -in "$1/server.pem"); then return 0; fi
    sleep 0.1
  done
  fail "the server does not show the certificate of $1"
}
# reach HOST_SETTINGS: $work/dsn leads there.
reach() {
  printf 'app %s user=skyden_app dbname=skyden\nsystem %s user=skyden_system dbname=skyden\n' "$1" "$1" \
    >"$work/dsn"
}
# refused TEXT [setting]...
refused() {
  local text=$1
  shift
  says "$text" timeout 60 "$SKYDEN" store check --store postgres --postgres-dsn-file "$work/dsn" "$@"
}

new_database skyden
"$SKYDEN" migrate --store postgres --postgres-dsn-file "$work/dsn" --owner-dsn-file "$work/owner"
certify "$work/good" "$name"
certify "$work/other" "$name"
certify "$work/misnamed" else.skyden.test
there="host=$name hostaddr=$address"
trusts=(--postgres-ca-file "$work/good/ca.pem")

step "a server without TLS"
reach "$there"
refused "SSL" "${trusts[@]}"
reach "$there sslmode=disable"  # whatever the file says
refused "SSL" "${trusts[@]}"
reach "hostaddr=$address sslmode=disable"  # a number is a network, too
refused "SSL" "${trusts[@]}"
reach "connect_timeout=10"  # nor does it matter who says where
PGHOSTADDR=$address PGSSLMODE=disable refused "SSL" "${trusts[@]}"
reach "host=$socket,$name hostaddr=,$address port=1,5432 sslmode=disable"
refused "SSL" "${trusts[@]}"

step "a server with another certificate"
reach "$there"
present "$work/other"
refused "certificate verify failed" "${trusts[@]}"
present "$work/misnamed"
refused "does not match host name" --postgres-ca-file "$work/misnamed/ca.pem"

step "the server that is meant"
present "$work/good"
reach "hostaddr=$address"
refused "host name must be specified" "${trusts[@]}"
reach "$there"
data=$work/data
mkdir -m 700 "$data"
start_daemon "$data" --store postgres --postgres-dsn-file "$work/dsn" "${trusts[@]}"
export SKYDEN_TOKEN=$TOKEN SKYDEN_ADDRESS=http://$HTTP
id=$("$SKYDEN" cp create first -o json | jq -r .id)
path=/v1/mesh/control-planes/$id/api/meshes/default/meshtimeouts/kept
api PUT "$path" "$(policy 7s)" >/dev/null
[ "$(api GET "$path" | jq -r '.spec.to[0].default.connectionTimeout')" = 7s ] || fail "it is not there"
plain=$(psql -At -c "SELECT count(*) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
  WHERE application_name = 'skyden' AND NOT ssl" postgres)
all=$(psql -At -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'skyden'" postgres)
[ "$plain" = 0 ] && [ "$all" -ge 2 ] || fail "$plain of $all connections are plain"
stop_daemon
