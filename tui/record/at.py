"""A time as a person writes it: "yesterday 03:00", "-2h", "monday 3:00", "2026-11-23 03:00"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from tui.domain.errors import HostdeckError

EXAMPLES = '"03:00", "yesterday 03:00", "monday 3:00", "-2h", "2 days ago", "2026-11-23 03:00"'
_DAY_SECONDS = 86_400.0
SLACK_SECONDS = 60.0
"""A time that is so little outside of the record is meant to be its end."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
_DAYS = {"d": 1, "day": 1, "w": 7, "week": 7}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_YEARS = range(1900, 9000)  # what zones make of others is beyond a datetime
_MOST_BACK = 1e5  # of any unit: a datetime does not hold much more
_BACK = re.compile(r"-\s*(\d+(?:\.\d+)?)\s*([a-z]+)")
_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)\s+ago")


class NoTimeError(HostdeckError):
    """The text names no time, or none of the record; `message` is the sentence."""


class Covered(NamedTuple):
    """First and last moment of a record, in UTC seconds."""

    first: float
    last: float


def find_moment(text: str, now: float, covered: Covered, zone: tzinfo | None = None) -> float:
    """Return the UTC time that a text means.

    A time of day alone is the last one that was; a weekday is the last one before today. Times are local unless the
    text carries a zone, and count from `reference`.

    Args:
        now: UTC seconds.
        covered: where it must lie.
        zone: the local one; None takes the system's.

    Raises:
        NoTimeError: it cannot be read, it did not exist, it was twice, or the record does not cover it.
    """
    now = reference(now, covered)
    words = " ".join(text.strip().lower().split())
    found = _from_now(words, now, zone) or _exact(text.strip()) or _by_calendar(words, now, zone)
    if not found:
        raise NoTimeError("no time", f'"{text}" is not a time: write one like {EXAMPLES}.')
    inside = [utc for utc in found if not not_covered(utc, covered, zone)]
    if len(inside) > 1:
        offsets = " or ".join(
            datetime.fromtimestamp(utc, zone).astimezone(zone).isoformat(timespec="minutes") for utc in inside
        )
        raise NoTimeError("twice", f"That time was twice, because the clocks were set back: write {offsets}.")
    if not inside:
        raise NoTimeError("not recorded", not_covered(found[0], covered, zone))
    return min(max(inside[0], covered.first), covered.last)


def not_covered(utc: float, covered: Covered, zone: tzinfo | None = None) -> str:
    """Return that a moment is not recorded, in a sentence; empty where it is."""
    if covered.first - SLACK_SECONDS <= utc <= covered.last + SLACK_SECONDS:
        return ""
    return f"{_said(utc, zone)} is not recorded: {said_covered(covered, zone)}."


def reference(now: float, covered: Covered) -> float:
    """Return what times count from: now, or the end of a record that ended more than a day ago, a copy of some other.

    Else nobody could say "03:00" of it.
    """
    return now if now - covered.last < _DAY_SECONDS else covered.last


def said_covered(covered: Covered, zone: tzinfo | None = None) -> str:
    """Return what a record covers, in words."""
    return f"the record goes from {_said(covered.first, zone)} to {_said(covered.last, zone)}"


def _said(utc: float, zone: tzinfo | None) -> str:
    return f"{datetime.fromtimestamp(utc, zone):%a %Y-%m-%d %H:%M:%S}"


def _from_now(words: str, now: float, zone: tzinfo | None) -> list[float]:
    """Read "now", "-2h", "2 days ago"; days back are days of the calendar, so that the time of day stays."""
    if words == "now":
        return [now]
    match = _BACK.fullmatch(words) or _AGO.fullmatch(words)
    if match is None:
        return []
    count, unit = float(match[1]), match[2]
    if count > _MOST_BACK:
        return []
    unit = unit if unit in _UNITS or unit in _DAYS else unit.removesuffix("s")
    if unit in _UNITS:
        return [now - count * _UNITS[unit]]
    days = count * _DAYS.get(unit, 0)
    if not days:
        return []
    if days != int(days):
        return [now - days * 86_400]
    here = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    try:
        return _utc(here - timedelta(days=int(days)), zone)[:1]
    except OverflowError:
        return []


def _exact(text: str) -> list[float]:
    """Read an ISO time with a zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return []
    return [moment.timestamp()] if moment.tzinfo is not None and moment.year in _YEARS else []


def _by_calendar(words: str, now: float, zone: tzinfo | None) -> list[float]:
    """Read a day, a time of day, or both."""
    today = datetime.fromtimestamp(now, zone).date()
    first, _, rest = words.replace("t", " ", 1).partition(" ") if words[:1].isdigit() else words.partition(" ")
    day = _day(first, today)
    if day is None:
        clock = None if rest else _clock(first)
        return [] if clock is None else _last_one(clock, today, now, zone)
    clock = _clock(rest) if rest else time()
    return [] if clock is None else _utc(datetime.combine(day, clock), zone)


def _day(word: str, today: date) -> date | None:
    if word in {"today", "yesterday"}:
        return today - timedelta(days=word == "yesterday")
    if word in _WEEKDAYS or (len(word) == 3 and any(name.startswith(word) for name in _WEEKDAYS)):
        number = next(place for place, name in enumerate(_WEEKDAYS) if name.startswith(word))
        return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _clock(word: str) -> time | None:
    match = _CLOCK.fullmatch(word)
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0)) if match else None
    except ValueError:
        return None


def _last_one(clock: time, today: date, now: float, zone: tzinfo | None) -> list[float]:
    """Return the last time that it was so late."""
    for days in (0, 1):
        was = [utc for utc in _utc(datetime.combine(today - timedelta(days=days), clock), zone) if utc <= now]
        if was:
            return was[-1:]
    return []


def _utc(local: datetime, zone: tzinfo | None) -> list[float]:
    """Return the UTC times of a local one: two where the clocks were set back.

    Raises:
        NoTimeError: the clocks were set forward over it.
    """
    if local.year not in _YEARS:
        return []
    times = sorted({local.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1)})
    found = [utc for utc in times if datetime.fromtimestamp(utc, zone).replace(tzinfo=None, fold=0) == local]
    if not found:
        raise NoTimeError("never was", f"{local:%a %Y-%m-%d %H:%M} never was: the clocks were set forward over it.")
    return found
