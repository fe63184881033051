"""A host that is made after the first frame."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.errors import NotFound
from tui.domain.host import HostView
from tui.domain.identity import InstanceId, StableKey
from tui.engines.demo import DemoHost
from tui.sampling.deferred import DeferredSource
from tui.sampling.history import Metric
from tui.sampling.host_name import HostName
from tui.sampling.live import LiveSource

TARGET = InstanceId("host", "podman", "abc")


def make_demo() -> LiveSource:
    demo = DemoHost()
    return LiveSource(
        HostName(demo.host_id, demo.host_name, is_demo=True), demo.engines, demo.sampler, demo.host_sampler
    )


async def first_view(source: DeferredSource, *, where: Callable[[HostView], bool]) -> HostView:
    found: asyncio.Future[HostView] = asyncio.get_running_loop().create_future()

    def publish(view: HostView) -> None:
        if where(view) and not found.done():
            found.set_result(view)

    running = asyncio.ensure_future(source.run(publish))
    try:
        async with asyncio.timeout(10):
            return await found
    finally:
        running.cancel()
        await source.close()


def test_nothing_is_made_before_it_runs() -> None:
    made: list[LiveSource] = []

    def make() -> LiveSource:
        made.append(make_demo())
        return made[-1]

    source = DeferredSource(make, 2.0)
    assert source.view is None
    assert source.tick_seconds == 2.0
    assert list(source.series(StableKey("h", "e", "", "n"), Metric.CPU_CORES, 5)) == []
    assert list(source.events()) == []
    assert source.command(ActionRequest(Verb.START, TARGET)) == ""
    assert made == []


async def test_what_is_asked_before_it_runs_is_refused_with_a_sentence() -> None:
    source = DeferredSource(make_demo, 1.0)
    outcome = await source.perform(ActionRequest(Verb.START, TARGET))
    assert outcome.result is Result.FAILED
    assert "not started" in outcome.message
    with pytest.raises(NotFound):
        await source.document(TARGET)
    with pytest.raises(NotFound):
        await source.ask_agent(TARGET)
    await source.close()


async def test_it_is_made_on_another_thread_and_shows_the_real_host() -> None:
    threads: list[int] = []

    def make() -> LiveSource:
        threads.append(threading.get_ident())
        return make_demo()

    source = DeferredSource(make, 1.0)
    view = await first_view(source, where=lambda view: bool(view.instances))
    assert threads
    assert threads[0] != threading.get_ident()
    assert source.view is not None
    assert view.is_demo
    assert source.events() is not None


async def test_a_row_attended_before_the_start_is_attended_after_it() -> None:
    attended: list[frozenset[str]] = []

    class Attending(LiveSource):
        def attend(self, keys: object) -> None:
            attended.append(frozenset(keys))  # type: ignore[call-overload]

    def make() -> LiveSource:
        demo = DemoHost()
        return Attending(HostName("h", "h"), demo.engines, demo.sampler, demo.host_sampler)

    source = DeferredSource(make, 1.0)
    source.attend(["a"])
    await first_view(source, where=lambda _: True)
    assert attended == [frozenset({"a"})]


async def test_a_host_that_cannot_be_made_is_told_to_who_runs_it() -> None:
    def fail() -> LiveSource:
        raise OSError("no descriptor is left")

    with pytest.raises(OSError, match="no descriptor"):
        await DeferredSource(fail, 1.0).run(lambda _: None)
