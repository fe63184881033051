#!/bin/bash
# Start hostdeck from this folder, with the arguments given. Where no engine is installed and none is named, a screen has
# nothing to show: then the demo host appears, and how to get real ones. Nothing is installed for that: whether this machine
# should run guests or containers is its owner's decision.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=$PATH:/usr/sbin:/sbin

engine_installed() {
    for name in podman libvirtd virtqemud virtlxcd; do command -v "$name" >/dev/null && return 0; done
    return 1
}

# named ARG...: whether an engine, the demo or something without a screen was asked for
named() {
    [ -n "${CONTAINER_HOST:-}${LIBVIRT_DEFAULT_URI:-}" ] && return 0
    for word in "$@"; do
        case $word in --connect* | --podman* | --demo | --version | -h | --help | snapshot | doctor) return 0 ;; esac
    done
    return 1
}

if ! engine_installed && ! named "$@"; then
    install=apt-get\ install
    command -v apt-get >/dev/null || install=dnf\ install
    echo "No engine is installed here, so this is the demo host. For real ones:"
    echo "  containers: $install podman"
    if [ "$install" = "apt-get install" ]; then
        echo "  guests:     $install libvirt-daemon-system libvirt-clients qemu-system-x86"
    else
        echo "  guests:     $install libvirt-daemon-kvm libvirt-client"
    fi
    set -- --demo "$@"
fi
# not a change of folder: files that a person names stay where they mean
PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH} exec "$root/.venv/bin/python" -m tui "$@"
