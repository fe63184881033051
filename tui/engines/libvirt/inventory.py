"""One look at all guests with calls whose number does not grow with theirs.

Five calls for the lists and states, then definitions only of guests that are new, that an event told about, or whose
turn it is to be checked.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.domain.instance import Address
from tui.engines.libvirt import addresses
from tui.engines.libvirt.failures import NO_DOMAIN, UNSUPPORTED
from tui.engines.libvirt.guest_process import GuestProcess, ProcessFinder
from tui.engines.libvirt.target import Target
from tui.engines.libvirt.xml_facts import XmlFacts, read_xml

XML_BUDGET_SECONDS = 3.0
CHECKED_EACH_FULL_LOOK = 8
PROCESS_TRIES = 3


@dataclass(frozen=True, slots=True)
class GuestRecord:
    """What libvirt says about one guest.

    Attributes:
        domain_id: None while it is off.
        state, reason: libvirt's numbers.
        facts_monotonic_seconds: when the definition was read.
        process_tries: how often its process was looked for in vain.
    """

    uuid: str
    name: str
    domain_id: int | None
    state: int
    reason: int
    autostart: bool
    persistent: bool
    managed_save: bool
    facts: XmlFacts
    facts_monotonic_seconds: float
    process: GuestProcess | None = None
    process_tries: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """The result of one look.

    Attributes:
        complete: False when the time for reading definitions ran out; the guests without one are missing.
        addresses: by lower-case MAC.
    """

    guests: Mapping[str, GuestRecord] = field(default_factory=dict)
    addresses: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Listed:
    """One guest as the lists tell it."""

    domain: Any
    uuid: str
    name: str
    domain_id: int | None
    state: int
    reason: int


class Looker:
    """Look at the guests of one target; blocks, runs on a lane's thread and changes nothing of its own."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def look(self, libvirt: Any, connection: Any, before: Look, stale: frozenset[str], *, full: bool) -> Look:
        """Look once.

        Args:
            before: the last look, whose definitions are kept where they still hold.
            stale: UUIDs whose definition may have changed.
            full: also check a few definitions and all addresses, because not every change is an event.
        """
        listed = list(_listed(libvirt, connection))
        flags = _Flags(libvirt, connection)
        finder = ProcessFinder(self._target)
        due = stale | (_oldest(before, CHECKED_EACH_FULL_LOOK) if full else frozenset())
        ends = time.monotonic() + XML_BUDGET_SECONDS
        guests: dict[str, GuestRecord] = {}
        complete = True
        for guest in listed:
            old = before.guests.get(guest.uuid)
            if time.monotonic() > ends:
                due = frozenset()
                if old is None:
                    complete = False
                    continue
            facts = _facts(libvirt, guest, old, due)
            if facts is not None:
                guests[guest.uuid] = self._record(guest, old, facts, flags, finder)
        found = addresses.look(libvirt, connection, self._target, guests.values())
        return Look(guests, found, complete)

    def _record(
        self,
        guest: _Listed,
        old: GuestRecord | None,
        facts: tuple[XmlFacts, float],
        flags: "_Flags",
        finder: ProcessFinder,
    ) -> GuestRecord:
        process, tries = self._process(guest, old, finder)
        return GuestRecord(
            uuid=guest.uuid,
            name=guest.name,
            domain_id=guest.domain_id,
            state=guest.state,
            reason=guest.reason,
            autostart=guest.uuid in flags.autostart,
            persistent=guest.uuid in flags.persistent,
            managed_save=guest.uuid in flags.managed_save,
            facts=facts[0],
            facts_monotonic_seconds=facts[1],
            process=process,
            process_tries=tries,
        )

    def _process(
        self, guest: _Listed, old: GuestRecord | None, finder: ProcessFinder
    ) -> tuple[GuestProcess | None, int]:
        """Look for the process once a start, and a few times more when it is not found."""
        if guest.domain_id is None or not self._target.has_processes:
            return None, 0
        same_run = old is not None and old.domain_id == guest.domain_id
        if old is not None and same_run and old.process is not None and finder.still(old.process):
            return old.process, 0
        tries = old.process_tries if old is not None and same_run else 0
        if tries >= PROCESS_TRIES:
            return None, tries
        process = finder.find(guest.name, guest.uuid)
        return process, 0 if process else tries + 1


class _Flags:
    """What libvirt tells by filtered lists: three calls, whatever the number of guests."""

    def __init__(self, libvirt: Any, connection: Any) -> None:
        self.autostart = _filtered(libvirt, connection, libvirt.VIR_CONNECT_LIST_DOMAINS_AUTOSTART)
        self.persistent = _filtered(libvirt, connection, libvirt.VIR_CONNECT_LIST_DOMAINS_PERSISTENT)
        self.managed_save = _filtered(libvirt, connection, libvirt.VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)


def _filtered(libvirt: Any, connection: Any, flag: int) -> frozenset[str]:
    try:
        return frozenset(domain.UUIDString() for domain in connection.listAllDomains(flag))
    except libvirt.libvirtError as error:
        if error.get_error_code() in UNSUPPORTED:
            return frozenset()  # the driver has no such thing
        raise


def _listed(libvirt: Any, connection: Any) -> Iterator[_Listed]:
    """List all guests with state and reason: one call, or one more each where the driver has no bulk call."""
    flags = getattr(libvirt, "VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT", 0)
    try:
        rows = connection.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE, flags)
    except libvirt.libvirtError as error:
        if error.get_error_code() not in UNSUPPORTED:
            raise
        rows = list(_asked_one_by_one(libvirt, connection))
    for domain, stats in rows:
        number = domain.ID()
        yield _Listed(
            domain=domain,
            uuid=domain.UUIDString(),
            name=domain.name(),
            domain_id=None if number < 0 else number,
            state=stats.get("state.state", 0),
            reason=stats.get("state.reason", 0),
        )


def _asked_one_by_one(libvirt: Any, connection: Any) -> Iterator[tuple[Any, dict[str, int]]]:
    for domain in connection.listAllDomains(0):
        try:
            state, reason = domain.state()
        except libvirt.libvirtError as error:
            if error.get_error_code() != NO_DOMAIN:
                raise
            continue  # gone since it was listed
        yield domain, {"state.state": state, "state.reason": reason}


def _facts(libvirt: Any, guest: _Listed, old: GuestRecord | None, due: frozenset[str]) -> tuple[XmlFacts, float] | None:
    """Return the definition and when it was read; None when the guest is gone meanwhile."""
    if (
        old is not None
        and guest.uuid not in due
        and (old.name, old.domain_id, old.state) == (guest.name, guest.domain_id, guest.state)
    ):
        return old.facts, old.facts_monotonic_seconds
    try:
        return read_xml(guest.domain.XMLDesc(0)), time.monotonic()
    except libvirt.libvirtError as error:
        if error.get_error_code() == NO_DOMAIN:
            return None
        raise


def _oldest(before: Look, count: int) -> frozenset[str]:
    oldest = sorted(before.guests.values(), key=lambda record: record.facts_monotonic_seconds)
    return frozenset(record.uuid for record in oldest[:count])
