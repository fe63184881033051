"""What was seen here and what a record tells, as one line of time without doubles; pure."""

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import repeat

from tui.domain.timeline import TimelineEntry

TWIN_SECONDS = 8.0
"""Two programs that look at one host see the same thing this far apart at most: they sample at their own moments."""

REPEAT_SECONDS = 1.5
"""A recorder that starts again reads the same messages again, and works out their times anew."""

_LIVE, _RECORDED = 0, 1


def one_line(live: Sequence[TimelineEntry], recorded: Sequence[TimelineEntry]) -> Iterator[TimelineEntry]:
    """Return entries, the newest first, each once; made as far as it is read.

    Args:
        live: oldest first.
        recorded: oldest first; of two that tell the same, one here and one there, the newer is kept.
    """
    open_ones: dict[tuple[str, ...], list[tuple[float, int, str]]] = {}
    both = merge(
        zip(reversed(live), repeat(_LIVE)),
        zip(reversed(recorded), repeat(_RECORDED)),
        key=lambda one: -one[0].utc_seconds,
    )
    for entry, origin in both:
        seen = open_ones.setdefault(_identity(entry), [])
        if not _is_double(entry, origin, seen):
            seen.append((entry.utc_seconds, origin, entry.detail))
            yield entry


def _is_double(entry: TimelineEntry, origin: int, seen: list[tuple[float, int, str]]) -> bool:
    """Tell whether a newer one told the same; each one that was seen stands for one of the other origin."""
    seen[:] = [one for one in seen if one[0] - entry.utc_seconds <= TWIN_SECONDS]
    for place, (utc, other, detail) in enumerate(seen):
        if other != origin:
            del seen[place]
            return True
        if origin == _RECORDED and detail == entry.detail and utc - entry.utc_seconds <= REPEAT_SECONDS:
            return True
    return False


def _identity(entry: TimelineEntry) -> tuple[str, ...]:
    return (entry.kind, entry.what, entry.lasting or entry.subject or entry.name, entry.rule, entry.who)
