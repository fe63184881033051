"""What a `HostSource` publishes, collected so that a test can wait for the view it needs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tui.domain.host import HostView
from tui.domain.usage import Usage
from tui.sampling.live import LiveSource


class Views:
    """Collects views; `until` waits for one."""

    def __init__(self) -> None:
        self.all: list[HostView] = []
        self._changed = asyncio.Condition()
        self._notices: set[asyncio.Task[None]] = set()

    def publish(self, view: HostView) -> None:
        self.all.append(view)
        task = asyncio.ensure_future(self._notify())
        self._notices.add(task)
        task.add_done_callback(self._notices.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, wanted: Callable[[HostView], bool], *, seconds: float = 10) -> HostView:
        """Return the first view, past or to come, that is as wanted."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: any(wanted(view) for view in self.all))
        return next(view for view in self.all if wanted(view))

    async def next_until(self, wanted: Callable[[HostView], bool], *, seconds: float = 10) -> HostView:
        """Return the first view from now on that is as wanted."""
        seen = len(self.all)
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: any(wanted(view) for view in self.all[seen:]))
        return next(view for view in self.all[seen:] if wanted(view))


@asynccontextmanager
async def watching(source: LiveSource) -> AsyncIterator[Views]:
    """Run a source for the length of a block."""
    views = Views()
    task = asyncio.ensure_future(source.run(views.publish))
    try:
        yield views
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await source.close()


def usage_of(view: HostView, name: str) -> Usage | None:
    """Return the figures of an instance, None when it is not listed."""
    return next((item.usage for item in view.instances if item.instance.name == name), None)


async def windows(views: Views, name: str, count: int, *, seconds: float = 60) -> Sequence[tuple[float, Usage]]:
    """Return `count` successive whole ticks of an instance from now on, each with its length in seconds."""
    first = await views.next_until(lambda view: _measured(view, name), seconds=seconds)
    last = await views.next_until(lambda view: view.tick >= first.tick + count, seconds=seconds)
    ticks = {view.tick: usage_of(view, name) for view in reversed(views.all) if first.tick < view.tick <= last.tick}
    return [(usage.window_seconds, usage) for usage in ticks.values() if usage and usage.window_seconds]


def _measured(view: HostView, name: str) -> bool:
    usage = usage_of(view, name)
    return usage is not None and usage.cpu.cores_used is not None


def mean(measured: Sequence[tuple[float, Usage]], figure: Callable[[Usage], float | None]) -> float:
    """Return the mean of a rate over windows of different length; an unknown figure fails the test."""
    values = [(seconds, figure(usage)) for seconds, usage in measured]
    assert values
    assert all(value is not None for _, value in values), f"unknown: {measured[0][1].unknown}"
    return sum(seconds * (value or 0.0) for seconds, value in values) / sum(seconds for seconds, _ in values)
