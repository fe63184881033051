"""What gives the pane of images its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from tui.domain.host import HostView
from tui.domain.instance import Instance
from tui.domain.resource import ResourceId, ResourceKind, Stock
from tui.domain.storage import Disk, StoragePool
from tui.present.figures import size
from tui.present.images.line import ALMOST_FULL_PERCENT, UNUSED_IMAGE, UNUSED_VOLUME, StockLine
from tui.present.lister import Lister
from tui.present.restocking import Restocking
from tui.present.shelved import pods_of_infra, sentences_of, since_when
from tui.sampling.keeps import Shelved
from tui.sampling.source import HostSource
from widgets.live_table import Row

KINDS = frozenset({ResourceKind.IMAGE, ResourceKind.VOLUME, ResourceKind.POOL, ResourceKind.DISK})
RELIST_SECONDS = 30.0


class StockLister(Lister[StockLine]):
    """Lists images and volumes by engine, pools with their disks.

    The engines are asked when an event said that something changed, and slowly besides.
    """

    asks_every_seconds: ClassVar[float | None] = 1.0

    def __init__(self) -> None:
        self._restocking = Restocking(KINDS, RELIST_SECONDS)

    async def ask(self, source: HostSource) -> None:
        """Ask the engines when it is time."""
        await self._restocking.ask(source)

    def look(self, source: HostSource) -> None:
        """Take what the engines answered before, without asking them."""
        self._restocking.look(source)

    @property
    def shelf(self) -> Mapping[str, Shelved]:
        """Return what the engines answered last."""
        return self._restocking.shelf

    def rows(self, view: HostView, *, problems_only: bool = False) -> list[Row[StockLine]]:
        """Return the rows of a moment."""
        found: list[Row[StockLine]] = []
        shelf = self.shelf
        self.engines = frozenset(shelf)
        self.users = frozenset(shelved.stock.user for shelved in shelf.values() if shelved.stock.user)
        by_engine: dict[str, dict[str, Instance]] = {}
        for item in view.instances:
            by_engine.setdefault(item.instance.id.engine, {})[item.instance.id.local] = item.instance
        pods = pods_of_infra(view)
        for engine, shelved in shelf.items():
            when = since_when(shelved, view.taken_utc_seconds)
            instances = by_engine.get(engine, {})
            maker = _Maker(view.host_id, engine, shelved, instances=instances, pods=pods, when=when)
            found += maker.rows(problems_only=problems_only)
        return found + self._awaited()

    def _awaited(self) -> list[Row[StockLine]]:
        """Return a line for each engine that was asked and has not answered yet."""
        keys = [(f"asked/{engine}", engine) for engine in self._restocking.awaited]
        return [Row(key, StockLine(key, engine, text=f"{engine}: is being asked ...")) for key, engine in keys]


class _Maker:
    """Makes the rows of one engine."""

    def __init__(
        self,
        host: str,
        engine: str,
        shelved: Shelved,
        *,
        instances: Mapping[str, Instance],
        pods: Mapping[str, str],
        when: str,
    ) -> None:
        self._host = host
        self._engine = engine
        self._shelved = shelved
        self._instances = instances
        self._pods = pods
        self._when = when

    def rows(self, *, problems_only: bool) -> list[Row[StockLine]]:
        stock = self._shelved.stock
        found: list[Row[StockLine]] = []
        if ResourceKind.IMAGE in stock.kinds:
            found += self._group("images", self._images(stock), problems_only=problems_only)
        if ResourceKind.VOLUME in stock.kinds:
            found += self._group("volumes", self._volumes(stock), problems_only=problems_only)
        for pool in stock.pools:
            found += self._pool(pool, problems_only=problems_only)
        sentences = sentences_of(self._shelved)
        if sentences:
            key = f"said/{self._engine}"
            found.append(Row(key, StockLine(key, self._engine, text=f"{self._engine}: {sentences}", problem=sentences)))
        return found

    def _id(self, kind: ResourceKind, local: str) -> ResourceId:
        return ResourceId(self._host, self._engine, kind, local)

    def _line(self, kind: ResourceKind, local: str) -> StockLine:
        target = self._id(kind, local)
        return StockLine(target.text, self._engine, self._shelved.stock.user, target=target)

    def _used(self, ids: Sequence[str]) -> tuple[tuple[str, ...], int]:
        known = [self._instances.get(local) for local in ids]
        active = [one for one in known if one is not None and one.state.is_active]
        others = [one for one in known if one is not None and not one.state.is_active]
        named = [one for one in (*active, *others) if one.key not in self._pods]
        names = [one.name for one in named]
        names += [self._pods[one.key] for one in (*active, *others) if one.key in self._pods]
        names += [local[:12] for local, one in zip(ids, known, strict=True) if one is None]
        return tuple(names), len(active)

    def _images(self, stock: Stock) -> list[StockLine]:
        lines = []
        for image in stock.images:
            users, active = self._used(image.container_ids)
            problem = UNUSED_IMAGE if image.dangling and not users else ""
            line = self._line(ResourceKind.IMAGE, image.id)
            lines.append(replace(line, image=image, users=users, active_users=active, problem=problem))
        return lines

    def _volumes(self, stock: Stock) -> list[StockLine]:
        lines = []
        for volume in stock.volumes:
            users, active = self._used(volume.container_ids)
            problem = UNUSED_VOLUME if volume.anonymous and not users else ""
            line = self._line(ResourceKind.VOLUME, volume.name)
            lines.append(replace(line, volume=volume, users=users, active_users=active, problem=problem))
        return lines

    def _group(self, what: str, lines: Sequence[StockLine], *, problems_only: bool) -> list[Row[StockLine]]:
        shown = [line for line in lines if line.problem] if problems_only else list(lines)
        if problems_only and not shown:
            return []
        key = f"{what}/{self._engine}"
        owned = [line.taken_bytes for line in lines if line.taken_bytes is not None]
        total = f", {size(sum(owned))}" if owned else ""
        when = f", {self._when}" if self._when else ""
        text = f"{what} of {self._engine}: {len(lines)}{total}{when}"
        heading = StockLine(key, self._engine, text=text, is_old=bool(when))
        return [Row(key, heading), *(Row(line.key, line, key) for line in shown)]

    def _pool(self, pool: StoragePool, *, problems_only: bool) -> list[Row[StockLine]]:
        target = self._id(ResourceKind.POOL, pool.name)
        disks = [self._disk(disk) for disk in pool.disks or ()]
        problem = _pool_problem(pool) or self._when
        line = StockLine(target.text, self._engine, target=target, pool=pool, problem=problem, is_old=bool(self._when))
        shown = [disk for disk in disks if disk.problem] if problems_only else disks
        if problems_only and not shown and not line.problem:
            return []
        return [Row(line.key, line), *(Row(one.key, one, line.key) for one in shown)]

    def _disk(self, disk: Disk) -> StockLine:
        target = self._id(ResourceKind.DISK, f"{disk.pool}/{disk.name}")
        users = sorted(disk.users, key=lambda user: (not user.active, user.through, user.name))
        names = tuple(dict.fromkeys(f"{user.name}{' (base)' if user.through else ''}" for user in users))
        active = sum(user.active for user in users)
        return StockLine(
            target.text, self._engine, target=target, disk=disk, users=names, active_users=active,
            problem=disk.backing_problem,
        )  # fmt: skip


def _pool_problem(pool: StoragePool) -> str:
    if pool.problem:
        return pool.problem
    if pool.is_active and pool.capacity_bytes:
        percent = 100.0 * (pool.capacity_bytes - pool.available_bytes) / pool.capacity_bytes
        if percent >= ALMOST_FULL_PERCENT:
            return f"{percent:.0f} % full, {size(pool.available_bytes)} left"
    return "autostart is on, and it is not active" if pool.autostart and not pool.is_active else ""
