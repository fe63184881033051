"""Parts that are tables: the last minutes, the last day, what happened."""

import asyncio
import io
import json
import math
from collections.abc import AsyncIterator, Iterable

from tui.bundle.materials import Materials, Notes
from tui.domain.identity import StableKey
from tui.domain.plain import encode
from tui.domain.secrets import masked_line
from tui.domain.timeline import TimelineEntry
from tui.export.tables import time_text
from tui.export.writers import CsvWriter
from tui.sampling.history import CAPACITY, Metric

DAY_SECONDS = 86_400.0
HOUR_SECONDS = 3600.0
MOST_BYTES = 32 << 20
PAST_SECONDS = 30.0
_COLUMNS = ("time", "engine", "user", "name", *(metric.name.lower() for metric in Metric))


class _Full(Exception):  # noqa: N818 - ends a loop, is no error
    """The part is as large as it may be."""


class _Rows:
    """A CSV table in memory that ends at `MOST_BYTES`."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        self._writer = CsvWriter(self._file, _COLUMNS)

    def put(self, utc: float, key: StableKey, values: Iterable[float]) -> None:
        self._writer.write([time_text(utc), key.engine, key.user, key.name, *map(_figure, values)])
        if self._file.tell() > MOST_BYTES:
            raise _Full

    def whole(self) -> bytes:
        self._writer.flush()
        return self._file.getvalue()


def _figure(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.7g}")


async def last_minutes(materials: Materials, notes: Notes) -> bytes:
    """Return what the charts hold: one row a tick and instance where something is known."""
    rows = _Rows()
    source, view = materials.source, materials.view
    try:
        for item in view.instances:
            key = item.instance.stable_key
            series = [source.series(key, metric, CAPACITY) for metric in Metric]
            length = max(map(len, series), default=0)
            columns = [[math.nan] * (length - len(one)) + list(one) for one in series]
            for place, values in enumerate(zip(*columns, strict=True)):
                if not all(map(math.isnan, values)):
                    rows.put(view.taken_utc_seconds - (length - 1 - place) * source.tick_seconds, key, values)
            await asyncio.sleep(0)  # the screen goes on meanwhile
    except _Full:
        notes.add("history.csv", f"not whole: cut at {MOST_BYTES >> 20} MiB")
    return rows.whole()


async def last_day(materials: Materials, notes: Notes) -> bytes | None:
    """Return the last figures of each minute of the last 24 h, by instance; None where nothing is recorded."""
    past, end = materials.past, materials.view.taken_utc_seconds
    if past is None:
        return None
    rows = _Rows()
    count = 0
    try:
        async with asyncio.timeout(PAST_SECONDS):
            async for hour in _hours(materials, end):
                for key, changes in hour.items():
                    for utc, values in _last_of_minutes(changes):
                        rows.put(utc, key, values)
                        count += 1
                await asyncio.sleep(0)
    except _Full:
        notes.add("record.csv", f"not whole: cut at {MOST_BYTES >> 20} MiB")
    except TimeoutError:
        notes.add("record.csv", f"not whole: the record was not read within {PAST_SECONDS:g} s")
    return rows.whole() if count else None


async def _hours(
    materials: Materials, end: float
) -> AsyncIterator[dict[StableKey, list[tuple[float, tuple[float, ...]]]]]:
    begin = end - DAY_SECONDS
    while begin < end and materials.past is not None:
        hour = await materials.past.recent(begin, min(begin + HOUR_SECONDS, end))
        yield {key: [(utc, tuple(values)) for utc, values in changes] for key, changes in hour.items()}
        begin += HOUR_SECONDS


def _last_of_minutes(
    changes: Iterable[tuple[float, tuple[float, ...]]],
) -> Iterable[tuple[float, tuple[float, ...]]]:
    minutes = {int(utc // 60): (utc, values) for utc, values in changes}
    return minutes.values()


async def happened(materials: Materials, notes: Notes) -> bytes:
    """Return what happened in the last 24 h, from the record and since the start, as JSON lines."""
    end = materials.view.taken_utc_seconds
    entries = list(materials.source.timeline())
    if materials.past is not None:
        try:
            async with asyncio.timeout(PAST_SECONDS):
                entries += await materials.past.timeline(end - DAY_SECONDS, end)
        except TimeoutError:
            notes.add("timeline.jsonl", f"without the record, which was not read within {PAST_SECONDS:g} s")
    ordered = sorted(dict.fromkeys(entries), key=lambda entry: entry.utc_seconds)
    return b"".join(_line(entry) for entry in ordered)


def _line(entry: TimelineEntry) -> bytes:
    fields = encode(entry)
    fields |= {"time": time_text(entry.utc_seconds), "detail": masked_line(entry.detail)}
    fields["command"] = masked_line(entry.command)
    return json.dumps(fields).encode("ascii") + b"\n"
