"""A look at the guests of a connection that answers as libvirt does, and how often it is asked."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tui.engines.libvirt.inventory import CHECKED_EACH_FULL_LOOK, Look, Looker
from tui.engines.libvirt.target import parse_uri

NO_SUPPORT, NO_DOMAIN, INTERNAL = 3, 42, 1


class LibvirtError(Exception):
    """A libvirtError."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code

    def get_error_code(self) -> int:
        return self.code


class Libvirt:
    """The module's names that a look uses."""

    libvirtError = LibvirtError  # noqa: N815 - libvirt's own name
    VIR_DOMAIN_STATS_STATE = 1
    VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT = 1 << 29
    VIR_CONNECT_LIST_DOMAINS_PERSISTENT = 4
    VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE = 256
    VIR_CONNECT_LIST_DOMAINS_AUTOSTART = 1024
    VIR_CONNECT_LIST_NETWORKS_ACTIVE = 2


@dataclass
class Domain:
    """A guest."""

    uuid: str
    calls: Counter[str]
    number: int = -1
    gone: bool = False
    code: int = NO_DOMAIN

    def ID(self) -> int:  # noqa: N802 - libvirt's own names
        return self.number

    def UUIDString(self) -> str:  # noqa: N802
        return self.uuid

    def name(self) -> str:
        return f"guest-{self.uuid}"

    def state(self) -> tuple[int, int]:
        self.calls["state"] += 1
        if self.gone:
            raise LibvirtError(self.code)
        return (1, 1) if self.number >= 0 else (5, 1)

    def XMLDesc(self, _flags: int) -> str:  # noqa: N802
        self.calls["XMLDesc"] += 1
        if self.gone:
            raise LibvirtError(self.code)
        return f"<domain><title>{self.uuid}</title><vcpu>1</vcpu></domain>"


@dataclass
class Connection:
    """A connection; a driver without bulk calls has no `bulk`, one without filters no `flags`."""

    domains: list[Domain]
    calls: Counter[str]
    bulk: bool = True
    flags: dict[int, list[str]] | None = field(default_factory=dict)

    def getAllDomainStats(self, _stats: int, _flags: int) -> list[tuple[Domain, dict[str, int]]]:  # noqa: N802
        self.calls["getAllDomainStats"] += 1
        if not self.bulk:
            raise LibvirtError(NO_SUPPORT)
        rows = [(domain, (1, 1) if domain.number >= 0 else (5, 1)) for domain in self.domains]
        return [(domain, {"state.state": state, "state.reason": reason}) for domain, (state, reason) in rows]

    def listAllDomains(self, flag: int) -> list[Domain]:  # noqa: N802
        self.calls["listAllDomains"] += 1
        if flag and self.flags is None:
            raise LibvirtError(NO_SUPPORT)
        return [d for d in self.domains if not flag or d.uuid in (self.flags or {}).get(flag, [])]


def connection_of(count: int, **options: Any) -> Connection:
    calls: Counter[str] = Counter()
    return Connection([Domain(f"{number:03}", calls) for number in range(count)], calls, **options)


def look(
    connection: Connection, before: Look | None = None, stale: tuple[str, ...] = (), *, full: bool = False
) -> Look:
    looker = Looker(parse_uri("test:///default"))
    return looker.look(Libvirt, connection, before or Look(), frozenset(stale), full=full)


def test_three_hundred_guests_that_are_off_cost_four_calls() -> None:
    connection = connection_of(300)
    first = look(connection)
    connection.calls.clear()

    second = look(connection, first)

    assert second == first
    assert connection.calls == {"getAllDomainStats": 1, "listAllDomains": 3}


def test_a_full_look_checks_a_few_definitions_in_turn() -> None:
    connection = connection_of(3 * CHECKED_EACH_FULL_LOOK)
    known = first = look(connection)
    connection.calls.clear()

    for _ in range(3):
        known = look(connection, known, full=True)

    assert connection.calls["XMLDesc"] == 3 * CHECKED_EACH_FULL_LOOK
    for uuid, record in known.guests.items():
        assert record.facts_monotonic_seconds > first.guests[uuid].facts_monotonic_seconds


def test_reads_again_what_an_event_told_about_and_what_started() -> None:
    connection = connection_of(5)
    first = look(connection)
    connection.calls.clear()
    connection.domains[3] = replace(connection.domains[3], number=7)

    second = look(connection, first, stale=("001",))

    assert connection.calls["XMLDesc"] == 2
    assert (second.guests["003"].domain_id, second.guests["003"].state) == (7, 1)


def test_flags_come_from_filtered_lists() -> None:
    connection = connection_of(2, flags={1024: ["000"], 4: ["000", "001"], 256: ["001"]})

    guests = look(connection).guests

    assert [(g.autostart, g.persistent, g.managed_save) for g in guests.values()] == [
        (True, True, False),
        (False, True, True),
    ]


def test_a_driver_without_bulk_calls_and_filters_is_asked_one_by_one() -> None:
    connection = connection_of(3, bulk=False, flags=None)
    connection.domains[1].gone = True

    guests = look(connection).guests

    assert list(guests) == ["000", "002"]
    assert guests["000"].state == 5
    assert connection.calls["state"] == 3


def test_a_guest_that_vanishes_meanwhile_is_left_out() -> None:
    connection = connection_of(3)
    connection.domains[1].gone = True

    assert list(look(connection).guests) == ["000", "002"]


def test_any_other_error_is_told() -> None:
    connection = connection_of(3)
    connection.domains[1].gone = True
    connection.domains[1].code = INTERNAL

    with pytest.raises(LibvirtError):
        look(connection)
