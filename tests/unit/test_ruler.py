"""A span of time as two lines."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from widgets.ruler import Mark, Ruler, draw_ruler, label_of, place_of, round_times, step_for, time_at

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC).timestamp()


def lines(ruler: Ruler, width: int, *, ascii_only: bool = False) -> tuple[str, str]:
    first, second = draw_ruler(ruler, width, ascii_only=ascii_only)
    return "".join(text for text, _ in first), "".join(text for text, _ in second)


def hour(**more: Any) -> Ruler:
    return Ruler(BEGIN, BEGIN + 3600, zone=UTC)._replace(**more)


def test_recorded_time_gaps_marks_and_the_moment() -> None:
    ruler = hour(
        recorded=[(BEGIN - 500, BEGIN + 600), (BEGIN + 1800, BEGIN + 9000)],
        marks=[Mark(BEGIN + 300), Mark(BEGIN + 2400, "warn"), Mark(BEGIN + 3000, "crit"), Mark(BEGIN + 9000)],
        cursor=BEGIN + 2700,
    )
    first, second = lines(ruler, 60)
    assert first == "─────.─────" + " " * 19 + "─" * 10 + "!────█────x─────────"
    assert second == "|02:00         |02:15         |02:30         |02:45         "


def test_ascii() -> None:
    ruler = hour(recorded=[(BEGIN, BEGIN + 3600)], cursor=BEGIN)
    assert lines(ruler, 20, ascii_only=True)[0] == "#" + "-" * 19


def test_the_most_urgent_of_a_cell_is_drawn_in_any_order() -> None:
    for marks in ([Mark(BEGIN, "crit"), Mark(BEGIN)], [Mark(BEGIN), Mark(BEGIN, "crit")]):
        assert lines(hour(marks=marks), 10)[0][0] == "x"


def test_a_mark_in_a_gap_is_drawn() -> None:
    assert lines(hour(marks=[Mark(BEGIN + 1800)]), 10)[0] == "     .    "


@pytest.mark.parametrize("cursor", [BEGIN - 1e6, BEGIN + 1e6])
def test_a_moment_beyond_the_edge_is_drawn_at_it(cursor: float) -> None:
    text = lines(hour(cursor=cursor), 10)[0]
    assert text.strip() == "█"
    assert text.index("█") in {0, 9}


@pytest.mark.parametrize("width", [0, 1, 5, 80, 400])
def test_lines_are_exactly_as_wide_as_wanted(width: int) -> None:
    for line in lines(hour(recorded=[(BEGIN, BEGIN + 3600)], cursor=BEGIN + 5), width):
        assert len(line) == width


@pytest.mark.parametrize("seconds", [900, 3600, 21_600, 86_400, 7 * 86_400, 90 * 86_400])
@pytest.mark.parametrize("width", [60, 80, 200])
def test_labels_have_room(seconds: int, width: int) -> None:
    step = step_for(seconds, width)
    assert step / seconds * width >= 10
    second = lines(Ruler(BEGIN, BEGIN + seconds, zone=UTC), width)[1]
    assert second.count("|") >= 2


def test_days_are_named_at_midnight() -> None:
    midnight = datetime(2026, 11, 23, tzinfo=BERLIN).timestamp()
    assert label_of(midnight, 3600, BERLIN) == "Mon 23 Nov"
    assert label_of(midnight + 3600, 3600, BERLIN) == "01:00"


def test_round_times_are_local_ones_also_where_clocks_are_set() -> None:
    day = datetime(2026, 10, 25, tzinfo=BERLIN)
    times = [
        datetime.fromtimestamp(utc, BERLIN).strftime("%H:%M")
        for utc in round_times(day.timestamp(), day.timestamp() + 25 * 3600, 10_800, BERLIN)
    ]
    assert times == ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "00:00"]


def test_a_cell_has_its_time() -> None:
    ruler = hour()
    assert place_of(ruler, time_at(ruler, 17, 60), 60) == 17
