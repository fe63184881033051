"""What may be opened inside a demo instance."""

import asyncio
from collections.abc import AsyncIterator

from tui.domain.errors import ActionRefused, EngineError, NoShell
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, Kind, State
from tui.domain.session import ConsoleDevice, LogChunk, LogRequest, SessionEnd, SessionKind, SessionRequest
from tui.engines.demo.acting import Timing
from tui.engines.demo.channel import STOPPED, DemoChannel
from tui.engines.demo.logs import lines_between
from tui.engines.demo.shell import Shell

FOLLOW_SECONDS = 1.0
ALL_SECONDS = 3600.0
CHUNK_LINES = 500
WITHOUT_CONSOLE = "win-legacy"
WITHOUT_SHELL = "registry"


class DemoInside:
    """Consoles, shells, keys, screens and logs of one demo engine; mixed into it."""

    _timing: Timing
    _read_only: bool

    def __init__(self) -> None:
        self._channels: dict[DemoChannel, InstanceId] = {}

    def _get(self, target: InstanceId) -> Instance:
        raise NotImplementedError

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:
        """Return a guest's consoles."""
        instance = self._get(target)
        if instance.kind is not Kind.GUEST or instance.name == WITHOUT_CONSOLE:
            return ()
        return (ConsoleDevice("serial0", "serial", 0),)

    async def open_session(self, target: InstanceId, request: SessionRequest) -> DemoChannel:
        """Open a session with a `Shell`."""
        instance = self._get(target)
        if self._read_only:
            raise ActionRefused("read only", "hostdeck was started with --read-only.")
        if instance.state is not State.RUNNING:
            raise EngineError("not running", f"{instance.name} does not run.")
        if request.kind is SessionKind.SHELL and instance.name == WITHOUT_SHELL:
            raise NoShell("no shell", f"{instance.name} has no shell: none of /bin/bash, /bin/sh is in it.")
        login = request.kind is SessionKind.CONSOLE
        shell = Shell(instance, user=request.user, folder=request.folder, login=login)
        channel = DemoChannel(shell, request.kind, self._forget)
        await channel.resize(request.columns, request.rows)
        self._channels[channel] = target
        return channel

    def _forget(self, channel: DemoChannel) -> None:
        self._channels.pop(channel, None)

    def _end_of_stopped(self) -> None:
        """End the sessions in instances that run no more."""
        for channel, target in list(self._channels.items()):
            try:
                instance: Instance | None = self._get(target)
            except EngineError:
                instance = None
            if instance is None or not instance.state.is_active:
                channel.finish(SessionEnd(message=STOPPED, may_reopen=instance is not None))

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:
        """Press keys, which does nothing here."""
        instance = self._get(target)
        if instance.kind is not Kind.GUEST or not instance.state.is_active or not keys:
            raise ActionRefused("not possible", f"{instance.name} is no running guest: it has no keyboard.")

    async def screenshot(self, target: InstanceId) -> bytes:
        """Return a picture of a guest's screen: a blue one with a bar."""
        instance = self._get(target)
        if instance.kind is not Kind.GUEST:
            raise ActionRefused("not possible", f"{instance.name} is a container: it has no screen.")
        width, height = 64, 40
        bar = bytes((230, 230, 230)) * width
        blue = bytes((0, 60, 150)) * width
        return f"P6\n{width} {height}\n255\n".encode() + bar * 4 + blue * (height - 4)

    async def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Return the log's lines, made up from the clock."""
        instance = self._get(target)
        now = self._timing.utc()
        since = request.since_utc_seconds if request.since_utc_seconds is not None else now - ALL_SECONDS
        most = request.tail if request.tail is not None else CHUNK_LINES
        if instance.state is not State.CREATED and (lines := lines_between(instance, since, now, most)):
            yield LogChunk(instance.name, lines)
        while request.follow:
            await asyncio.sleep(FOLLOW_SECONDS)
            since, now = now, self._timing.utc()
            if self._get(target).state.is_active and (lines := lines_between(instance, since, now, CHUNK_LINES)):
                yield LogChunk(instance.name, lines)
