"""Private folders of a run under /var/tmp: on a disk, so that writes count as writes, and named after their owner."""

import os
import shutil
import tempfile
import zlib
from pathlib import Path

from tests.live.harness.hoststate import forget_networks
from tests.live.harness.processes import kill_all_of, run

BASE = Path("/var/tmp")
PREFIX = "hostdeck-live-"
PODMAN_BRIDGE, PODMAN_OCTET = "hdp", 64
LIBVIRT_BRIDGE, LIBVIRT_OCTET = "hdl", 128


def make_work_folder(owner_pid: int) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{owner_pid}-", dir=BASE))


def remove_work_folder(folder: Path) -> None:
    """Kill what still belongs to the folder, take away its mounts and networks and delete it."""
    kill_all_of(folder)
    for mount in sorted(_mounts_below(folder), reverse=True):
        run(["umount", "--lazy", mount])
    if os.geteuid() == 0:
        forget_networks(*_network_names(folder))
    shutil.rmtree(folder)


def remove_stale_work_folders() -> None:
    """Clear away what runs left that are gone, killed before they could clean up."""
    for path in BASE.glob(f"{PREFIX}*"):
        if path.stat().st_uid == os.geteuid() and not _owner_lives(path):
            remove_work_folder(path)


def _network_names(folder: Path) -> list[str]:
    (podman, _), libvirt = subnet_number(folder, PODMAN_OCTET), subnet_number(folder, LIBVIRT_OCTET)
    subnets = [f"10.{podman}.0.0/24", "10.{}.{}.0/24".format(*libvirt)]
    return [short_name(PODMAN_BRIDGE, folder), short_name(LIBVIRT_BRIDGE, folder), *subnets]


def short_name(prefix: str, folder: Path) -> str:
    """Return a name for a network link (at most 15 characters) that no other run uses."""
    return f"{prefix}{zlib.crc32(folder.name.encode()):08x}"


def subnet_number(folder: Path, first: int) -> tuple[int, int]:
    """Return two octets for networks of this folder: 10.X.Y with X from `first` to `first` + 59."""
    number = zlib.crc32(folder.name.encode())
    return first + number % 60, number // 60 % 250


def _owner_lives(path: Path) -> bool:
    owner = path.name.removeprefix(PREFIX).partition("-")[0]
    return not owner.isdigit() or Path("/proc", owner).exists()


def _mounts_below(folder: Path) -> list[str]:
    places = (line.split()[4] for line in Path("/proc/self/mountinfo").read_text(errors="replace").splitlines())
    return [place for place in places if Path(place).is_relative_to(folder)]
