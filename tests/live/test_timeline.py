"""What really happens appears on the timeline, each thing once: an event and the state it causes are one thing."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import IDLE, PodmanHost
from tests.live.source import source_of
from tui.domain.host import HostView
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.kernel.kmsg import open_kmsg
from tui.sampling.engine_changes import SETTLED_SECONDS
from tui.sampling.live import LiveSource
from tui.sampling.told import AFTER_SECONDS

DEADLINE_SECONDS = 60.0
NO_NETWORK = ("--network", "none")


class Live:
    """A live host and what is told of it."""

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self.news = asyncio.Condition()

    async def run(self) -> None:
        views: asyncio.Queue[HostView] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.source.run(views.put_nowait))
            while True:
                await views.get()
                async with self.news:
                    self.news.notify_all()

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS), self.news:
                await self.news.wait_for(condition)
        except TimeoutError:
            raise AssertionError(f"never: {what}; told: {[*map(words, self.source.timeline())]}") from None

    async def passes(self, seconds: float) -> None:
        """Wait until the host was looked at for so long."""
        await self.until(lambda: self.source.view is not None, "a view")
        assert self.source.view is not None
        then = self.source.view.taken_monotonic_seconds + seconds
        await self.until(
            lambda: self.source.view is not None and self.source.view.taken_monotonic_seconds >= then, "time passes"
        )

    def told(self, name: str) -> list[TimelineEntry]:
        return [entry for entry in self.source.timeline() if entry.name == name]

    async def lists(self, name: str) -> None:
        def found() -> bool:
            view = self.source.view
            return view is not None and any(one.instance.name == name for one in view.instances)

        await self.until(found, f"{name} is listed")


def words(entry: TimelineEntry) -> str:
    return f"{entry.kind} {entry.what}"


def of_kinds(entries: Sequence[TimelineEntry], *kinds: EntryKind) -> list[str]:
    return [words(entry) for entry in entries if entry.kind in kinds]


@asynccontextmanager
async def live(source: LiveSource) -> AsyncIterator[Live]:
    host = Live(source)
    task = asyncio.create_task(host.run())
    try:
        yield host
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await source.close()


async def test_a_container_that_comes_and_goes(clean_podman: PodmanHost) -> None:
    # names of their own: Podman also tells what happened to those of tests before
    await asyncio.to_thread(clean_podman.run, "staying", *IDLE, options=NO_NETWORK)
    async with live(source_of(clean_podman)) as host:
        await host.lists("staying")
        await host.passes(SETTLED_SECONDS + 1.0)
        assert of_kinds(host.told("staying"), EntryKind.STATE) == []
        await asyncio.to_thread(clean_podman.run, "passing", *IDLE, options=NO_NETWORK)
        await host.lists("passing")
        await asyncio.to_thread(clean_podman.cli, "rm", "--force", "--time", "0", "passing")
        await host.until(lambda: "event removed" in map(words, host.told("passing")), "it is removed")
        await host.passes(AFTER_SECONDS + 2.0)
        told = of_kinds(host.told("passing"), *EntryKind)
        assert of_kinds(host.told("passing"), EntryKind.STATE) == []
        assert len(told) == len(set(told)), told
        assert {"event created", "event started", "event died", "event removed"} <= set(told)


async def test_a_guest_that_starts_and_is_forced_off(clean_libvirt: LibvirtHost) -> None:
    clean_libvirt.define_guest("vm")
    async with live(source_of(libvirt=clean_libvirt)) as host:
        await host.lists("vm")
        await host.passes(SETTLED_SECONDS + 1.0)
        await asyncio.to_thread(clean_libvirt.start_guest, "vm", wait=False)
        await host.until(lambda: "event started" in map(words, host.told("vm")), "vm is started")
        await asyncio.to_thread(clean_libvirt.virsh, "destroy", "vm")
        await host.until(lambda: "event stopped" in map(words, host.told("vm")), "vm is stopped")
        await host.passes(AFTER_SECONDS + 2.0)
        told = of_kinds(host.told("vm"), EntryKind.EVENT, EntryKind.STATE)
        assert told.count("event started") == told.count("event stopped") == 1
        assert [one for one in told if one.startswith("state")] == []


async def test_a_kill_for_memory_is_told_by_the_kernel_with_its_container(clean_podman: PodmanHost) -> None:
    try:
        os.close(open_kmsg())
    except PermissionError:
        pytest.skip("kernel messages may not be read here")
    async with live(source_of(clean_podman)) as host:
        await host.passes(SETTLED_SECONDS + 1.0)
        options = [*NO_NETWORK, "--memory=24m", "--memory-swap=24m"]
        local = await asyncio.to_thread(clean_podman.run, "hungry", "tail", "/dev/zero", options=options)
        await host.until(lambda: bool(of_kinds(host.told("hungry"), EntryKind.KERNEL)), "the kernel tells of it")
        await host.until(lambda: "event died" in map(words, host.told("hungry")), "Podman tells of it")
        await host.passes(8.0)
        kernel = [entry for entry in host.told("hungry") if entry.kind is EntryKind.KERNEL]
        assert [entry.what for entry in kernel] == ["killed for memory"]
        assert kernel[0].subject.endswith(f"/{local}")
        assert kernel[0].detail.startswith("tail (process ")
        assert kernel[0].detail.endswith("it reached its limit")
        assert "event OOM-killed" not in map(words, host.told("hungry"))
        assert of_kinds(host.told("hungry"), EntryKind.STATE) == []
