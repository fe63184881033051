"""What is known of the guests between two looks; lives on the event loop's thread."""

import time
from collections.abc import Mapping

from tui.domain.event import Event
from tui.domain.instance import Instance
from tui.engines.libvirt.addresses import of_guest
from tui.engines.libvirt.instances import Mapper, disk_name, is_paused_by_io_error
from tui.engines.libvirt.inventory import GuestRecord, Look
from tui.engines.libvirt.listener import Heard, IoError
from tui.engines.libvirt.states import PAUSED, RUNNING, io_error_words

ADDRESS_PATIENCE_SECONDS = 120.0
_ENDS_IO_ERROR = frozenset({"started", "resumed", "stopped", "crashed"})


class GuestBook:
    """Join looks and events.

    Attributes:
        look: the last look.
        stale: UUIDs whose definition is to be read again.
    """

    def __init__(self, mapper: Mapper, *, engine_id: str) -> None:
        self.look = Look()
        self.stale: set[str] = set()
        self._mapper = mapper
        self._engine_id = engine_id
        self._io_errors: dict[str, IoError] = {}
        self._asked_disks: set[str] = set()
        self._paused: set[str] = set()
        self._started: dict[str, float] = {}
        self._first_seen: dict[tuple[str, int], float] = {}

    def heard(self, heard: Heard) -> Event | None:
        """Take in one event and return what a person may read, None when there is nothing to say."""
        self.stale.add(heard.uuid)
        if heard.started:
            self._started[heard.uuid] = heard.utc_seconds
        if heard.what == "paused":
            self._paused.add(heard.uuid)
        if heard.what in _ENDS_IO_ERROR:
            self._forget_io_error(heard.uuid)
        if heard.io_error is not None and heard.io_pauses:
            self._io_errors[heard.uuid] = heard.io_error
        if not heard.what or (heard.what == "resumed" and not self._was_paused(heard.uuid)):
            return None
        return Event(
            utc_seconds=heard.utc_seconds,
            engine=self._engine_id,
            subject=self._mapper.id_of(heard.uuid),
            name=heard.name,
            what=heard.what,
            detail=heard.detail if heard.io_error is None else self._where(heard.uuid, heard.io_error),
        )

    def _was_paused(self, uuid: str) -> bool:
        """Tell whether a resume is one: libvirt also says "resumed" while a guest starts."""
        guest = self.look.guests.get(uuid)
        heard = uuid in self._paused
        self._paused.discard(uuid)
        return heard or (guest is not None and guest.state == PAUSED)

    def _where(self, uuid: str, io_error: IoError) -> str:
        guest = self.look.guests.get(uuid)
        return io_error_words(disk_name(guest, io_error.alias), io_error.reason).removeprefix("I/O error ")

    def absorb(self, look: Look, read: frozenset[str]) -> tuple[Instance, ...]:
        """Take in a look and return the instances.

        Args:
            read: the UUIDs that were stale when the look began.
        """
        self.look = look
        self.stale -= read
        running = {(uuid, guest.domain_id) for uuid, guest in look.guests.items() if guest.domain_id is not None}
        now = time.monotonic()
        self._first_seen = {(uuid, number): self._first_seen.get((uuid, number), now) for uuid, number in running}
        alive = {uuid for uuid, _ in running}
        self._paused &= alive
        self._started = {uuid: when for uuid, when in self._started.items() if uuid in alive}
        for uuid in [uuid for uuid in self._io_errors if not self._may_have_io_error(look.guests.get(uuid))]:
            self._forget_io_error(uuid)
        return self.instances()

    @staticmethod
    def _may_have_io_error(guest: GuestRecord | None) -> bool:
        """Keep what was heard just before libvirt says "paused"; a look may come between the two."""
        return guest is not None and guest.state in {RUNNING, PAUSED}

    def _forget_io_error(self, uuid: str) -> None:
        self._io_errors.pop(uuid, None)
        self._asked_disks.discard(uuid)

    def instances(self) -> tuple[Instance, ...]:
        """Return the guests as they are known now."""
        return self._mapper.instances(self.look, self._io_errors, self._started)

    def unexplained(self) -> list[str]:
        """Return the guests that an I/O error paused before hostdeck listened; each only once."""
        found = [
            uuid
            for uuid, guest in self.look.guests.items()
            if is_paused_by_io_error(guest) and uuid not in self._io_errors and uuid not in self._asked_disks
        ]
        self._asked_disks.update(found)
        return found

    def explain(self, uuid: str, disks: Mapping[str, str]) -> None:
        """Note what virDomainGetDiskErrors told, unless an event told it meanwhile."""
        if disks and uuid not in self._io_errors:
            reasons = {reason for reason in disks.values() if reason}
            self._io_errors[uuid] = IoError(", ".join(sorted(disks)), reasons.pop() if len(reasons) == 1 else "")

    @property
    def running(self) -> int:
        """Return how many guests run."""
        return sum(guest.state == RUNNING for guest in self.look.guests.values())

    def waits_for_addresses(self) -> bool:
        """Tell whether a guest that started lately has no address yet: getting one is no event."""
        now = time.monotonic()
        return any(
            now - self._first_seen.get((uuid, guest.domain_id), now) < ADDRESS_PATIENCE_SECONDS
            for uuid, guest in self.look.guests.items()
            if guest.domain_id is not None
            and any(interface.network for interface in guest.facts.interfaces)
            and not of_guest(guest, self.look.addresses)
        )
