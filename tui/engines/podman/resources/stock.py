"""Everything of some kinds, in a few questions that are asked at once."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from tui.domain.errors import EngineError
from tui.domain.resource import ResourceKind, Stock
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.rows import image_of, network_of, parsed, volume_of
from tui.engines.podman.resources.users import User, read_users
from tui.engines.podman.resources.weights import Scales, Weights
from tui.engines.podman.rows import Row

T = TypeVar("T")

KINDS = frozenset({ResourceKind.IMAGE, ResourceKind.VOLUME, ResourceKind.NETWORK})

_LISTS = {
    ResourceKind.IMAGE: ("images/json", {"all": "false"}, "images"),
    ResourceKind.VOLUME: ("volumes/json", {}, "volumes"),
    ResourceKind.NETWORK: ("networks/json", {}, "networks"),
}


async def read_stock(desk: Desk, kinds: frozenset[ResourceKind], scales: Scales | None = None) -> Stock:
    """List everything of some kinds.

    Args:
        scales: where sizes are asked for; None leaves them out.

    Raises:
        EngineError: nothing at all could be read.
    """
    asked = [kind for kind in _LISTS if kind in kinds]
    weighs = scales is not None and not kinds.isdisjoint({ResourceKind.IMAGE, ResourceKind.VOLUME})
    users, weights, *lists = await asyncio.gather(
        _or_error(read_users(desk)),
        scales.weigh() if scales is not None and weighs else _nothing(),
        *(_or_error(desk.rows(*_LISTS[kind][:2])) for kind in asked),
    )
    answers = dict(zip(asked, lists, strict=True))
    failed = [answer for answer in answers.values() if isinstance(answer, EngineError)]
    if answers and len(failed) == len(answers):
        raise failed[0]
    return _stock(desk, kinds & KINDS, users, weights, answers)


def _stock(
    desk: Desk,
    kinds: frozenset[ResourceKind],
    users: tuple[User, ...] | EngineError,
    weights: Weights | None,
    answers: dict[ResourceKind, tuple[Row, ...] | EngineError],
) -> Stock:
    problems = [
        f"The {_LISTS[kind][2]} could not be read: {answer.message}"
        for kind, answer in answers.items()
        if isinstance(answer, EngineError)
    ]
    if isinstance(users, EngineError):
        problems.append(f"Which containers use them could not be read: {users.message}")
        users = ()
    rows = {kind: answer for kind, answer in answers.items() if not isinstance(answer, EngineError)}
    stock = Stock(
        engine=desk.resource(ResourceKind.IMAGE, "").engine,
        user=desk.user,
        local=desk.local,
        kinds=kinds,
        taken_utc_seconds=time.time(),
        problems=tuple(problems),
    )
    return _filled(stock, rows, users, weights)


def _filled(
    stock: Stock, rows: dict[ResourceKind, tuple[Row, ...]], users: Sequence[User], weights: Weights | None
) -> Stock:
    return replace(
        stock,
        images=parsed(partial(image_of, users=users, weights=weights), rows.get(ResourceKind.IMAGE, ())),
        volumes=parsed(partial(volume_of, users=users, weights=weights), rows.get(ResourceKind.VOLUME, ())),
        networks=parsed(partial(network_of, users=users), rows.get(ResourceKind.NETWORK, ())),
    )


async def _or_error(work: Awaitable[T]) -> T | EngineError:
    try:
        return await work
    except EngineError as error:
        return error


async def _nothing() -> None:
    return None
