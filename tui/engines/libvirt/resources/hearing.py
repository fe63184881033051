"""Changes of pools and networks that libvirt tells of unasked; disks, snapshots and autostart are no events."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from tui.engines.libvirt.link import Link

LIFECYCLE, POOL_REFRESH = 0, 1  # libvirt's numbers of events


def hear(link: Link, loop: asyncio.AbstractEventLoop, changed: Callable[[], None]) -> None:
    """Have `changed()` called on the loop's thread; blocks. A driver without such events is no error.

    Raises:
        EngineLost: the connection broke meanwhile.
    """

    def heard(*_event: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: hostdeck ends
            loop.call_soon_threadsafe(changed)

    def networks(_libvirt: Any, connection: Any) -> tuple[Callable[[int], object], int]:
        number = connection.networkEventRegisterAny(None, LIFECYCLE, heard, None)
        return connection.networkEventDeregisterAny, int(number)

    def pools(event: int) -> Callable[[Any, Any], tuple[Callable[[int], object], int]]:
        def register(_libvirt: Any, connection: Any) -> tuple[Callable[[int], object], int]:
            number = connection.storagePoolEventRegisterAny(None, event, heard, None)
            return connection.storagePoolEventDeregisterAny, int(number)

        return register

    for register in (networks, pools(LIFECYCLE), pools(POOL_REFRESH)):
        link.on_event(register)
