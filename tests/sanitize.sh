#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds everything with sanitizers and runs every test, fast and slow:
#
#   tests/sanitize.sh address [test ...]    AddressSanitizer, LeakSanitizer, UBSan
#   tests/sanitize.sh thread [test ...]     ThreadSanitizer, with clang 14: a second compiler's view
#
# With names of tests (as ctest knows them) only those are built and run. BUILD_DIR names another
# build folder than build-asan/ or build-tsan/. The suppressions beside this script are for other
# people's code only; each says why.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-address}
case "$kind" in
  address) build=${BUILD_DIR:-build-asan} ;;
  thread)
    build=${BUILD_DIR:-build-tsan}
    export CC=${CC:-clang-14} CXX=${CXX:-clang++-14}
    if ! command -v "$CXX" >/dev/null; then
      echo "sanitize: needs $CXX (apt-get install clang-14)" >&2
      exit 2
    fi
    ;;
  *)
    echo "usage: tests/sanitize.sh address|thread [test ...]" >&2
    exit 2
    ;;
esac
shift || true
here=$PWD/tests/sanitize

# Less optimised than usual: faster to build, and stacks that can be read.
cmake -S . -B "$build" -G Ninja -DSKYDEN_PRECOMPILED_HEADERS=OFF -DCMAKE_BUILD_TYPE=Sanitized \
  -DCMAKE_CXX_FLAGS_SANITIZED="-O1 -g1" -DCMAKE_C_FLAGS_SANITIZED="-O1 -g1" \
  -DSKYDEN_BENCH=OFF -DSKYDEN_SANITIZE="$kind"

targets=()
filter=()
if [ $# -gt 0 ]; then
  for name in "$@"; do targets+=("${name}_test"); done
  filter=(-R "^($(IFS='|' && echo "$*"))\$")
else
  targets=(all)
fi
ninja -C "$build" -j"${JOBS:-$(nproc)}" "${targets[@]}"

export ASAN_OPTIONS="abort_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1"
# A test puts a faulty disk under the daemon, before the sanitizer.
ASAN_OPTIONS+=":verify_asan_link_order=0"
export LSAN_OPTIONS="suppressions=$here/leaks.txt:print_suppressions=0"
export UBSAN_OPTIONS="print_stacktrace=1"
export TSAN_OPTIONS="suppressions=$here/races.txt:halt_on_error=1:second_deadlock_stack=1"
PATH="$PWD/build/tools/bin:$PATH"
ctest --test-dir "$build" --output-on-failure --no-tests=error --timeout 3600 "${filter[@]}"
