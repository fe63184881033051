"""A new process in a container, with a terminal: POST containers/ID/exec and exec/EID/start."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from tui.domain.errors import ActionRefused, EngineError, NotFound
from tui.domain.session import SessionEnd, SessionRequest
from tui.engines.podman import found as containers
from tui.engines.podman.channel import PodmanChannel
from tui.engines.podman.errors import ConflictError
from tui.engines.podman.process import KnownProcess
from tui.engines.podman.wire import ask, upgrade

TERM = "xterm-256color"
NOT_EXECUTABLE, NOT_FOUND = 126, 127  # what the runtime answers, and a shell too
KILLED = 137
RUNTIME_ERROR = b"Error: "


class _StillRunningError(EngineError):
    """The stream has ended and the process has not."""


class ExecProcess:
    """The process at the other end of an exec; see `Remote`."""

    def __init__(self, url: str, local: str, exec_id: str, command: Sequence[str], *, on_this_host: bool) -> None:
        self._url = url
        self._local = local
        self._id = exec_id
        self._command = tuple(command)
        self._on_this_host = on_this_host
        self._process: KnownProcess | None = None
        self._first = b""

    def decode(self, data: bytes) -> bytes:
        """Return the bytes as they are: there is a terminal at the other end."""
        self._first += data[: len(RUNTIME_ERROR) - len(self._first)]
        return data

    def encode(self, data: bytes) -> bytes:
        """Return the bytes as they are."""
        return data

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the size; one that has ended has none."""
        with contextlib.suppress(EngineError):
            await ask(self._url, "POST", f"exec/{self._id}/resize", {"w": columns, "h": rows})

    async def look(self) -> Mapping[str, Any]:
        """Return what the service knows of it, and remember its pid while it has one.

        Raises:
            NotFound: the container is gone, or stopped long ago.
            EngineError: it cannot be asked.
        """
        document = (await ask(self._url, "GET", f"exec/{self._id}/json")).json()
        if not isinstance(document, dict):
            raise EngineError("Podman answered nonsense", "No exec.")
        if self._on_this_host and document.get("Running") and self._process is None:
            self._process = KnownProcess.of(int(document.get("Pid") or 0))
        return document

    async def ended(self) -> SessionEnd:
        """Return the exit code, or what took the process away."""
        try:
            code = await self._exit_code()
            if code not in {None, KILLED}:
                return SessionEnd(exit_code=code, message=self._explain(code))
            return await self._without_code(code)
        except _StillRunningError as error:  # a service that ended and was started again at once
            return SessionEnd(goes_on=True, message=error.message, may_reopen=True)
        except EngineError as error:
            return self.lost(error)

    async def _exit_code(self) -> int | None:
        """Wait until the service has noted the end; None when it knows of no such exec."""
        deadline = asyncio.get_running_loop().time() + containers.SETTLE_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            try:
                seen = await self.look()
            except NotFound:
                return None
            if not seen.get("Running"):
                code = seen.get("ExitCode")
                return code if isinstance(code, int) else None
            await asyncio.sleep(containers.PAUSE_SECONDS)
        raise _StillRunningError("still running", f"The connection was lost; {self._command[0]} goes on.")

    async def _without_code(self, code: int | None) -> SessionEnd:
        """Tell a process that was killed from one whose container went."""
        try:
            found = await containers.find(self._url, self._local)
        except NotFound:
            return SessionEnd(message=containers.REMOVED)
        if found.status not in {"running", "paused"}:
            return SessionEnd(exit_code=code, message=containers.STOPPED, may_reopen=True)
        if code is None:
            return SessionEnd(message="The connection ended; Podman does not tell how the process did.")
        return SessionEnd(exit_code=code, message="It was killed.")

    def _explain(self, code: int | None) -> str:
        """Tell the runtime's failure to start a program from a program that ends with the same code."""
        if not self._first.startswith(RUNTIME_ERROR):
            return ""
        name = self._command[0]
        if code == NOT_FOUND:
            return f"{name} was not started: it, or the working directory, does not exist in the container."
        return f"{name} cannot be run in the container." if code == NOT_EXECUTABLE else ""

    def lost(self, error: EngineError) -> SessionEnd:
        """Say whether the process goes on, which it does without the service, as far as this host can see."""
        if self._process is None:
            return containers.lost(error, "The process in the container may go on.")
        if self._process.lives:
            return containers.lost(error, f"The process in the container goes on, pid {self._process.pid} here.")
        return containers.lost(error, "The process in the container has ended.")

    async def left(self, *, end_process: bool) -> SessionEnd:
        """Return whether it goes on; end it by a signal if told to: Podman has no call that ends an exec."""
        try:
            seen = await self.look()
        except NotFound:
            return SessionEnd(message="It has ended.")
        except EngineError as error:
            if not end_process or self._process is None:
                return self.lost(error)
        else:
            if not seen.get("Running"):
                return SessionEnd(exit_code=seen.get("ExitCode"))
        if not end_process:
            return SessionEnd(goes_on=True, message=f"{self._command[0]} goes on in the container.")
        return await self._kill()

    async def _kill(self) -> SessionEnd:
        if self._process is None:
            return SessionEnd(goes_on=True, message="It goes on: it can be ended only from the host it runs on.")
        try:
            if await self._process.end():
                return SessionEnd(exit_code=await self._code_after_kill())
        except OSError as error:
            return SessionEnd(goes_on=True, message=f"It goes on, pid {self._process.pid}: {error.strerror}.")
        return SessionEnd(goes_on=True, message=f"It goes on, pid {self._process.pid}: it cannot be killed now.")

    async def _code_after_kill(self) -> int | None:
        try:
            return await self._exit_code()
        except EngineError:
            return None


async def open_exec(
    url: str, local: str, request: SessionRequest, command: Sequence[str], *, on_this_host: bool
) -> PodmanChannel:
    """Start a process and connect to its terminal.

    Raises:
        ActionRefused: the container does not run.
        EngineError: with its sentence.
    """
    exec_id = await _create(url, local, request, command)
    size = {"Tty": True, "Detach": False, "w": request.columns, "h": request.rows}
    wire = await upgrade(url, f"exec/{exec_id}/start", body=size)
    remote = ExecProcess(url, local, exec_id, command, on_this_host=on_this_host)
    try:
        await remote.look()
    except EngineError:
        pass  # it ended at once, and whoever reads the channel learns why
    except BaseException:
        wire.close()
        raise
    return PodmanChannel(url, wire, remote)


async def _create(url: str, local: str, request: SessionRequest, command: Sequence[str]) -> str:
    wanted: dict[str, Any] = {
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": True,
        "DetachKeys": "",  # every key is the program's own
        "Cmd": list(command),
        "Env": [f"TERM={TERM}"],
    }
    wanted |= {"User": request.user} if request.user else {}
    wanted |= {"WorkingDir": request.folder} if request.folder else {}
    try:
        answer = await ask(url, "POST", f"containers/{local}/exec", body=wanted)
    except NotFound as error:
        raise NotFound("no longer there", "It is no longer there.") from error
    except ConflictError as error:
        containers.refuse_unless_running(await containers.find(url, local))
        raise ActionRefused(error.title, error.message) from error
    document = answer.json()
    if not isinstance(document, dict) or not document.get("Id"):
        raise EngineError("Podman answered nonsense", "An exec without an id.")
    return str(document["Id"])
