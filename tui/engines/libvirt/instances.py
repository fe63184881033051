"""Records of guests as the domain's instances."""

from collections.abc import Mapping

from tui.domain.identity import InstanceId
from tui.domain.instance import GuestFacts, Instance, Kind
from tui.engines.libvirt.addresses import of_guest
from tui.engines.libvirt.inventory import GuestRecord, Look
from tui.engines.libvirt.listener import IoError
from tui.engines.libvirt.states import PAUSED, PAUSED_IO_ERROR, io_error_words, state_of
from tui.engines.libvirt.target import Target
from tui.engines.libvirt.uncounted import uncounted_disk

_NUMBERS = frozenset(str(number) for number in range(26))  # one letter each


class Mapper:
    """Make instances from looks.

    Args:
        engine_id: `EngineStatus.id`.
    """

    def __init__(self, target: Target, *, host_id: str, engine_id: str) -> None:
        self._target = target
        self._host_id = host_id
        self._engine_id = engine_id

    def id_of(self, uuid: str) -> InstanceId:
        """Return a guest's identity."""
        return InstanceId(self._host_id, self._engine_id, uuid)

    def instances(
        self, look: Look, io_errors: Mapping[str, IoError], started: Mapping[str, float]
    ) -> tuple[Instance, ...]:
        """Return all guests, sorted by name.

        Args:
            io_errors: by UUID, what paused a guest.
            started: by UUID, when a start was heard; for guests whose process cannot be seen.
        """
        guests = sorted(look.guests.values(), key=lambda guest: (guest.name, guest.uuid))
        return tuple(
            self._instance(guest, look, io_errors.get(guest.uuid), started.get(guest.uuid)) for guest in guests
        )

    def _instance(self, guest: GuestRecord, look: Look, io_error: IoError | None, heard: float | None) -> Instance:
        state, reason = state_of(guest.state, guest.reason)
        if io_error is not None and is_paused_by_io_error(guest):
            reason = io_error_words(disk_name(guest, io_error.alias), io_error.reason)
        started = guest.process.started_unix_seconds if guest.process else heard
        return Instance(
            id=self.id_of(guest.uuid),
            kind=Kind.GUEST,
            name=guest.name,
            state=state,
            reason=reason,
            user=self._target.user,
            pid=guest.process.pid if guest.process and state.is_active else None,
            local=self._target.local,
            driver=self._target.driver,
            session=self._target.session,
            started_unix_seconds=started if state.is_active else None,
            title=guest.facts.title,
            description=guest.facts.description,
            addresses=of_guest(guest, look.addresses),
            guest=_guest_facts(guest, local=self._target.local),
        )


def _guest_facts(guest: GuestRecord, *, local: bool) -> GuestFacts:
    return GuestFacts(
        vcpus=guest.facts.vcpus,
        memory_max_bytes=guest.facts.memory_max_bytes,
        os=guest.facts.os,
        taps=guest.facts.taps if guest.domain_id is not None else (),
        autostart=guest.autostart,
        persistent=guest.persistent,
        domain_id=guest.domain_id,
        has_managed_save=guest.managed_save,
        has_nvram=guest.facts.has_nvram,
        huge_pages=guest.facts.huge_pages,
        uncounted_disk=uncounted_disk(guest.facts) if local else "",
        displays=guest.facts.displays,
        agent=guest.facts.agent if guest.domain_id is not None else "",
    )


def is_paused_by_io_error(guest: GuestRecord) -> bool:
    """Tell whether libvirt says so."""
    return (guest.state, guest.reason) == (PAUSED, PAUSED_IO_ERROR)


def disk_name(guest: GuestRecord | None, alias: str) -> str:
    """Return "vda" for "virtio-disk0", or what was given when neither the definition nor the alias tells.

    A disk may fail before the definition of a guest that has just started was read: libvirt numbers aliases of virtio
    disks by the disk's name.
    """
    known = guest.facts.disks.get(alias) if guest is not None else None
    if known is not None:
        return known
    number = alias.removeprefix("virtio-disk")
    return f"vd{chr(ord('a') + int(number))}" if number != alias and number in _NUMBERS else alias
