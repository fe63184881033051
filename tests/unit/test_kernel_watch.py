"""The watch of the kernel, on a socket in the place of /dev/kmsg: one record a read, as there."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.unit.build import container
from tests.unit.test_kernel_lines import ID, V2_PODMAN
from tests.unit.views import view_of
from tui.domain.host import EngineState, HostView
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.kernel import DaemonWatch, KernelWatch
from tui.engines.kernel.daemons import FAILED, STARTED, daemon_entry
from tui.engines.kernel.watch import ABSENT, REFUSED
from tui.engines.watching import Watch

DEADLINE_SECONDS = 10.0


@dataclass
class Heard:
    """What a watch told."""

    entries: list[TimelineEntry] = field(default_factory=list)
    view: HostView | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, entry: TimelineEntry) -> None:
        self.entries.append(entry)
        self.news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not condition():
                await self.news.wait()
                self.news.clear()


@asynccontextmanager
async def watching(watch: Watch, view: HostView | None) -> AsyncIterator[Heard]:
    heard = Heard(view=view)
    task = asyncio.create_task(watch.run(heard.put, lambda: heard.view))
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Buffer:
    """A message buffer: each record is one message."""

    def __init__(self) -> None:
        self.kernel, self._reader = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._reader.setblocking(False)
        self._sequence = 0

    def open(self) -> int:
        return self._reader.detach()

    def write(self, *lines: str, priority: int = 3, seconds: float = 5.0) -> None:
        for line in lines:
            self._sequence += 1
            self.kernel.send(f"{priority},{self._sequence},{int(seconds * 1e6)},-;{line}\n".encode())

    def close(self) -> None:
        self.kernel.close()


@asynccontextmanager
async def buffer() -> AsyncIterator[Buffer]:
    made = Buffer()
    try:
        yield made
    finally:
        made.close()


def watch_of(made: Buffer, asleep: float = 0.0) -> KernelWatch:
    return KernelWatch(open_messages=made.open, utc=lambda: 1000.0, monotonic=lambda: 100.0, asleep=lambda: asleep)


async def test_old_messages_have_the_time_at_which_they_were_written() -> None:
    async with buffer() as made:
        made.write(*V2_PODMAN, seconds=40.0)
        async with watching(watch_of(made), view_of(container(ID))) as heard:
            await heard.until(lambda: bool(heard.entries))
    (entry,) = heard.entries
    assert (entry.utc_seconds, entry.kind, entry.name) == (940.0, EntryKind.KERNEL, ID)


async def test_after_a_sleep_the_time_is_doubted() -> None:
    async with buffer() as made:
        made.write("I/O error, dev sda, sector 1", seconds=40.0)
        async with watching(watch_of(made, asleep=7200.0), view_of()) as heard:
            await heard.until(lambda: bool(heard.entries))
    assert heard.entries[0].detail.endswith("this machine slept, the time may be up to 120 min too late")


async def test_new_messages_have_the_time_at_which_they_came() -> None:
    async with buffer() as made:
        made.write("I/O error, dev sda, sector 1", seconds=1.0)
        async with watching(watch_of(made), view_of()) as heard:
            await heard.until(lambda: len(heard.entries) == 1)
            made.write("I/O error, dev sdb, sector 1", seconds=1.0)
            await heard.until(lambda: len(heard.entries) == 2)
    assert [(entry.name, entry.utc_seconds) for entry in heard.entries] == [("sda", 901.0), ("sdb", 1000.0)]


async def test_what_a_program_writes_there_is_not_believed() -> None:
    async with buffer() as made:
        made.write("I/O error, dev fake, sector 1", priority=11)
        made.write("I/O error, dev sda, sector 1")
        async with watching(watch_of(made), view_of()) as heard:
            await heard.until(lambda: bool(heard.entries))
    assert [entry.name for entry in heard.entries] == ["sda"]


async def test_a_container_that_is_not_in_view_yet_is_waited_for() -> None:
    async with buffer() as made:
        made.write(*V2_PODMAN)
        async with watching(watch_of(made), view_of()) as heard:
            made.write("I/O error, dev sda, sector 1")
            await heard.until(lambda: len(heard.entries) == 1)
            heard.view = view_of(container(ID))
            await heard.until(lambda: len(heard.entries) == 2)
    assert [entry.name for entry in heard.entries] == ["sda", ID]


async def test_while_engines_are_being_asked_nothing_is_given_up() -> None:
    now = 100.0
    async with buffer() as made:
        watch = KernelWatch(open_messages=made.open, utc=lambda: 1000.0, monotonic=lambda: now, asleep=lambda: 0.0)
        made.write(*V2_PODMAN)
        connecting = tuple(type(one)(one.id, one.kind, one.url, EngineState.CONNECTING) for one in view_of().sources)
        async with watching(watch, view_of(sources=connecting)) as heard:
            made.write("I/O error, dev sda, sector 1")
            await heard.until(lambda: len(heard.entries) == 1)
            now += 60.0
            watch.place_waiting()
            assert len(heard.entries) == 1
            heard.view = view_of()
            await heard.until(lambda: len(heard.entries) == 2)
    assert heard.entries[1].name == "container 62e25865fe43"


def refused() -> int:
    raise PermissionError(1, "Operation not permitted")


def journal_folder(root: Path, mode: int = 0o644) -> Path:
    folder = root / "var" / "log" / "journal" / "abc"
    folder.mkdir(parents=True)
    (folder / "system.journal").touch(mode)
    return root


async def gap_of(watch: KernelWatch) -> str:
    heard = Heard()
    task = asyncio.create_task(watch.run(heard.put, lambda: None))
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not watch.gap:  # noqa: ASYNC110 - nothing tells when it is found
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return watch.gap


async def test_without_permission_a_sentence_says_so(tmp_path: Path) -> None:
    assert await gap_of(KernelWatch(open_messages=refused, root=tmp_path)) == ABSENT
    assert REFUSED.endswith("join the group systemd-journal and log in again.")


def journalctl(folder: Path, *entries: Mapping[str, object]) -> list[str]:
    """Return a program that prints entries as journalctl does, then waits for more."""
    lines = "".join(f"{json.dumps(entry)}\n" for entry in entries)
    script = folder / "journal.py"
    script.write_text(
        "import sys, time\n"
        "with open(sys.argv[1], 'w') as asked: asked.write(' '.join(sys.argv[2:]))\n"
        f"sys.stdout.write({lines!r})\nsys.stdout.flush()\n"
        "time.sleep(600)\n"
    )
    return [sys.executable, str(script), str(folder / "asked")]


def of_kernel(text: str, seconds: float) -> dict[str, object]:
    stamp = str(int(seconds * 1e6))
    return {"_TRANSPORT": "kernel", "SYSLOG_FACILITY": "0", "MESSAGE": text, "__REALTIME_TIMESTAMP": stamp}


async def test_where_the_buffer_is_closed_the_journal_is_read(tmp_path: Path) -> None:
    entries = [of_kernel(line, 50.0) for line in V2_PODMAN]
    program = journalctl(tmp_path, *entries, {"MESSAGE": "noise"})
    watch = KernelWatch(open_messages=refused, root=journal_folder(tmp_path), journalctl=program)
    async with watching(watch, view_of(container(ID))) as heard:
        await heard.until(lambda: bool(heard.entries))
    assert [(entry.name, entry.utc_seconds) for entry in heard.entries] == [(ID, 50.0)]
    assert watch.gap == ""


async def test_daemons_of_the_journal(tmp_path: Path) -> None:
    entry = {"UNIT": "libvirtd.service", "MESSAGE_ID": STARTED, "__REALTIME_TIMESTAMP": "9000000", "MESSAGE": "Started"}
    watch = DaemonWatch(root=journal_folder(tmp_path), journalctl=journalctl(tmp_path, entry), after_seconds=0.0)
    async with watching(watch, view_of()) as heard:
        await heard.until(lambda: bool(heard.entries))
    assert (heard.entries[0].what, heard.entries[0].name, heard.entries[0].utc_seconds) == (
        "started", "libvirtd.service", 9.0,
    )  # fmt: skip
    assert "UNIT=virtqemud.service" in (tmp_path / "asked").read_text()


def test_podman_ends_by_itself_so_only_its_failures_are_told() -> None:
    line = {"UNIT": "podman.service", "__REALTIME_TIMESTAMP": "1", "MESSAGE": "Failed with result 'oom-kill'."}
    assert daemon_entry({**line, "MESSAGE_ID": STARTED}, None) is None
    failed = daemon_entry({**line, "MESSAGE_ID": FAILED}, view_of())
    assert failed is not None
    assert (failed.what, failed.subject, failed.detail) == ("failed", "podman", "Failed with result 'oom-kill'.")


async def test_nothing_is_left_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    async with buffer() as made, watching(watch_of(made), view_of()) as heard:
        made.write("I/O error, dev sda, sector 1")
        await heard.until(lambda: bool(heard.entries))
    assert len(os.listdir("/proc/self/fd")) <= before
