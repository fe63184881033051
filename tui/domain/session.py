"""What may be opened inside an instance: consoles, shells, logs."""

from dataclasses import dataclass
from enum import StrEnum


class SessionKind(StrEnum):
    """What runs at the other end."""

    CONSOLE = "console"  # a guest's serial or virtual console
    SHELL = "shell"  # a new process in a container
    ATTACH = "attach"  # a container's own main process


@dataclass(frozen=True, slots=True)
class ConsoleDevice:
    """One console of a guest.

    Attributes:
        alias: libvirt's device alias ("serial0"), empty for the first one.
        kind: "serial", "virtio" or another target type.
        port: its number.
    """

    alias: str
    kind: str
    port: int


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """How to open a session.

    Attributes:
        device: CONSOLE: which one; empty for the first.
        force: CONSOLE: take it over from another client.
        command: SHELL: argument list; empty for the first shell of the configured list that exists.
        user: SHELL: user in the container, empty for the image's own.
        folder: SHELL: working directory, empty for the image's own.
    """

    kind: SessionKind
    device: str = ""
    force: bool = False
    command: tuple[str, ...] = ()
    user: str = ""
    folder: str = ""
    columns: int = 80
    rows: int = 24


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """How a session ended.

    Attributes:
        exit_code: of the process; None for a console, or when it goes on.
        goes_on: the process runs on after the session was left.
        message: a sentence for the person; empty when there is nothing to say.
        may_reopen: opening again may work by itself (the daemon was lost, the guest stopped).
    """

    exit_code: int | None = None
    goes_on: bool = False
    message: str = ""
    may_reopen: bool = False


@dataclass(frozen=True, slots=True)
class LogRequest:
    """What to read of a log.

    Attributes:
        since_utc_seconds: only what is newer; None for all.
        tail: only so many last lines; None for all.
        follow: go on with what is written from now on.
    """

    since_utc_seconds: float | None = None
    tail: int | None = 1000
    follow: bool = True


@dataclass(frozen=True, slots=True)
class LogChunk:
    """Some lines of one source, in order; `text` without the line's end.

    Attributes:
        source: name of the instance.
        lines: time in seconds since the epoch or None, whether it is standard error, the raw bytes.
    """

    source: str
    lines: tuple[tuple[float | None, bool, bytes], ...]
