"""What the service says about a container now, for opening something in it and for telling why something ended."""

import asyncio
from dataclasses import dataclass
from typing import Any

from tui.domain.errors import ActionRefused, EngineError, NotFound
from tui.domain.session import SessionEnd
from tui.engines.podman.wire import ask

SETTLE_SECONDS = 3.0  # Podman notices an end some 10 to 300 ms after the stream's
PAUSE_SECONDS = 0.05

STOPPED = "The container has stopped; it can be opened again when it runs."
REMOVED = "The container was removed."


@dataclass(frozen=True, slots=True)
class Found:
    """A container as inspected.

    Attributes:
        status: Podman's word ("running").
        tty: its main process has a terminal.
        open_stdin: its main process can be typed to.
        folders: PATH of its environment.
        pid: of its main process as its host counts; 0 when it does not run.
    """

    name: str
    status: str
    exit_code: int | None
    tty: bool
    open_stdin: bool
    folders: tuple[str, ...]
    pid: int


async def find(url: str, local: str) -> Found:
    """Look at a container.

    Raises:
        NotFound: it is gone.
        EngineError: with its sentence.
    """
    try:
        answer = await ask(url, "GET", f"containers/{local}/json")
    except NotFound as error:
        raise NotFound("no longer there", "It is no longer there.") from error
    try:
        return _found(answer.json())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EngineError("Podman answered nonsense", f"No container: {error}") from error


def _found(document: dict[str, Any]) -> Found:
    state, config = document["State"], document.get("Config") or {}
    paths = [text.removeprefix("PATH=") for text in config.get("Env") or () if str(text).startswith("PATH=")]
    return Found(
        name=str(document.get("Name") or ""),
        status=str(state["Status"]),
        exit_code=state.get("ExitCode"),
        tty=bool(config.get("Tty")),
        open_stdin=bool(config.get("OpenStdin")),
        folders=tuple(folder for folder in (paths or [""])[-1].split(":") if folder.startswith("/")),
        pid=int(state.get("Pid") or 0),
    )


def refuse_unless_running(found: Found) -> None:
    """Say why nothing can be opened, and what helps.

    Raises:
        ActionRefused: the container does not run.
    """
    if found.status == "running":
        return
    if found.status == "paused":
        raise ActionRefused("paused", "It is paused: resume it first.")
    if found.status in {"stopping", "removing"}:
        raise ActionRefused("ending", f"It is {found.status}; nothing can be opened in it any more.")
    raise ActionRefused("not running", f"It does not run (it is {found.status}): start it first.")


async def settled(url: str, local: str, *, seconds: float = SETTLE_SECONDS) -> Found | None:
    """Return a container once it no longer runs, or as it is after so many seconds; None when it is gone.

    Raises:
        EngineError: it cannot be asked.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            found = await find(url, local)
        except NotFound:
            return None
        if found.status not in {"running", "stopping"} or asyncio.get_running_loop().time() > deadline:
            return found
        await asyncio.sleep(PAUSE_SECONDS)


def lost(error: EngineError, what: str) -> SessionEnd:
    """Return the end of a session whose service is away."""
    return SessionEnd(
        message=f"{error.message} {what} It can be opened again when Podman is back.".replace("  ", " "),
        may_reopen=True,
    )
