#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plays the console of a fresh daemon in Chromium, as people with a mouse and with a keyboard do. Skipped
# with the reason, and 77, where there is no browser, nothing that drives it, or no console.
#
#   tests/console/browser.sh [name of a test...]
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(cd "${BUILD_DIR:-build}" && pwd)
skip() {
  echo "SKIPPED: $*"
  exit 77
}

python=$build/tools/browser/bin/python
# Build folders of other kinds use what the usual one has.
if [ ! -x "$python" ]; then python=$PWD/build/tools/browser/bin/python; fi
if ! command -v chromium >/dev/null; then
  skip "there is no chromium; tests/install_dependencies.sh installs it"
fi
if [ ! -x "$python" ]; then
  skip "nothing drives the browser; tests/install_dependencies.sh installs it"
fi
export CONSOLE_PACKAGES=${python%/tools/browser/bin/python}/downloads/console/node_modules
export IDENTITY_PROVIDER=${python%/browser/bin/python}/identity-provider
export SKYDEN=${SKYDEN:-$build/skyden}
if "$SKYDEN" version | grep -q '^Console not built'; then
  skip "the daemon was built without the console"
fi
cd tests/console/browser
if [ $# -eq 0 ]; then set -- discover -p '*_test.py'; fi
exec "$python" -B -m unittest "$@"
