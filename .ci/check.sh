#!/bin/bash
# Style, types and layers; all of them, so that one run tells everything. check.sh all: unit and UI tests as well.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0
step() {
    printf '== %s\n' "$*"
    "$@" || status=1
}
step .venv/bin/ruff check --quiet .
step .venv/bin/ruff format --check --quiet .
step .venv/bin/mypy --no-error-summary
step .venv/bin/lint-imports --no-logo
if [ "${1:-}" = all ]; then step .venv/bin/python -m pytest -q tests/unit tests/ui; fi
exit $status
