#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lints the OpenAPI document of a fresh daemon, makes a Go and a TypeScript client of it, and uses
# both. What lacks its tools is skipped with the reason; when all is, the exit code is 77.
#
#   tests/clients.sh              tools of tests/install_dependencies.sh, in <build folder>/tools
set -euo pipefail
cd "$(dirname "$0")/.."
build=$(cd "${BUILD_DIR:-build}" && pwd)
. examples/daemon.sh

tools=$build/tools
modules=$tools/clients/node_modules
clients=$PWD/tests/clients
ran=0
skip() { echo "SKIPPED: $*; tests/install_dependencies.sh fetches it where it can"; }

work=$(mktemp -d)
cleanup() {
  stop_daemon
  rm -rf "$work"
}
trap cleanup EXIT

go_client() {
  cp -r "$clients/go" "$work/go"
  mkdir "$work/go/skyden"
  cd "$work/go"
  "$tools/bin/oapi-codegen" -config oapi-codegen.yaml -o skyden/skyden.go "$work/openapi.yaml"
  GOFLAGS=-mod=readonly GOMODCACHE=$tools/go-modules GOPROXY=off go build -o use .
  ./use
}

lint() {
  "$modules/.bin/redocly" lint --config "$clients/redocly.yaml" --format summary \
    "$work/openapi.yaml"
  "$modules/.bin/spectral" lint --ruleset "$clients/spectral.yaml" --fail-severity error \
    "$work/openapi.yaml"
}

typescript_client() {
  cp -r "$clients/typescript" "$work/typescript"
  ln -s "$modules" "$work/typescript/node_modules"
  cd "$work/typescript"
  "$modules/.bin/openapi-typescript" "$work/openapi.yaml" -o skyden.ts
  "$modules/.bin/tsc" -p .
  ln -s "$modules" out/node_modules
  cp package.json out
  node out/use.js
}

mkdir -m 700 "$work/data"
start_daemon "$work/data"
export SKYDEN_ADDRESS=http://$HTTP SKYDEN_TOKEN=$TOKEN
export NO_UPDATE_NOTIFIER=1 REDOCLY_TELEMETRY=off
curl -sS --fail -o "$work/openapi.yaml" "http://$HTTP/openapi.yaml"

if [ -x "$tools/bin/oapi-codegen" ] && [ -d "$tools/go-modules" ]; then
  (go_client)
  ran=1
else
  skip "there is no oapi-codegen, which needs Go 1.24"
fi
if [ -d "$modules" ] && command -v node >/dev/null; then
  (lint)
  (typescript_client)
  ran=1
else
  skip "there are no linters and no openapi-typescript, which need node 20"
fi
if [ $ran -eq 0 ]; then exit 77; fi
