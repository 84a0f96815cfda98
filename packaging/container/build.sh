#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a container image of a skyden_*.deb and Debian's packages, and of nothing else.
#
#   packaging/container/build.sh skyden_0.1.0_amd64.deb [tag]      default tag: skyden:<its version>
#
# Needs mmdebstrap, and podman or buildah; SKYDEN_BUILDER names another that understands
# `build --format docker`. The release is that of this machine, which the package was made on.
set -euo pipefail
if [ $# -lt 1 ]; then
  sed -n '3,8p' "$0" >&2
  exit 2
fi
deb=$(realpath "$1")
tag=${2:-skyden:$(dpkg-deb --field "$deb" Version)}
cd "$(dirname "$0")"
builder=${SKYDEN_BUILDER:-$(command -v podman || command -v buildah)}
: "${SOURCE_DATE_EPOCH:=$(stat -c %Y "$deb")}"
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the package depends on, but for what installs it: nothing is installed in an image, its files
# are only laid there.
libraries=$(dpkg-deb --field "$deb" Depends | tr ',' '\n' |
  sed -E 's/\([^)]*\)//; s/\|.*//; s/[[:space:]]//g' | grep -vx -e debconf -e systemd | paste -sd,)

# Run by mmdebstrap with the root as its argument.
cat >"$work/finish" <<HOOK
#!/bin/sh
set -e
cd "\$1"
dpkg-deb --fsys-tarfile "$deb" | tar --extract ./usr/bin/skyden ./usr/share/doc/skyden
cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt
# Licences stay; and what is here is said to those who look for known faults in it.
mkdir -p var/lib/dpkg/status.d
for archive in var/cache/apt/archives/*.deb "$deb"; do
  dpkg-deb --field "\$archive" >"var/lib/dpkg/status.d/\$(dpkg-deb --field "\$archive" Package)"
done
find usr/share/doc -type f ! -name copyright ! -name sbom.cdx.json -delete
rm -rf usr/share/man usr/share/locale usr/share/lintian usr/share/bug usr/share/doc-base \
  usr/share/gcc usr/share/gdb var/log/* usr/lib/*/gconv usr/sbin/*
echo 'skyden:x:65532:65532:Skyden:/var/lib/skyden:/usr/sbin/nologin' >etc/passwd
echo 'skyden:x:65532:' >etc/group
install -d -m 0700 -o 65532 -g 65532 var/lib/skyden
HOOK
chmod +x "$work/finish"

sources=()
for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
  if [ -s "$file" ]; then sources+=("$file"); fi
done
mmdebstrap --quiet --variant=extract --include="$libraries,base-files,ca-certificates" \
  --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --extract-hook="$work/finish" \
  "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$work/root.tar" "${sources[@]}"
cp Containerfile "$work/"
case "$builder" in
  *buildah) "$builder" build --format docker --timestamp "$SOURCE_DATE_EPOCH" --tag "$tag" "$work" ;;
  *) "$builder" build --format docker --timestamp "$SOURCE_DATE_EPOCH" --network none --tag "$tag" "$work" ;;
esac
echo "$tag"
