"""A keeper of a real Podman under test, and what tests do with it beside the command line."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.live.harness.podman import IMAGE, PodmanHost
from tui.domain.identity import InstanceId
from tui.domain.image import ContainerImage
from tui.domain.operation import Operation, OperationOutcome, Progress
from tui.domain.resource import ResourceId, ResourceKind, Stock
from tui.engines.podman.inventory import Inventory
from tui.engines.podman.resources import PodmanKeeper
from tui.engines.podman.rows import Owner

CHILD = """\
FROM localhost/{base}
ENV TOKEN=abc PLAIN=1
LABEL of={base}
"""
NO_NETWORK = ("--network", "none")


class Keeping:
    """One keeper, the progress it told, and podman's command line on the same storage."""

    def __init__(self, host: PodmanHost, keeper: PodmanKeeper) -> None:
        self.host = host
        self.keeper = keeper
        self.progress: list[Progress] = []
        self._news = asyncio.Event()

    async def do(self, operation: Operation) -> OperationOutcome:
        return await self.start(operation)

    def start(self, operation: Operation) -> "asyncio.Task[OperationOutcome]":
        self.progress.clear()
        return asyncio.create_task(self.keeper.operate(operation, self._take))

    def _take(self, progress: Progress) -> None:
        self.progress.append(progress)
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something; looks whenever progress is told, and now and then."""
        async with asyncio.timeout(30):
            while not condition():
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await self._news.wait()

    async def cli(self, *args: str) -> str:
        return await asyncio.to_thread(self.host.cli, *args)

    async def host_run(self, name: str, *args: str, options: Sequence[str] = NO_NETWORK, image: str = IMAGE) -> str:
        return await asyncio.to_thread(self.host.run, name, *args, options=options, image=image)

    def child(self, base: str = "bb") -> Path:
        """Write what builds a child of an image."""
        folder = self.host.folder / f"child-{base}"
        folder.mkdir(exist_ok=True)
        (folder / "Containerfile").write_text(CHILD.format(base=base))
        return folder

    def image_id(self, local: str) -> ResourceId:
        return ResourceId("host", "podman", ResourceKind.IMAGE, local)

    def volume_id(self, local: str) -> ResourceId:
        return ResourceId("host", "podman", ResourceKind.VOLUME, local)

    def network_id(self, local: str) -> ResourceId:
        return ResourceId("host", "podman", ResourceKind.NETWORK, local)

    def container_id(self, local: str) -> InstanceId:
        return InstanceId("host", "podman", local)

    async def stock(self) -> Stock:
        stock = await self.keeper.stock(self.keeper.kinds)
        assert stock.problems == ()
        return stock

    async def images(self) -> tuple[ContainerImage, ...]:
        return (await self.stock()).images

    async def named(self, name: str) -> ContainerImage:
        return next(image for image in await self.images() if name in image.names)


@asynccontextmanager
async def keeping(host: PodmanHost, url: str = "") -> AsyncIterator[Keeping]:
    """Make a keeper of the host's service, or of another one on its storage."""
    keeper = PodmanKeeper(url or host.url, Inventory(Owner("host", "podman", "root")))
    try:
        yield Keeping(host, keeper)
    finally:
        await keeper.close()
