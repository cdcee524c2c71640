#!/bin/sh
# Run the tests and say loudly, first and last, what was left out and why. The exit status is pytest's.
# Usage: tools/test.sh [pytest's arguments]      Environment: VENV, JOBS, SEED; see docs/configuration.md
set -u
python=${VENV:-.venv}/bin/python
seed=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
[ -x "$python" ] || { echo "$python is missing: run make test" >&2; exit 2; }

install_packages() {
    packages=$("$python" -m tests.needs --packages)
    [ -n "$packages" ] && [ "${BINGLIAN_NO_APT:-0}" != 1 ] && [ "$(id -u)" = 0 ] || return 0
    command -v apt-get >/dev/null || return 0
    log=$(mktemp)
    echo "Installing Debian packages:" $packages
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages; } \
        >"$log" 2>&1 </dev/null || { echo "apt-get failed:"; tail -n 5 "$log"; }
    rm -f "$log"
}

say_left_out() {
    [ -n "$left_out" ] || return 0
    echo "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"
    echo "$left_out" | sed 's/^/LEFT OUT: /'
    echo "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"
}

# Tests start many processes; with this set, each would compile the product anew.
unset PYTHONDONTWRITEBYTECODE

install_packages
left_out=$("$python" -m tests.needs --left-out)
say_left_out
echo "Seed $seed: the same order and the same random data again with SEED=$seed"

"$python" -m pytest -n "${JOBS:-2}" "--randomly-seed=$seed" "--hypothesis-seed=$seed" "$@"
status=$?

say_left_out
echo "Seed $seed, exit status $status"
if [ -n "$left_out" ] && [ "${BINGLIAN_REQUIRE_ALL:-0}" = 1 ] && [ "$status" = 0 ]; then
    echo "BINGLIAN_REQUIRE_ALL=1: leaving something out counts as a failure" >&2
    status=1
fi
exit "$status"
