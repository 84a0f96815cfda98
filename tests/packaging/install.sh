#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# On a bare root of this release: install the package, start, create, provision, a zone syncs, upgrade,
# go back, a database of another version, remove, purge. Each step's output is shown.
set -euo pipefail
if [ "$(id -u)" -ne 0 ]; then
  echo "SKIPPED: a root to install into needs root"
  exit 77
fi
# What is mounted here ends with it.
if [ "${1:-}" != --inside ]; then
  if ! unshare --mount true 2>/dev/null; then
    echo "SKIPPED: no mount namespace of our own is to be had here"
    exit 77
  fi
  exec unshare --mount --propagation private "$0" --inside
fi
cd "$(dirname "$0")/../.."
. tests/packaging/common.sh
daemon=
cleanup() {
  if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null && wait "$daemon" || true; fi
  umount "$work/root/proc" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
want dpkg-shlibdeps mmdebstrap jq

build_packages "$work/old"
old=$DEB
old_version=$(dpkg-deb --field "$old" Version)
new_version=$old_version+1
build_packages "$work/new" --version "$new_version"
new=$DEB

step "A bare root of Debian, with what the package depends on"
libraries=$(dpkg-deb --field "$old" Depends | tr ',' '\n' |
  sed -E 's/\([^)]*\)//; s/\|.*//; s/[[:space:]]//g' | grep -vx systemd | paste -sd,)
sources=()
for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
  if [ -s "$file" ]; then sources+=("$file"); fi
done
chmod 755 "$work"
mmdebstrap --quiet --variant=essential --include="$libraries,systemd-standalone-sysusers" \
  "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$work/root" "${sources[@]}" 2>"$work/made" ||
  { cat "$work/made" >&2; skip "no root could be made (no network to Debian's packages?)"; }
mount --bind /proc "$work/root/proc"
cp "$old" "$work/root/old.deb"
cp "$new" "$work/root/new.deb"

in_root() { chroot "$work/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
skyden() { in_root /usr/bin/skyden "$@"; }
data=$work/root/var/lib/skyden
# As the unit does; ports that nobody else has.
start() {
  install -d -m 0700 -o "$(in_root id -u skyden)" -g "$(in_root id -g skyden)" "$data"
  rm -f "$data/addresses.json"
  chroot --userspec=skyden:skyden "$work/root" env -i SKYDEN_HTTP_ADDRESS=127.0.0.1:0 \
    SKYDEN_ADMIN_ADDRESS=127.0.0.1:0 SKYDEN_KDS_ADDRESS=127.0.0.1:0 \
    SKYDEN_DIAGNOSTICS_ADDRESS=127.0.0.1:0 \
    /usr/bin/skyden serve --config /etc/skyden/skyden.yaml >"$work/log" 2>&1 &
  daemon=$!
  wait_for "$work/log" event=serving
}
stop() {
  kill "$daemon"
  wait "$daemon" || fail "the daemon ended with $?: $(tail -n 3 "$work/log")"
  daemon=
}
sync_a_zone() {
  expect "zone-1: in sync" skyden zone simulate --name zone-1 --dataplanes 2 --until-synced \
    --global "grpc://$id:$token@$(jq -r .kds "$data/addresses.json")"
}

step "Install"
began=$(date +%s%N)
expect "Setting up skyden" in_root dpkg -i /old.deb
expect "skyden:" in_root getent passwd skyden
test -s "$work/root/etc/skyden/skyden.yaml" || fail "there is no skyden.yaml"

step "Start, create, provision; a zone syncs"
start
expect demo skyden cp create demo
id=$(skyden cp get demo -o json | jq -r .id)
token=$(skyden zone provision demo zone-1 -o json | jq -r .token)
sync_a_zone
printf '   from the installation on this took %s ms\n' $((($(date +%s%N) - began) / 1000000))

step "Upgrade, with settings that were edited and a daemon that runs"
echo "drain_time: 3s" >>"$work/root/etc/skyden/skyden.yaml"
expect "Setting up skyden ($new_version)" in_root dpkg -i /new.deb
grep -qx "drain_time: 3s" "$work/root/etc/skyden/skyden.yaml" || fail "the settings were lost"
expect demo skyden cp list
stop
start
expect demo skyden cp list
sync_a_zone

step "Back to the version before: same schema, nothing to do"
stop
expect "Setting up skyden ($old_version)" in_root dpkg -i /old.deb
expect "They go together" skyden version --check --config /etc/skyden/skyden.yaml
start
sync_a_zone
stop

step "A database of a newer version: refused, and left alone"
# The schema's number in the file's header, one byte of it: what a later version would leave.
schema=$(od -An -tu1 -j63 -N1 "$data/skyden.db" | tr -d ' ')
set_schema() { printf "$(printf '\\%03o' "$1")" | dd of="$data/skyden.db" bs=1 seek=63 conv=notrunc status=none; }
set_schema $((schema + 1))
before=$(sha256sum <"$data/skyden.db")
if in_root dpkg -i /new.deb >"$work/printed" 2>&1; then fail "a newer database was taken"; fi
grep -qF "this version cannot open the database" "$work/printed" || fail "it does not say why"
grep '^skyden:' "$work/printed" | sed 's/^/   /'
[ "$before" = "$(sha256sum <"$data/skyden.db")" ] || fail "the newer database was changed"

step "A database of an older version that does not migrate: kept as it was, and tried again"
set_schema $((schema - 1))
before=$(sha256sum <"$data/skyden.db")
if in_root dpkg --configure -a >"$work/printed" 2>&1; then fail "what is not as it was left was taken"; fi
sed 's/^/   /' "$work/printed"
copy=$work/root/var/backups/skyden/skyden.db.before-$new_version
[ "$before" = "$(sha256sum <"$copy")" ] || fail "the copy is not what was there"
set_schema "$schema"
expect "Setting up skyden ($new_version)" in_root dpkg --configure -a
start
sync_a_zone
stop

step "Removed: settings and data stay"
expect "Removing skyden" in_root dpkg --remove skyden
test ! -e "$work/root/usr/bin/skyden" || fail "the program is there"
test -e "$work/root/etc/skyden/skyden.yaml" || fail "the settings are gone"
test -e "$data/skyden.db" || fail "the data are gone"

step "Purged without an answer: data stay, settings go"
expect "the control planes stay in /var/lib/skyden" in_root dpkg --purge skyden
test ! -e "$work/root/etc/skyden" || fail "the settings are there"
test -e "$data/skyden.db" || fail "the data are gone"

step "Installed again on what is there, then purged with the answer yes"
expect "Setting up skyden" in_root dpkg -i /new.deb
start
expect demo skyden cp list
stop
echo "skyden skyden/remove-data boolean true" | in_root debconf-set-selections
expect "Purging configuration files" in_root dpkg --purge skyden
test ! -e "$data" || fail "the data are there"
step "All of it held"
