#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian packages as they come out of a build folder: the same twice, hardened as far as they were
# compiled so, without what lintian minds, with a manual that reads and units that systemd takes.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/packaging/common.sh
trap 'rm -rf "$work"' EXIT
want dpkg-shlibdeps lintian hardening-check man jq

step "Built, twice, and the same"
build_packages "$work/one"
first=$DEB
first_agent=$AGENT_DEB
# Who builds it, and under which mask, time zone and language, must not show.
(umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 SKYDEN_LOG_LEVEL=debug build_packages "$work/two")
for file in "$work"/one/*; do
  cmp "$file" "$work/two/$(basename "$file")" || fail "$(basename "$file") is not the same twice"
done
(cd "$work/one" && sha256sum -- * | sed 's/^/   /')

step "What is in them"
dpkg-deb --info "$first" | sed 's/^/   /'
dpkg-deb --contents "$first" >"$work/contents"
for wanted in ./usr/bin/skyden ./etc/skyden/skyden.yaml ./usr/share/man/man1/skyden.1.gz \
  ./usr/share/man/man5/skyden.yaml.5.gz ./usr/share/bash-completion/completions/skyden \
  ./usr/share/doc/skyden/sbom.cdx.json systemd/system/skyden.service; do
  grep -qF -- "$wanted" "$work/contents" || fail "$wanted is not in the package"
done
dpkg-deb --extract "$first" "$work/root"
dpkg-deb --extract "$first_agent" "$work/root"
if grep -rlF -- "$build" "$work/root"/etc "$work/root"/usr/share; then
  fail "the build folder's name is in these"
fi
dpkg-deb --ctrl-tarfile "$first" | tar -xO ./conffiles | grep -qx /etc/skyden/skyden.yaml ||
  fail "skyden.yaml is no conffile"

step "Hardened"
hardened=$(sed -n 's/^SKYDEN_HARDENED:BOOL=//p' "$build/CMakeCache.txt")
for program in skyden skyden-zone-agent; do
  # The linker's part always; the compiler's where it was asked for.
  parts=(--nostackprotector --nofortify --nocfprotection)
  if [ "$hardened" = ON ]; then parts=(); fi
  hardening-check "${parts[@]}" "$work/root/usr/bin/$program" | sed 's/^/   /'
done
if [ "$hardened" != ON ]; then
  echo "   compiled without SKYDEN_HARDENED: stack protector and fortified functions were not looked at"
fi

step "lintian"
tolerated=()
# What a build folder that was not made for packages lacks.
if [ "$hardened" != ON ]; then
  tolerated=(--suppress-tags hardening-no-fortify-functions)
fi
lintian --allow-root --fail-on error,warning "${tolerated[@]}" "$first" "$first_agent" | sed 's/^/   /'

step "The bill of materials names what the program loads"
jq -e '.bomFormat == "CycloneDX" and (.components | length) > 20 and
  ([.components[].name] | index("libgrpc29", "libssl3", "libsqlite3-0") != null)' \
  "${first%.deb}.cdx.json" >/dev/null || fail "the bill of materials lacks something"
jq -r '[.components[].properties[] | select(.name == "skyden:use").value] | group_by(.) |
  map("   \(.[0]): \(length)")[]' "${first%.deb}.cdx.json"

step "The manual reads"
for page in "$work"/root/usr/share/man/man*/*.gz; do
  LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" \
    2>"$work/warnings" >/dev/null
  if [ -s "$work/warnings" ]; then
    cat "$work/warnings" >&2
    fail "$(basename "$page") does not read"
  fi
done
ls "$work"/root/usr/share/man/man*/ | tr '\n' ' ' | sed 's/^/   /'
echo
# Each command has a page, and each page says what --help does.
"$work/root/usr/bin/skyden" --help >"$work/help"
sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' "$work/help" >"$work/commands"
[ "$(wc -l <"$work/commands")" -gt 15 ] || fail "too few commands were found in --help"
while read -r command; do
  if [ ! -e "$work/root/usr/share/man/man1/skyden-$command.1.gz" ]; then
    fail "there is no page of skyden $command"
  fi
done <"$work/commands"

step "Completions parse"
bash -n "$work/root/usr/share/bash-completion/completions/skyden"

step "The settings are those of the program"
env -i "$work/root/usr/bin/skyden" serve --config "$work/root/etc/skyden/skyden.yaml" --print-config |
  diff - <(env -i "$work/root/usr/bin/skyden" serve --data-dir /var/lib/skyden --print-config) ||
  fail "skyden.yaml changes more than data_dir"

step "The units"
if command -v systemd-analyze >/dev/null; then
  units=$(dirname "$(find "$work/root" -name skyden.service)")
  mkdir -p "$work/units"
  # As they would be, but for where the programs are.
  for unit in "$units"/*; do
    sed "s|=/usr/bin/skyden|=$work/root/usr/bin/skyden|" "$unit" >"$work/units/$(basename "$unit")"
  done
  cp "$work/units/skyden-zone-agent@.service" "$work/units/skyden-zone-agent@east.service"
  for unit in skyden.service skyden-backup.service skyden-backup.timer skyden-zone-agent@east.service; do
    # A machine's other units are not looked at; a manual that is not installed is no fault.
    SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no --recursive-errors=no "$work/units/$unit" \
      2>"$work/verified" || true
    if grep -F -- "$(basename "$unit" .service)" "$work/verified"; then fail "$unit: see above"; fi
  done
  for unit in skyden.service skyden-backup.service skyden-zone-agent@.service; do
    systemd-analyze security --offline=true --no-pager "$work/units/$unit" >"$work/security" || true
    printf '   %s: %s\n' "$unit" "$(tail -n 1 "$work/security")"
    level=$(sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p' "$work/security")
    awk -v level="$level" 'BEGIN { exit !(level != "" && level <= 2.0) }' ||
      fail "$unit is exposed more than 2.0"
  done
else
  echo "SKIPPED: there is no systemd-analyze: the units were not looked at"
fi
step "All of it held"
