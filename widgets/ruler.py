"""A span of time in two lines: what is recorded, what happened, where one is, and the hours below. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from math import ceil
from typing import Literal, NamedTuple

Look = Literal["gap", "recorded", "event", "warn", "crit", "cursor", "label"]
Run = tuple[str, Look]

STEPS_SECONDS = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800)
LEAST_LABEL_CELLS = 11
_DAY = 86_400


class Mark(NamedTuple):
    """Something that happened; where several share a cell the most urgent is drawn."""

    utc: float
    look: Literal["event", "warn", "crit"] = "event"


_URGENCY: dict[Look, int] = {"event": 1, "warn": 2, "crit": 3}
_SIGNS: dict[Look, str] = {"event": ".", "warn": "!", "crit": "x"}


class Ruler(NamedTuple):
    """What is drawn.

    Attributes:
        begin: UTC seconds at the left edge.
        end: UTC seconds at the right edge.
        recorded: the stretches with a record, as begin and end; what lies between them is drawn empty.
        marks: in any order.
        cursor: UTC seconds of the moment that is shown.
        zone: the local one; None takes the system's.
    """

    begin: float
    end: float
    recorded: Sequence[tuple[float, float]] = ()
    marks: Sequence[Mark] = ()
    cursor: float | None = None
    zone: tzinfo | None = None


def draw_ruler(ruler: Ruler, width: int, *, ascii_only: bool = False) -> tuple[list[Run], list[Run]]:
    """Return two lines of exactly `width` cells: the ruler with its marks and cursor, and the times below it."""
    if width <= 0 or ruler.end <= ruler.begin:
        return [], []
    return _runs(*_track(ruler, width, ascii_only=ascii_only)), _runs(*_labels(ruler, width))


def place_of(ruler: Ruler, utc: float, width: int) -> int:
    """Return the cell of a time; beyond the edges it is outside of 0 to `width`."""
    return int((utc - ruler.begin) / (ruler.end - ruler.begin) * width)


def time_at(ruler: Ruler, cell: int, width: int) -> float:
    """Return the UTC time in the middle of a cell."""
    return ruler.begin + (cell + 0.5) * (ruler.end - ruler.begin) / max(width, 1)


def _track(ruler: Ruler, width: int, *, ascii_only: bool) -> tuple[list[str], list[Look]]:
    line, cursor = ("-", "#") if ascii_only else ("─", "█")
    signs, looks = [" "] * width, ["gap"] * width  # type: tuple[list[str], list[Look]]
    for begin, end in ruler.recorded:
        first, last = place_of(ruler, begin, width), place_of(ruler, end, width)
        for cell in range(max(first, 0), min(last, width - 1) + 1):
            signs[cell], looks[cell] = line, "recorded"
    for mark in ruler.marks:
        cell = place_of(ruler, mark.utc, width)
        if 0 <= cell < width and _URGENCY[mark.look] > _URGENCY.get(looks[cell], 0):
            signs[cell], looks[cell] = _SIGNS[mark.look], mark.look
    if ruler.cursor is not None:
        cell = min(max(place_of(ruler, ruler.cursor, width), 0), width - 1)
        signs[cell], looks[cell] = cursor, "cursor"
    return signs, looks


def _labels(ruler: Ruler, width: int) -> tuple[list[str], list[Look]]:
    signs, looks = [" "] * width, ["label"] * width  # type: tuple[list[str], list[Look]]
    step = step_for(ruler.end - ruler.begin, width)
    free = 0
    for utc in round_times(ruler.begin, ruler.end, step, ruler.zone):
        cell = place_of(ruler, utc, width)
        text = "|" + label_of(utc, step, ruler.zone)
        if cell < free or cell + len(text) > width:
            continue
        signs[cell : cell + len(text)] = text
        free = cell + len(text) + 1
    return signs, looks


def step_for(seconds: float, width: int) -> int:
    """Return the distance of two labels in seconds, so that they have room."""
    wanted = seconds / max(width / LEAST_LABEL_CELLS, 1)
    return next((step for step in STEPS_SECONDS if step >= wanted), ceil(wanted / _DAY) * _DAY)


def round_times(begin: float, end: float, step: int, zone: tzinfo | None = None) -> Iterable[float]:
    """Return the UTC times between two at which it is a round time here; days without an hour have fewer of them."""
    quarter = min(step, 900)
    for number in range(ceil(begin / quarter), int(end // quarter) + 1):
        if _is_round(datetime.fromtimestamp(number * quarter, zone), step):
            yield float(number * quarter)


def _is_round(local: datetime, step: int) -> bool:
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return seconds % min(step, _DAY) == 0 and (step <= _DAY or local.toordinal() % (step // _DAY) == 0)


def label_of(utc: float, step: int, zone: tzinfo | None = None) -> str:
    """Return a round time as it stands below the ruler; the day is told at midnight."""
    local = datetime.fromtimestamp(utc, zone)
    return f"{local:%a %d %b}" if step >= _DAY or (local.hour == local.minute == 0) else f"{local:%H:%M}"


def _runs(signs: Sequence[str], looks: Sequence[Look]) -> list[Run]:
    """Join neighbours that look alike."""
    found: list[Run] = []
    for sign, look in zip(signs, looks, strict=True):
        if found and found[-1][1] == look:
            found[-1] = (found[-1][0] + sign, look)
        else:
            found.append((sign, look))
    return found
