"""What the engines of a host keep beside instances: asked for when a person looks, remembered with its age.

Its values are imported when somebody asks: the first figures on the screen do not wait for them.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.action import Result
from tui.domain.errors import ActionRefused, EngineError
from tui.engines.resources import HasResources
from tui.sampling.keeps import Shelved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tui.domain.instance import Instance
    from tui.domain.network import HostInterface
    from tui.domain.operation import Operation, OperationOutcome, ProgressSink
    from tui.domain.resource import ResourceKind, Stock
    from tui.engines.base import Engine
    from tui.engines.lane import Lane
    from tui.engines.resources import ResourceKeeper
    from tui.sampling.keeps import InterfaceReader

NO_READER = "The interfaces of this host are not read."
INTERFACES_DEADLINE_SECONDS = 5.0
READ_ONLY = "hostdeck was started with --read-only: nothing is changed."


class Shelf:
    """The newest stock of every engine; one question at a time to each."""

    def __init__(self) -> None:
        self._shelved: dict[str, Shelved] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._asking: dict[tuple[str, frozenset[ResourceKind]], asyncio.Task[None]] = {}

    @property
    def shelved(self) -> Mapping[str, Shelved]:
        """Return what is known, by engine id."""
        return self._shelved

    @property
    def stocks(self) -> tuple[Stock, ...]:
        """Return what the engines answered last."""
        return tuple(shelved.stock for shelved in self._shelved.values())

    async def ask(self, engine: str, keeper: ResourceKeeper, kinds: frozenset[ResourceKind]) -> None:
        """Ask one engine; who asks the same meanwhile waits for the same answer.

        Who stops waiting does not end the question: a screen that was left would else leave the shelf empty.
        """
        key = (engine, kinds)
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.get_running_loop().create_task(self._ask(engine, keeper, kinds))
            task.add_done_callback(lambda _task: self._asking.pop(key, None))
        await asyncio.shield(task)

    def close(self) -> None:
        """Give up what is still being asked."""
        for task in list(self._asking.values()):
            task.cancel()

    async def _ask(self, engine: str, keeper: ResourceKeeper, kinds: frozenset[ResourceKind]) -> None:
        """Ask one engine and keep its answer, or why there is none."""
        from tui.domain.resource import Stock

        async with self._turns.setdefault(engine, asyncio.Lock()):
            before = self._shelved.get(engine, Shelved(Stock(engine)))
            try:
                self._shelved[engine] = Shelved(merged(before.stock, await keeper.stock(kinds)))
            except EngineError as error:
                self._shelved[engine] = replace(before, problem=error.message)


def merged(before: Stock, answer: Stock) -> Stock:
    """Return an answer completed by the kinds it was not asked for."""
    from tui.domain.resource import ResourceKind

    kept = before.kinds - answer.kinds
    if not kept:
        return answer
    return replace(
        answer,
        kinds=answer.kinds | kept,
        images=before.images if ResourceKind.IMAGE in kept else answer.images,
        volumes=before.volumes if ResourceKind.VOLUME in kept else answer.volumes,
        pools=before.pools if ResourceKind.POOL in kept else answer.pools,
        networks=before.networks if ResourceKind.NETWORK in kept else answer.networks,
    )


class RoutesResources:
    """A source that has engines: each question goes to the engine that keeps the resource."""

    _shelf: Shelf
    _interface_reader: InterfaceReader | None
    _interface_lane: Lane

    def _engines_now(self) -> Iterable[Engine]:
        raise NotImplementedError

    def _instances_now(self) -> Sequence[Instance]:
        raise NotImplementedError

    def _monotonic(self) -> float:
        raise NotImplementedError

    @property
    def _is_read_only(self) -> bool:
        raise NotImplementedError

    def resource_engines(self, kind: ResourceKind) -> tuple[str, ...]:
        """Return the ids of the engines that keep a kind."""
        return tuple(
            engine.id
            for engine in self._engines_now()
            if isinstance(engine, HasResources) and kind in engine.resources.kinds
        )

    def keeper(self, engine: str) -> ResourceKeeper:
        """Return what asks and changes one engine's resources."""
        for one in self._engines_now():
            if one.id == engine and isinstance(one, HasResources):
                return one.resources
        raise ActionRefused("not possible", f"{engine} keeps no images, volumes or networks that hostdeck knows.")

    @property
    def shelf(self) -> Mapping[str, Shelved]:
        """Return what is known, by engine id."""
        return self._shelf.shelved

    async def restock(self, kinds: Iterable[ResourceKind], engines: Iterable[str] | None = None) -> None:
        """Ask the engines anew, all at once."""
        wanted = frozenset(kinds)
        ids = None if engines is None else frozenset(engines)
        await asyncio.gather(
            *(
                self._shelf.ask(engine.id, engine.resources, wanted & engine.resources.kinds)
                for engine in self._engines_now()
                if isinstance(engine, HasResources)
                and wanted & engine.resources.kinds
                and (ids is None or engine.id in ids)
            )
        )

    async def interfaces(self) -> tuple[HostInterface, ...]:
        """Read the host's interfaces now."""
        reader = self._interface_reader
        if reader is None:
            raise ActionRefused("not possible", NO_READER)
        return await self._interface_lane.call(
            reader.read,
            self._instances_now(),
            self._shelf.stocks,
            self._monotonic(),
            deadline=INTERFACES_DEADLINE_SECONDS,
        )

    def _close_shelf(self) -> None:
        """Let the reader's thread end; a reader that hangs in the kernel keeps its descriptors."""
        self._shelf.close()
        self._interface_lane.close()
        if self._interface_reader is not None and not self._interface_lane.abandoned:
            self._interface_reader.close()

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        """Carry out an operation; refused when read-only."""
        from tui.domain.operation import OperationOutcome

        if self._is_read_only:
            return OperationOutcome(operation, Result.REFUSED, READ_ONLY)
        try:
            keeper = self.keeper(operation.target.engine)
        except EngineError as error:
            return OperationOutcome(operation, Result.FAILED, error.message)
        return await keeper.operate(operation, progress)

    def operation_command(self, operation: Operation) -> str:
        """Return the equivalent command line."""
        try:
            return self.keeper(operation.target.engine).command(operation)
        except EngineError:
            return ""
