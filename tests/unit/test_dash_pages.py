"""The dashboard as lines: whatever its size, all is in its place and nothing is left out unsaid."""

import gc
import re
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len

from tests.unit.build import GIB, container, engine_status, guest, seen
from tests.unit.views import UTC, view_of
from tui.dash.moment import Moment, Turn
from tui.dash.pages import draw
from tui.dash.rotation import ALL_PAGES, PageId
from tui.domain.event import Event
from tui.domain.host import EngineState, HostUsage, HostView, Problem, Severity
from tui.domain.instance import State
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, NetworkUsage, Pressure, Usage
from tui.present.roles import plain

SIZES = [
    (60, 15),
    (79, 23),
    (80, 24),
    (100, 30),
    (132, 43),
    (150, 40),
    (200, 50),
    (320, 90),
    (431, 100),
    (480, 130),
    (600, 170),
]


def busy(number: float) -> Usage:
    return Usage(
        cpu=CpuUsage(cores_used=number),
        memory=MemoryUsage(working_set_bytes=int(number * GIB)),
        io=IoUsage(number * 1000, None),
        network=NetworkUsage(number * 2000, number),
        pressure=Pressure(cpu_some=number),
    )


def crowd(count: int, **more: Any) -> HostView:
    instances = [
        *(seen(guest(f"guest-{number:03}"), busy(number + 1)) for number in range(count)),
        *(seen(container(f"ctr-{number:03}"), busy(number / 7)) for number in range(count)),
    ]
    return replace(view_of(guest(), container()), instances=tuple(instances), **more)


def problem(name: str = "mail01", severity: Severity = Severity.CRITICAL, **more: Any) -> Problem:
    fields: dict[str, Any] = {"rule": "io-error", "since_utc_seconds": UTC - 60}
    return Problem(severity, f"host/podman/{name}", name, "guest", "paused: I/O error", **{**fields, **more})


def moment(view: HostView | None, page: PageId = PageId.OVERVIEW, **more: Any) -> Moment:
    return Moment(view=view, turn=Turn(page=page, number=1, count=5), now_utc_seconds=UTC, **more)


def text_of(shown: Moment, width: int = 80, height: int = 24) -> str:
    return "\n".join(plain(line) for line in draw(shown, width, height))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", ALL_PAGES)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_any_page_fills_any_screen_and_passes_no_edge(size: tuple[int, int], page: PageId, ascii_only: bool) -> None:
    problems = (*(problem(f"bad-{number}") for number in range(9)), problem("db", Severity.WARNING))
    shown = moment(crowd(40, problems=problems), page, ascii_only=ascii_only)
    lines = draw(shown, *size)
    assert len(lines) == size[1]
    assert max(sum(cell_len(text) for text, _ in line) for line in lines) <= size[0]
    if ascii_only:
        assert "".join(plain(line) for line in lines).isascii()


@pytest.mark.parametrize("size", SIZES)
def test_there_is_something_to_see_before_the_first_figures(size: tuple[int, int]) -> None:
    assert len(draw(moment(None), *size)) == size[1]
    assert "waiting for the first figures" in text_of(moment(None))


@pytest.mark.parametrize("count", [3, 12, 13, 100, 2000])
@pytest.mark.parametrize("height", [24, 50])
@pytest.mark.parametrize("page", ALL_PAGES)
def test_problems_that_have_no_room_are_counted(count: int, height: int, page: PageId) -> None:
    view = crowd(30, problems=tuple(problem(f"bad-{number}", Severity.WARNING) for number in range(count)))
    text = text_of(moment(view, page), 100, height)
    shown = len(re.findall(r"! bad-\d", text))
    left_out = [int(number) for number in re.findall(r"… (\d+) more", text)]
    assert shown + (left_out[0] if shown < count else 0) == count
    assert shown >= min(count, 3)


@pytest.mark.parametrize(("page", "word"), [(PageId.GUESTS, "guest-"), (PageId.CONTAINERS, "ctr-")])
@pytest.mark.parametrize("count", [1, 12, 40, 500])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_instances_that_have_no_room_are_counted(page: PageId, word: str, count: int, size: tuple[int, int]) -> None:
    text = text_of(moment(crowd(count), page), *size)
    shown = len(re.findall(rf"{word}\d", text))
    left_out = [int(number) for number in re.findall(r"… (\d+) more", text)]
    assert shown + sum(left_out) == count
    assert f"{count} {'guests' if word == 'guest-' else 'containers'}" in text


def test_the_greatest_stand_first_and_what_is_not_known_is_not_among_them() -> None:
    view = crowd(40)
    view = replace(view, instances=(*view.instances, seen(container("unknown"))))
    text = text_of(moment(view, PageId.CONSUMERS), 120, 40)
    first = next(line for line in text.splitlines() if "guest-" in line)
    assert "guest-039" in first
    assert "40.00" in first
    assert "40G" in first
    assert "unknown" not in text


def test_nobody_who_uses_anything_is_said() -> None:
    assert "none" in text_of(moment(view_of(container())))


def test_problems_come_first_and_large_where_there_is_room() -> None:
    view = crowd(5, problems=(problem(), problem("db", Severity.WARNING)))
    small = text_of(moment(view)).splitlines()
    places = [
        next(number for number, line in enumerate(small) if word in line) for word in ("x mail01", "! db", "guest-0")
    ]
    assert places == sorted(places)
    large = text_of(moment(view), 200, 50)
    assert "x mail01" not in large, "it is drawn in blocks"
    assert "paused: I/O error" in large
    assert "! db" in large


def test_what_a_person_has_seen_is_not_shouted() -> None:
    seen_by = problem("old", acknowledged_by="anna")
    silenced = problem("quiet", silenced_until_utc_seconds=UTC + 60)
    text = text_of(moment(crowd(2, problems=(seen_by, silenced, problem("loud")))), 120, 24)
    assert "1 CRITICAL" in text
    assert "2 seen" in text
    assert text.index("x loud") < text.index("x old")
    assert "seen by anna: paused" in text
    assert "silenced until" in text


def test_who_waits_is_told_beside_what_is_drawn_large() -> None:
    waits = problem(victims=("web", "db"), neighbour="build-7")
    assert "web, db wait; busiest is build-7" in text_of(moment(crowd(2, problems=(waits,))), 200, 50)


def test_no_problems_is_said_only_when_all_engines_have_told() -> None:
    assert text_of(moment(view_of(guest()))).count("no problems") == 2, "in the first line and in the list"
    waiting = view_of(guest(), sources=(engine_status("podman", EngineState.CONNECTING),))
    assert "connecting to podman" in text_of(moment(waiting))
    assert "no problems" not in text_of(moment(waiting))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_figures_that_are_old_say_so(size: tuple[int, int]) -> None:
    now = moment(view_of(guest()), age_seconds=4.0)
    assert "as of" not in text_of(now, *size)
    old = moment(view_of(guest()), age_seconds=42.0)
    assert "42 s old" in text_of(old, *size)
    assert "STALE" in text_of(old, *size)
    slow = moment(view_of(guest()), age_seconds=42.0, interval_seconds=20.0)
    assert "STALE" not in text_of(slow, *size)


def test_a_replay_says_so() -> None:
    assert "kvm01  REPLAY" in text_of(moment(view_of(guest()), is_replay=True))


def test_a_sign_moves_with_every_sample() -> None:
    view = view_of(guest())
    signs = [text_of(moment(replace(view, tick=tick))).splitlines()[0][-8:] for tick in range(5)]
    assert len(set(signs)) == 5


def test_an_engine_that_is_silent_is_told_with_the_age_of_its_values() -> None:
    lost = engine_status("podman", EngineState.LOST, answered_monotonic_seconds=1000.0 - 240)
    assert "podman lost for 4 min" in text_of(moment(view_of(guest(), sources=(engine_status("qemu"), lost))))


def test_engines_that_have_no_room_are_counted() -> None:
    many = tuple(engine_status(f"podman:user-{number}") for number in range(40))
    text = text_of(moment(view_of(guest(), sources=many)))
    shown = text.count("podman:user-")
    assert f"+{40 - shown} more" in text


def test_what_is_not_known_is_a_dash() -> None:
    usage = HostUsage(cores=1)
    text = text_of(moment(replace(view_of(guest()), usage=usage)))
    assert "0%" not in text
    assert "- of 0" in text


def test_names_of_others_move_no_cursor() -> None:
    view = crowd(1, problems=(problem("evil\x1b[2J"),))
    for size in ((80, 24), (200, 50), (480, 130)):
        assert "\x1b" not in text_of(moment(view), *size)


def test_the_timeline_has_the_newest_on_top_and_counts_the_rest() -> None:
    entries = [
        TimelineEntry(utc_seconds=UTC - 100 + number, kind=EntryKind.EVENT, what="started", name=f"vm-{number:02}")
        for number in range(60)
    ]
    text = text_of(moment(view_of(guest()), PageId.TIMELINE, entries=entries))
    shown = re.findall(r"vm-(\d\d)", text)
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == "59"
    assert f"… {60 - len(shown)} more" in text


def test_without_a_timeline_events_of_engines_are_told() -> None:
    events = [Event(UTC - 5, "podman", None, "web", "died", "exit 137")]
    assert "web  died  exit 137" in text_of(moment(view_of(guest()), PageId.TIMELINE, events=events))
    assert "nothing has happened" in text_of(moment(view_of(guest()), PageId.TIMELINE))


def test_a_stopped_instance_is_told_with_its_state() -> None:
    text = text_of(moment(view_of(guest("off", state=State.STOPPED)), PageId.GUESTS))
    assert re.search(r"off +shut off +- +-", text)


def test_a_night_does_not_make_it_grow() -> None:
    problems = tuple(problem(f"bad-{number}") for number in range(9))

    def draw_for(ticks: range) -> None:
        for tick in ticks:
            view = crowd(30, tick=tick, problems=problems)
            draw(replace(moment(view), now_utc_seconds=UTC + tick), 480, 130)

    draw_for(range(150))
    gc.collect()
    tracemalloc.start()
    try:
        draw_for(range(150, 250))
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 6_000_000, "what is kept of drawn letters is bounded"
