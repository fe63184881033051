# Shared by the scripts that make the virtual machine; sourced.
work=${HOSTDECK_TESTHOST:-$HOME/.cache/hostdeck-testhost} # about 3 GB, kept between runs
root=$work/root     # the tree of the machine's disk
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
scripts=$project/tests/host/testhost
. /etc/os-release # the machine inside is of the same distribution: its packages come from where this machine's come
suite=${VERSION_CODENAME:-}

# the address of the package archive, as this machine's apt uses it
mirror() {
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' \
        | awk -v suite="$suite" '$1 == suite && $2 == "main" {print $3; exit}'
}
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
