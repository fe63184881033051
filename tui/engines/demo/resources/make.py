"""Makes what one demo engine keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tui.domain.host import EngineStatus
from tui.domain.instance import Instance
from tui.engines.demo.acting import Timing
from tui.engines.demo.book import Book
from tui.engines.demo.cast import Member
from tui.engines.demo.guests import ENGINE
from tui.engines.demo.load import MIB, Load, Rhythm
from tui.engines.demo.resources.containers import CONTAINER_EFFECTS
from tui.engines.demo.resources.fill import fill_containers, fill_guests
from tui.engines.demo.resources.guests import GUEST_EFFECTS
from tui.engines.demo.resources.keeper import CONTAINER_KINDS, GUEST_KINDS, DemoKeeper
from tui.engines.demo.resources.room import Room
from tui.engines.demo.resources.saves import CONTAINER_SAVES, GUEST_SAVES, ROOT_ONLY

_NEW = Load(Rhythm.BURSTS, cores=(0.01, 0.6), memory_bytes=180 * MIB, memory_swing=0.1, pids=5)


def keeper_of(
    status: EngineStatus, book: Book, timing: Timing, begin: float, on_add: Callable[[Member], None]
) -> DemoKeeper:
    """Return a keeper filled for its engine."""
    host = next((member.instance.id.host for member in book.members.values()), "")

    def add(instance: Instance, _name: str) -> None:
        member = Member(instance, _NEW)
        book.add(member)
        on_add(member)
        book.publish()

    def put(instance: Instance) -> None:
        book.put(instance, timing.utc())
        book.publish()

    def digest(name: str) -> str:
        return hashlib.sha256(f"{status.id}/{name}".encode()).hexdigest()

    room = Room(host, status.id, lambda: book.listed, add, put, timing.utc, digest, begin)
    if status.id == ENGINE:
        fill_guests(room)
        return DemoKeeper(room, "", GUEST_KINDS, {**GUEST_EFFECTS, **GUEST_SAVES}, timing, refusals={})
    fill_containers(room)
    refusals = ROOT_ONLY if status.user not in {"", "root"} else {}
    effects = {**CONTAINER_EFFECTS, **CONTAINER_SAVES}
    return DemoKeeper(room, status.user, CONTAINER_KINDS, effects, timing, refusals=refusals)
