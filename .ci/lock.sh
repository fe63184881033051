#!/bin/bash
# Make the locked versions anew from pyproject.toml, with hashes, for every Python from 3.11 on; no index is written down.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --upgrade --generate-hashes --python-version 3.11 \
        --no-header --no-annotate --no-emit-index-url "$@" pyproject.toml
}
compile --output-file .ci/requirements.txt --extra web
compile --output-file .ci/requirements-dev.txt --extra web --extra dev --constraint .ci/requirements.txt
