"""Charts of hours and days: what they are asked of a record, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, nan
from time import localtime, strftime
from typing import NamedTuple

from tui.domain.past import Bucket

SPANS_SECONDS = (3600.0, 6 * 3600.0, 86_400.0, 7 * 86_400.0)
_WORDS = {3600.0: "hour", 6 * 3600.0: "6 hours", 86_400.0: "24 hours", 7 * 86_400.0: "7 days"}
MOST_GAPS_NAMED = 3


class Window(NamedTuple):
    """The time a chart shows.

    Attributes:
        around: the moment in its middle, None where it ends now.
    """

    seconds: float
    around: float | None = None

    def bounds(self, now: float, count: int) -> tuple[float, float]:
        """Return begin and end in UTC seconds; an end that moves does so by whole buckets, so charts stand still."""
        each = self.seconds / max(count, 1)
        end = (now if self.around is None else self.around + self.seconds / 2) // each * each + each
        return end - self.seconds, end

    @property
    def heading(self) -> str:
        """Return what it shows in words."""
        words = _WORDS[self.seconds]
        if self.around is None:
            return f"Last {words} from the record: mean, shaded from least to most"
        return f"{words.capitalize()} around {moment(self.around)} from the record: mean, shaded from least to most"


def next_window(window: Window | None, around: float | None) -> Window | None:
    """Return the next longer one; None is the chart of the last minutes as they are sampled."""
    if window is None:
        return Window(SPANS_SECONDS[0], around)
    place = SPANS_SECONDS.index(window.seconds) + 1
    return Window(SPANS_SECONDS[place], window.around) if place < len(SPANS_SECONDS) else None


def moment(utc: float) -> str:
    """Return a time with its day."""
    return strftime("%a %d %b %H:%M:%S", localtime(utc))


def time_words(begin: float, end: float, around: float | None) -> tuple[tuple[float, str], ...]:
    """Return the words below a chart with their places: the moment it is about first, for it must not be left out."""
    form = "%H:%M" if end - begin <= 86_400 else "%a %d %H:%M"
    ends = ((0.0, strftime(form, localtime(begin))), (1.0, strftime(form, localtime(end))))
    if around is not None:
        return (((around - begin) / (end - begin), f"^{strftime('%H:%M:%S', localtime(around))}"), *ends)
    return (*ends, (0.5, strftime(form, localtime((begin + end) / 2))))


def gap_sentence(buckets: Sequence[Bucket], end: float) -> str:
    """Return where nothing is recorded, in words; empty where all is."""
    gaps: list[list[float]] = []
    for place, bucket in enumerate(buckets):
        if bucket.count:
            continue
        until = buckets[place + 1].begin_utc_seconds if place + 1 < len(buckets) else end
        if gaps and gaps[-1][1] == bucket.begin_utc_seconds:
            gaps[-1][1] = until
        else:
            gaps.append([bucket.begin_utc_seconds, until])
    if not gaps:
        return ""
    if len(gaps) == 1 and gaps[0] == [buckets[0].begin_utc_seconds, end]:
        return "Nothing is recorded of this time."
    form = "%H:%M" if end - buckets[0].begin_utc_seconds <= 86_400 else "%a %H:%M"
    named = [f"{strftime(form, localtime(a))}-{strftime(form, localtime(b))}" for a, b in gaps[:MOST_GAPS_NAMED]]
    more = f" and {len(gaps) - MOST_GAPS_NAMED} times more" if len(gaps) > MOST_GAPS_NAMED else ""
    return f"Not recorded: {', '.join(named)}{more}."


def overall(buckets: Sequence[Bucket]) -> tuple[float, float]:
    """Return mean and most over all buckets, NaN where nothing is known."""
    count = sum(bucket.count for bucket in buckets)
    if not count:
        return nan, nan
    mean = sum(bucket.mean * bucket.count for bucket in buckets if bucket.count) / count
    return mean, max(bucket.most for bucket in buckets if not isnan(bucket.most))


def summed(parts: Sequence[Sequence[Bucket]]) -> list[Bucket]:
    """Return the sum of several, of which the means alone are known: their peaks need not have been together."""
    found = []
    for same in zip(*parts, strict=True):
        known = [bucket for bucket in same if bucket.count]
        begin = same[0].begin_utc_seconds
        if not known:
            found.append(Bucket(begin))
            continue
        mean = sum(bucket.mean for bucket in known)
        found.append(Bucket(begin, max(bucket.count for bucket in known), mean, mean, mean))
    return found
