"""Blocks as they are read: those that are folded, and the runs that still grow in the journal."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

from tui.domain.host import HostView
from tui.domain.identity import StableKey
from tui.record import totals
from tui.record.block import Head, Row, columns_of, host_columns, read_columns, read_head, read_totals, unfold
from tui.record.delta import Delta
from tui.record.resolution import Code
from tui.record.run import Makes, Run
from tui.record.totals import HOST_SUBJECT, ROW_BYTES, Total, Values
from tui.sampling.history import Metric


class Metrics(NamedTuple):
    """All metrics of one instance over a block.

    Attributes:
        values: of each metric one for each sample, or only one where all of them stood still.
    """

    key: StableKey
    values: Sequence[Values]


class Block(Protocol):
    """A run that is read; everything may raise FormatError where it is damaged."""

    @property
    def times(self) -> "array[float]":
        """Return the UTC of each sample, ascending."""

    def view(self, sample: int) -> HostView:
        """Return the whole view of a sample."""

    def totals(self, subject: bytes, metric: Metric) -> Sequence[Total]:
        """Return what the whole block says of a metric, for each instance that has the subject's name."""

    def values(self, subject: bytes, metric: Metric) -> Sequence[Values]:
        """Return the metric sample by sample, likewise."""

    def all_metrics(self) -> Iterator[Metrics]:
        """Return all metrics of all instances."""


class Growing:
    """A run in the journal."""

    def __init__(self, makes: Makes, seconds: float) -> None:
        self.seconds = seconds
        self._run = Run(makes)

    def add(self, delta: Delta) -> None:
        """Add a sample.

        Raises:
            FormatError: it is none.
        """
        self._run.add(delta)

    @property
    def times(self) -> "array[float]":
        """Return the UTC of each sample."""
        return self._run.times

    def view(self, sample: int) -> HostView:
        """Return the whole view of a sample."""
        return self._run.view(sample)

    def totals(self, subject: bytes, metric: Metric) -> Sequence[Total]:
        """Return what the whole run says of a metric."""
        return [totals.total_of(values) for values in self.values(subject, metric)]

    def values(self, subject: bytes, metric: Metric) -> Sequence[Values]:
        """Return the metric sample by sample."""
        if subject == HOST_SUBJECT:
            return [totals.values_of(host_columns(self._run), metric, host=True)]
        slots = [slot for slot in self._slots() if totals.subject_of(self._key(slot)) == subject]
        there = self._run.present() if slots else ()
        return [totals.values_of(columns_of(self._run, slot, there), metric, host=False) for slot in slots]

    def all_metrics(self) -> Iterator[Metrics]:
        """Return all metrics of all instances."""
        there = self._run.present()
        for slot in self._slots():
            yield _metrics(self._key(slot), columns_of(self._run, slot, there))

    def _slots(self) -> range:
        return range(len(self._run.instances))

    def _key(self, slot: int) -> StableKey:
        return self._run.instance(slot).stable_key


class Folded:
    """A block of a file.

    Args:
        head: of it, checked.
        packed_totals: likewise.
        read_figures: gives some bytes of its figures: from, how many; all of them for None.
        structure: of it, checked.
    """

    def __init__(
        self,
        makes: Makes,
        head: bytes,
        packed_totals: bytes,
        structure: Callable[[], bytes],
        read_figures: Callable[[int, int | None], bytes],
    ) -> None:
        self._makes = makes
        self._raw_head = head
        self._head: Head = read_head(head)
        self._packed_totals = packed_totals
        self._totals: bytes | None = None
        self._structure = structure
        self._read_figures = read_figures
        self._run: Run | None = None

    @property
    def times(self) -> "array[float]":
        """Return the UTC of each sample."""
        return self._head.times

    def view(self, sample: int) -> HostView:
        """Return the whole view of a sample."""
        return self._whole().view(sample)

    def totals(self, subject: bytes, metric: Metric) -> Sequence[Total]:
        """Return what the whole block says of a metric."""
        places = self._places(subject)
        if not places:
            return ()
        if self._totals is None:
            self._totals = read_totals(self._packed_totals)
        rows = [self._totals[place * ROW_BYTES : (place + 1) * ROW_BYTES] for place in places]
        return [totals.unpack_total(row, metric) for row in rows]

    def values(self, subject: bytes, metric: Metric) -> Sequence[Values]:
        """Return the metric sample by sample."""
        host = subject == HOST_SUBJECT
        wanted = totals.places_of(metric, host=host)
        found = [self._columns(place, wanted) for place in self._places(subject)]
        return [totals.values_of(columns, metric, host=host) for columns in found]

    def all_metrics(self) -> Iterator[Metrics]:
        """Return all metrics of all instances."""
        run = self._whole()
        wanted = sorted(set(chain(*[totals.places_of(metric, host=False) for metric in Metric])))
        for slot in range(len(run.instances)):
            yield _metrics(run.instance(slot).stable_key, self._columns(slot + 1, wanted))

    def _places(self, subject: bytes) -> Sequence[int]:
        return [place for place, one in enumerate(self._head.subjects) if one == subject]

    def _columns(self, place: int, wanted: Sequence[int]) -> Sequence[Sequence[Code]]:
        piece = self._head.piece(place)
        packed = self._read_figures(piece.offset, piece.length)
        return read_columns(packed, piece, len(self._head.times), wanted)

    def _whole(self) -> Run:
        if self._run is None:
            row = Row(self._raw_head, self._packed_totals, self._structure(), self._read_figures(0, None))
            self._run = unfold(row, self._makes)
        return self._run


def _metrics(key: StableKey, columns: Sequence[Sequence[Code]]) -> Metrics:
    if all(column.count(column[0]) == len(column) for column in columns if column):
        columns = [column[:1] for column in columns]  # most instances of a host stand still
    return Metrics(key, [totals.values_of(columns, metric, host=False) for metric in Metric])


def sample_at(times: "array[float]", utc: float) -> int:
    """Return the number of the last sample at or before a time, -1 before the first."""
    return bisect_right(times, utc) - 1
