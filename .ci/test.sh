#!/bin/bash
# Everything, in one go: style, types, layers, then one pytest over all tests, whose closing line is the last of the output.
# setup.sh test comes first. Arguments go to pytest.
set -uo pipefail
cd "$(dirname "$0")/.."
limit=${HOSTDECK_TEST_LIMIT:-75m}
mkdir -p .setup
export HOSTDECK_TESTHOST=${HOSTDECK_TESTHOST:-$HOME/.cache/hostdeck-testhost} # root's home would be another
# What is missing from here on is a failure, no skip: everything was installed.
export HOSTDECK_TEST_STRICT=1
status=0

# The virtual machine of the host tests: minutes the first time, nothing after that. Meanwhile the checks run, unless sudo
# may have to ask for a password.
build=tests/host/testhost/build.sh
as_root=()
if [ "$(id -u)" = 0 ]; then
    setsid $build >.setup/testhost.log 2>&1 </dev/null &
    machine=$!
    trap 'kill -- -$machine 2>/dev/null; exit 130' INT TERM
    .ci/check.sh || status=1
    wait $machine
    built=$?
    trap - INT TERM
elif ! { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }; then
    echo "== neither root nor a sudo that works without asking: tests that need root are skipped and say so at the end"
    unset HOSTDECK_TEST_STRICT
    built=0
    .ci/check.sh || status=1
else
    as_root=(sudo --preserve-env) # live tests start system daemons of their own
    export PYTHONDONTWRITEBYTECODE=1
    "${as_root[@]}" $build >.setup/testhost.log 2>&1
    built=$?
    .ci/check.sh || status=1
fi
[ $status = 0 ] || echo "== the checks above failed; the tests go on"
if [ $built != 0 ]; then
    echo "== the virtual machine of the host tests could not be made:"
    tail -n 20 .setup/testhost.log
fi

# a run that hangs is ended like Ctrl-C, so that it cleans up behind itself
timeout --foreground --kill-after=60 "$limit" "${as_root[@]}" .venv/bin/python -m pytest "$@" </dev/null || status=1
exit $status
