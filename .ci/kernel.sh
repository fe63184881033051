#!/bin/bash
# Put a Linux kernel and a few of its modules where the tests' guests find them: .setup/kernel.
#
# The package is downloaded and unpacked, not installed: an installed kernel would write to /boot and run the machine's
# bootloader. Guests get it directly (-kernel), so nothing else of it is needed.
set -euo pipefail
cd "$(dirname "$0")/.."

out=$PWD/.setup/kernel
[ -e "$out/vmlinuz" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # apt downloads as its own user

# A meta package names the real one; a cloud kernel is small and has the paravirtual devices.
download_deb() {
    local meta image version
    for meta in linux-image-cloud-amd64 linux-image-virtual linux-image-amd64; do
        image=$(apt-cache depends "$meta" 2>/dev/null | awk '/Depends: linux-image-[0-9]/ {print $2; exit}')
        [ -n "$image" ] && break
    done
    [ -n "$image" ] || { echo "no kernel package found: run apt-get update" >&2; exit 1; }
    version=${image#linux-image-}
    echo "kernel: unpacking $image (not installed: /boot and the bootloader stay as they are)"
    (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$image")
    if apt-cache show "linux-modules-$version" >/dev/null 2>&1; then # Ubuntu keeps the modules apart
        (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "linux-modules-$version")
    fi
    for package in "$work"/*.deb; do dpkg -x "$package" "$work/tree"; done
}

# Unseen: written for Fedora, never run there.
download_rpm() {
    (cd "$work" && dnf -q download kernel-core kernel-modules-core)
    mkdir -p "$work/tree"
    for package in "$work"/*.rpm; do (cd "$work/tree" && rpm2cpio "$package" | cpio -idm --quiet); done
}

if command -v apt-get >/dev/null; then download_deb; else download_rpm; fi

# Only what a guest needs, uncompressed (busybox loads nothing else), in the order of loading; what a kernel has built in
# is not there as a file.
mkdir -p "$work/out/modules"
number=10
for module in virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci failover net_failover virtio_net \
    virtio_balloon virtio_blk button evdev; do
    file=$(find "$work/tree" -name "$module.ko*" | head -n 1)
    [ -n "$file" ] || continue
    case $file in
    *.xz) xz -dc "$file" ;;
    *.zst) zstd -dcq "$file" ;;
    *) cat "$file" ;;
    esac >"$work/out/modules/$number-$module.ko"
    number=$((number + 1))
done
image=$(find "$work/tree" -name 'vmlinuz*' -type f | head -n 1)
[ -n "$image" ] || { echo "the kernel package holds no vmlinuz" >&2; exit 1; }
cp "$image" "$work/out/vmlinuz"
mkdir -p .setup
rm -rf "$out"
mv "$work/out" "$out"
