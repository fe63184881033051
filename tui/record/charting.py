"""From blocks to charts: buckets of one figure, and the last minutes of all instances."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from math import inf, nan

from tui.domain.identity import StableKey
from tui.domain.past import Bucket
from tui.record.blocks import Block, Metrics
from tui.record.totals import Total, Values, subject_of, total_of
from tui.sampling.history import Metric

Rows = list[tuple[float, Sequence[float]]]
Piece = tuple[tuple[float, float], float, "array[float]", Sequence[Metrics]]  # span that counts, reach, times, metrics

_NO_ROW = (nan,) * len(Metric)


class Filling:
    """Buckets that are filled block by block.

    A block that lies in one bucket as a whole is added by its totals, any other by its samples: least, mean and most
    are those of the very samples that each bucket has.
    """

    def __init__(self, key: StableKey | None, metric: Metric, begin: float, end: float, count: int) -> None:
        self._subject = subject_of(key)
        self._metric = metric
        self._begin = begin
        self._end = end
        self._edges = [begin + (end - begin) * number / count for number in range(count + 1)]
        self._totals: list[Total] = [Total()] * count

    @property
    def buckets(self) -> Sequence[Bucket]:
        """Return the buckets."""
        return [
            Bucket(edge, one.samples, one.least, one.whole / one.samples, one.most) if one.samples else Bucket(edge)
            for edge, one in zip(self._edges, self._totals, strict=False)
        ]

    def add(self, block: Block, begin: float, end: float) -> None:
        """Add what a block has from `begin` to `end`, both included.

        Raises:
            FormatError: it is damaged; nothing of it was added.
        """
        times = block.times
        begin = max(begin, self._begin)
        first = bisect_left(times, begin)
        last = min(bisect_right(times, end), bisect_left(times, self._end))
        if first >= last:
            return
        number = self._number(times[first])
        if first == 0 and last == len(times) and self._number(times[-1]) == number:
            for total in block.totals(self._subject, self._metric):
                self._put(number, total)
            return
        for values in block.values(self._subject, self._metric):
            self._add_samples(times, values, first, last)

    def _add_samples(self, times: "array[float]", values: Values, first: int, last: int) -> None:
        while first < last:
            number = self._number(times[first])
            until = min(bisect_left(times, self._edges[number + 1], first), last)
            self._put(number, total_of(values[first:until]))
            first = until

    def _number(self, utc: float) -> int:
        """Return the bucket of a time, which is before the end."""
        return min(bisect_right(self._edges, utc), len(self._totals)) - 1

    def _put(self, number: int, more: Total) -> None:
        here = self._totals[number]
        if not more.samples:
            return
        if not here.samples:
            self._totals[number] = more
            return
        self._totals[number] = Total(
            here.samples + more.samples,
            min(here.least, more.least),
            max(here.most, more.most),
            here.whole + more.whole,
        )


def recent_rows(pieces: Sequence[Piece], end: float) -> Mapping[StableKey, Rows]:
    """Return the rows of each instance from blocks in the order of time; a gap begins with a row that knows nothing."""
    found: dict[StableKey, Rows] = {}
    gap_from = -inf
    for (begin, until), reach, times, metrics in pieces:
        if times[bisect_left(times, begin) : bisect_right(times, until)]:
            first, last = bisect_left(times, begin), bisect_right(times, until)
            if times[first] > gap_from:
                _end_all(found, gap_from)
            for key, values in _merged(metrics, len(times)).items():
                _add(found.setdefault(key, []), times, values, first, last)
            gap_from = times[last - 1] + reach
    if gap_from < end:
        _end_all(found, gap_from)
    return found


def _merged(metrics: Sequence[Metrics], samples: int) -> Mapping[StableKey, Sequence[Values]]:
    """Return the metrics by identity: of one that was made anew within the block, those that are known."""
    found: dict[StableKey, Sequence[Values]] = {}
    for key, values in metrics:
        before = found.get(key)
        if before is None:
            found[key] = values
        else:
            pairs = zip(before, values, strict=True)
            found[key] = [_known(_whole(one, samples), _whole(other, samples)) for one, other in pairs]
    return found


def _whole(values: Values, samples: int) -> Values:
    return values if len(values) == samples else [values[0]] * samples


def _known(before: Values, after: Values) -> Values:
    return [one if other is None else other for one, other in zip(before, after, strict=True)]


def _end_all(found: Mapping[StableKey, Rows], utc: float) -> None:
    for rows in found.values():
        if rows and rows[-1][1] is not _NO_ROW:
            rows.append((utc, _NO_ROW))


def _add(rows: Rows, times: "array[float]", values: Sequence[Values], first: int, last: int) -> None:
    before = rows[-1][1] if rows else ()
    if len(values[0]) == 1:
        first, last, times = 0, 1, times[first : first + 1]
    for place, row in enumerate(zip(*[one[first:last] for one in values], strict=True), first):
        known = tuple([nan if value is None else value for value in row])
        now = _NO_ROW if all(value is None for value in row) else known
        if now != before and (now is not _NO_ROW or rows):
            rows.append((times[place], now))
            before = now
