"""A container's own main process: POST containers/ID/attach."""

import asyncio
import contextlib

from tui.domain.errors import EngineError, NotFound
from tui.domain.session import SessionEnd, SessionRequest
from tui.engines.podman import found as containers
from tui.engines.podman.channel import SIZE_GAP_SECONDS, PodmanChannel
from tui.engines.podman.found import Found
from tui.engines.podman.frames import Frames
from tui.engines.podman.wire import ask, upgrade

END_SECONDS = 2  # grace between SIGTERM and SIGKILL
ANSWER_SECONDS = 10.0
PIPE_SECONDS = 0.5  # in which a program that reads its input ends with it


class AttachedProcess:
    """The main process at the other end; see `Remote`.

    Without a terminal in the container there is nobody who turns a line feed into "begin a new line", and Return into
    a line feed: that is done here, as a terminal's driver would (ONLCR, ICRNL).
    """

    def __init__(self, url: str, local: str, found: Found) -> None:
        self._url = url
        self._local = local
        self._tty = found.tty
        self._closes_input = found.open_stdin and not found.tty
        self._frames = Frames()
        self._after_return = False

    def decode(self, data: bytes) -> bytes:
        """Return the terminal's bytes, both streams in one, as they came."""
        if self._tty:
            return data
        text = b"".join(part.data for part in self._frames.feed(data))
        if not text:
            return b""
        lead, self._after_return = self._after_return, text.endswith(b"\r")
        lines = text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return lines[1:] if lead and text.startswith(b"\n") else lines

    def encode(self, data: bytes) -> bytes:
        """Return what is typed."""
        return data if self._tty else data.replace(b"\r", b"\n")

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the size of its terminal, where it has one."""
        if self._tty:
            with contextlib.suppress(EngineError):
                await ask(self._url, "POST", f"containers/{self._local}/resize", {"w": columns, "h": rows})

    async def ended(self) -> SessionEnd:
        """Return the container's exit code, or that it is gone."""
        try:
            found = await containers.settled(self._url, self._local)
        except EngineError as error:
            return self.lost(error)
        if found is None:
            return SessionEnd(message=containers.REMOVED)
        if found.status == "running":
            return SessionEnd(
                goes_on=True, message="The connection was lost; the container runs on, or again.", may_reopen=True
            )
        return SessionEnd(exit_code=found.exit_code, message=containers.STOPPED, may_reopen=True)

    def lost(self, error: EngineError) -> SessionEnd:
        """Say that the container does not depend on the service."""
        return containers.lost(error, "The container goes on without it.")

    async def left(self, *, end_process: bool) -> SessionEnd:
        """Return that it goes on, or stop the container if told to."""
        if not end_process:
            return await self._leave()
        try:
            path = f"containers/{self._local}/stop"
            await ask(self._url, "POST", path, {"timeout": END_SECONDS}, timeout=END_SECONDS + ANSWER_SECONDS)
            found = await containers.find(self._url, self._local)
        except NotFound:
            return SessionEnd(message=containers.REMOVED)
        except EngineError as error:
            return SessionEnd(goes_on=True, message=f"It could not be stopped: {error.message}")
        return SessionEnd(exit_code=found.exit_code, message="The container was stopped.")

    async def _leave(self) -> SessionEnd:
        """Say whether it goes on: whoever leaves closes its input where that is a pipe, as `podman attach` does too."""
        if not self._closes_input:
            return SessionEnd(goes_on=True, message="The container goes on.")
        try:
            found = await containers.settled(self._url, self._local, seconds=PIPE_SECONDS)
        except EngineError as error:
            return self.lost(error)
        if found is None:
            return SessionEnd(message=containers.REMOVED)
        if found.status == "running":
            return SessionEnd(goes_on=True, message="The container goes on, but its input, a pipe, was closed.")
        return SessionEnd(exit_code=found.exit_code, message="Its input, a pipe, was closed, and the container ended.")


async def open_attach(url: str, local: str, request: SessionRequest, found: Found) -> PodmanChannel:
    """Connect to the main process of a running container.

    Raises:
        EngineError: with its sentence.
    """
    # without keys that detach, every key is the program's own
    wanted = {"stream": True, "stdin": True, "stdout": True, "stderr": True, "logs": False, "detachKeys": ""}
    wire = await upgrade(url, f"containers/{local}/attach", wanted)
    remote = AttachedProcess(url, local, found)
    try:
        # a program draws its screen anew only when its size changes
        await remote.resize(request.columns, request.rows + 1)
        if found.tty:
            await asyncio.sleep(SIZE_GAP_SECONDS)
        await remote.resize(request.columns, request.rows)
    except asyncio.CancelledError:
        wire.close()
        raise
    return PodmanChannel(url, wire, remote)
