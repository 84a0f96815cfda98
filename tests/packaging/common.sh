# SPDX-License-Identifier: Apache-2.0
# For the tests of packages, to be sourced: where the build is, and what skips a test.

build=$(realpath "${BUILD_DIR:-build}")
work=$(mktemp -d)

# skip REASON: ends the test as one that was not tried; tests/run.sh lists why.
skip() {
  echo "SKIPPED: $*"
  exit 77
}

# want PROGRAM...: skips where one is missing.
want() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || skip "there is no $program; see tests/install_dependencies.sh"
  done
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

step() { printf '\n== %s\n' "$*"; }

# expect TEXT COMMAND...: runs it, shows what it prints, and wants the text in it.
expect() {
  local text=$1
  shift
  "$@" >"$work/printed" 2>&1 || { cat "$work/printed" >&2; fail "exit code $? of: $*"; }
  sed 's/^/   /' "$work/printed"
  grep -qF -- "$text" "$work/printed" || fail "\"$text\" is not in what this printed: $*"
}

# wait_for FILE TEXT: until the text stands in the file.
wait_for() {
  local tries
  for tries in $(seq 600); do
    if grep -qsF -- "$2" "$1"; then return 0; fi
    sleep 0.05
  done
  cat "$1" >&2
  fail "waited in vain ($tries times) for: $2"
}

# build_packages FOLDER [argument of build.sh]...: into the folder; sets DEB and AGENT_DEB. Not as small
# as they could be, for it takes a tenth of the time.
build_packages() {
  local folder=$1
  shift
  packaging/debian/build.sh --build "$build" --output "$folder" --compression gzip "$@" >"$work/built" 2>"$work/build.log" ||
    { cat "$work/build.log" >&2; fail "the packages could not be built"; }
  DEB=$(sed -n 1p "$work/built")
  AGENT_DEB=$(sed -n 2p "$work/built")
}
