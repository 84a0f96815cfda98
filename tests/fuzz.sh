#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds every fuzz target (clang, AddressSanitizer and UBSan) and runs each for a while, beginning
# with its corpus under tests/fuzz/corpus:
#
#   tests/fuzz.sh [seconds [target ...]]
#
# 60 seconds each unless told otherwise. What is found is left in <build folder>/findings, and the
# script fails. BUILD_DIR names another build folder than build-fuzz/.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BUILD_DIR:-build-fuzz}
seconds=${1:-60}
shift || true

if ! command -v clang++-14 > /dev/null; then
  echo "fuzz: needs clang 14 (apt-get install clang-14)" >&2
  exit 2
fi
cmake -S . -B "$build" -G Ninja -DSKYDEN_PRECOMPILED_HEADERS=OFF -DCMAKE_C_COMPILER=clang-14 -DCMAKE_CXX_COMPILER=clang++-14 \
  -DCMAKE_BUILD_TYPE=Sanitized -DCMAKE_CXX_FLAGS_SANITIZED="-O1 -g1" \
  -DCMAKE_C_FLAGS_SANITIZED="-O1 -g1" -DSKYDEN_BENCH=OFF -DSKYDEN_SANITIZE=address \
  -DSKYDEN_FUZZ=ON
if [ $# -eq 0 ]; then
  mapfile -t targets < <(ninja -C "$build" -t targets all |
    sed -n '/^cmake_/d; s/^\([a-z0-9_]*\)_fuzz: phony$/\1/p' | sort)
else
  targets=("$@")
fi
ninja -C "$build" -j"${JOBS:-$(nproc)}" "${targets[@]/%/_fuzz}"

export ASAN_OPTIONS="detect_leaks=1"
failed=()
for target in "${targets[@]}"; do
  binary=$(find "$build" -type f -name "${target}_fuzz" | head -n 1)
  findings=$build/findings/$target
  grown=$build/corpus/$target
  seeds=tests/fuzz/corpus/$target
  mkdir -p "$findings" "$grown"
  log=$build/fuzz-$target.log
  # What is found anew goes to the first folder; the seeds are only read.
  if "$binary" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$findings/" "$grown" "$seeds" > "$log" 2>&1; then
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, nothing found"
  else
    echo "$target: FOUND, see $log and $findings"
    tail -n 30 "$log"
    failed+=("$target")
  fi
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "fuzz: found something in ${failed[*]}" >&2
  exit 1
fi
echo "fuzz: ${#targets[@]} targets, $seconds s each, nothing found"
