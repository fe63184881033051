"""Small histories beside figures: they move on every few seconds, so that a line does not redraw on every tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan, nan
from zlib import crc32

from tui.domain.identity import StableKey
from tui.present.entry import Entry
from tui.sampling.history import Metric
from widgets.sparkline import sparkline

CELLS = 8
BUCKET_SECONDS = 10.0
LEAST_TOP_CORES = 0.5
"""Full height of a sparkline of what uses next to nothing: noise must not look like a mountain."""

Series = Callable[[StableKey, Metric, int], Sequence[float]]


class Sparks:
    """Sparklines of processor use by row key.

    Args:
        series: gives the newest values of a metric, one a tick, NaN for gaps.
    """

    def __init__(self, series: Series, tick_seconds: float, *, ascii_only: bool = False) -> None:
        self._series = series
        self._size = max(1, round(BUCKET_SECONDS / max(tick_seconds, 0.1)))
        self._ascii_only = ascii_only
        self._known: dict[str, tuple[int, str]] = {}
        self._offsets: dict[str, int] = {}

    def text(self, entry: Entry, tick: int) -> str:
        """Return exactly `CELLS` signs; whole buckets only, and each line at its own tick, so the load is spread."""
        key = entry.key
        offset = self._offsets.get(key)
        if offset is None:
            offset = self._offsets[key] = crc32(key.encode(errors="replace")) % self._size
        bucket, fresh = divmod(tick + offset, self._size)
        known = self._known.get(key)
        if known is not None and known[0] == bucket:
            return known[1]
        text = self._draw(entry, fresh + 1)
        self._known[key] = (bucket, text)
        return text

    def forget(self, alive: frozenset[str] | set[str]) -> None:
        """Drop what belongs to lines that are gone."""
        for gone in self._known.keys() - alive:
            del self._known[gone]
            self._offsets.pop(gone, None)

    def _draw(self, entry: Entry, unfinished: int) -> str:
        wanted = CELLS * self._size + unfinished
        values = cpu_series(self._series, entry, wanted)
        done = values[: len(values) - unfinished] if len(values) > unfinished else []
        means = buckets(done, self._size, CELLS)
        peak = max((mean for mean in means if mean is not None), default=0.0)
        top = entry.usage.cpu.limit_cores or max(peak, LEAST_TOP_CORES)
        return sparkline(means, CELLS, high=top, ascii_only=self._ascii_only)


def cpu_series(series: Series, entry: Entry, count: int) -> Sequence[float]:
    """Return the processor history of a line."""
    return line_series(series, entry, Metric.CPU_CORES, count)


def line_series(series: Series, entry: Entry, metric: Metric, count: int) -> Sequence[float]:
    """Return the history of an instance, or of a pod the sum over its members, aligned at the newest value."""
    if entry.instance is not None:
        return series(entry.instance.stable_key, metric, count)
    parts = [
        series(member.instance.stable_key, metric, count) for member in entry.members if member.instance.state.is_active
    ]
    longest = max((len(part) for part in parts), default=0)
    total = [nan] * longest
    for part in parts:
        start = longest - len(part)
        for place, value in enumerate(part, start):
            if not isnan(value):
                total[place] = value if isnan(total[place]) else total[place] + value
    return total


def buckets(values: Sequence[float], size: int, wanted: int) -> list[float | None]:
    """Return the means of the newest `wanted` runs of `size` values, oldest first; None for a run without a value.

    The newest run ends with the last value; a run at the old end that is not full counts as it is.
    """
    found: list[float | None] = []
    end = len(values)
    while end > 0 and len(found) < wanted:
        part = [value for value in values[max(0, end - size) : end] if not isnan(value)]
        found.append(sum(part) / len(part) if part else None)
        end -= size
    found.reverse()
    return [None] * (wanted - len(found)) + found
