from math import nan

import pytest

from tui.present import figures


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"), (nan, "-"), (0, "0"), (0.4, "0"), (1, "1B"), (812, "812B"), (999, "999B"), (1000, "1.0K"),
        (1024, "1.0K"), (10_188, "9.9K"), (10_240, "10K"), (1_022_976, "999K"), (1_023_488, "1.0M"),
        (7.8 * 2**30, "7.8G"), (39 * 2**30, "39G"), (2**60, "1.0E"), (5000 * 2**60, "5000E"),
    ],
)  # fmt: skip
def test_size(value: float | None, text: str) -> None:
    assert figures.size(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (0, "0.00"), (0.005, "0.01"), (3.925, "3.92"), (99.99, "99.99"), (128, "128.0")]
)
def test_cores(value: float | None, text: str) -> None:
    assert figures.cores(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.0, "0"), (0.04, "0"), (0.05, "<1"), (0.49, "<1"), (0.5, "0"), (1.6, "2"), (100, "100")],
)
def test_percent(value: float | None, text: str) -> None:
    assert figures.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0, "0"), (32768, "32768"), (99_999, "99999"), (120_000, "120k"), (4_194_304, "4.2M")],
)
def test_count(value: float | None, text: str) -> None:
    assert figures.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (-3, "0s"), (59.9, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h00"), (19_200, "5h20"),
     (86_400, "1d"), (41 * 86_400, "41d")],
)  # fmt: skip
def test_duration(value: float | None, text: str) -> None:
    assert figures.duration(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "never"), (4.9, "4 s"), (60, "1 min"), (7199, "119 min"), (7200, "2h00")]
)
def test_age(value: float | None, text: str) -> None:
    assert figures.age(value) == text


@pytest.mark.parametrize("value", [3.0 * 1000**power * scale for power in range(7) for scale in (1, 33, 333)])
def test_sizes_never_take_more_than_four_cells(value: float) -> None:
    assert len(figures.size(value)) <= 4
