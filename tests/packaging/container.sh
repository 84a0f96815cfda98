#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The container image: built of Debian's packages alone, small, and run as it is meant to be: not as
# root, on a root that cannot be written, healthy by its own check. Where the machine lets no runtime
# start a container, its root is run in namespaces of our own.
set -euo pipefail
if [ "$(id -u)" -ne 0 ]; then
  echo "SKIPPED: an image's root needs root"
  exit 77
fi
if [ "${1:-}" != --inside ]; then
  if ! unshare --mount --net true 2>/dev/null; then
    echo "SKIPPED: no mount and network namespaces of our own are to be had here"
    exit 77
  fi
  exec unshare --mount --propagation private "$0" --inside
fi
cd "$(dirname "$0")/../.."
. tests/packaging/common.sh
want dpkg-shlibdeps mmdebstrap podman jq
tag=localhost/skyden-test:$$
container=skyden-test-$$
daemon=
# Storage of its own: nothing of other images is seen, and nothing stays.
pod() { podman --root "$work/storage" --runroot "$work/run" --log-level error "$@"; }
cleanup() {
  if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null && wait "$daemon" || true; fi
  pod rm --force "$container" >/dev/null 2>&1 || true
  umount --recursive "$work/mounted" 2>/dev/null || true
  pod rmi --force "$tag" >/dev/null 2>&1 || true
  umount --recursive "$work/storage/overlay" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

step "Built"
build_packages "$work/packages"
cat >"$work/builder" <<BUILDER
#!/bin/sh
exec podman --root "$work/storage" --runroot "$work/run" --log-level error "\$@"
BUILDER
chmod +x "$work/builder"
SKYDEN_BUILDER=$work/builder packaging/container/build.sh "$DEB" "$tag" >"$work/build.log" 2>&1 || {
  if grep -qiE 'E: .*(fetch|resolv|connect)' "$work/build.log"; then
    skip "Debian's packages could not be fetched (no network?)"
  fi
  cat "$work/build.log" >&2
  fail "the image could not be built"
}
pod image inspect "$tag" >"$work/image.json"
size=$(jq '.[0].Size' "$work/image.json")
echo "   $((size / 1000000)) MB"
[ "$size" -lt 100000000 ] || fail "the image has 100 MB and more"
jq -e '.[0] | .Config.User == "65532:65532" and .Config.Entrypoint == ["/usr/bin/skyden"] and
  .Config.Volumes == null and (.Healthcheck.Test | index("health")) != null' "$work/image.json" >/dev/null ||
  fail "user, program or health check are not what they should be"

step "What is in it"
mounted=$(pod image mount "$tag")
# Everything is of a package, and the packages are named for those who look for faults.
[ "$(find "$mounted/var/lib/dpkg/status.d" -type f | wc -l)" -gt 20 ] || fail "its packages are not named"
for absent in bin/sh usr/bin/dpkg usr/bin/apt; do
  if [ -e "$mounted/$absent" ]; then fail "there is $absent"; fi
done
if find "$mounted" -xdev -type f -perm /6000 | grep .; then fail "these run as somebody else"; fi
grep -c "BEGIN CERT" "$mounted/etc/ssl/certs/ca-certificates.crt" | sed 's/$/ authorities/; s/^/   /'

step "Run: not as root, on a root that cannot be written"
mkdir -m 0700 "$work/data"
chown 65532:65532 "$work/data"
settings=(SKYDEN_HTTP_ALLOW_PLAINTEXT=true SKYDEN_ADMIN_ALLOW_PLAINTEXT=true
  SKYDEN_KDS_ALLOW_PLAINTEXT=true)
if pod run --rm --network none --read-only "$tag" version >"$work/printed" 2>&1; then
  pod run --detach --name "$container" --network none --read-only --cap-drop all \
    --security-opt no-new-privileges --volume "$work/data:/var/lib/skyden" \
    "${settings[@]/#/--env=}" "$tag" >/dev/null
  inside() { pod exec "$container" /usr/bin/skyden "$@"; }
  for _ in $(seq 600); do
    if pod logs "$container" 2>&1 | grep -qF event=serving; then break; fi
    sleep 0.05
  done
  end() { pod stop --time 30 "$container" >/dev/null && code=$(pod wait "$container"); }
else
  echo "SKIPPED: podman's own container ($(tail -n 1 "$work/printed")); in namespaces of our own instead:"
  mkdir "$work/mounted"
  mount --bind "$mounted" "$work/mounted"
  mount -o remount,bind,ro "$work/mounted"
  mount --bind "$work/data" "$work/mounted/var/lib/skyden"
  mount --bind /proc "$work/mounted/proc"
  mount --bind /dev "$work/mounted/dev"
  mapfile -t variables < <(jq -r '.[0].Config.Env[]' "$work/image.json")
  # There is no env in the image: the variables come from here.
  as_in_image=(env -i "${variables[@]}" "${settings[@]}" "$(command -v chroot)" --userspec=65532:65532
    "$work/mounted" /usr/bin/skyden)
  # A network of its own, so that its ports are nobody else's.
  unshare --net sh -c 'ip link set lo up 2>/dev/null; exec "$@"' sh \
    "${as_in_image[@]}" serve >"$work/log" 2>&1 &
  daemon=$!
  wait_for "$work/log" event=serving
  inside() { nsenter --net="/proc/$daemon/ns/net" "${as_in_image[@]}" "$@"; }
  end() {
    kill "$daemon"
    wait "$daemon" || code=$?
    daemon=
  }
fi
expect ok inside health
expect demo inside cp create demo
expect demo inside cp list
[ "$(stat -c %u "$work/data/skyden.db")" = 65532 ] || fail "the database is another's"
code=0
end
[ "$code" = 0 ] || fail "the daemon ended with $code"
step "All of it held"
