"""What is shown against what is known to be the case, over cgroup v1 as this machine has it."""

import os
import time
from pathlib import Path

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import SPIN, PodmanHost
from tests.live.source import source_of
from tests.views import mean, usage_of, watching, windows

MIB = 1 << 20
NO_NETWORK = ("--network", "none")
FIRST_IN_LINE = ("--cpu-shares", "200000")
"""Whatever else the machine does, this container gets what its quota allows."""

HOLD_200_MIB = ("sh", "-c", "dd if=/dev/zero of=/hold/x bs=1M count=200 2>/dev/null; touch /hold/done; sleep 100000")
# 2 MiB each fifth of a second: the pause runs beside the writing, so that slow writing does not slow the pace
WRITE_10_MIB_A_SECOND = (
    "sh",
    "-c",
    "while :; do usleep 200000 & dd if=/dev/zero of=/data/x bs=1M count=2 conv=fsync 2>/dev/null; wait; done",
)


def disk_of(path: Path) -> str:
    """Return the block device below a folder, for a throttle rule: v1 counts nothing without one."""
    device = path.stat().st_dev
    block = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve()
    whole = block.parent if (block / "partition").exists() else block
    return f"/dev/{whole.name}"


async def test_half_a_core_is_half_a_core(clean_podman: PodmanHost) -> None:
    clean_podman.run("spin", *SPIN, options=["--cpus", "0.5", *FIRST_IN_LINE, *NO_NETWORK])
    async with watching(source_of(clean_podman)) as views:
        measured = await windows(views, "spin", 4)
        assert mean(measured, lambda usage: usage.cpu.cores_used) == pytest.approx(0.5, abs=0.03)
        assert mean(measured, lambda usage: usage.cpu.percent_of_limit) == pytest.approx(100, abs=6)
        assert mean(measured, lambda usage: usage.cpu.throttled_percent) > 50
        assert measured[-1][1].cpu.limit_cores == pytest.approx(0.5)


async def test_a_container_without_a_quota_is_never_throttled_and_measured_by_the_host(
    clean_podman: PodmanHost,
) -> None:
    clean_podman.run("free", *SPIN, options=NO_NETWORK)
    async with watching(source_of(clean_podman)) as views:
        measured = await windows(views, "free", 3)
        usage = measured[-1][1]
        assert usage.cpu.limit_cores is None
        assert usage.cpu.throttled_percent is None
        assert usage.unknown["cpu.throttled_percent"]
        cores = mean(measured, lambda usage: usage.cpu.cores_used)
        share = mean(measured, lambda usage: usage.cpu.percent_of_limit)
        assert share == pytest.approx(100 * cores / (os.cpu_count() or 1), abs=1)


async def test_200_mib_held_are_200_mib(clean_podman: PodmanHost) -> None:
    clean_podman.run("hold", *HOLD_200_MIB, options=["--tmpfs", "/hold:size=256m", "--memory", "400m", *NO_NETWORK])
    async with watching(source_of(clean_podman)) as views:

        def held() -> int:
            usage = usage_of(views.all[-1], "hold")
            return (usage.memory.working_set_bytes if usage else None) or 0

        await views.until(lambda _: held() >= 192 * MIB, seconds=30)
        measured = await windows(views, "hold", 2)
        memory = measured[-1][1].memory
        assert memory.working_set_bytes == pytest.approx(200 * MIB, abs=8 * MIB)
        assert memory.limit_bytes == 400 * MIB
        assert memory.percent_of_limit == pytest.approx(50, abs=2)


async def test_10_mib_written_a_second_are_10_mib(clean_podman: PodmanHost) -> None:
    disk = disk_of(clean_podman.folder)
    clean_podman.run(
        "write",
        *WRITE_10_MIB_A_SECOND,
        options=["--device-write-bps", f"{disk}:10gb", "-v", "data:/data", *FIRST_IN_LINE, *NO_NETWORK],
    )
    async with watching(source_of(clean_podman)) as views:
        measured = await windows(views, "write", 6)
        assert mean(measured, lambda usage: usage.io.write_bytes_per_second) == pytest.approx(10 * MIB, abs=MIB)
        assert mean(measured, lambda usage: usage.io.read_bytes_per_second) < MIB


async def test_what_v1_does_not_count_is_unknown_with_its_reason(clean_podman: PodmanHost) -> None:
    clean_podman.run("idle", options=NO_NETWORK)
    async with watching(source_of(clean_podman)) as views:
        _, usage = (await windows(views, "idle", 2))[-1]
        assert usage.io.write_bytes_per_second is None
        assert usage.unknown["io.write_bytes_per_second"]
        assert usage.cpu.cores_used == pytest.approx(0.0, abs=0.01)


def process_seconds(pid: int) -> float:
    """Return the processor time of a process by its own account, read independently of hostdeck."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def test_a_spinning_guest_shows_what_its_qemu_used(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest("spin", vcpus=1, spin=True)
    pid = clean_libvirt.start_guest("spin")
    async with watching(source_of(libvirt=clean_libvirt)) as views:
        await windows(views, "spin", 1)
        before, start = process_seconds(pid), time.monotonic()
        measured = await windows(views, "spin", 5)
        used = (process_seconds(pid) - before) / (time.monotonic() - start)
        assert used > 0.3
        assert mean(measured, lambda usage: usage.cpu.cores_used) == pytest.approx(used, abs=0.08)
        assert measured[-1][1].cpu.limit_cores == 1
