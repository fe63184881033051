import asyncio
from collections.abc import Sequence

from tui.domain.action import Result
from tui.domain.errors import EngineTimeout
from tui.domain.event import Document
from tui.domain.instance import Instance
from tui.domain.network import HostInterface, Network
from tui.domain.operation import Operation, OperationOutcome, Preview, ProgressSink
from tui.domain.operation.networks import PruneNetworks
from tui.domain.resource import ResourceId, ResourceKind, Stock
from tui.domain.storage import ContainerVolume
from tui.engines.lane import Lane
from tui.sampling.keeps import InterfaceReader
from tui.sampling.shelf import RoutesResources, Shelf, merged

NETWORK, VOLUME = ResourceKind.NETWORK, ResourceKind.VOLUME
PRUNE = PruneNetworks(target=ResourceId("host", "one", NETWORK, ""))


class Keeper:
    """Answers when it is let."""

    def __init__(self, engine: str, *names: str) -> None:
        self.engine = engine
        self.names = names
        self.kinds = frozenset({NETWORK, VOLUME})
        self.changed = 0
        self.asked: list[frozenset[ResourceKind]] = []
        self.operated: list[Operation] = []
        self.go = asyncio.Event()
        self.go.set()
        self.hangs = False

    async def stock(self, kinds: frozenset[ResourceKind]) -> Stock:
        self.asked.append(kinds)
        await self.go.wait()
        if self.hangs:
            raise EngineTimeout("hangs", f"{self.engine} did not answer.")
        return Stock(
            self.engine,
            kinds=kinds,
            networks=tuple(Network(name) for name in self.names) if NETWORK in kinds else (),
            volumes=(ContainerVolume("data"),) if VOLUME in kinds else (),
        )

    async def document(self, target: ResourceId) -> Document:
        return Document(target.local, "json")

    async def preview(self, operation: Operation) -> Preview:
        return Preview(objects=(operation.subject,))

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        self.operated.append(operation)
        return OperationOutcome(operation, Result.DONE)

    def command(self, operation: Operation) -> str:
        return f"do {operation.verb}"

    def supports(self, operation: type[Operation]) -> str:
        return ""


class Engine:
    def __init__(self, keeper: Keeper) -> None:
        self.id = keeper.engine
        self.resources = keeper


class Host(RoutesResources):
    def __init__(self, *keepers: Keeper, read_only: bool = False) -> None:
        self.engines = [Engine(keeper) for keeper in keepers]
        self._shelf = Shelf()
        self._interface_reader: InterfaceReader | None = None
        self._interface_lane = Lane("interfaces")
        self._read_only = read_only

    def _engines_now(self) -> Sequence[Engine]:  # type: ignore[override]  # only what routing needs
        return self.engines

    def _instances_now(self) -> Sequence[Instance]:
        return ()

    def _monotonic(self) -> float:
        return 0.0

    @property
    def _is_read_only(self) -> bool:
        return self._read_only


class Reader:
    def __init__(self) -> None:
        self.closed = False

    def read(
        self, instances: Sequence[Instance], stocks: Sequence[Stock], monotonic: float
    ) -> tuple[HostInterface, ...]:
        return ()

    def close(self) -> None:
        self.closed = True


def names(host: Host, engine: str) -> list[str]:
    return [network.name for network in host.shelf[engine].stock.networks]


async def test_each_engine_is_asked_for_what_it_keeps() -> None:
    host = Host(Keeper("one", "a"), Keeper("two", "b"))
    await host.restock({NETWORK, ResourceKind.IMAGE})
    assert (names(host, "one"), names(host, "two")) == (["a"], ["b"])
    assert host.engines[0].resources.asked == [frozenset({NETWORK})]


async def test_a_second_kind_leaves_the_first_on_the_shelf() -> None:
    host = Host(Keeper("one", "a"))
    await host.restock({NETWORK})
    await host.restock({VOLUME})
    stock = host.shelf["one"].stock
    assert (names(host, "one"), [volume.name for volume in stock.volumes]) == (["a"], ["data"])
    assert stock.kinds == {NETWORK, VOLUME}


async def test_what_hangs_keeps_what_was_known_and_says_why_it_is_old() -> None:
    host = Host(Keeper("one", "a"), Keeper("two", "b"))
    await host.restock({NETWORK})
    host.engines[0].resources.hangs = True
    host.engines[1].resources.names = ("c",)
    await host.restock({NETWORK})
    assert (names(host, "one"), host.shelf["one"].problem) == (["a"], "one did not answer.")
    assert (names(host, "two"), host.shelf["two"].problem) == (["c"], "")


async def test_one_question_at_a_time_and_it_outlives_who_asked() -> None:
    keeper = Keeper("one", "a")
    host = Host(keeper)
    keeper.go.clear()
    first = asyncio.create_task(host.restock({NETWORK}))
    second = asyncio.create_task(host.restock({NETWORK}))
    async with asyncio.timeout(5):
        while not keeper.asked:  # noqa: ASYNC110 - the keeper has no event for it
            await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    keeper.go.set()
    await second
    assert len(keeper.asked) == 1
    assert names(host, "one") == ["a"]


async def test_read_only_operates_nothing() -> None:
    keeper = Keeper("one")
    outcome = await Host(keeper, read_only=True).operate(PRUNE, lambda _progress: None)
    assert (outcome.result, keeper.operated) == (Result.REFUSED, [])


async def test_an_operation_goes_to_its_engine_and_one_without_engine_fails() -> None:
    one, two = Keeper("one"), Keeper("two")
    host = Host(two, one)
    assert (await host.operate(PRUNE, lambda _progress: None)).result is Result.DONE
    assert (one.operated, two.operated) == ([PRUNE], [])
    assert host.operation_command(PRUNE) == "do prune-networks"
    lost = Host(two)
    assert (await lost.operate(PRUNE, lambda _progress: None)).result is Result.FAILED
    assert lost.operation_command(PRUNE) == ""


async def test_closing_gives_up_questions_and_the_reader() -> None:
    keeper, reader = Keeper("one"), Reader()
    host = Host(keeper)
    host._interface_reader = reader
    keeper.go.clear()
    asking = asyncio.create_task(host.restock({NETWORK}))
    async with asyncio.timeout(5):
        while not keeper.asked:  # noqa: ASYNC110 - the keeper has no event for it
            await asyncio.sleep(0)
    host._close_shelf()
    await asyncio.gather(asking, return_exceptions=True)
    assert asking.cancelled()
    assert reader.closed


def test_an_answer_replaces_only_what_it_was_asked_for() -> None:
    before = Stock("one", kinds=frozenset({NETWORK}), networks=(Network("a"),))
    answer = Stock("one", kinds=frozenset({NETWORK}), networks=())
    assert merged(before, answer).networks == ()
