"""One open connection to libvirt, and what comes from it unasked.

All methods block and belong on a lane's thread. The raw connection never leaves this package's lane threads: its last
reference must not be dropped on the event loop's thread, because freeing it may talk to a daemon that hangs.
"""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from tui.domain.errors import EngineError, EngineLost
from tui.engines.libvirt import binding
from tui.engines.libvirt.failures import open_failure, run_guarded
from tui.engines.libvirt.target import Target

T = TypeVar("T")

KEEPALIVE_SECONDS, KEEPALIVE_COUNT = 5, 3


class Link:
    """An open connection.

    Attributes:
        version: of the daemon's libvirt.
    """

    def __init__(self, libvirt: Any, connection: Any) -> None:
        self.libvirt = libvirt
        self.version = ""
        self._connection: Any | None = connection
        self._lock = threading.Lock()
        self._callbacks: list[int] = []
        self._others: list[tuple[Callable[[int], object], int]] = []
        self._watches_close = False

    def run(self, function: Callable[[Any, Any], T]) -> T:
        """Call `function(libvirt, connection)` and return its result, which must hold no libvirt object.

        Raises:
            EngineError: translated.
        """
        connection = self._connection
        if connection is None:
            raise EngineLost("connection closed", "The connection to libvirt was closed.")
        try:
            return run_guarded(self.libvirt, lambda: function(self.libvirt, connection))
        except EngineError as error:
            if isinstance(error, EngineLost) or self.is_alive:
                raise
            failure = EngineLost("connection lost", f"The connection to libvirt broke: {error.message}")
        raise failure  # not every error of a call that the end of the connection cut short says so

    @property
    def is_alive(self) -> bool:
        """Tell whether the connection is open as far as this end knows; asks nobody."""
        connection = self._connection
        if connection is None:
            return False
        try:
            return bool(connection.isAlive() == 1)
        except self.libvirt.libvirtError:
            return False

    def on_close(self, heard: Callable[[int], None]) -> None:
        """Have `heard(reason)` called on the event thread when the connection ends."""

        def closed(_connection: object, reason: int, _opaque: object) -> None:
            heard(reason)

        self.run(lambda _, connection: connection.registerCloseCallback(closed, None))
        self._watches_close = True

    def on_domain_event(self, event_id: int, callback: Callable[..., None]) -> None:
        """Register for one kind of domain event; a driver that lacks it is no error."""

        def register(_libvirt: Any, connection: Any) -> int:
            return int(connection.domainEventRegisterAny(None, event_id, callback, None))

        try:
            number = self.run(register)
        except EngineLost:
            raise
        except EngineError:
            return
        self._callbacks.append(number)

    def on_event(self, register: Callable[[Any, Any], tuple[Callable[[int], object], int]]) -> None:
        """Register for events that are not a guest's; a driver that lacks them is no error.

        Args:
            register: `register(libvirt, connection)` returns what ends the registration, and its number.
        """
        try:
            self._others.append(self.run(register))
        except EngineLost:
            raise
        except EngineError:
            return

    def close(self) -> None:
        """Unregister everything and close; may block for as long as the daemon hangs."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is None:
            return
        if self._watches_close:  # first: the closing itself is no loss, and the registration would keep it alive
            self._try(connection.unregisterCloseCallback)
        for number in self._callbacks:
            self._try(connection.domainEventDeregisterAny, number)
        while self._others:
            self._try(*self._others.pop())
        self._try(connection.close)

    def _try(self, step: Callable[..., object], *args: object) -> None:
        try:
            step(*args)
        except self.libvirt.libvirtError:
            return  # it is broken already


def open_link(target: Target, *, read_only: bool) -> Link:
    """Connect; blocks, without end when the daemon is stopped.

    Raises:
        EngineError: EngineAbsent, EngineRefused or EngineLost.
    """
    libvirt = binding.load()
    try:
        connection = (libvirt.openReadOnly if read_only else libvirt.open)(target.open_uri)
    except libvirt.libvirtError as error:
        raise open_failure(target, error) from None
    link = Link(libvirt, connection)
    _keep_alive(libvirt, connection)
    link.version = link.run(_version)
    return link


def _keep_alive(libvirt: Any, connection: Any) -> None:
    """Find out about a daemon that hangs without asking it anything."""
    try:
        connection.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_COUNT)
    except libvirt.libvirtError:
        return  # no daemon behind this driver


def _version(_libvirt: Any, connection: Any) -> str:
    number = connection.getLibVersion()
    return f"{number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"
