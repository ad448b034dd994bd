# What tests/run and .ci/run share: parts that are timed and told at the end, and getting what they need.
# Sourced by both, from the top of the repository.

parts_told=()
parts_failed=0
parts_missing=0
tests_passed=0
tests_failed=0
tests_skipped=0

# part NAME COMMAND...: runs a part, whatever became of the ones before it.
part() {
  local name=$1 began=$SECONDS outcome=passed
  parts_tried=
  shift
  printf '\n== %s\n' "$name"
  if ! "$@" </dev/null; then
    outcome=FAILED
    parts_failed=$((parts_failed + 1))
  fi
  parts_told+=("$(told "$outcome" "$name${parts_tried:+: $parts_tried}" $((SECONDS - began)))")
}

# not_run NAME WHY: a part that cannot be run here. It is no failure, and no success either.
not_run() {
  printf '\n== %s\nnot run: %s\n' "$1" "$2"
  parts_missing=$((parts_missing + 1))
  parts_told+=("$(printf '%-8s %s: %s' 'NOT RUN' "$1" "$2")")
}

# left_out NAME WHY: a part that one can do without here. It is told, and counts neither way.
left_out() {
  printf '\n== %s\nleft out: %s\n' "$1" "$2"
  parts_told+=("$(printf '%-8s %s: %s' 'left out' "$1" "$2")")
}

# count PASSED FAILED SKIPPED: how many tests the part that runs now has tried.
count() {
  tests_passed=$((tests_passed + $1))
  tests_failed=$((tests_failed + $2))
  tests_skipped=$((tests_skipped + $3))
  parts_tried="$1 tests passed"
  if (($2 > 0)); then parts_tried+=", $2 failed"; fi
  if (($3 > 0)); then parts_tried+=", $3 left out"; fi
}

# All tests of all suites, in the one line that other programs look for.
tell_counts() {
  printf '\n%d passed, %d failed, %d skipped\n' "$tests_passed" "$tests_failed" "$tests_skipped"
}

# may_be_missing NAME WHY: not run; where `.ci/allowed-skips` names it, it is only left out.
may_be_missing() {
  if grep -qF "$1:" .ci/allowed-skips; then left_out "$1" "$2"; else not_run "$1" "$2"; fi
}

told() {
  printf '%-8s %s (%d min %02d s)' "$1" "$2" $(($3 / 60)) $(($3 % 60))
}

# The summary. Ends with 1 when a part failed, with 2 when one could not be run, with 0 when all passed.
tell_parts() {
  printf '\n== Summary\n'
  printf '%s\n' "${parts_told[@]}"
  told 'in all' "${#parts_told[@]} parts" "$SECONDS"
  printf '\n'
  if ((parts_failed > 0)); then exit 1; fi
  if ((parts_missing > 0)); then exit 2; fi
}

# get COMMAND PACKAGE...: makes sure that a command is here, from Debian's packages where that is allowed.
get() {
  local command=$1
  shift
  if command -v "$command" >/dev/null; then return 0; fi
  if command -v apt-get >/dev/null && { [[ $(id -u) == 0 ]] || sudo -n true 2>/dev/null; }; then
    printf '%s is missing: installing %s\n' "$command" "$*"
    apt_install "$@" || { as_root apt-get update -qq && apt_install "$@"; } || true
  fi
  if command -v "$command" >/dev/null; then return 0; fi
  printf '%s is missing and could not be installed from here. On Debian: apt-get install %s\n' "$command" "$*"
  return 1
}

# get_venv: makes sure that Python can make environments, into which other programs are installed.
get_venv() {
  get python3 python3 python3-venv && { python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv; }
}

# get_relay: makes sure that the relay's program is here, beside the build. The first time takes some minutes.
get_relay() {
  local other
  other=$(cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/other
  if [[ -x $other/bin/iroh-relay || -x ${CARGO_HOME:-$HOME/.cargo}/bin/iroh-relay ]]; then return 0; fi
  printf 'iroh-relay is missing: building it, which takes some minutes the first time\n'
  mkdir -p "$other"
  CARGO_TARGET_DIR=$other/iroh-relay CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --locked --debug \
    --root "$other" --version 1.4.1 --features server iroh-relay || return 1
  rm -rf "$other/iroh-relay"
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi
}

# What the core cannot be built without.
get_what_builds() {
  if ! command -v cargo >/dev/null && [[ -f $HOME/.cargo/env ]]; then . "$HOME/.cargo/env"; fi
  if ! command -v cargo >/dev/null; then
    printf 'Rust is missing: https://rustup.rs says in one line how to get it.\n'
    return 1
  fi
  get cc gcc libc6-dev && get perl perl && get make make
}
