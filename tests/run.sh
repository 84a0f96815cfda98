#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds everything, and runs every test: first the fast ones, then the
# slow ones; those of the label `long` are left to `ctest -L long`. Prints last how many passed, and
# what was skipped and why. Fails when any fails.
# BUILD_DIR names another build folder than build/.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD_DIR:-build}
jobs=$(nproc)

tests/install_dependencies.sh "$build"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo
cmake --build "$build" -j"$jobs"

# Tests find the tools that were built for them.
PATH="$(cd "$build" && pwd)/tools/bin:$PATH"
export PATH

# Whole tests and single cases, as the log of the last run has them.
list_skipped() {
  awk '/^[0-9]+\/[0-9]+ Testing: / { test = $3 }
    sub(/^.*SKIPPED: /, "") && !seen[test, $0]++ { print "  skipped: " test ": " $0 }' \
    "$build/Testing/Temporary/LastTest.log"
}

failed=0
summaries=()
for label in fast slow; do
  log="$build/ctest-$label.log"
  ctest --test-dir "$build" -L "^$label\$" -j"$jobs" --output-on-failure --no-tests=error |
    tee "$log" || failed=1
  summaries+=("$label: $(grep 'tests passed' "$log" || echo 'did not finish')" "$(list_skipped)")
done
printf '%s\n' "${summaries[@]}" | sed '/^$/d'
exit "$failed"
