#!/bin/bash
# Make the virtual machine of the host tests: a root tree, a disk, one boot, a workload, and its saved state, from which each
# test run starts within seconds. It takes minutes under emulation, so it is kept until one of its scripts changes.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
cd "$project"

hash=$(cat "$scripts"/*.{sh,txt} "$scripts"/qemu.py .ci/requirements.txt /etc/os-release | sha256sum | cut -c 1-32)
if [ "$(cat "$work/built" 2>/dev/null)" = "$hash" ]; then exit 0; fi
if [ "$(id -u)" != 0 ]; then exec sudo --preserve-env HOSTDECK_TESTHOST="$work" "$0"; fi

mkdir -p -m 700 "$work"
exec 9>"$work/lock"
flock 9 # a second run waits for the first
if [ "$(cat "$work/built" 2>/dev/null)" = "$hash" ]; then exit 0; fi
rm -rf --one-file-system "$work"/{built,root,disk.raw,golden.qcow2,state.zst}

begin=$SECONDS
lap() { echo "testhost: $1, $((SECONDS - begin)) s since the start"; }
# mounts of the chroot are made in a namespace of their own, so they are gone with the script, whatever happens
unshare --mount --propagation private "$scripts/rootfs.sh"
lap "root tree"
unshare --mount --propagation private "$scripts/python.sh"
lap "Python packages"
truncate -s 4G "$work/disk.raw"
mke2fs -q -t ext4 -F -m 0 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard -L root -d "$root" "$work/disk.raw"
rm -rf --one-file-system "$root"
lap "disk"
.venv/bin/python -m tests.host.testhost.save "$work" <"$scripts/workload.sh"
lap "workload running, state saved"
echo "$hash" >"$work/built"
