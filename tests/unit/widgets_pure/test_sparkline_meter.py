from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.meter import meter
from widgets.sparkline import sparkline

FLOATS = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(
    ("values", "width", "line"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7, 8], 9, "▁▂▃▄▅▆▇██"),
        ([1, 8], 4, "  ▂█"),
        ([8, 1, 8], 2, "▂█"),
        ([8, None, 4], 3, "█ ▅"),
        ([0, 0], 2, "▁▁"),
        ([None, None], 2, "  "),
        ([math.nan, 1], 2, " █"),
        ([], 3, "   "),
        ([1], 0, ""),
    ],
)
def test_sparkline(values: list[float | None], width: int, line: str) -> None:
    assert sparkline(values, width) == line


def test_sparkline_with_a_fixed_top_is_clamped_there() -> None:
    assert sparkline([0, 50, 100, 400], 4, high=100) == "▁▅██"


def test_sparkline_keeps_the_peak_of_samples_that_share_a_cell() -> None:
    assert sparkline([0, 0, 9, 0, 0, 0, 0, 0], 2, capacity=8) == "█▁"


def test_sparkline_in_ascii() -> None:
    assert sparkline([0, 2, 4, None, 8], 5, ascii_only=True) == "_:= #"


@given(st.lists(st.none() | FLOATS), st.integers(0, 40), st.booleans())
def test_sparkline_is_as_wide_as_asked(values: list[float | None], width: int, ascii_only: bool) -> None:
    line = sparkline(values, width, ascii_only=ascii_only)
    assert len(line) == width
    assert line.isascii() or not ascii_only


@pytest.mark.parametrize(
    ("fraction", "width", "bar"),
    [
        (0.0, 4, "    "),
        (0.5, 4, "██  "),
        (1.0, 4, "████"),
        (7.0, 4, "████"),
        (-1.0, 4, "    "),
        (0.001, 4, "▏   "),
        (0.999, 4, "███▉"),
        (0.54, 4, "██▏ "),
        (None, 4, "    "),
        (math.nan, 4, "    "),
        (0.5, 0, ""),
    ],
)
def test_meter(fraction: float | None, width: int, bar: str) -> None:
    assert meter(fraction, width) == bar


def test_meter_in_ascii() -> None:
    assert meter(0.5, 4, ascii_only=True) == "##  "
    assert meter(0.01, 4, ascii_only=True) == "#   "
    assert meter(0.99, 4, ascii_only=True) == "### "


@given(st.none() | FLOATS, st.integers(0, 40))
def test_only_a_whole_fills_a_meter(fraction: float | None, width: int) -> None:
    bar = meter(fraction, width)
    assert len(bar) == width
    if fraction is not None and 0 < fraction < 1 and width:
        assert bar.strip()
        assert bar != "█" * width
