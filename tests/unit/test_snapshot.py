"""A snapshot waits for the engines and for two samples, and prints for people and for programs."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

from tests.unit.build import container, engine_status, guest, host_usage, seen
from tests.unit.scripted import ScriptedEngine
from tui import snapshot
from tui.domain.errors import EngineTimeout
from tui.domain.host import EngineState, EngineStatus, HostView, InstanceView, Problem, Severity
from tui.domain.instance import Health, State
from tui.domain.usage import CpuUsage, Usage
from tui.engines.base import EngineSink
from tui.engines.demo import DemoHost
from tui.engines.process import run_program
from tui.sampling.host_name import HostName
from tui.sampling.ledger import make_ledger
from tui.sampling.live import LiveSource


def _view(
    tick: int = 1, *items: InstanceView, at: float | None = None, sources: Iterable[EngineStatus] = (), **more: object
) -> HostView:
    usage = host_usage(cpu_percent=12.5, load_1=0.5)
    view = HostView(
        host_id="h",
        host_name="kvm01",
        taken_utc_seconds=1_750_000_000.0,
        taken_monotonic_seconds=float(tick) if at is None else at,
        tick=tick,
        usage=usage,
        ledger=make_ledger(items, usage),
        sources=tuple(sources),
        instances=items,
    )
    return replace(view, **more)  # type: ignore[arg-type]


class _Film(LiveSource):
    """A source that publishes given views, then hangs, ends or fails."""

    def __init__(self, views: Iterable[HostView], end: Callable[[], None] | None = None) -> None:
        demo = DemoHost(seed=1, clock=lambda: 0.0)
        super().__init__(HostName("h", "kvm01"), (), demo.sampler, demo.host_sampler)
        self._film = views
        self._end = end
        self.attended: set[str] = set()
        self.shown = 0

    async def run(self, publish: Callable[[HostView], None]) -> None:
        for view in self._film:
            self.shown += 1
            publish(view)
            await asyncio.sleep(0)
        if self._end is not None:
            self._end()
        await asyncio.Event().wait()

    def attend(self, keys: Iterable[str]) -> None:
        self.attended = set(keys)


READY, CONNECTING = engine_status(), engine_status(state=EngineState.CONNECTING)
WEB = seen(container("web"))


def _growing() -> Iterator[HostView]:
    yield _view(1, sources=[CONNECTING])
    yield _view(2, sources=[READY])
    yield _view(2, WEB, sources=[READY])
    yield _view(3, WEB, sources=[READY])
    yield _view(3, WEB, sources=[READY])
    yield _view(4, WEB, sources=[READY])
    yield _view(5, WEB, sources=[READY])


async def test_two_samples_after_the_last_newcomer() -> None:
    view = await snapshot.take(_Film(_growing()), 1.0, 5.0)
    assert view.tick == 4


async def test_rows_are_attended_so_that_slow_figures_are_read_too() -> None:
    film = _Film(_growing())
    await snapshot.take(film, 1.0, 5.0)
    assert film.attended == {WEB.key}


async def test_engine_that_never_answers_holds_up_to_the_deadline_only() -> None:
    views = (_view(tick, WEB, sources=[READY, replace(CONNECTING, id="slow")]) for tick in range(1, 50))
    view = await snapshot.take(_Film(views), 1.0, 5.0)
    assert view.tick == 7
    assert snapshot.exit_code(view) == 3


async def test_newcomers_without_end_do_not_hold_for_ever() -> None:
    views = (_view(tick, seen(container(f"c{tick}")), sources=[READY]) for tick in range(1, 50))
    assert (await snapshot.take(_Film(views), 1.0, 5.0)).tick == 7


async def test_what_an_engine_lists_past_the_deadline_is_read_twice_all_the_same() -> None:
    views = [_view(tick, sources=[CONNECTING]) for tick in range(1, 7)]
    views += [_view(tick, WEB, sources=[READY]) for tick in range(7, 50)]
    assert (await snapshot.take(_Film(views), 1.0, 5.0)).tick == 9


async def test_source_that_gives_nothing_is_an_error() -> None:
    with pytest.raises(EngineTimeout, match="no figures"):
        await snapshot.take(_Film(()), 0.0, -4.99)


async def test_last_view_is_better_than_none() -> None:
    view = await snapshot.take(_Film([_view(1, WEB, sources=[READY])]), 0.0, -4.99)
    assert view.tick == 1


async def test_failure_of_the_source_is_passed_on() -> None:
    def fail() -> None:
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        await snapshot.take(_Film((), fail), 1.0, 5.0)


async def test_snapshot_of_a_live_source() -> None:
    demo = DemoHost(seed=1, clock=lambda: 1_750_000_000.0)
    source = LiveSource(
        HostName(demo.host_id, demo.host_name), demo.engines, demo.sampler, demo.host_sampler, interval_seconds=0.05
    )
    view = await snapshot.take(source, 0.05, 5.0)
    await source.close()
    assert len(view.instances) > 38
    assert snapshot.exit_code(view) == 0
    assert json.loads(snapshot.to_json_text(view))["host"]["name"] == "kvm01"


async def test_scripted_engine_that_stays_silent_gives_exit_3() -> None:
    def silent(sink: EngineSink) -> None:
        sink.put_status(engine_status("podman", EngineState.LOST, message="no answer"))

    demo = DemoHost(seed=1, clock=lambda: 0.0)
    engines = [ScriptedEngine("podman", silent)]
    source = LiveSource(HostName("h", "n"), engines, demo.sampler, demo.host_sampler, interval_seconds=0.05)
    view = await snapshot.take(source, 0.05, 1.0)
    await source.close()
    assert snapshot.exit_code(view) == 3
    assert "no answer" in snapshot.to_text(view)


@pytest.mark.parametrize(
    ("state", "required", "code"),
    [
        (EngineState.READY, True, 0),
        (EngineState.ABSENT, False, 0),
        (EngineState.LOST, False, 0),
        (EngineState.ABSENT, True, 3),
        (EngineState.REFUSED, True, 3),
        (EngineState.LOST, True, 3),
        (EngineState.STALLED, True, 3),
        (EngineState.CONNECTING, True, 3),
    ],
)
def test_exit_code_counts_engines_that_are_installed_or_named(state: EngineState, required: bool, code: int) -> None:
    assert snapshot.exit_code(_view(1, sources=[READY, engine_status("x", state, required=required)])) == code


def test_table_is_aligned_and_complete() -> None:
    usage = Usage(cpu=CpuUsage(cores_used=0.5))
    text = snapshot.to_text(
        _view(
            1,
            seen(container("web", health=Health.HEALTHY), usage),
            seen(guest("a-guest", state=State.PAUSED, reason="I/O error on vda")),
            sources=[READY],
            problems=(Problem(Severity.CRITICAL, "k", "a-guest", "guest", "paused: I/O error"),),
        )
    )
    lines = text.splitlines()
    head = next(line for line in lines if line.startswith("NAME"))
    rows = lines[lines.index(head) + 1 :][:2]
    assert rows[0].startswith("a-guest")
    assert "paused: I/O error on vda" in rows[0]
    assert "running: healthy" in rows[1]
    end = head.index("CORES") + len("CORES")
    assert rows[1][:end].endswith("0.50")
    assert rows[0][:end].endswith("    -")
    assert "x  a-guest  guest  paused: I/O error" in lines
    assert text.endswith("\n")


def test_wide_names_keep_the_columns_aligned() -> None:
    text = snapshot.to_text(_view(1, seen(container("日本")), seen(container("abcd"))))
    rows = [line for line in text.splitlines() if " container " in line]
    assert {row.index("container") for row in rows if row.startswith("abcd")} == {6}
    assert {row.index("container") for row in rows if row.startswith("日本")} == {4}


HOSTILE = "x\x1b[31m\n[bold]y[/]\x9b2J\u202e\udcff"


def test_hostile_text_is_escaped_everywhere() -> None:
    text = snapshot.to_text(
        _view(
            1,
            seen(container(HOSTILE, reason=HOSTILE, state=State.STOPPED, engine=HOSTILE)),
            sources=[engine_status(HOSTILE, EngineState.LOST, message=HOSTILE)],
            problems=(Problem(Severity.WARNING, "k", HOSTILE, "container", HOSTILE),),
            host_name=HOSTILE,
        )
    )
    assert all(line.isprintable() for line in text.splitlines())
    assert text.count(r"x\x1b[31m\n[bold]y[/]\x9b2J\u202e\udcff") == 8
    assert text.encode()


def test_empty_host_says_so() -> None:
    assert "no guests, no containers" in snapshot.to_text(_view(1))


def test_json_text_is_ascii_and_ends_with_a_line() -> None:
    text = snapshot.to_json_text(_view(1, seen(container(HOSTILE))))
    assert text.isascii()
    assert text.endswith("}\n")
    assert json.loads(text)["instances"][0]["name"].startswith("x\x1b[31m")


@pytest.mark.parametrize("module", ["tui.snapshot", "tui.doctor", "tui.domain.serialise", "tui.engines.demo"])
async def test_nothing_heavy_is_loaded(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{'textual', 'libvirt', 'podman', 'psutil'}} & set(sys.modules)))"
    ended = await run_program(sys.executable, "-c", code, deadline=30)
    assert ended.output.strip() == "[]", ended.error
