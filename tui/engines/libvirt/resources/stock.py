"""All pools, disks and networks at one moment."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

from tui.domain.errors import EngineError
from tui.domain.network import Network
from tui.domain.resource import ResourceKind, Stock
from tui.domain.storage import StoragePool
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import linked
from tui.engines.libvirt.resources.definitions import GuestDefinition, read_guests
from tui.engines.libvirt.resources.leases import populated, read_networks
from tui.engines.libvirt.resources.reading import PoolReader

T = TypeVar("T")

DEADLINE_SECONDS = 10.0
STORAGE = frozenset({ResourceKind.POOL, ResourceKind.DISK})


async def take(around: Surroundings, reader: PoolReader, kinds: frozenset[ResourceKind]) -> Stock:
    """List what is asked for; what fails is a sentence, unless all of it fails.

    Raises:
        EngineError: nothing could be read.
    """
    storage, nets = bool(kinds & STORAGE), ResourceKind.NETWORK in kinds
    guests, pools, networks = await asyncio.gather(
        _try(guests_of(around)) if storage or nets else _nothing(),
        _try(reader.read()) if storage else _nothing(),
        _try(around.ask(around.networks, read_networks, deadline=DEADLINE_SECONDS)) if nets else _nothing(),
    )
    failures = [answer for answer in (pools, networks) if isinstance(answer, EngineError)]
    if failures and len(failures) == storage + nets:
        raise failures[0]
    known, problems = _guests(guests)
    found, more = _pools(pools, known)
    listed, others = _networks(networks, known)
    return Stock(
        engine=around.target.uri,
        local=around.has_files_here,
        kinds=kinds,
        pools=found,
        networks=listed,
        taken_utc_seconds=time.time(),
        problems=(*problems, *more, *others),
    )


async def guests_of(around: Surroundings) -> tuple[GuestDefinition, ...]:
    """Read the guests' definitions."""
    return await around.ask(around.guests, read_guests, deadline=DEADLINE_SECONDS)


async def _try(question: Awaitable[T]) -> T | EngineError:
    try:
        return await question
    except EngineError as error:
        return error


async def _nothing() -> None:
    """Answer what was not asked."""


def _guests(
    answer: tuple[GuestDefinition, ...] | EngineError | None,
) -> tuple[tuple[GuestDefinition, ...], tuple[str, ...]]:
    if isinstance(answer, EngineError):
        return (), (f"Which guests use what is not known: {answer.message}",)
    return answer or (), ()


def _pools(
    answer: tuple[tuple[StoragePool, ...], tuple[str, ...]] | EngineError | None, guests: tuple[GuestDefinition, ...]
) -> tuple[tuple[StoragePool, ...], tuple[str, ...]]:
    if isinstance(answer, EngineError):
        return (), (f"Storage could not be read: {answer.message}",)
    pools, problems = answer or ((), ())
    return linked(pools, guests), problems


def _networks(
    answer: tuple[Network, ...] | EngineError | None, guests: tuple[GuestDefinition, ...]
) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    if isinstance(answer, EngineError):
        return (), (f"Networks could not be read: {answer.message}",)
    return populated(answer or (), guests), ()
