"""Problems that really happen: raised once, and over when they are."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import PodmanHost
from tests.live.harness.policy import lacking, require_root
from tests.live.source import source_of
from tests.live.test_libvirt_engine import define_broken_disk
from tests.views import Views, watching
from tui.domain.host import HostView, Problem, Severity
from tui.domain.instance import State
from tui.engines.kernel.kmsg import open_kmsg

NO_NETWORK = ("--network", "none")
# tail keeps what has no end of line; its shell outlives it. The kill of a whole container is told by Podman, under
# cgroup v1 by the kernel alone
EAT_MEMORY = ("sh", "-c", "sleep 3; tail /dev/zero; sleep 100000")
DISK_MIB = 48


def standing(view: HostView, rule: str) -> list[Problem]:
    return [one for one in view.problems if one.rule == rule]


async def raised(views: Views, rule: str, *, seconds: float = 60.0) -> Problem:
    """Return the one problem of a rule as soon as it is there."""
    view = await views.until(lambda view: bool(standing(view, rule)), seconds=seconds)
    (problem,) = standing(view, rule)
    return problem


async def over(views: Views, rule: str, *, seconds: float = 60.0) -> None:
    await views.next_until(lambda view: not standing(view, rule), seconds=seconds)


def times_raised(views: Views, rule: str) -> int:
    """Return how often a rule went from silence to speech."""
    stood = [bool(standing(view, rule)) for view in views.all]
    return sum(now and not before for before, now in zip([False, *stood], stood, strict=False))


async def until_state(views: Views, name: str, state: State) -> None:
    def is_so(view: HostView) -> bool:
        return any(one.instance.name == name and one.instance.state is state for one in view.instances)

    await views.until(is_so, seconds=30.0)


async def test_a_container_killed_for_memory(clean_podman: PodmanHost) -> None:
    clean_podman.run("hungry", *EAT_MEMORY, options=["--memory", "48m", "--memory-swap", "48m", *NO_NETWORK])
    async with watching(source_of(clean_podman)) as views:
        problem = await raised(views, "oom")
        assert (problem.name, problem.severity) == ("hungry", Severity.CRITICAL)
        assert problem.text == "1 of its processes killed: out of memory"
        clean_podman.remove("hungry")
        await over(views, "oom")
        assert times_raised(views, "oom") == 1
        assert times_raised(views, "exited") == 0


async def test_a_container_that_the_kernel_killed_whole_until_it_is_started(clean_podman: PodmanHost) -> None:
    try:
        os.close(open_kmsg())
    except OSError as error:
        pytest.skip(f"the kernel's messages cannot be read: {error}")
    async with watching(source_of(clean_podman)) as views:
        await views.until(lambda view: view.tick > 0)
        options = ["--memory", "48m", "--memory-swap", "48m", *NO_NETWORK]
        clean_podman.run("gone", "sh", "-c", "sleep 3; exec tail /dev/zero", options=options)
        await until_state(views, "gone", State.RUNNING)
        await until_state(views, "gone", State.STOPPED)
        problem = await raised(views, "oom")
        assert (problem.name, problem.severity) == ("gone", Severity.CRITICAL)
        assert problem.text in {"killed by the kernel: out of memory", "stopped: OOM-killed, exit 137"}
        clean_podman.cli("start", "gone")
        await over(views, "oom")


async def test_a_restart_loop_is_raised_once_and_over_with_its_container(clean_podman: PodmanHost) -> None:
    async with watching(source_of(clean_podman)) as views:
        await views.until(lambda view: view.tick > 0)
        options = ["--restart", "on-failure:40", *NO_NETWORK]
        clean_podman.run("looping", "sh", "-c", "sleep 1; exit 3", options=options)
        problem = await raised(views, "restarting")
        assert (problem.name, problem.severity) == ("looping", Severity.CRITICAL)
        assert problem.text.startswith("restarted 3 times in 10 min")
        assert problem.since_utc_seconds is not None
        more = await views.next_until(
            lambda view: any((one.value or 0) >= 5 for one in standing(view, "restarting")), seconds=60.0
        )
        assert standing(more, "restarting")[0].since_utc_seconds == problem.since_utc_seconds
        clean_podman.remove("looping")
        await over(views, "restarting")
        assert times_raised(views, "restarting") == 1


async def test_a_container_that_fails_while_it_is_watched(clean_podman: PodmanHost) -> None:
    async with watching(source_of(clean_podman)) as views:
        await views.until(lambda view: view.tick > 0)
        clean_podman.run("batch", "sh", "-c", "sleep 2; exit 5", options=NO_NETWORK)
        clean_podman.run("obedient", "sh", "-c", "sleep 100000", options=NO_NETWORK)
        await until_state(views, "obedient", State.RUNNING)
        clean_podman.cli("stop", "--time", "1", "obedient")
        problem = await raised(views, "exited")
        assert (problem.name, problem.text) == ("batch", "ended with exit code 5")
        clean_podman.remove("batch")
        await over(views, "exited")
        assert times_raised(views, "exited") == 1


async def test_a_guest_that_an_io_error_paused(clean_libvirt: LibvirtHost) -> None:
    define_broken_disk(clean_libvirt, "ill")
    async with watching(source_of(libvirt=clean_libvirt)) as views:
        await until_state(views, "ill", State.STOPPED)
        clean_libvirt.virsh("start", "ill")
        problem = await raised(views, "io-error", seconds=90.0)
        assert (problem.name, problem.severity) == ("ill", Severity.CRITICAL)
        await views.next_until(
            lambda view: any(one.text == "paused: I/O error on vda" for one in view.problems), seconds=30.0
        )
        clean_libvirt.virsh("destroy", "ill")
        await over(views, "io-error")
        assert times_raised(views, "io-error") == 1


async def test_an_engine_that_is_killed_and_comes_again(clean_podman: PodmanHost) -> None:
    async with watching(source_of(clean_podman)) as views:
        await views.until(lambda view: any(one.version for one in view.sources if one.kind == "podman"))
        clean_podman.kill_service()
        problem = await raised(views, "no-answer")
        assert problem.severity is Severity.CRITICAL
        assert problem.kind == "engine"
        clean_podman.start_service()
        await over(views, "no-answer")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A filesystem of its own, which a test may fill."""
    require_root("mounting a filesystem")
    image, place = tmp_path / "disk", tmp_path / "mounted"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(DISK_MIB << 20)
    for command in (["mkfs.ext4", "-q", str(image)], ["mount", "-o", "loop", str(image), str(place)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != 0:
            lacking(f"{command[0]}: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True, timeout=60)


async def test_a_filesystem_that_is_full_and_has_room_again(clean_podman: PodmanHost, small_disk: Path) -> None:
    big = small_disk / "big"
    big.write_bytes(b"x" * (38 << 20))
    async with watching(source_of(clean_podman)) as views:
        problem = await raised(views, "filesystem")
        assert problem.lasting == str(small_disk)
        assert (problem.value or 0.0) >= 90.0
        big.unlink()
        await over(views, "filesystem")
