#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what a Debian 12 machine lacks to build Skyden and run its tests. Needs a network, and
# root or sudo when something is missing. This is the one list of packages.
#
#   tests/install_dependencies.sh [build folder [all|run]]      default: build all
#
# With `run`, only what building and running it takes, and nothing that only tests do.
#
# grpcurl and helm, which Debian does not package, are built with Go into <build folder>/tools. So are the
# generators of clients that tests/clients.sh tries, where the machine has a Go and a node that are
# new enough for them; Debian 12's are not. The package that describes Envoy's API is fetched into
# <build folder>/downloads, and so are the packages that the console's page imports, with the npm that
# is there or Debian's. Chromium and what drives it, for the tests of that page, and an identity provider to
# sign in at come after that; nothing of the latter is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
what=${2:-all}

packages=(
  # what builds it
  g++ cmake ninja-build ccache pkg-config protobuf-compiler protobuf-compiler-grpc esbuild
  # what it stands on
  libgrpc++-dev libprotobuf-dev libabsl-dev libsqlite3-dev libssl-dev libboost-dev zlib1g-dev
  nlohmann-json3-dev libyaml-cpp-dev libfmt-dev libspdlog-dev prometheus-cpp-dev libcli11-dev
  libcpp-httplib-dev libre2-dev libyaml-dev libnghttp2-dev libpq-dev
  # what tests and checks it
  catch2 libbenchmark-dev clang-format-14 ca-certificates curl git jq openssl procps python3
)

# What makes and tries packages, images and charts.
packaging=(
  dpkg-dev lintian devscripts man-db mmdebstrap podman iproute2
  python3-yaml python3-jsonschema
)

# A grpcurl that Debian 12's Go 1.19 can build.
grpcurl_version=v1.9.1

# What renders the Helm chart; of the last that Debian 12's Go can build.
helm_version=v3.11.3

# What makes a Go client of the OpenAPI document.
oapi_codegen_version=v2.5.1
oapi_codegen_go=24  # Go 1.24
# What the linters and the TypeScript generator need; the console's packages need only npm.
clients_node=20

say() { printf 'dependencies: %s\n' "$*"; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "cannot install: not root, and there is no sudo. As root, run: $*" >&2
    return 1
  fi
}

install_packages() {
  local missing=() package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      missing+=("$package")
    fi
  done
  if [ ${#missing[@]} -eq 0 ]; then return 0; fi
  say "installing ${missing[*]}"
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# A server for tests. Debian's package would start a cluster of its own when it is installed, and
# with each start of the machine.
install_postgres() {
  if compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then return 0; fi
  install_packages postgresql-common || return 1
  local folder=/etc/postgresql-common/createcluster.d
  as_root mkdir -p "$folder"
  echo 'create_main_cluster = false' | as_root tee "$folder/no_main_cluster.conf" >/dev/null
  install_packages postgresql-15
}

# grpcurl is for one test only, which says why it is skipped when there is none.
install_grpcurl() {
  if command -v grpcurl >/dev/null || [ -x "$build/tools/bin/grpcurl" ]; then return 0; fi
  if ! command -v go >/dev/null; then install_packages golang-go || return 1; fi
  mkdir -p "$build/tools/bin"
  local folder
  folder=$(cd "$build/tools" && pwd)
  say "building grpcurl $grpcurl_version into $build/tools"
  (cd "$folder" && GOPATH="$folder/go" GOBIN="$folder/bin" GOFLAGS=-modcacherw timeout 900 \
    go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$grpcurl_version") || return 1
  rm -rf "$folder/go"
}

# Of Debian's package, which would start a server when it is installed.
extract_promtool() {
  if command -v promtool >/dev/null || [ -x "$build/tools/bin/promtool" ]; then return 0; fi
  local folder
  mkdir -p "$build/tools/bin"
  folder=$(mktemp -d)
  say "taking promtool out of Debian's package prometheus"
  (cd "$folder" && apt-get download -q prometheus && dpkg-deb --extract prometheus_*.deb .) &&
    cp "$folder/usr/bin/promtool" "$build/tools/bin/"
  local code=$?
  rm -rf "$folder"
  return "$code"
}

# What the tests of packages need: tests/packaging/README.md.
install_packaging() {
  install_packages "${packaging[@]}" || return 1
  extract_promtool || return 1
  if command -v helm >/dev/null || [ -x "$build/tools/bin/helm" ]; then return 0; fi
  if ! command -v go >/dev/null; then install_packages golang-go || return 1; fi
  mkdir -p "$build/tools/bin"
  local folder
  folder=$(cd "$build/tools" && pwd)
  say "building helm $helm_version into $build/tools"
  # Without paths in it, what Go has compiled once is good for every build folder.
  (cd "$folder" && GOPATH="$folder/go" GOBIN="$folder/bin" GOFLAGS="-modcacherw -trimpath" timeout 900 \
    go install "helm.sh/helm/v3/cmd/helm@$helm_version") || return 1
  rm -rf "$folder/go"
}

# The schemas of Kubernetes, which its rendered resources are checked against.
fetch_kubernetes_schemas() {
  local pin=tests/packaging/requirements.txt version
  version=$(sed -n 's/^kubernetes-validate==\([0-9.]*\) .*/\1/p' "$pin")
  if [ -f "$build/downloads/kubernetes_validate-$version-py3-none-any.whl" ]; then return 0; fi
  if ! python3 -m pip --version >/dev/null 2>&1; then install_packages python3-pip || return 1; fi
  say "fetching kubernetes-validate $version into $build/downloads"
  mkdir -p "$build/downloads"
  timeout 300 python3 -m pip download --quiet --disable-pip-version-check --no-deps \
    --only-binary=:all: --require-hashes -r "$pin" -d "$build/downloads"
}

# See schema/envoy/README.md. What is fetched is checked against its hash, here and when it is used.
fetch_envoy_api() {
  local pin=schema/envoy/requirements.txt version
  version=$(sed -n 's/^xds-protos==\([0-9.]*\) .*/\1/p' "$pin")
  if [ -f "$build/downloads/xds_protos-$version-py3-none-any.whl" ]; then return 0; fi
  if ! python3 -m pip --version >/dev/null 2>&1; then install_packages python3-pip || return 1; fi
  say "fetching xds-protos $version into $build/downloads"
  mkdir -p "$build/downloads"
  timeout 300 python3 -m pip download --quiet --disable-pip-version-check --no-deps \
    --only-binary=:all: --require-hashes -r "$pin" -d "$build/downloads"
}

# The Go generator, and the packages that what it makes needs.
install_go_generator() {
  local go_minor
  go_minor=$(go env GOVERSION 2>/dev/null | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
  if [ "${go_minor:-0}" -lt "$oapi_codegen_go" ]; then
    say "no generator of Go clients: it needs Go 1.$oapi_codegen_go"
    return 0
  fi
  local clients folder
  clients=$PWD/tests/clients/go
  mkdir -p "$build/tools/bin" "$build/tools/go-modules"
  folder=$(cd "$build/tools" && pwd)
  if [ ! -x "$folder/bin/oapi-codegen" ]; then
    say "building oapi-codegen $oapi_codegen_version into $build/tools"
    GOBIN=$folder/bin timeout 900 go install \
      "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@$oapi_codegen_version" || return 1
  fi
  (cd "$clients" && GOFLAGS=-modcacherw GOMODCACHE=$folder/go-modules timeout 300 go mod download)
}

# See schema/console/README.md. Each package is checked against its hash; none of its scripts is run.
fetch_console() {
  local folder=$build/downloads/console pins=schema/console
  if cmp -s "$pins/package-lock.json" "$folder/package-lock.json" &&
    [ -d "$folder/node_modules" ]; then
    return 0
  fi
  if ! command -v npm >/dev/null; then install_packages npm || return 1; fi
  say "fetching what the console imports into $folder"
  mkdir -p "$folder"
  cp "$pins/package.json" "$pins/package-lock.json" "$folder/"
  (cd "$folder" && timeout 300 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) ||
    { rm -rf "$folder"; return 1; }
}

# What plays the console in a browser: tests/console/README.md.
install_browser() {
  local folder=$build/tools/browser pins=tests/console/requirements.txt
  if ! command -v chromium >/dev/null; then install_packages chromium || return 1; fi
  if cmp -s "$pins" "$folder/requirements.txt"; then return 0; fi
  if ! python3 -c 'import ensurepip' 2>/dev/null; then install_packages python3-venv || return 1; fi
  say "installing what drives the browser into $folder"
  rm -rf "$folder"
  mkdir -p "$build/tools"
  python3 -m venv "$folder" || return 1
  timeout 600 "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    --only-binary=:all: --require-hashes -r "$pins" || return 1
  cp "$pins" "$folder/"
}

# An identity provider for the tests of signing in. It is unpacked and not installed: its package would
# set up a server, a database and what asks for them.
fetch_identity_provider() {
  local folder=$build/tools/identity-provider package
  local provider=(
    glewlwyd glewlwyd-common libconfig9 libhoel1.4 libiddawc1.1 libjansson4 libmariadb3 libmicrohttpd12
    liboath0 liborcania2.3 librhonabwy1.1 libulfius2.7 libyder2.0
    fonts-fork-awesome libjs-bootstrap4 libjs-jquery libjs-popper.js
  )
  if [ "$(cat "$folder/packages" 2>/dev/null)" = "${provider[*]}" ]; then return 0; fi
  say "unpacking glewlwyd into $folder"
  rm -rf "$folder"
  mkdir -p "$folder/downloads"
  if ! (cd "$folder/downloads" && timeout 300 apt-get download -q "${provider[@]}" >/dev/null 2>&1); then
    as_root apt-get update -q || return 1
    (cd "$folder/downloads" && timeout 300 apt-get download -q "${provider[@]}") || return 1
  fi
  for package in "$folder"/downloads/*.deb; do dpkg -x "$package" "$folder" || return 1; done
  rm -rf "$folder/downloads"
  echo "${provider[*]}" >"$folder/packages"
}

# Linters and the TypeScript generator.
install_node_generator() {
  local node_major
  node_major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p')
  if [ "${node_major:-0}" -lt "$clients_node" ] || ! command -v npm >/dev/null; then
    say "no linters and no generator of TypeScript clients: they need node $clients_node and npm"
    return 0
  fi
  mkdir -p "$build/tools/clients"
  if cmp -s tests/clients/typescript/package.json "$build/tools/clients/package.json" &&
    [ -d "$build/tools/clients/node_modules" ]; then
    return 0
  fi
  cp tests/clients/typescript/package.json "$build/tools/clients/"
  say "installing linters and openapi-typescript into $build/tools/clients"
  (cd "$build/tools/clients" && timeout 600 npm install --no-audit --no-fund --loglevel=error) ||
    { rm -rf "$build/tools/clients/node_modules"; return 1; }
}

if ! command -v dpkg-query >/dev/null; then
  say "this is not Debian; install the counterparts of: ${packages[*]}" >&2
  exit 1
fi
install_packages "${packages[@]}"
if ! fetch_envoy_api; then
  say "WARNING: xds-protos could not be fetched (no network to Python's package index?)." >&2
  say "WARNING: only the outermost members of Envoy's resources in policies will be checked." >&2
fi
if ! fetch_console; then
  say "WARNING: the console's packages could not be fetched (no npm, or no network?)." >&2
  say "WARNING: the daemon will be built without the console." >&2
fi
if [ "$what" = run ]; then
  say "all there to build and run it"
  exit 0
fi
if ! install_postgres; then
  say "WARNING: postgresql-15 could not be installed." >&2
  say "WARNING: the tests of the store on PostgreSQL will be SKIPPED." >&2
fi
if ! install_grpcurl; then
  say "WARNING: grpcurl could not be built (no network to Go's module proxy?)." >&2
  say "WARNING: the test that drives the admin API with grpcurl will be SKIPPED." >&2
fi
if ! install_packaging; then
  say "WARNING: what makes and tries packages could not be installed." >&2
  say "WARNING: the tests of packages, the container image or the Helm chart will be SKIPPED." >&2
fi
if ! fetch_kubernetes_schemas; then
  say "WARNING: the schemas of Kubernetes could not be fetched (no network to Python's package index?)." >&2
  say "WARNING: what the Helm chart renders will not be checked against them." >&2
fi
if ! install_browser; then
  say "WARNING: chromium, or what drives it, could not be installed." >&2
  say "WARNING: the tests of the console in a browser will be SKIPPED." >&2
fi
if ! fetch_identity_provider; then
  say "WARNING: glewlwyd could not be fetched." >&2
  say "WARNING: the tests of signing in at an identity provider in a browser will be SKIPPED." >&2
fi
if ! install_go_generator; then
  say "WARNING: the Go client of the OpenAPI document will not be tried (no network?)." >&2
fi
if ! install_node_generator; then
  say "WARNING: the document is not linted, and no TypeScript client tried (no network?)." >&2
fi
say "all there"
