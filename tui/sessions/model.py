"""What a session is about, how it is, and what shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tui.domain.errors import HostdeckError
from tui.domain.host import EngineState, HostView
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, Kind
from tui.domain.session import SessionKind


class SessionState(StrEnum):
    """How a session is."""

    OPENING = "opening"
    OPEN = "open"
    WAITING = "waiting"  # lost, or its instance stopped: opened again by itself
    BUSY = "busy"  # another client has the console: a person decides
    ENDED = "ended"  # what stood there can still be read

    @property
    def is_live(self) -> bool:
        """Tell whether leaving hostdeck would take something away."""
        return self in {SessionState.OPENING, SessionState.OPEN, SessionState.WAITING}


class Way(StrEnum):
    """How a session is opened."""

    PLAIN = "plain"
    BOOT = "boot"  # the first opening starts the guest, so that nothing it prints is missed
    HOST_TOOLS = "host-tools"  # a shell of this host in a container's namespaces, for an image without one


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose inside it is; kept, because the instance may go while the session stays."""

    target: InstanceId
    name: str
    kind: Kind
    owner: str = ""

    @classmethod
    def of(cls, instance: Instance) -> "Subject":
        """Return what a session needs of an instance."""
        return cls(instance.id, instance.name, instance.kind, instance.user)


@dataclass(frozen=True, slots=True)
class Presence:
    """What a view says of a session's instance.

    Attributes:
        is_active: processes of it exist, or nobody knows whether.
        is_gone: its engine answers and does not list it.
    """

    is_active: bool
    is_gone: bool

    @classmethod
    def in_view(cls, target: InstanceId, view: HostView) -> "Presence":
        """Look an instance up."""
        found = next((item.instance for item in view.instances if item.instance.id == target), None)
        answers = any(one.id == target.engine and one.state is EngineState.READY for one in view.sources)
        return cls(found.state.is_active if found is not None else not answers, found is None and answers)


class Terminal(Protocol):
    """What a session's bytes are shown by; it lives as long as the session."""

    async def feed(self, data: bytes) -> None:
        """Take what was said, and return when there is room for more."""

    def close(self) -> None:
        """Give its memory back."""


MakeTerminal = Callable[[Callable[[bytes], None], int, int], Terminal]
"""Makes a terminal from the function that takes what is typed, columns and rows."""

AUDIT_WORDS = {
    SessionKind.CONSOLE: "open-console",
    SessionKind.SHELL: "open-shell",
    SessionKind.ATTACH: "attach",
}
"""What the audit file calls opening one."""


class TooManySessions(HostdeckError):  # noqa: N818 - named for what is the case, as its siblings
    """No more can be open at once."""
