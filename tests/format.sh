#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails when a source file is not formatted as .clang-format says, lacks its licence line, or when
# a script does not parse. With --fix, formats instead.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(--dry-run -Werror)
if [ "${1:-}" = --fix ]; then mode=(-i); fi

mapfile -t sources < <(find src include tests examples -name '*.h' -o -name '*.cc' | sort)
mapfile -t scripts < <(find tests examples packaging .ci -name '*.sh' -o -path .ci/run | sort)
failed=0
printf '%s\0' "${sources[@]}" | xargs -0 clang-format-14 "${mode[@]}" || failed=1
for file in "${sources[@]}"; do
  if ! head -n 1 "$file" | grep -q '^// SPDX-License-Identifier: Apache-2.0$'; then
    echo "$file: the first line is not the licence line" >&2
    failed=1
  fi
done
for file in "${scripts[@]}"; do bash -n "$file" || failed=1; done
if [ "$failed" -eq 0 ]; then echo "format: ${#sources[@]} sources, ${#scripts[@]} scripts, all well"; fi
exit "$failed"
