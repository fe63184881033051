"""Consoles, keys, stills and logs of real QEMU guests."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.live.harness.guest import UP_MARK
from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.waiting import wait_until
from tests.unit.engine_contract import RecordingSink, running
from tui.domain.errors import ActionRefused, EngineError, EngineTimeout, NotFound, SessionBusy
from tui.domain.identity import InstanceId
from tui.domain.instance import State
from tui.domain.session import ConsoleDevice, LogRequest, SessionEnd, SessionKind, SessionRequest
from tui.engines.libvirt import LibvirtEngine
from tui.engines.libvirt.keys import parse_keys
from tui.engines.sessions import Channel, OpensSessions, ReadsLogs, SendsKeys

HOST_ID = "0123456789abcdef0123456789abcdef"
CONSOLE = SessionRequest(SessionKind.CONSOLE)
TAKEOVER = SessionRequest(SessionKind.CONSOLE, force=True)
PROMPT = b"/ # "


@pytest.fixture
async def engine(clean_libvirt: LibvirtHost) -> LibvirtEngine:
    return LibvirtEngine(clean_libvirt.uri, host_id=HOST_ID)


@pytest.fixture
async def sink(engine: LibvirtEngine) -> AsyncIterator[RecordingSink]:
    async with running(engine) as recording:
        yield recording


class Console:
    """A channel, and what was read of it."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.text = b""

    async def until(self, what: bytes, *, seconds: float = 60.0) -> bytes:
        """Read until `what` is there; return what stands before it and forget both."""
        async with asyncio.timeout(seconds):
            while what not in self.text:
                data = await self.channel.read()
                assert data, (self.channel.end, self.text)
                self.text += data
        before, _, self.text = self.text.partition(what)
        return before

    async def run(self, command: str) -> str:
        """Run a line in the guest's shell and return what it printed."""
        await self.channel.write(f"echo BEG''IN;{command};echo E''ND\n".encode())
        await self.until(b"BEGIN\r\n")
        return (await self.until(b"END\r\n")).decode().strip()

    async def until_end(self, *, seconds: float = 60.0) -> SessionEnd:
        """Read until the end."""
        async with asyncio.timeout(seconds):
            while data := await self.channel.read():
                self.text += data
        assert self.channel.end is not None
        return self.channel.end


async def guest(host: LibvirtHost, sink: RecordingSink, name: str, *, start: bool = True, **spec: Any) -> InstanceId:
    host.define_guest(name, **spec)
    if start:
        await asyncio.to_thread(host.start_guest, name)
    state = State.RUNNING if start else State.STOPPED
    await sink.until(lambda: sink.state_of(name) is state, f"{name} is {state}")
    found = sink.find(name)
    assert found is not None
    return found.id


@asynccontextmanager
async def opened(
    engine: LibvirtEngine, target: InstanceId, request: SessionRequest = CONSOLE
) -> AsyncIterator[Console]:
    channel = await engine.open_session(target, request)
    try:
        yield Console(channel)
    finally:
        await channel.close()


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


async def test_a_shell_on_the_console(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    assert isinstance(engine, OpensSessions)
    target = await guest(clean_libvirt, sink, "shell")
    assert await engine.consoles(target) == (ConsoleDevice("serial0", "serial", 0),)

    async with opened(engine, target, SessionRequest(SessionKind.CONSOLE, device="serial0")) as console:
        assert await console.run("hostname") == "guest"
        await console.run("stty cols 91 rows 33")
        assert await console.run("stty size </dev/ttyS0") == "33 91"
        await console.channel.resize(100, 40)
        assert await console.run("stty size </dev/ttyS0") == "33 91"
        assert await console.run("printf '\\303\\251'") == "é"
        flood = await console.run("dd if=/dev/zero bs=1k count=50 2>/dev/null | tr '\\0' x")
        assert flood == "x" * 50 * 1024

    assert console.channel.end == SessionEnd(goes_on=True)
    assert await console.channel.read() == b""
    await console.channel.write(b"nobody listens")


async def test_leaving_frees_the_console_and_every_descriptor(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    target = await guest(clean_libvirt, sink, "often")
    async with opened(engine, target):
        pass
    ours, theirs = descriptors(os.getpid()), descriptors(clean_libvirt.daemon_pid)

    for _ in range(10):
        async with opened(engine, target) as console:
            await console.channel.write(b"\n")
            await console.until(PROMPT)

    assert descriptors(os.getpid()) <= ours + 2  # one connection may still be closing
    assert descriptors(clean_libvirt.daemon_pid) <= theirs + 2


async def test_a_second_client_and_a_takeover(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    target = await guest(clean_libvirt, sink, "shared")

    async with opened(engine, target) as first:
        with pytest.raises(SessionBusy) as caught:
            await engine.open_session(target, CONSOLE)
        async with opened(engine, target, TAKEOVER) as second:
            end = await first.until_end()
            assert await second.run("hostname") == "guest"

    assert "shared" in caught.value.message
    assert "another client took it over" in end.message
    assert not end.may_reopen


async def test_a_guest_that_stops_and_starts(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    target = await guest(clean_libvirt, sink, "stops")

    async with opened(engine, target) as console:
        await console.channel.write(b"echo last wo''rds; poweroff -f\n")
        end = await console.until_end()
    await sink.until(lambda: sink.state_of("stops") is State.STOPPED, "it is off")
    with pytest.raises(ActionRefused) as caught:
        await engine.open_session(target, CONSOLE)

    assert b"last words" in console.text
    assert end == SessionEnd(message="The guest stopped.", may_reopen=True)
    assert caught.value.message == "stops does not run; its console opens when it starts."

    await asyncio.to_thread(clean_libvirt.start_guest, "stops", wait=False)
    async with opened(engine, target) as console:
        await console.until(UP_MARK.encode(), seconds=90)


async def test_boot_from_the_first_byte(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    target = await guest(clean_libvirt, sink, "boots", start=False)

    console = Console(await engine.sessions.open_boot_console(target, CONSOLE))
    seen = await console.until(UP_MARK.encode(), seconds=90)
    clean_libvirt.wait_state("boots", "running")
    with pytest.raises(ActionRefused):
        await engine.sessions.open_boot_console(target, CONSOLE)
    await console.channel.close()

    assert clean_libvirt.console_text("boots").encode().startswith(seen + UP_MARK.encode())


async def test_a_boot_whose_console_cannot_be_opened(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    target = await guest(clean_libvirt, sink, "blind", start=False)

    with pytest.raises(EngineError) as caught:
        await engine.sessions.open_boot_console(target, SessionRequest(SessionKind.CONSOLE, device="serial7"))

    assert "was started, but its console could not be opened" in caught.value.message
    clean_libvirt.wait_up("blind")


async def test_many_consoles_at_once(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    targets = [await guest(clean_libvirt, sink, name, start=False) for name in ("ports", "more")]
    for name in ("ports", "more"):
        add_ports(clean_libvirt, name, serial=3, virtio=6)
        clean_libvirt.virsh("start", name)
    devices = [ConsoleDevice(f"serial{number}", "serial", number) for number in range(4)]
    devices += [ConsoleDevice(f"console{number}", "virtio", number) for number in range(1, 7)]
    consoles = []
    for target in targets:
        assert list(await engine.consoles(target)) == devices
        requests = [SessionRequest(SessionKind.CONSOLE, device=device.alias) for device in devices]
        consoles.append([Console(await engine.open_session(target, request)) for request in requests])

    for first, *others in consoles:
        await asyncio.to_thread(clean_libvirt.wait_up, "ports")
        await asyncio.to_thread(clean_libvirt.wait_up, "more")
        await first.channel.write(b"\n")
        for number, other in enumerate(others[:3], start=1):
            await first.run(f"echo HERE >/dev/ttyS{number}")
            await other.until(b"HERE")
    ends = await asyncio.gather(*(console.channel.close() for group in consoles for console in group))

    assert ends == [SessionEnd(goes_on=True)] * 20


def add_ports(host: LibvirtHost, name: str, *, serial: int, virtio: int) -> None:
    """Give a guest more serial ports and consoles."""
    added = "<serial type='pty'/>" * serial + "<console type='pty'><target type='virtio'/></console>" * virtio
    path = host.folder / "ports.xml"
    path.write_text(host.virsh("dumpxml", name).replace("</devices>", f"{added}</devices>"))
    host.virsh("define", str(path))


async def test_a_killed_daemon(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    target = await guest(clean_libvirt, sink, "killed")

    async with opened(engine, target) as console:
        assert await console.run("hostname") == "guest"
        clean_libvirt.kill_daemon()
        end = await console.until_end()
    with pytest.raises(EngineError):
        await engine.open_session(target, CONSOLE)

    assert end.may_reopen
    assert end.message
    clean_libvirt.start_daemon()
    async with opened(engine, target) as console:
        assert await console.run("hostname") == "guest"


async def test_a_hung_daemon(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    target = await guest(clean_libvirt, sink, "hung")

    async with opened(engine, target) as console, opened_later(engine, target) as waiting:
        assert await console.run("hostname") == "guest"
        clean_libvirt.hang_daemon()
        waiting.set()
        await console.channel.write(b"nobody hears this\n")
        end = await console.until_end()

    assert end == SessionEnd(message="It did not answer keep-alive messages.", may_reopen=True)


@asynccontextmanager
async def opened_later(engine: LibvirtEngine, target: InstanceId) -> AsyncIterator[asyncio.Event]:
    """Open one more when told to, which must fail in time."""
    event = asyncio.Event()

    async def attempt() -> None:
        await event.wait()
        with pytest.raises(EngineTimeout):
            await engine.open_session(target, CONSOLE)

    task = asyncio.ensure_future(attempt())
    yield event
    await task


async def test_closing_beside_a_hung_daemon(clean_libvirt: LibvirtHost, engine: LibvirtEngine) -> None:
    async with running(engine) as sink:  # which asserts that the engine ends in time
        target = await guest(clean_libvirt, sink, "hangs")
        channel = await engine.open_session(target, CONSOLE)
        clean_libvirt.hang_daemon()
    assert channel.end == SessionEnd(goes_on=True)


async def test_a_paste_into_a_guest_that_takes_nothing(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    target = await guest(clean_libvirt, sink, "paused")
    other = await guest(clean_libvirt, sink, "works")

    async with opened(engine, target) as console, opened(engine, other) as beside:
        clean_libvirt.virsh("suspend", "paused")
        pasting = asyncio.ensure_future(console.channel.write(b"#" * 1_000_000))
        assert await beside.run("hostname") == "guest"
        end = await console.until_end(seconds=90)
        await pasting
        assert await beside.run("hostname") == "guest"

    assert end.may_reopen
    assert end.message.startswith("The guest did not take what was sent")


async def test_a_paste_arrives_whole(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    target = await guest(clean_libvirt, sink, "takes")
    text = b"".join(b"%07d\n" % number for number in range(2500))

    async with opened(engine, target) as console:
        await console.run("stty -icanon -echo </dev/ttyS0")
        await console.channel.write(b"head -c 20000 | md5sum\n")
        await console.channel.write(text)
        await console.until(hashlib.md5(text, usedforsecurity=False).hexdigest().encode())


async def test_a_flood_that_nobody_reads_is_not_lost(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    target = await guest(clean_libvirt, sink, "floods")

    async with opened(engine, target) as console:
        await console.channel.write(b"dd if=/dev/zero bs=1k count=300 2>/dev/null | tr '\\0' x; echo FLOOD''END\n")
        await asyncio.to_thread(
            wait_until, lambda: "FLOODEND" in clean_libvirt.console_text("floods"), "it is all written", seconds=60
        )
        flood = await console.until(b"FLOODEND")

    assert flood.endswith(b"x" * 300 * 1024)


async def test_keys_reach_the_guest(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    assert isinstance(engine, SendsKeys)
    target = await guest(clean_libvirt, sink, "keys", graphics=True)

    async with opened(engine, target) as console:
        device = await console.run("grep -il keyboard /sys/class/input/event*/device/name | cut -d/ -f5")
        dump = "dd bs=24 count=6 <&3 2>/dev/null | od -An -v -tu2 -w24"
        await console.channel.write(f"exec 3</dev/input/{device}; echo REA''DY; {dump}; echo E''ND\n".encode())
        await console.until(b"READY\r\n")
        await engine.sessions.type_text(target, "A")
        assert key_events(await console.until(b"END\r\n")) == [(42, 1), (30, 1)]  # Shift, then A
        with pytest.raises(ActionRefused):
            await engine.send_keys(target, ("KEY_NONSENSE",))
        await engine.send_keys(target, parse_keys("ctrl-alt-del"))  # the kernel reboots, and the console goes on
        await console.until(UP_MARK.encode(), seconds=90)


def key_events(dump: bytes) -> list[tuple[int, int]]:
    """Return (key code, 1 for pressed) of a dump of struct input_event: eight words of time, then type, code, value."""
    rows = [line.split() for line in dump.splitlines()]
    return [(int(words[9]), int(words[10])) for words in rows if len(words) == 12 and words[8] == b"1"]  # EV_KEY


async def test_a_still_of_the_screen(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    target = await guest(clean_libvirt, sink, "seen", graphics=True)
    blind = await guest(clean_libvirt, sink, "blind", start=False)

    still = await engine.screenshot(target)
    with pytest.raises(ActionRefused) as off:
        await engine.screenshot(blind)
    await asyncio.to_thread(clean_libvirt.start_guest, "blind", wait=False)
    with pytest.raises(ActionRefused) as none:
        await engine.screenshot(blind)

    assert still.startswith((b"P6", b"\x89PNG"))
    assert len(still) > 1000
    assert "does not run" in off.value.message
    assert "has no screen" in none.value.message


async def test_a_serial_console_for_a_guest_without(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    target = await guest(clean_libvirt, sink, "mute", start=False, serial=False)
    clean_libvirt.virsh("start", "mute")
    assert await engine.consoles(target) == ()
    with pytest.raises(ActionRefused) as caught:
        await engine.open_session(target, CONSOLE)

    offer = await engine.sessions.offer_serial(target)
    assert [line for line in offer.diff.splitlines() if line.startswith("+ ")] == [
        "+    <serial type='pty'/>",
        "+    <console type='pty'/>",
    ]
    assert "next start" in await engine.sessions.add_serial(target)
    with pytest.raises(ActionRefused):
        await engine.sessions.add_serial(target)
    clean_libvirt.virsh("destroy", "mute")
    await sink.until(lambda: sink.state_of("mute") is State.STOPPED, "it is off")
    console = Console(await engine.sessions.open_boot_console(target, CONSOLE))
    await console.until(UP_MARK.encode(), seconds=90)
    await console.channel.close()

    assert "no console that libvirt can open" in caught.value.message


async def test_a_transient_guest_gets_no_console(
    clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink
) -> None:
    target = await guest(clean_libvirt, sink, "transient", start=False, serial=False)
    clean_libvirt.virsh("start", "transient")
    clean_libvirt.virsh("undefine", "transient")

    with pytest.raises(ActionRefused) as caught:
        await engine.sessions.add_serial(target)

    assert "no definition on disk" in caught.value.message


async def test_the_log_of_a_guest(clean_libvirt: LibvirtHost, engine: LibvirtEngine, sink: RecordingSink) -> None:
    assert isinstance(engine, ReadsLogs)
    target = await guest(clean_libvirt, sink, "logged", start=False)
    with pytest.raises(NotFound):
        await anext(engine.read_log(target, LogRequest()))
    await asyncio.to_thread(clean_libvirt.start_guest, "logged", wait=False)

    reading = engine.read_log(target, LogRequest(tail=None))
    first = await anext(reading)
    clean_libvirt.virsh("destroy", "logged")
    ended = False
    async with asyncio.timeout(30):
        while not ended:
            ended = any(b"shutting down" in line for _, _, line in (await anext(reading)).lines)

    when, is_error, line = first.lines[0]
    assert first.source == "logged"
    assert b"starting up libvirt version" in line
    assert when is not None
    assert not is_error


async def test_read_only_opens_nothing(clean_libvirt: LibvirtHost) -> None:
    engine = LibvirtEngine(clean_libvirt.uri, host_id=HOST_ID, read_only=True)
    async with running(engine) as sink:
        target = await guest(clean_libvirt, sink, "kept", start=False)
        assert len(await engine.consoles(target)) == 1
        for call in (
            engine.open_session(target, CONSOLE),
            engine.sessions.open_boot_console(target, CONSOLE),
            engine.send_keys(target, ("KEY_A",)),
            engine.sessions.type_text(target, "a"),
            engine.screenshot(target),
            engine.sessions.add_serial(target),
        ):
            with pytest.raises(ActionRefused) as caught:
                await call
            assert "read-only" in caught.value.message
