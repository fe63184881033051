"""From views to runs of samples, as the journal has them."""

from typing import Final

from tui.domain.host import HostView
from tui.record.dayfile import Sample
from tui.record.delta import Differ, plain_text
from tui.record.folder import day_of
from tui.record.segments import REACH

RUN_SAMPLES: Final = 120  # ten minutes at one sample every 5 s
RUN_OBJECTS: Final = 50_000  # of inventories that change all the time; then a run ends early


class Runs:
    """Cuts views into runs, and makes them text.

    Args:
        seconds: between two samples.
    """

    def __init__(self, seconds: float) -> None:
        self.number = 0
        self._seconds = seconds
        self._differ: Differ | None = None
        self._samples = 0
        self._last = (0.0, 0.0)  # UTC and monotonic of the newest sample

    def begin(self) -> None:
        """Let the next view begin a run."""
        self._differ = None

    def take(self, view: HostView) -> Sample:
        """Return a view as a row of the journal."""
        if self._differ is None or self._has_to_begin(self._differ, view):
            self._differ = Differ()
            self.number += 1
            self._samples = 0
        self._samples += 1
        self._last = (view.taken_utc_seconds, view.taken_monotonic_seconds)
        return Sample(self.number, self._seconds, plain_text(self._differ.take(view)))

    def _has_to_begin(self, differ: Differ, view: HostView) -> bool:
        """Tell whether a run is full, or ends with a gap, with a clock that was set, or with its day."""
        utc, monotonic = view.taken_utc_seconds, view.taken_monotonic_seconds
        return (
            self._samples >= RUN_SAMPLES
            or differ.objects >= RUN_OBJECTS
            or not 0 < utc - self._last[0] <= REACH * self._seconds
            or monotonic <= self._last[1]
            or day_of(utc) != day_of(self._last[0])
        )
