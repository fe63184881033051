"""Daemons, disks and pools that fail for real: each problem is raised once and cleared once, on the timeline too."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import IDLE, PodmanHost
from tests.live.harness.processes import run
from tests.live.source import source_of
from tui.domain.host import HostView, Problem
from tui.domain.instance import State
from tui.domain.session import SessionKind, SessionRequest
from tui.domain.timeline import EntryKind
from tui.engines.sessions import Channel
from tui.rules.engine import FIRST_SIGHT_SECONDS
from tui.sampling.live import LiveSource

DEADLINE_SECONDS = 100.0
SETTLED_SECONDS = FIRST_SIGHT_SECONDS + 1.0  # a problem that is there sooner began before anybody looked
NO_NETWORK = ("--network", "none")
PROMPT = b"/ # "
ANSWER_SECONDS = 3.0
WRITE_ALL = b"dd if=/dev/zero of=/dev/vda bs=1M count=60\n"


class Watch:
    """A live host, and the waiting for what it shows."""

    def __init__(self, source: LiveSource, urls: set[str]) -> None:
        self._source = source
        self._urls = urls
        self._news = asyncio.Condition()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            views: asyncio.Queue[HostView] = asyncio.Queue()
            group.create_task(self._source.run(views.put_nowait))
            while True:
                await views.get()
                async with self._news:
                    self._news.notify_all()

    async def until(self, condition: Callable[[HostView], bool], what: str) -> None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS), self._news:
                await self._news.wait_for(lambda: self._source.view is not None and condition(self._source.view))
        except TimeoutError:
            view = self._source.view
            raise AssertionError(f"never: {what}; problems: {view and view.problems}") from None

    async def settled(self) -> None:
        await self.until(
            lambda view: self._urls <= {one.url for one in view.sources if one.version}, "the engines answer"
        )
        assert self._source.view is not None
        then = self._source.view.taken_monotonic_seconds + SETTLED_SECONDS
        await self.until(lambda view: view.taken_monotonic_seconds >= then, "what stood before is known")

    async def state(self, name: str, state: State) -> None:
        await self.until(
            lambda view: any(one.instance.name == name and one.instance.state is state for one in view.instances),
            f"{name} is {state}",
        )

    async def raised(self, name: str, rule: str) -> Problem:
        await self.until(lambda view: _find(view, name, rule) is not None, f"{rule} of {name} is raised")
        assert self._source.view is not None
        found = _find(self._source.view, name, rule)
        assert found is not None
        return found

    @asynccontextmanager
    async def console(self, name: str) -> AsyncIterator[Channel]:
        assert self._source.view is not None
        (guest,) = [one.instance.id for one in self._source.view.instances if one.instance.name == name]
        channel = await self._source.open_session(guest, SessionRequest(SessionKind.CONSOLE))
        try:
            yield channel
        finally:
            await channel.close()

    async def cleared(self, name: str, rule: str) -> None:
        await self.until(lambda view: _find(view, name, rule) is None, f"{rule} of {name} is cleared")

    def told(self, name: str, rule: str) -> list[EntryKind]:
        """Return what the timeline tells about one problem, oldest first."""
        kinds = {EntryKind.RAISED, EntryKind.CLEARED}
        return [
            entry.kind
            for entry in self._source.timeline()
            if entry.kind in kinds and entry.rule == rule and name in entry.name
        ]


ONCE = [EntryKind.RAISED, EntryKind.CLEARED]


def _find(view: HostView, name: str, rule: str) -> Problem | None:
    return next((one for one in view.problems if one.rule == rule and name in f"{one.name} {one.text}"), None)


@asynccontextmanager
async def watching(podman: PodmanHost | None = None, libvirt: LibvirtHost | None = None) -> AsyncIterator[Watch]:
    source = source_of(podman, libvirt)
    urls = {podman.url} if podman else set()
    watch = Watch(source, urls | ({libvirt.uri} if libvirt else set()))
    task = asyncio.create_task(watch.run())
    try:
        await watch.settled()
        yield watch
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await source.close()


async def at_once(host: PodmanHost | LibvirtHost, *args: str) -> None:
    """Run a command of the daemon's own tool beside the event loop."""
    await asyncio.to_thread(host.cli if isinstance(host, PodmanHost) else host.virsh, *args)


async def test_a_container_whose_health_check_fails(clean_podman: PodmanHost) -> None:
    check = ("--health-cmd", "test -e /tmp/well", "--health-interval", "1h", "--health-retries", "1", *NO_NETWORK)
    async with watching(clean_podman) as watch:
        await at_once(clean_podman, "run", "-d", "--name", "sick", *check, clean_podman.image, *IDLE)
        await watch.state("sick", State.RUNNING)
        await asyncio.gather(at_once(clean_podman, "healthcheck", "run", "sick"), return_exceptions=True)
        await watch.raised("sick", "unhealthy")
        await at_once(clean_podman, "exec", "sick", "touch", "/tmp/well")
        await at_once(clean_podman, "healthcheck", "run", "sick")
        await watch.cleared("sick", "unhealthy")
        assert watch.told("sick", "unhealthy") == ONCE


async def test_a_container_at_its_limit_of_tasks(clean_podman: PodmanHost) -> None:
    async with watching(clean_podman) as watch:
        command = "for i in 1 2 3 4 5 6 7 8 9; do sleep 1000000 & done; wait"
        options = ("--pids-limit", "10", *NO_NETWORK)
        await at_once(clean_podman, "run", "-d", "--name", "full", *options, clean_podman.image, "sh", "-c", command)
        problem = await watch.raised("full", "pids")
        assert problem.text == "10 of 10 tasks"
        await at_once(clean_podman, "rm", "--force", "--time", "0", "full")
        await watch.cleared("full", "pids")
        assert watch.told("full", "pids") == ONCE


async def test_a_guest_that_is_paused_by_a_full_disk(clean_libvirt: LibvirtHost) -> None:
    place = clean_libvirt.folder / "tight"
    place.mkdir()
    _inside(clean_libvirt, "mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "small", str(place))
    try:
        disk = place / "full.qcow2"
        _inside(clean_libvirt, "qemu-img", "create", "-q", "-f", "qcow2", str(disk), "64M")
        clean_libvirt.define_guest("vm", disk=disk)
        await asyncio.to_thread(clean_libvirt.start_guest, "vm")
        async with watching(libvirt=clean_libvirt) as watch:
            await watch.state("vm", State.RUNNING)
            async with watch.console("vm") as console:
                await _until_prompt(console)
                await console.write(WRITE_ALL)
                problem = await watch.raised("vm", "io-error")
            assert problem.text.startswith("paused: I/O error")
            _inside(clean_libvirt, "mount", "-o", "remount,size=128m", str(place))
            await at_once(clean_libvirt, "resume", "vm")
            await watch.cleared("vm", "io-error")
            await watch.state("vm", State.RUNNING)
            assert watch.told("vm", "io-error") == ONCE
        clean_libvirt.remove("vm")
    finally:
        _inside(clean_libvirt, "umount", "--lazy", str(place))


async def test_a_pool_that_fills_up(clean_libvirt: LibvirtHost, tmp_path: Path) -> None:
    image, place = tmp_path / "image", tmp_path / "brim"
    place.mkdir()
    run(["truncate", "--size", "48M", str(image)])
    run(["mkfs.ext4", "-q", str(image)])
    run(["mount", "-o", "loop", str(image), str(place)])
    device = run(["findmnt", "-no", "SOURCE", str(place)]).strip()
    try:
        _inside(clean_libvirt, "mount", device, str(place))
        clean_libvirt.virsh("pool-create-as", "brim", "dir", "--target", str(place))
        async with watching(libvirt=clean_libvirt) as watch:
            await at_once(
                clean_libvirt, "vol-create-as", "brim", "big.raw", "38M", "--allocation", "38M", "--format", "raw"
            )
            problem = await watch.raised(str(place), "filesystem")
            assert problem.unit == "%"
            assert (problem.peak or 0) >= 90
            await at_once(clean_libvirt, "vol-delete", "big.raw", "--pool", "brim")
            await watch.cleared(str(place), "filesystem")
        clean_libvirt.virsh("pool-destroy", "brim")
        _inside(clean_libvirt, "umount", str(place))
    finally:
        run(["umount", "--lazy", str(place)])


async def _until_prompt(console: Channel) -> None:
    """Press Enter until the shell answers: one that has just begun throws away what was typed before."""
    text = b""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while PROMPT not in text:
            await console.write(b"\n")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    while PROMPT not in text:
                        data = await console.read()
                        assert data, console.end
                        text += data


def _inside(host: LibvirtHost, *argv: str) -> None:
    """Run a command where the daemon's own mounts are."""
    run(["nsenter", "--mount", "--target", str(host.daemon_pid), "--", *argv])
