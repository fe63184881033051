#!/bin/bash
# Everything, in one go: style, types, layers, then one pytest over all tests, whose closing line is the last of the output.
# setup.sh test comes first. Arguments go to pytest.
set -uo pipefail
cd "$(dirname "$0")/.."
limit=${HOSTDECK_TEST_LIMIT:-40m}
mkdir -p .setup

# the virtual machine of the host tests: minutes the first time, nothing after that; meanwhile the checks run
tests/host/testhost/build.sh >.setup/testhost.log 2>&1 &
machine=$!
status=0
.ci/check.sh || status=1
wait $machine || { echo "the virtual machine of the host tests could not be made:"; tail -n 20 .setup/testhost.log; }
[ $status = 0 ] || echo "== the checks above failed; the tests go on"

# Promised above, so what is missing now is a failure, no skip. Live tests start system daemons of their own: root.
export HOSTDECK_TEST_STRICT=1
as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo --preserve-env); export PYTHONDONTWRITEBYTECODE=1; fi
# a run that hangs is ended like Ctrl-C, so that it cleans up behind itself
timeout --foreground --kill-after=60 "$limit" "${as_root[@]}" .venv/bin/python -m pytest "$@" </dev/null || status=1
exit $status
