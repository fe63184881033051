"""Short names of operating systems as libosinfo's ids."""

import re

OSINFO = "http://libosinfo.org/xmlns/libvirt/domain/1.0"
_VENDORS = {
    "debian": "debian.org/debian", "ubuntu": "ubuntu.com/ubuntu", "fedora": "fedoraproject.org/fedora",
    "centos-stream": "centos.org/centos-stream", "centos": "centos.org/centos", "rhel": "redhat.com/rhel",
    "rocky": "rockylinux.org/rocky", "almalinux": "almalinux.org/almalinux",
    "alpinelinux": "alpinelinux.org/alpinelinux",
    "opensuse": "opensuse.org/opensuse", "sles": "suse.com/sles", "archlinux": "archlinux.org/archlinux",
    "freebsd": "freebsd.org/freebsd", "openbsd": "openbsd.org/openbsd", "ol": "oracle.com/ol",
}  # fmt: skip
_SHORT = re.compile(r"([a-z][a-z-]*?)-?(\d[\w.-]*|unknown|rolling)?$")
_WINDOWS = re.compile(r"win(2k\d+(?:r2)?|\d+(?:\.\d)?|xp|vista)$")


def osinfo_id(short: str) -> str:
    """Return the id; empty when the name is of no system that is known here.

    Args:
        short: "debian12", "win2k22", or an id already.
    """
    if short.startswith("http://"):
        return short
    if found := _WINDOWS.match(short):
        return f"http://microsoft.com/win/{found[1]}"
    found = _SHORT.match(short)
    if not found or found[1] not in _VENDORS:
        return ""
    place = f"http://{_VENDORS[found[1]]}"
    return f"{place}/{found[2]}" if found[2] else place
