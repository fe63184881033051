#!/bin/bash
# hostdeck's locked packages in the machine: fetched here, installed in the tree at full speed (inside it would take minutes).
# libvirt-python is the distribution's, built for its own C library.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
mount -t proc proc "$root/proc"
version=$(inside python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
wheels=$root/opt/wheels
mkdir -p "$wheels"
awk '/^[^ ]/ {keep = !/^libvirt-python==/} keep' "$project/.ci/requirements.txt" >"$wheels/requirements.txt"
"$project/.venv/bin/python" -m pip download -qq --disable-pip-version-check --no-input --dest "$wheels" --require-hashes \
    --only-binary :all: --python-version "$version" --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 \
    --platform manylinux2014_x86_64 --platform any -r "$wheels/requirements.txt"
inside python3 -m venv --system-site-packages /opt/venv
inside /opt/venv/bin/pip install -q --disable-pip-version-check --no-index --find-links /opt/wheels -r /opt/wheels/requirements.txt
inside /opt/venv/bin/python -c 'import libvirt, textual, psutil, podman, humanize'
rm -rf "$wheels"
