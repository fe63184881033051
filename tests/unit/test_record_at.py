"""Times as persons write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tui.cli import main
from tui.record.at import Covered, NoTimeError, find_moment, reference

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 13, 30, tzinfo=BERLIN)  # a Tuesday
ALL = Covered(0.0, datetime(2027, 1, 1, tzinfo=UTC).timestamp())


def found(text: str, now: datetime = NOW, covered: Covered = ALL) -> str:
    utc = find_moment(text, now.timestamp(), covered, BERLIN)
    return datetime.fromtimestamp(utc, BERLIN).isoformat(" ")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("yesterday 03:00", "2026-11-23 03:00:00+01:00"),
        ("Yesterday  3:00", "2026-11-23 03:00:00+01:00"),
        ("yesterday", "2026-11-23 00:00:00+01:00"),
        ("today 3:00", "2026-11-24 03:00:00+01:00"),
        ("03:00", "2026-11-24 03:00:00+01:00"),
        ("13:30", "2026-11-24 13:30:00+01:00"),
        ("13:31", "2026-11-23 13:31:00+01:00"),
        ("23:59:59", "2026-11-23 23:59:59+01:00"),
        ("-2h", "2026-11-24 11:30:00+01:00"),
        ("-90min", "2026-11-24 12:00:00+01:00"),
        ("- 1.5 h", "2026-11-24 12:00:00+01:00"),
        ("2 days ago", "2026-11-22 13:30:00+01:00"),
        ("1 week ago", "2026-11-17 13:30:00+01:00"),
        ("10 minutes ago", "2026-11-24 13:20:00+01:00"),
        ("now", "2026-11-24 13:30:00+01:00"),
        ("monday 03:00", "2026-11-23 03:00:00+01:00"),
        ("mon 03:00", "2026-11-23 03:00:00+01:00"),
        ("tuesday 03:00", "2026-11-17 03:00:00+01:00"),
        ("wednesday 3:00", "2026-11-18 03:00:00+01:00"),
        ("2026-11-23 03:00", "2026-11-23 03:00:00+01:00"),
        ("2026-11-23 03:00:07", "2026-11-23 03:00:07+01:00"),
        ("2026-11-23T03:00", "2026-11-23 03:00:00+01:00"),
        ("2026-11-23", "2026-11-23 00:00:00+01:00"),
        ("2026-11-23T02:00:00Z", "2026-11-23 03:00:00+01:00"),
        ("2026-11-23 03:00+02:00", "2026-11-23 02:00:00+01:00"),
    ],
)
def test_times(text: str, moment: str) -> None:
    assert found(text) == moment


@pytest.mark.parametrize(
    "text",
    ["", "soon", "25:00", "3:60", "yesterday noon", "-2 parsecs", "monday monday", "2026-13-01 03:00", "-", "0 ago",
     "today 3:00 sharp", "99999999 days ago", "\x1b[31m", "-99999999999999999999h", f"-{'9' * 400}d", "0001-01-01",
     "9999-12-31 23:59", "9999-12-31T23:59-10:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(NoTimeError) as error:
        found(text)
    assert 'write one like "03:00"' in error.value.message


AUTUMN = datetime(2026, 10, 25, 12, 0, tzinfo=BERLIN)  # set back at 03:00 that morning
SPRING = datetime(2026, 3, 29, 12, 0, tzinfo=BERLIN)  # set forward at 02:00 that morning


def test_a_time_that_was_twice_is_asked_about() -> None:
    with pytest.raises(NoTimeError) as error:
        found("2026-10-25 02:30", AUTUMN)
    assert "was twice" in error.value.message
    assert "2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00" in error.value.message
    assert found("2026-10-25T02:30+02:00", AUTUMN) == "2026-10-25 02:30:00+02:00"


def test_a_time_that_was_twice_and_is_recorded_once_is_that_one() -> None:
    second = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN).timestamp()
    assert found("today 02:30", AUTUMN, Covered(second - 600, second + 600)) == "2026-10-25 02:30:00+01:00"


def test_a_time_of_day_that_was_twice_is_the_last_one() -> None:
    assert found("02:30", AUTUMN) == "2026-10-25 02:30:00+01:00"


def test_a_time_that_never_was_is_said() -> None:
    with pytest.raises(NoTimeError) as error:
        found("today 02:30", SPRING)
    assert error.value.message == "Sun 2026-03-29 02:30 never was: the clocks were set forward over it."


@pytest.mark.parametrize(
    ("text", "now", "moment"),
    [
        ("yesterday 12:00", AUTUMN, "2026-10-24 12:00:00+02:00"),
        ("1 day ago", AUTUMN, "2026-10-24 12:00:00+02:00"),
        ("-24h", AUTUMN, "2026-10-24 13:00:00+02:00"),
        ("1 day ago", SPRING, "2026-03-28 12:00:00+01:00"),
        ("-24h", SPRING, "2026-03-28 11:00:00+01:00"),
        ("today 03:00", SPRING, "2026-03-29 03:00:00+02:00"),
    ],
)
def test_days_on_which_the_clocks_are_set(text: str, now: datetime, moment: str) -> None:
    assert found(text, now) == moment


def test_what_is_not_recorded_is_said_with_what_is() -> None:
    covered = Covered((NOW.timestamp() - 3600), NOW.timestamp() - 60)
    with pytest.raises(NoTimeError) as error:
        found("yesterday 03:00", covered=covered)
    assert error.value.message == (
        "Mon 2026-11-23 03:00:00 is not recorded: "
        "the record goes from Tue 2026-11-24 12:30:00 to Tue 2026-11-24 13:29:00."
    )


def test_times_of_an_old_copy_count_from_its_end() -> None:
    fresh, old = Covered(0.0, NOW.timestamp() - 3600), Covered(0.0, NOW.timestamp() - 9 * 86_400)
    assert reference(NOW.timestamp(), fresh) == NOW.timestamp()
    assert reference(NOW.timestamp(), old) == old.last


def test_a_little_outside_is_the_end() -> None:
    covered = Covered(NOW.timestamp() - 3600, NOW.timestamp() - 5)
    assert find_moment("now", NOW.timestamp(), covered, BERLIN) == covered.last


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--at", "03:00"], "--at needs --replay."),
        (["--replay", "--demo"], "choose one"),
        (["--replay", "--at", "-2h", "snapshot"], "--replay is for the screen"),
    ],
)
def test_what_does_not_go_together_is_said(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err
