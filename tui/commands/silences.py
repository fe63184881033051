"""How long to keep a problem quiet, as persons write it: `15m`, `1h`, `2d`, `08:00`, `tomorrow`."""

import re
from datetime import datetime, timedelta

from tui.domain.errors import HostdeckError

MORNING_HOUR = 8
LONGEST = timedelta(days=30)
SPELLINGS = "15m, 1h, 8h, 2d, 08:00 or tomorrow"

_SPAN = re.compile(r"(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?)")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}


class SilenceError(HostdeckError):
    """The text names no time to come; the message is the sentence."""


def silence_until(text: str, now: float) -> float:
    """Return until when, in UTC seconds; times of the day are local and the next such.

    Raises:
        SilenceError: with a sentence.
    """
    words = text.strip().lower()
    here = datetime.fromtimestamp(now).astimezone()
    if span := _SPAN.fullmatch(words):
        until = here + timedelta(minutes=int(span[1]) * _MINUTES[span[2][0]])
    elif time := _TIME.fullmatch(words):
        until = _next(here, int(time[1]), int(time[2]))
    elif words == "tomorrow":
        until = _at(here + timedelta(days=1), MORNING_HOUR, 0)
    else:
        raise SilenceError("No such time", f'"{text}" is no time to be silent for: write {SPELLINGS}.')
    if not timedelta(0) < until - here <= LONGEST:
        raise SilenceError("Too long", f"A problem can be silenced for a minute to {LONGEST.days} days.")
    return until.timestamp()


def _next(here: datetime, hour: int, minute: int) -> datetime:
    today = _at(here, hour, minute)
    return today if today > here else _at(here + timedelta(days=1), hour, minute)


def _at(day: datetime, hour: int, minute: int) -> datetime:
    """Return a time of a day by the clock on the wall, whatever it does in the night of the change."""
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0, tzinfo=None).astimezone()
