# ruff: noqa: N802 - libvirt names its methods so
"""Storage that hangs, scripted at the seam to libvirt: what it must not hold up, and what is said."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.session_fakes import until
from tui.domain.action import Result
from tui.domain.errors import EngineError, EngineTimeout
from tui.domain.operation import Progress
from tui.domain.operation.storage import CreateDisk, DeleteDisk
from tui.domain.resource import ResourceKind
from tui.engines.libvirt.link import Link
from tui.engines.libvirt.resources import stock
from tui.engines.libvirt.resources.around import MOST_HUNG_LINES, Surroundings
from tui.engines.libvirt.resources.failures import OutcomeUnknown
from tui.engines.libvirt.resources.keeper import LibvirtResources
from tui.engines.libvirt.resources.reading import LIST_HANGS, MOST_HUNG_POOLS, PoolReader
from tui.engines.libvirt.resources.undoing import all_or_nothing
from tui.engines.libvirt.target import parse_uri

SHORT = 0.05
LONG = 10.0
STORAGE = frozenset({ResourceKind.POOL})


class ScriptedError(Exception):
    """Stands for libvirtError."""

    def get_error_code(self) -> int:
        return 50

    def get_error_message(self) -> str:
        return "no such volume"


LIBVIRT = SimpleNamespace(libvirtError=ScriptedError, VIR_ERR_SYSTEM_ERROR=38)


class Volume:
    def __init__(self, pool: "Pool", name: str) -> None:
        self._pool, self._name = pool, name

    def XMLDesc(self, _flags: int) -> str:
        return f"<volume><name>{self._name}</name><target><path>{self._pool.path}/{self._name}</path></target></volume>"


class Pool:
    """A pool whose storage answers only while its gate is open; no lock is held over others."""

    def __init__(self, host: "Host", name: str) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.writing = threading.Event()
        self.path = f"/{name}"
        self._host, self._name = host, name

    def XMLDesc(self, _flags: int) -> str:
        return f"<pool type='dir'><name>{self._name}</name><target><path>{self.path}</path></target></pool>"

    def info(self) -> list[int]:
        return [2, 0, 0, 0]

    def isPersistent(self) -> bool:
        return True

    def UUIDString(self) -> str:
        return self._name

    def listAllVolumes(self, _flags: int) -> list[Volume]:
        with self._host.asking:
            self.gate.wait(60)
        return [Volume(self, "a")]

    def storageVolLookupByName(self, _name: str) -> Any:
        raise ScriptedError

    def createXML(self, _text: str, _flags: int) -> Any:
        self._host.creating.set()
        self.writing.wait(60)
        raise ScriptedError


class _Counter:
    """How many calls are in it, and the most there were."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self.now -= 1


class Host:
    """One libvirt; also its connection."""

    def __init__(self, *names: str) -> None:
        self.asking = _Counter()
        self.creating = threading.Event()
        self.pools = {name: Pool(self, name) for name in names}
        self.list_gate = threading.Event()
        self.list_gate.set()

    def isAlive(self) -> int:
        return 1

    def close(self) -> None:
        """End."""

    def listAllStoragePools(self, flags: int) -> list[Pool]:
        self.list_gate.wait(60)
        return [] if flags else list(self.pools.values())

    def storagePoolLookupByName(self, name: str) -> Pool:
        return self.pools[name]

    def listAllDomains(self, _flags: int) -> list[Any]:
        return []

    def open_all(self) -> None:
        self.list_gate.set()
        for pool in self.pools.values():
            pool.gate.set()
            pool.writing.set()


def surroundings(host: Host) -> Surroundings:
    return Surroundings(
        parse_uri("qemu+tls://elsewhere/system"),
        host_id="h",
        opener=lambda: Link(LIBVIRT, host),
        shared=lambda: None,
        name_of=lambda _uuid: "",
        touched=lambda _uuid: None,
        version=lambda: "9.0.0",
    )


@asynccontextmanager
async def hosting(*names: str) -> AsyncIterator[tuple[Host, Surroundings, PoolReader]]:
    host = Host(*names)
    around = surroundings(host)
    try:
        yield host, around, PoolReader(around, list_deadline=SHORT, pool_deadline=SHORT)
    finally:
        host.open_all()
        await until(lambda: around.abandoned == 0, "every thread came back")
        for line in around.lines:
            line.drop()
            line.lane.close()


async def test_a_pool_that_hangs_holds_up_no_other_one() -> None:
    async with hosting("good", "nfs", "other") as (host, around, reader):
        host.pools["nfs"].gate.clear()
        taken = await stock.take(around, reader, STORAGE)
        by_name = {pool.name: pool for pool in taken.pools}
        assert by_name["nfs"].disks is None
        assert by_name["nfs"].problem == "Pool nfs does not answer; its storage may hang. The others were read."
        assert taken.problems == (by_name["nfs"].problem,)
        assert [len(by_name[name].disks or ()) for name in ("good", "other")] == [1, 1]


async def test_a_hung_pool_is_not_asked_again_before_it_answers() -> None:
    async with hosting("good", "nfs") as (host, around, reader):
        host.pools["nfs"].gate.clear()
        for _ in range(6):
            pools, _ = await reader.read()
        assert host.asking.now == 1
        assert around.abandoned == 1
        assert "still does not answer" in next(pool for pool in pools if pool.name == "nfs").problem
        host.pools["nfs"].gate.set()
        await until(lambda: around.abandoned == 0)
        pools, problems = await reader.read()
        assert problems == ()
        assert all(pool.disks for pool in pools)


async def test_the_number_of_hung_calls_is_bounded() -> None:
    names = [f"nfs{number}" for number in range(9)]
    async with hosting(*names) as (host, around, reader):
        for pool in host.pools.values():
            pool.gate.clear()
        pools, problems = await reader.read()
        assert host.asking.most <= MOST_HUNG_POOLS + 2 < 5
        assert around.hung_pools <= MOST_HUNG_POOLS + 2
        assert all(pool.disks is None for pool in pools)
        assert len(problems) == len(names)
        assert any("was not asked" in problem for problem in problems)


async def test_when_even_the_list_hangs_known_pools_are_asked_one_by_one() -> None:
    async with hosting("good", "nfs") as (host, _, reader):
        await reader.read()
        host.list_gate.clear()
        host.pools["nfs"].gate.clear()
        pools, problems = await reader.read()
        assert {pool.name: pool.disks is None for pool in pools} == {"good": False, "nfs": True}
        assert problems[0] == LIST_HANGS


async def test_a_list_that_hangs_from_the_start_is_an_error() -> None:
    async with hosting("good") as (host, around, reader):
        host.list_gate.clear()
        with pytest.raises(EngineTimeout):
            await stock.take(around, reader, STORAGE)


async def test_nothing_is_deleted_on_half_of_the_truth() -> None:
    async with hosting("good", "nfs") as (host, around, reader):
        host.pools["nfs"].gate.clear()
        await reader.read()  # it hangs from now on
        keeper = LibvirtResources(around, read_only=False)
        preview = await keeper.preview(DeleteDisk(target=around.resource(ResourceKind.DISK, "good/a")))
        assert preview.refusal.startswith("It is not known whether something needs a. Pool nfs still does not answer")


async def test_a_change_that_hangs_stalls_no_listing_and_its_cancellation_waits_for_its_end() -> None:
    async with hosting("good", "nfs") as (host, around, _):
        keeper = LibvirtResources(around, read_only=False)
        operation = CreateDisk(target=around.resource(ResourceKind.POOL, "nfs"), name="x", capacity_bytes=1)
        hanging = asyncio.ensure_future(keeper.operate(operation, told))
        await until(host.creating.is_set)
        assert (await keeper.stock(STORAGE)).problems == ()
        hanging.cancel()
        assert (await keeper.stock(STORAGE)).problems == ()
        assert not hanging.done()
        host.pools["nfs"].writing.set()
        with pytest.raises(asyncio.CancelledError):
            await hanging


async def test_a_changing_call_past_its_deadline_has_an_unknown_outcome() -> None:
    gate = threading.Event()
    async with hosting("good") as (_, around, _):
        async with around.line("work") as line:
            with pytest.raises(OutcomeUnknown):
                await around.change(line, lambda _libvirt, _connection: gate.wait(60), deadline=SHORT)
        gate.set()


async def test_too_many_hung_lines_refuse_more_work() -> None:
    gate = threading.Event()
    async with hosting("good") as (_, around, _):
        for number in range(MOST_HUNG_LINES):
            async with around.line(f"work {number}") as line:
                with pytest.raises(EngineTimeout):
                    await around.ask(line, lambda _libvirt, _connection: gate.wait(60), deadline=SHORT)
        with pytest.raises(EngineTimeout, match="nothing more is begun"):
            async with around.line("one more"):
                pytest.fail("it was begun")
        gate.set()
        await until(lambda: around.abandoned == 0)
        async with around.line("again") as line:
            assert await around.ask(line, lambda _libvirt, _connection: 7, deadline=LONG) == 7


# all or nothing


async def test_cancelled_work_is_told_to_stop_and_undone_before_the_cancellation_goes_on() -> None:
    told, begun, undone = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        await told.wait()

    async def undo() -> None:
        undone.append(True)

    task = asyncio.ensure_future(all_or_nothing(work(), undo, stop=told.set))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert undone == [True]


async def test_failed_work_is_undone_and_its_error_goes_on() -> None:
    undone = []

    async def work() -> None:
        raise EngineError("no", "It failed.")

    async def undo() -> None:
        undone.append(True)
        raise EngineError("no", "That too.")

    with pytest.raises(EngineError, match="could not be removed: That too"):
        await all_or_nothing(work(), undo)
    assert undone == [True]


async def test_work_that_ends_well_is_not_undone() -> None:
    async def work() -> int:
        return 3

    async def undo() -> None:
        pytest.fail("it was undone")

    assert await all_or_nothing(work(), undo) == 3


async def test_cancelled_twice_it_does_not_wait_but_still_undoes() -> None:
    released, begun, undone = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await released.wait()

    async def undo() -> None:
        undone.set()

    task = asyncio.ensure_future(all_or_nothing(work(), undo))
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not undone.is_set()
    released.set()
    async with asyncio.timeout(LONG):
        await undone.wait()


async def test_an_operation_past_its_deadline_is_unknown() -> None:
    async with hosting("good") as (_, around, _):
        keeper = LibvirtResources(around, read_only=False, handlers={CreateDisk: hanging_handler()})
        operation = CreateDisk(target=around.resource(ResourceKind.POOL, "good"), name="x", capacity_bytes=1)
        outcome = await keeper.operate(operation, told)
        assert (outcome.result, outcome.message) == (Result.UNKNOWN, "Outcome unknown: It did not answer.")


def told(_progress: Progress) -> None:
    """Take progress."""


def hanging_handler() -> Any:
    async def operate(*_: object) -> Any:
        raise OutcomeUnknown("hangs", "It did not answer.")

    return SimpleNamespace(operate=operate, supports=lambda _around: "")
