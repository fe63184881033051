"""Whether a container still writes its log, and who keeps it."""

from dataclasses import dataclass
from typing import Any

from tui.domain.errors import NotFound
from tui.engines.podman.wire import START_SECONDS, ask

WRITING = frozenset({"running", "paused", "stopping"})
JOURNALD = "journald"


@dataclass(frozen=True, slots=True)
class LogState:
    """What decides how a log is followed.

    Attributes:
        may_grow: its container runs, or will when it is resumed.
        is_journal: journald keeps it, else a file.
    """

    may_grow: bool
    is_journal: bool


async def log_state(url: str, local: str) -> LogState | None:
    """Ask the service; None when the container is not there.

    Raises:
        EngineError: no answer, or one that cannot be read.
    """
    try:  # patiently: it is answered after whatever else is being done to the container, like a start
        answer = await ask(url, "GET", f"containers/{local}/json", timeout=START_SECONDS)
    except NotFound:
        return None
    document = answer.json()
    status = _at(document, "State", "Status")
    driver = _at(document, "HostConfig", "LogConfig", "Type")
    return LogState(str(status).lower() in WRITING, driver == JOURNALD)


def _at(document: Any, *path: str) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document
