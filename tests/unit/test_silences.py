"""How long to keep a problem quiet, as persons write it."""

import time
from collections.abc import Iterator

import pytest

from tui.commands.silences import SilenceError, silence_until

AT_22_30 = 1_743_287_400.0  # 2025-03-29 22:30 UTC, 23:30 in Berlin, where the night to come is an hour shorter


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("15m", 0.25),
        ("1h", 1),
        (" 8 H ", 8),
        ("2d", 48),
        ("90min", 1.5),
        ("2 days", 48),
        ("1 day", 24),
        ("3 hours", 3),
        ("30 minutes", 0.5),
        ("23:45", 0.25),
        ("08:00", 7.5),
        ("tomorrow", 7.5),
    ],
)
def test_spans_and_times_to_come_by_the_clock_on_the_wall(text: str, hours: float) -> None:
    assert silence_until(text, AT_22_30) - AT_22_30 == hours * 3600


@pytest.mark.parametrize("text", ["", "soon", "0m", "31d", "25:00", "-1h", "1w", "99999d", "\x1b"])
def test_what_names_no_time_is_said(text: str) -> None:
    with pytest.raises(SilenceError) as caught:
        silence_until(text, AT_22_30)
    assert caught.value.message.endswith(".")
