"""A host whose sessions say what a test says, and a terminal that only remembers."""

import asyncio
from collections.abc import Callable, Sequence

from tests.unit.views import view_of
from tui.domain.errors import ActionRefused, EngineError
from tui.domain.host import HostView
from tui.domain.identity import InstanceId
from tui.domain.session import SessionEnd, SessionRequest
from tui.engines.sessions import Channel, HelpsContainers, HelpsGuests


class ScriptedChannel:
    """Says what `say` is given; keeps what is written; takes nothing while `stuck`."""

    def __init__(self, request: SessionRequest) -> None:
        self.request = request
        self.written = bytearray()
        self.sizes: list[tuple[int, int]] = []
        self.unstuck = asyncio.Event()
        self.unstuck.set()
        self.reads = 0
        self._end: SessionEnd | None = None
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self.closed_with: bool | None = None

    @property
    def end(self) -> SessionEnd | None:
        return self._end

    def say(self, data: bytes) -> None:
        self._said.put_nowait(data)

    def finish(self, end: SessionEnd) -> None:
        self._end = end
        self._said.put_nowait(b"")

    async def read(self) -> bytes:
        self.reads += 1
        return await self._said.get()

    async def write(self, data: bytes) -> None:
        await self.unstuck.wait()
        self.written += data

    async def resize(self, columns: int, rows: int) -> None:
        self.sizes.append((columns, rows))

    async def close(self, *, end_process: bool = False) -> SessionEnd:
        self.closed_with = end_process
        self.finish(SessionEnd(exit_code=137) if end_process else SessionEnd(goes_on=True))
        assert self._end is not None
        return self._end


class SessionHost:
    """Opens a `ScriptedChannel` for each request, unless `errors` has one for it."""

    def __init__(self, view: HostView | None = None) -> None:
        self.view: HostView | None = view or view_of()
        self.channels: list[ScriptedChannel] = []
        self.errors: list[EngineError] = []
        self.asked = 0
        self.pressed: list[tuple[str, ...]] = []

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        self.channels.append(ScriptedChannel(request))
        return self.channels[-1]

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:
        self.pressed.append(keys)

    def container_help(self, target: InstanceId) -> HelpsContainers:
        raise ActionRefused("not possible", "There are no containers of this host here.")

    def guest_help(self, target: InstanceId) -> HelpsGuests:
        raise ActionRefused("not possible", "There are no guests here.")


class RememberingTerminal:
    """Keeps what it was fed; does not return while `full`."""

    def __init__(self, sink: Callable[[bytes], None], columns: int, rows: int) -> None:
        self.sink = sink
        self.size = (columns, rows)
        self.fed = bytearray()
        self.room = asyncio.Event()
        self.room.set()
        self.closed = False

    async def feed(self, data: bytes) -> None:
        self.fed += data
        await self.room.wait()

    def close(self) -> None:
        self.closed = True


async def until(condition: Callable[[], object], what: str = "") -> None:
    """Let tasks run until a condition holds; fails after a deadline."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the conditions are of objects that tell nobody
            await asyncio.sleep(0)
    assert condition(), what


def states(changes: Sequence[str]) -> list[str]:
    """Return states without repeats."""
    return [state for number, state in enumerate(changes) if number == 0 or changes[number - 1] != state]
