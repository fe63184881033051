"""Charts of hours and days: their times, gaps and ranges."""

import time
from math import isnan, nan

import pytest

from tui.domain.past import Bucket
from tui.present.long_charts import Window, gap_sentence, next_window, overall, summed, time_words
from widgets.chart import ChartOptions, Series, draw_chart, render_chart

BEGIN = 1_760_000_000.0  # 2025-10-09 08:53:20 UTC


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def buckets(*values: tuple[float, float, float] | None, each: float = 60.0) -> list[Bucket]:
    return [
        Bucket(BEGIN + place * each) if one is None else Bucket(BEGIN + place * each, 2, *one)
        for place, one in enumerate(values)
    ]


def test_one_key_goes_round_all_spans_and_keeps_the_moment() -> None:
    window, words = next_window(None, BEGIN), []
    while window is not None:
        assert window.around == BEGIN
        words.append(window.heading.partition(" around")[0])
        window = next_window(window, BEGIN)
    assert words == ["Hour", "6 hours", "24 hours", "7 days"]


def test_an_end_that_moves_does_so_by_buckets() -> None:
    window = Window(3600.0)
    assert window.bounds(BEGIN, 60) == window.bounds(BEGIN + 10, 60)
    begin, end = window.bounds(BEGIN, 60)
    assert end - begin == 3600.0
    assert begin <= BEGIN <= end


def test_a_moment_is_in_the_middle() -> None:
    begin, end = Window(3600.0, BEGIN).bounds(BEGIN + 9e6, 60)
    assert abs((begin + end) / 2 - BEGIN) <= 60


def test_the_moment_is_named_below_before_all_else() -> None:
    assert time_words(BEGIN - 1800, BEGIN + 1800, BEGIN)[0] == (0.5, "^08:53:20")
    assert [words for _, words in time_words(BEGIN - 3600, BEGIN, None)] == ["07:53", "08:53", "08:23"]
    assert time_words(BEGIN - 7 * 86_400, BEGIN, None)[0] == (0.0, "Thu 02 08:53")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (((1.0, 2.0, 3.0),) * 3, ""),
        ((None,) * 3, "Nothing is recorded of this time."),
        ((None, (1.0, 2.0, 3.0), None, None), "Not recorded: 08:53-08:54, 08:55-08:57."),
        (
            (None, (1.0, 1.0, 1.0)) * 5,
            "Not recorded: 08:53-08:54, 08:55-08:56, 08:57-08:58 and 2 times more.",
        ),
    ],
)
def test_gaps_are_named(values: tuple[tuple[float, float, float] | None, ...], sentence: str) -> None:
    assert gap_sentence(buckets(*values), BEGIN + 60 * len(values)) == sentence


def test_mean_and_most_over_all() -> None:
    assert overall(buckets((1.0, 2.0, 3.0), None, (0.0, 4.0, 9.0))) == (3.0, 9.0)
    assert all(isnan(value) for value in overall(buckets(None, None)))


def test_the_sum_of_several_claims_no_range() -> None:
    total = summed([buckets((1.0, 2.0, 3.0), None, None), buckets((1.0, 5.0, 9.0), (1.0, 1.0, 1.0), None)])
    assert [(one.least, one.mean, one.most) for one in total[:2]] == [(7.0, 7.0, 7.0), (1.0, 1.0, 1.0)]
    assert total[2].count == 0


def test_the_range_is_shaded_and_a_gap_is_blank() -> None:
    series = Series([2.0, 2.0, nan, 8.0], "", [0.0, 2.0, nan, 8.0], [8.0, 2.0, nan, 8.0])
    options = ChartOptions(formatter=lambda value: f"{value:g}", capacity=4, mode="ascii")
    lines = render_chart([series], 4 + 3, 5, options)
    columns = ["".join(column) for column in zip(*[line[3:] for line in lines], strict=True)]
    assert columns[0].count(":") >= 3
    assert "*" in columns[0]
    assert columns[1].count(":") == 0
    assert columns[2] == "     "


def test_the_scale_reaches_to_the_most() -> None:
    lines = render_chart([Series([1.0], "", [0.0], [90.0])], 20, 5, ChartOptions(formatter="{:g}".format))
    assert lines[0].startswith("100")


def test_words_below_a_chart_do_not_touch() -> None:
    options = ChartOptions(
        span_seconds=60.0, times=((0.5, "^03:00:00"), (0.0, "02:30"), (0.55, "03:05"), (1.0, "03:30"))
    )
    below = draw_chart([Series([1.0])], 50, 6, options)[-1][0]
    assert below.split() == ["02:30", "^03:00:00", "03:30"]
    assert len(below) == 50
