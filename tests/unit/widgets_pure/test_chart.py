from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from widgets.chart import ChartOptions, Series, draw_chart, format_age, render_chart
from widgets.plot import Mode, Scale, plot
from widgets.series import Span, nice_ceiling, spans


def test_spans_keep_the_extremes_of_what_shares_a_column() -> None:
    assert spans([1, 9, 2, 3, None, None], 3) == [Span(1, 9), Span(2, 3), None]


def test_fewer_samples_than_the_width_stands_for_are_at_its_right_end() -> None:
    assert spans([5], 4, capacity=4) == [None, None, None, Span(5, 5)]


def test_of_more_samples_than_the_width_stands_for_the_newest_count() -> None:
    assert spans([9, 1, 2], 2, capacity=2) == [Span(1, 1), Span(2, 2)]


def test_a_sample_may_fill_several_columns() -> None:
    assert spans([1, 2], 4) == [Span(1, 1), Span(1, 1), Span(2, 2), Span(2, 2)]


@pytest.mark.parametrize(
    ("value", "base", "ceiling"),
    [
        (0, 1000, 1),
        (-3, 1000, 1),
        (float("nan"), 1000, 1),
        (1, 1000, 1),
        (1.1, 1000, 2),
        (2.3, 1000, 2.5),
        (37, 1000, 50),
        (0.3, 1000, 0.5),
        (600, 1000, 1000),
        (3 * 1024**3, 1024, 4 * 1024**3),
        (1024, 1024, 1024),
    ],
)
def test_nice_ceiling(value: float, base: int, ceiling: float) -> None:
    assert nice_ceiling(value, base) == pytest.approx(ceiling)


@given(st.floats(1e-6, 1e15))
def test_nice_ceiling_is_never_below_the_value(value: float) -> None:
    assert nice_ceiling(value) >= value * (1 - 1e-9)
    assert nice_ceiling(value, 1024) >= value


@pytest.mark.parametrize(
    ("seconds", "text"), [(45, "-45s"), (900, "-15m"), (450, "-7m30s"), (7200, "-2h"), (9000, "-2h30m"), (0, "-0s")]
)
def test_format_age(seconds: float, text: str) -> None:
    assert format_age(seconds) == text


def test_braille_chart() -> None:
    lines = render_chart([0, 1, 2, 3, 4, 5, 6, 7], 6, 2, ChartOptions(scale=Scale(0, 7)))
    assert lines == ["7┤  ⡠⠊", "0┤⡠⠊  "]


def test_a_rising_line_rises_in_braille() -> None:
    assert plot([[0, 1, 2, 3, 4, 5, 6, 7]], 4, 2, Scale(0, 7)).lines == ["  ⡠⠊", "⡠⠊  "]


def test_blocks_fill_and_a_known_zero_is_not_a_gap() -> None:
    assert plot([[0, None, 4, 8]], 4, 1, Scale(0, 8), mode="blocks").lines == ["▁ ▄█"]


def test_ascii_draws_only_ascii() -> None:
    lines = render_chart([1, 2, None, 3], 24, 6, ChartOptions(span_seconds=60, mode="ascii"))
    assert all(line.isascii() for line in lines)
    assert "*" in "".join(lines)


def test_one_peak_among_a_thousand_samples_reaches_the_top() -> None:
    values = [0.0] * 1000
    values[517] = 100.0
    assert plot([values], 10, 4, Scale(0, 100)).lines[0].strip()


def test_gaps_are_left_out() -> None:
    lines = plot([[1, 1, None, None, 1, 1]], 3, 1, Scale(0, 1)).lines
    assert lines[0][1] == " "
    assert " " not in (lines[0][0], lines[0][2])


def test_the_axis_tells_when_values_are_beyond_a_fixed_scale() -> None:
    options = ChartOptions(scale=Scale(0, 10))
    assert "▲" in render_chart([5, 50], 20, 5, options)[0]
    assert "▲" not in "".join(render_chart([5, 10], 20, 5, options))
    assert "▼" in render_chart([-5, 5], 20, 5, options)[-1]


def test_axes_carry_numbers_and_ages() -> None:
    lines = render_chart(
        [1, 2, 3], 50, 8, ChartOptions(span_seconds=900, formatter=lambda value: f"{value:.0f}G", scale=Scale(0, 4))
    )
    assert lines[0].startswith("4G┤")
    assert lines[3].startswith("2G┤")
    assert lines[6].startswith("0G┤")
    assert lines[7].split() == ["-15m", "-7m30s", "now"]
    assert lines[7].endswith("now")


def test_several_series_have_a_legend_and_differ_without_colour() -> None:
    drawn = draw_chart([Series([1, 1, 1], "rx"), Series([3, 3, 3], "tx\x1b")], 30, 6, ChartOptions(scale=Scale(0, 4)))
    assert drawn[0][0].rstrip() == "⠒⠒ rx  ⠂⠂ tx\\x1b"
    rows = ["".join(sign for sign in text if sign > "\u2800") for text, _ in drawn[1:]]
    dense, sparse = [next(iter(set(row))) for row in rows if row][::-1]
    assert bin(ord(dense) - 0x2800).count("1") == 2
    assert bin(ord(sparse) - 0x2800).count("1") == 1
    assert {owner for _, owners in drawn[1:] for owner in owners} == {-1, 0, 1}


@settings(max_examples=60)
@given(
    st.lists(st.none() | st.floats(-1e6, 1e12), max_size=200),
    st.integers(1, 60),
    st.integers(1, 15),
    st.sampled_from(["braille", "blocks", "ascii"]),
    st.booleans(),
)
def test_a_chart_is_exactly_as_large_as_asked(
    values: list[float | None], width: int, height: int, mode: Mode, named: bool
) -> None:
    series = [Series(values, "a"), Series(values[::-1], "b")] if named else [Series(values)]
    drawn = draw_chart(series, width, height, ChartOptions(span_seconds=900, mode=mode))
    assert len(drawn) == height
    assert all(cell_len(text) == width and len(owners) == len(text) for text, owners in drawn)
