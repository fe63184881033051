#!/bin/bash
# Get this machine ready: setup.sh run | check | test
#
#   run    what hostdeck itself needs, and .venv with the locked packages
#   check  the same with the developer's packages: linters, type checker, pytest
#   test   the same with the engines that the live tests start, and a kernel for their guests
#
# Only what is missing is installed, each with its reason. Debian and Ubuntu through apt; Fedora through dnf (written, never
# seen running). Nothing is configured and no service is started.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:?run, check or test}
case $purpose in run | check | test) ;; *) echo "setup: run, check or test, not $purpose" >&2 && exit 2 ;; esac
PATH=$PATH:/usr/sbin:/sbin # daemons live there, and not every person's PATH has it

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# --- distribution packages -------------------------------------------------------------------------------------------

family=none
if command -v apt-get >/dev/null; then family=deb; elif command -v dnf >/dev/null; then family=rpm; fi
wanted=()

# need DEB RPM REASON CHECK...: note the package when the check fails
need() {
    local deb=$1 rpm=$2 reason=$3 package
    shift 3
    "$@" >/dev/null 2>&1 && return 0
    case $family in
    deb) package=$deb ;;
    rpm) package=$rpm ;;
    *) die "missing $deb ($reason), and this machine has neither apt nor dnf: install it by hand" ;;
    esac
    [ "$package" = - ] && return 0
    say "missing $package: $reason"
    wanted+=("$package")
}
program() { command -v "$1"; }
any_file() { local file; for file in "$@"; do [ -e "$file" ] && return 0; done; return 1; }

# as_root COMMAND...: run it as root; fails when there is no way that asks nothing where nobody can answer
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; return; fi
    command -v sudo >/dev/null || return 77
    if ! sudo -n true 2>/dev/null && ! [ -t 0 ]; then return 77; fi
    sudo "$@"
}

install_command() {
    case $family in
    deb) echo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends ;;
    rpm) echo dnf -q -y install --setopt=install_weak_deps=False ;;
    esac
}

# install_wanted: install what was noted; 0 when all is there
install_wanted() {
    [ ${#wanted[@]} -gt 0 ] || return 0
    local command log=.setup/packages.log status=0
    command="$(install_command) ${wanted[*]}"
    say "installing: ${wanted[*]}"
    services_stay_off
    # shellcheck disable=SC2086 # the words of the command
    as_root $command >"$log" 2>&1 || status=$?
    if [ $status != 0 ] && [ $status != 77 ] && [ "$family" = deb ]; then # package lists that are old or not there at all
        status=0
        # shellcheck disable=SC2086
        { as_root apt-get -qq update && as_root $command; } >"$log" 2>&1 || status=$?
    fi
    services_as_before
    [ $status = 0 ] || install_failed $status "$command" "$log"
    wanted=()
    return $status
}

install_failed() {
    if [ "$1" = 77 ]; then
        say "no sudo that works without asking; run as root: $2" >&2
    else
        tail -n 15 "$3" >&2
        say "the installation failed, see above and $3; the command was: $2" >&2
    fi
}

# Debian starts a package's services as it installs it, unless this file says no. Where a person has one it is kept.
made_policy=
services_stay_off() {
    [ "$family" = deb ] && [ ! -e /usr/sbin/policy-rc.d ] || return 0
    printf '#!/bin/sh\nexit 101\n' >.setup/policy-rc.d
    as_root install -m 755 .setup/policy-rc.d /usr/sbin/policy-rc.d 2>/dev/null && made_policy=yes
    return 0
}
services_as_before() {
    [ -n "$made_policy" ] && as_root rm -f /usr/sbin/policy-rc.d
    made_policy=
}
trap services_as_before EXIT

mkdir -p .setup

# --- Python ----------------------------------------------------------------------------------------------------------

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null && new_enough "$name"; then command -v "$name"; return; fi
    done
}

need python3 python3 "hostdeck is written in Python" program python3
install_wanted || die "cannot go on without Python"
python=$(find_python)
[ -n "$python" ] || die "Python 3.11 or newer is needed, this machine has $(python3 --version 2>&1); set PYTHON to a newer one"

# The distribution's Python comes in parts; any other brings its own venv and headers.
need python3-venv python3 "makes the private folder .venv for hostdeck's packages" "$python" -c 'import ensurepip, venv'
install_wanted || die "cannot go on without Python's venv"

headers() { "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))'; }
need gcc gcc "builds libvirt-python, which has no ready-made package" program gcc
need libc6-dev glibc-devel "builds libvirt-python" any_file /usr/include/stdio.h
need pkg-config pkgconf-pkg-config "tells where libvirt's C library is" program pkg-config
need libvirt-dev libvirt-devel "libvirt's C library and headers: guests are reached through it" pkg-config --exists libvirt
need python3-dev python3-devel "Python's headers, to build libvirt-python" headers
libvirt=yes
install_wanted || libvirt=no
if [ $libvirt = no ]; then say "going on without libvirt-python: hostdeck works with Podman alone" >&2; fi

# --- engines for the live tests --------------------------------------------------------------------------------------

drivers=(/usr/lib/*/libvirt/connection-driver /usr/lib64/libvirt/connection-driver /usr/lib/libvirt/connection-driver)
driver() { any_file "${drivers[@]/%//libvirt_driver_$1.so}"; }
helper() { any_file "/usr/lib/podman/$1" "/usr/libexec/podman/$1" "/usr/bin/$1"; }
known() { [ "$family" = deb ] && [ -n "$(apt-cache --names-only search "^$1\$" 2>/dev/null)" ]; }

if [ "$purpose" = test ]; then
    need podman podman "live tests: containers" program podman
    need runc runc "live tests: a container runtime that works without CAP_SYS_RESOURCE" program runc
    need conmon conmon "live tests: Podman's monitor" program conmon
    need catatonit catatonit "live tests: the first process of a pod" helper catatonit
    need docker-registry - "live tests: pulling images" program docker-registry
    need netavark netavark "live tests: container networks" helper netavark
    need aardvark-dns aardvark-dns "live tests: names in container networks" helper aardvark-dns
    need iptables iptables-nft "live tests: published ports, NAT of guests" program iptables
    need libvirt-daemon libvirt-daemon "live tests: guests" program libvirtd
    need libvirt-daemon-driver-qemu libvirt-daemon-driver-qemu "live tests: guests run by QEMU" driver qemu
    for part in network nodedev storage secret; do # one package in Debian 12, many in later ones
        if ! driver "$part" && { [ "$family" = rpm ] || known "libvirt-daemon-driver-$part"; }; then
            need "libvirt-daemon-driver-$part" "libvirt-daemon-driver-$part" "live tests: guests' $part" false
        fi
    done
    need libvirt-clients libvirt-client "live tests: virsh, the yardstick" program virsh
    need qemu-system-x86 qemu-system-x86-core "live tests: emulated guests, and the host in a virtual machine" program qemu-system-x86_64
    need qemu-utils qemu-img "live tests: disks" program qemu-img
    need dnsmasq-base dnsmasq "live tests: addresses of guests" program dnsmasq
    need iproute2 iproute "live tests: bridges" program ip
    need busybox-static busybox "live tests: everything inside guests and containers" program busybox
    need cpio cpio "live tests: the guests' first root" program cpio
    need tmux tmux "live tests: hostdeck on a terminal" program tmux
    need vim vim-enhanced "live tests: what it draws, in the terminal widget and in tmux" program vim
    need less less "live tests: what it draws, in the terminal widget and in tmux" program less
    need htop htop "live tests: what it draws, in the terminal widget and in tmux" program htop
    need procps procps-ng "live tests: what it draws, in the terminal widget and in tmux" program top
    need dialog dialog "live tests: what it draws, in the terminal widget and in tmux" program dialog
    need procps procps-ng "live tests: looking at processes" program ps
    need chromium chromium "UI tests: the page of the dashboard, in a browser without a screen" program chromium
    need prometheus prometheus "live tests: reads and checks what is exported for it" program promtool
    need xz-utils xz "unpacks a kernel's modules" program xz
    need zstd zstd "host tests: the saved state of the virtual machine" program zstd
    need debootstrap debootstrap "host tests: the Debian inside the virtual machine" program debootstrap
    need e2fsprogs e2fsprogs "host tests: the disk of the virtual machine" program mke2fs
    need openssh-client openssh-clients "host tests: commands in the virtual machine" program ssh
    install_wanted || die "the live tests need these packages"
    .ci/kernel.sh
fi

# --- .venv from the locked versions ----------------------------------------------------------------------------------

lock=.ci/requirements.txt
[ "$purpose" = run ] || lock=.ci/requirements-dev.txt
version=$("$python" -VV)
stamp() { echo "$1 $(cat "$1" <(echo "$version libvirt=$libvirt") | sha256sum | cut -d ' ' -f 1)"; }

if ! grep -qsx "$(stamp $lock)" .venv/stamps; then
    say "making .venv with $("$python" -V) and the versions of $lock; libvirt's binding is compiled: some minutes"
    # another Python than before: begin anew, the packages fit no other
    if [ -e .venv ] && [ "$(.venv/bin/python -VV 2>&1)" != "$version" ]; then rm -rf .venv; fi
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    # what cannot be built here is left out; the lines that go on a package (its hashes) are indented
    awk -v skip="$libvirt" '/^[^ ]/ {keep = !(skip == "no" && /^libvirt-python==/)} keep' "$lock" >.setup/requirements.txt
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r .setup/requirements.txt \
        || die "the Python packages could not be installed, see above"
    stamp .ci/requirements.txt >.venv/stamps # the developer's packages include them
    if [ "$purpose" != run ]; then stamp $lock >>.venv/stamps; fi
fi
