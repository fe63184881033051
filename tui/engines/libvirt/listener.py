"""libvirt's callbacks as plain values, on the event loop's thread."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui.engines.libvirt.link import Link
from tui.engines.libvirt.words import STARTED, lifecycle_words, watchdog_words

# virDomainEventID
_LIFECYCLE, _REBOOT, _WATCHDOG, _IO_ERROR_REASON, _CONTROL_ERROR, _DISK_CHANGE = 0, 1, 3, 6, 7, 9
_DEVICE_REMOVED, _TUNABLE, _AGENT, _DEVICE_ADDED, _METADATA, _MEMORY_FAILURE = 15, 17, 18, 19, 23, 25
_IO_ERROR_PAUSES = 1  # VIR_DOMAIN_EVENT_IO_ERROR_PAUSE


@dataclass(frozen=True, slots=True)
class IoError:
    """What QEMU told about a failed request; `alias` names the device, `reason` is empty or "enospc"."""

    alias: str
    reason: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of one guest.

    Attributes:
        what: empty when it is not for a person, only a reason to look again.
        started: it has just begun to run.
        io_error: the guest was paused by it; `detail` is then filled in by who knows the disk's name.
    """

    utc_seconds: float
    uuid: str
    name: str
    what: str = ""
    detail: str = ""
    started: bool = False
    io_error: IoError | None = None
    io_pauses: bool = False


class Listener:
    """Register for what hostdeck follows and hand it to the event loop.

    Args:
        heard: called on the loop's thread for each event.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, heard: Callable[[Heard], None]) -> None:
        self._loop = loop
        self._heard = heard

    def register(self, link: Link) -> None:
        """Register on a connection; blocks."""
        table: dict[int, Callable[..., None]] = {
            _LIFECYCLE: self._lifecycle,
            _REBOOT: self._plainly("rebooted"),
            _WATCHDOG: self._watchdog,
            _IO_ERROR_REASON: self._io_error,
            _CONTROL_ERROR: self._plainly("monitor broken", "libvirt cannot control this guest any more"),
            _DISK_CHANGE: self._disk_change,
            _DEVICE_REMOVED: self._device("device removed"),
            _DEVICE_ADDED: self._device("device added"),
            _TUNABLE: self._plainly(""),
            _AGENT: self._agent,
            _METADATA: self._plainly(""),
            _MEMORY_FAILURE: self._plainly("memory failure", "the hardware reported broken memory"),
        }
        for event_id, callback in table.items():
            link.on_domain_event(event_id, callback)

    def _tell(
        self,
        domain: Any,
        what: str,
        detail: str = "",
        *,
        started: bool = False,
        io_error: IoError | None = None,
        io_pauses: bool = False,
    ) -> None:
        """Run on the event thread: take what the domain object knows without asking the daemon, and hand it over."""
        heard = Heard(time.time(), domain.UUIDString(), domain.name(), what, detail, started, io_error, io_pauses)
        try:
            self._loop.call_soon_threadsafe(self._heard, heard)
        except RuntimeError:
            return  # the loop is closed: hostdeck ends

    def _lifecycle(self, _connection: Any, domain: Any, event: int, detail: int, _opaque: Any) -> None:
        what, words = lifecycle_words(event, detail)
        self._tell(domain, what, words, started=event == STARTED)

    def _plainly(self, what: str, detail: str = "") -> Callable[..., None]:
        return lambda _connection, domain, *_rest: self._tell(domain, what, detail)

    def _device(self, what: str) -> Callable[..., None]:
        return lambda _connection, domain, alias, _opaque: self._tell(domain, what, alias)

    def _watchdog(self, _connection: Any, domain: Any, action: int, _opaque: Any) -> None:
        self._tell(domain, "watchdog expired", watchdog_words(action))

    def _io_error(
        self, _connection: Any, domain: Any, _path: str, alias: str, action: int, reason: str, _opaque: Any
    ) -> None:
        self._tell(
            domain,
            "I/O error",
            io_error=IoError(alias or "", reason or ""),
            io_pauses=action == _IO_ERROR_PAUSES,
        )

    def _disk_change(
        self, _connection: Any, domain: Any, _old: str, new: str, alias: str, _reason: int, _opaque: Any
    ) -> None:
        self._tell(domain, "medium changed" if new else "medium removed", alias or "")

    def _agent(self, _connection: Any, domain: Any, state: int, _reason: int, _opaque: Any) -> None:
        """VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED is 1."""
        self._tell(domain, "agent connected" if state == 1 else "agent disconnected")
