"""What guests tell about their memory, as far as QEMU knows it already: nothing is ever set or asked of a guest."""

import time
from collections.abc import Mapping
from typing import Any

from tui.engines.base import GuestMemory

_KIB = 1024
OLDEST_SECONDS = 300  # older figures are of a guest that has stopped telling; hosts' clocks may differ a little


def read_balloons(libvirt: Any, connection: Any) -> dict[str, GuestMemory]:
    """Return what running guests tell, by UUID; one call, which asks each QEMU and may block on one that hangs."""
    flags = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING
    flags |= getattr(libvirt, "VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT", 0)
    rows = connection.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_BALLOON, flags)
    now = time.time()
    told = {domain.UUIDString(): memory_of(stats, now) for domain, stats in rows}
    return {uuid: memory for uuid, memory in told.items() if memory is not None}


def memory_of(stats: Mapping[str, int], now_unix_seconds: float) -> GuestMemory | None:
    """Read the balloon.* keys of virConnectGetAllDomainStats, which are in KiB; None when the guest tells nothing.

    Used is what the guest cannot give away without swapping: RAM less `usable` (its MemAvailable), or less `unused`
    where its driver is too old to tell that.
    """
    available = stats.get("balloon.available")
    free = stats.get("balloon.usable", stats.get("balloon.unused"))
    updated = stats.get("balloon.last-update", 0)
    if available is None or (updated and now_unix_seconds - updated > OLDEST_SECONDS):
        return None
    used = None if free is None else max(0, available - free) * _KIB
    return GuestMemory(used_bytes=used, available_bytes=available * _KIB)


def disk_errors(_libvirt: Any, connection: Any, *, uuid: str) -> dict[str, str]:
    """Return the disks in error and why (virDomainGetDiskErrors); asks QEMU."""
    words = {1: "", 2: "no space"}  # VIR_DOMAIN_DISK_ERROR_UNSPEC, _NO_SPACE
    errors = connection.lookupByUUIDString(uuid).diskErrors()
    return {disk: words.get(code, "") for disk, code in errors.items() if code}
