"""What of a host may hang: never waited for, read bounded, said when it does not answer."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.domain.host import DiskErrors, FailedUnit, Filesystem
from tui.sampling.disk_errors import read_disk_errors
from tui.sampling.failed_units import names_of, units_of
from tui.sampling.filesystems import Mount, fill_of, local_mounts
from tui.sampling.host import HostSampler
from tui.sampling.slow_host import HANGS_SECONDS, MOST_HANGING, ROUND_SECONDS, SlowFigures, SlowHost

MOUNTINFO = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:5 / /dev rw,nosuid - devtmpfs udev rw
24 22 0:21 / /proc rw - proc proc rw
25 22 0:25 / /run rw - tmpfs tmpfs rw
26 22 0:26 / /dev/shm rw - tmpfs tmpfs rw
30 22 8:2 / /srv/my\040disk rw - xfs /dev/sda2 rw
31 22 8:2 /sub /mnt/bound rw - xfs /dev/sda2 rw
32 22 0:40 / /data rw - btrfs /dev/sdb rw,subvol=/
33 22 0:41 /home /home rw - btrfs /dev/sdb rw,subvol=/home
34 22 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro
35 22 8:3 / /boot ro,relatime - ext4 /dev/sda3 ro
36 22 0:50 / /net rw - nfs4 server:/x rw
37 36 8:4 / /net/local rw - ext4 /dev/sda4 rw
38 22 8:5 / /covered rw - ext4 /dev/sda5 rw
39 38 0:51 / /covered rw - nfs server:/y rw
40 22 0:52 / /var/lib/containers/storage/overlay/x/merged rw - overlay overlay rw
41 22 0:53 / /auto rw - autofs systemd-1 rw
42 22 0:54 / /home/a/remote rw - fuse.sshfs a@b: rw
garbage
"""


def test_local_filesystems_that_can_be_written_are_asked_once_and_none_behind_a_remote_one() -> None:
    assert [(mount.path, mount.kind) for mount in local_mounts(MOUNTINFO)] == [
        ("/", "ext4"),
        ("/run", "tmpfs"),
        ("/data", "btrfs"),
        ("/srv/my disk", "xfs"),
    ]


def test_a_filesystem_tells_how_full_it_is(tmp_path: Path) -> None:
    told = fill_of(Mount(str(tmp_path), "ext4", "8:1"))
    assert told is not None
    assert told.total_bytes > 0
    assert told.used_percent is not None
    assert 0 <= told.used_percent <= 100
    assert fill_of(Mount(str(tmp_path / "absent"), "ext4", "8:1")) is None


def put(root: Path, path: str, text: str) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def test_errors_are_read_where_the_kernel_counts_them(tmp_path: Path) -> None:
    put(tmp_path, "block/sda/device/ioerr_cnt", "0x1f\n")
    put(tmp_path, "block/sdb/device/ioerr_cnt", "nonsense\n")
    put(tmp_path, "block/md0/md/degraded", "1\n")
    put(tmp_path, "block/md1/md/degraded", "0\n")
    put(tmp_path, "fs/ext4/dm-1/errors_count", "3\n")
    put(tmp_path, "fs/ext4/sda1/errors_count", "0\n")
    put(tmp_path, "fs/btrfs/2f7a-11/label", "data\n")
    put(tmp_path, "fs/btrfs/2f7a-11/devinfo/1/error_stats", "write_errs 2\nread_errs 1\nflush_errs 0\n")
    put(tmp_path, "fs/btrfs/features/raid56", "0\n")
    assert read_disk_errors(str(tmp_path)) == (
        DiskErrors("sda", "I/O errors", 31),
        DiskErrors("md0", "disks of the array missing", 1, persist=True),
        DiskErrors("ext4 on dm-1", "errors since its last check", 3, persist=True),
        DiskErrors("btrfs data", "device errors", 3, persist=True),
    )
    assert read_disk_errors(str(tmp_path / "absent")) == ()


SHOWN = """Id=web.service
Result=exit-code
SourcePath=/etc/containers/systemd/web.container
ExecStart={ path=/usr/bin/podman ; argv[]=/usr/bin/podman run ... }

Id=old.service
Result=start-limit-hit
ExecStart={ path=/usr/bin/podman ; argv[]=/usr/bin/podman start old }

Id=nginx.service
Result=exit-code
ExecStart={ path=/usr/sbin/nginx }
"""


def test_failed_units_are_those_of_containers() -> None:
    assert names_of("web.service loaded failed failed Web\nold.service loaded failed failed\n\n") == [
        "web.service",
        "old.service",
    ]
    assert list(units_of(SHOWN, "ann")) == [
        FailedUnit("web.service", "ann", "exit-code"),
        FailedUnit("old.service", "ann", "start-limit-hit"),
    ]
    assert list(units_of("", "")) == []


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.002)


class Disks:
    """Filesystems of a host, one of which may hang; `asked` is what was begun."""

    def __init__(self, *paths: str) -> None:
        self.mounts = [Mount(path, "ext4", path) for path in paths]
        self.hanging: dict[str, threading.Event] = {}
        self.asked: list[str] = []
        self.used = 50.0

    def fill(self, mount: Mount) -> Filesystem:
        self.asked.append(mount.path)
        if mount.path in self.hanging:
            self.hanging[mount.path].wait(30.0)
        return Filesystem(mount.path, "ext4", used_percent=self.used)

    def host(self) -> SlowHost:
        return SlowHost(mounts=lambda: self.mounts, fill=self.fill, errors=tuple, units=tuple)


@pytest.fixture
def disks() -> Iterator[Disks]:
    made = Disks("/", "/var")
    yield made
    for event in made.hanging.values():
        event.set()


def look(host: SlowHost, at: float, condition: Callable[[SlowFigures], bool]) -> SlowFigures:
    until(lambda: condition(host.look(at)))
    return host.look(at)


def paths(figures: SlowFigures) -> list[tuple[str, bool]]:
    return [(one.path, one.answers) for one in figures.filesystems]


def test_a_round_is_read_on_another_thread_and_again_when_it_is_time(disks: Disks) -> None:
    host = disks.host()
    assert host.look(0.0) == SlowFigures()
    first = look(host, 1.0, lambda figures: bool(figures.filesystems))
    assert paths(first) == [("/", True), ("/var", True)]
    disks.used = 60.0
    assert host.look(ROUND_SECONDS - 1.0) is first
    second = look(host, ROUND_SECONDS, lambda figures: figures.filesystems != first.filesystems)
    assert second.filesystems[0].used_percent == 60.0
    assert second.disk_errors is first.disk_errors


def test_a_filesystem_that_hangs_is_said_and_the_others_go_on(disks: Disks) -> None:
    host = disks.host()
    host.look(0.0)
    look(host, 1.0, lambda figures: bool(figures.filesystems))
    disks.hanging["/"] = threading.Event()
    host.look(ROUND_SECONDS)
    until(lambda: len(disks.asked) == 3)
    late = ROUND_SECONDS + HANGS_SECONDS
    disks.used = 70.0
    stuck = look(host, late, lambda figures: any(one.used_percent == 70.0 for one in figures.filesystems))
    assert paths(stuck) == [("/var", True), ("/", False)]
    assert stuck.filesystems[1].used_percent == 50.0
    disks.hanging.pop("/").set()
    mended = look(host, late + 1.0, lambda figures: all(one.answers for one in figures.filesystems))
    assert sorted(paths(mended)) == [("/", True), ("/var", True)]


def test_threads_that_hang_are_bounded() -> None:
    disks = Disks(*[f"/{number}" for number in range(10)])
    disks.hanging = {mount.path: threading.Event() for mount in disks.mounts}
    host = disks.host()
    at = 0.0
    for number in range(1, MOST_HANGING + 1):
        host.look(at)
        until(lambda number=number: len(disks.asked) == number)  # type: ignore[misc]
        at += HANGS_SECONDS
    for _ in range(5):
        figures = host.look(at)
        at += ROUND_SECONDS
    assert len(disks.asked) == MOST_HANGING
    assert [answers for _, answers in paths(figures)] == [False] * MOST_HANGING
    for event in disks.hanging.values():
        event.set()


def test_the_host_s_figures_carry_them(disks: Disks) -> None:
    sampler = HostSampler(slow=disks.host())
    sampler.sample(0.0)
    at = iter(range(1, 10_000))
    until(lambda: bool(sampler.sample(float(next(at))).filesystems))
    assert HostSampler().sample(0.0).filesystems == ()
