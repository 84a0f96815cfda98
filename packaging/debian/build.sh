#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the Debian packages: skyden_*.deb and skyden-zone-agent_*.deb, with a bill of materials of each
# (CycloneDX) beside it and in it. The same tree gives the same bytes.
#
#   packaging/debian/build.sh [--build FOLDER] [--output FOLDER] [--version VERSION] [--compression xz]
#
# --build: a folder in which `skyden` and `skyden-zone-agent` were built; without it, build-package is
# configured with SKYDEN_HARDENED and built, which takes about as long as the first build did.
# --output: default build-package. --version: default the project's.
# SKYDEN_MAINTAINER names who makes the packages; SOURCE_DATE_EPOCH their date, else the commit does.
# Needs Debian's dpkg-dev, binutils, python3, gzip, and git where SOURCE_DATE_EPOCH is not set.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=packaging/debian
build=
output=build-package
version=
compression=xz
while [ $# -gt 0 ]; do
  case "$1" in
    --build | --output | --version | --compression)
      if [ $# -lt 2 ]; then
        echo "build.sh: $1 wants a value" >&2
        exit 2
      fi
      declare "${1#--}=$2"
      shift 2
      ;;
    *)
      sed -n '3,14p' "$0" >&2
      exit 2
      ;;
  esac
done

if [ -z "$build" ]; then
  build=build-package
  cmake -S . -B "$build" -G Ninja -DSKYDEN_HARDENED=ON -DSKYDEN_BENCH=OFF
  cmake --build "$build" --target skyden skyden-zone-agent
fi
: "${version:=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")}"
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
: "${SKYDEN_MAINTAINER:=Skyden packagers <packagers@skyden.invalid>}"
export SOURCE_DATE_EPOCH
# Nothing of who builds, and where, shows in what is built.
export LC_ALL=C TZ=UTC
umask 022
architecture=$(dpkg --print-architecture)
mkdir -p "$output"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fill NAME FILE: a template of this folder, with its words replaced.
fill() {
  sed -e "s|@VERSION@|$version|g" -e "s|@ARCHITECTURE@|$architecture|g" \
    -e "s|@MAINTAINER@|$SKYDEN_MAINTAINER|g" -e "s|@DEPENDS@|${depends:-}|g" \
    -e "s|@DATE@|$(date -u -R -d "@$SOURCE_DATE_EPOCH")|g" -e "s|@SIZE@|${size:-}|g" "$1" >"$2"
}

# library_dependencies BINARY: what dpkg knows of the libraries that it links.
library_dependencies() {
  mkdir -p "$work/shlibs/debian"
  printf 'Source: skyden\n\nPackage: skyden\nArchitecture: any\n' >"$work/shlibs/debian/control"
  (cd "$work/shlibs" && dpkg-shlibdeps -O "$1" | sed 's/^shlibs:Depends=//')
}

# The folder that this release's systemd packages put units into.
unit_folder() {
  if [ "$(. /etc/os-release && echo "${VERSION_ID:-13}")" = 12 ]; then echo lib; else echo usr/lib; fi
}

# package NAME COMPONENT PROGRAM
package() {
  local name=$1 component=$2 program=$3 root=$work/$1
  DESTDIR=$root cmake --install "$build" --component "$component" --prefix /usr >/dev/null
  strip --strip-all --remove-section=.comment --remove-section=.note "$root/usr/bin/$program"
  if [ "$(unit_folder)" = lib ]; then
    mkdir -p "$root/lib/systemd"
    mv "$root/usr/lib/systemd/system" "$root/lib/systemd/"
    rmdir --ignore-fail-on-non-empty "$root/usr/lib/systemd" "$root/usr/lib"
  fi
  local doc=$root/usr/share/doc/$name depends size
  mkdir -p "$doc" "$root/DEBIAN" "$root/usr/share/lintian/overrides"
  cp "$here/copyright" "$doc/copyright"
  fill "$here/changelog" "$work/changelog"
  sed -i "1s/^skyden /$name /" "$work/changelog"
  gzip -9n <"$work/changelog" >"$doc/changelog.gz"
  find "$root/usr/share/man" -type f -exec gzip -9n {} +
  if [ -e "$here/$name.overrides" ]; then
    cp "$here/$name.overrides" "$root/usr/share/lintian/overrides/$name"
  else
    rmdir --parents --ignore-fail-on-non-empty "$root/usr/share/lintian/overrides"
  fi
  python3 "$here/sbom.py" --name "$name" --version "$version" --build "$build" \
    --binary "$root/usr/bin/$program" --target "$program" >"$doc/sbom.cdx.json"
  depends=$(library_dependencies "$root/usr/bin/$program")
  local script
  for script in postinst prerm postrm config templates; do
    if [ -e "$here/$name.$script" ]; then fill "$here/$name.$script" "$root/DEBIAN/$script"; fi
  done
  find "$root/DEBIAN" -type f ! -name templates -exec chmod 755 {} +
  (cd "$root" && find etc -type f 2>/dev/null | sort | sed 's|^|/|') >"$work/conffiles" || true
  if [ -s "$work/conffiles" ]; then cp "$work/conffiles" "$root/DEBIAN/conffiles"; fi
  size=$(du -ks --apparent-size --exclude=DEBIAN "$root" | cut -f1)
  fill "$here/$name.control" "$root/DEBIAN/control"
  (cd "$root" && find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -print0 |
    sort -z | xargs -0 md5sum | sed 's|  \./|  |') >"$work/md5sums"
  mv "$work/md5sums" "$root/DEBIAN/md5sums"
  find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
  local deb=$output/${name}_${version}_$architecture.deb
  dpkg-deb --root-owner-group --threads-max=1 "-Z$compression" --build "$root" "$deb" >/dev/null
  cp "$doc/sbom.cdx.json" "${deb%.deb}.cdx.json"
  echo "$deb"
}

package skyden skyden skyden
package skyden-zone-agent zone-agent skyden-zone-agent
