"""Lines on their way into the store, taken in small pieces of time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

from widgets.log_view.line import LogLine
from widgets.log_view.merge import Merger
from widgets.log_view.scan import SLICE_SECONDS
from widgets.log_view.store import LogStore

_LINES_AT_ONCE = 500


class Intake:
    """Batches that arrived, put in order and stored slice by slice."""

    def __init__(self, store: LogStore, merger: Merger, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._batches: deque[Sequence[LogLine]] = deque()
        self._offset = 0
        self.merger = merger
        self.waiting = 0
        """Lines that arrived and were not looked at yet."""

    def add(self, lines: Sequence[LogLine]) -> None:
        """Take a batch; it must not be changed afterwards."""
        if lines:
            self._batches.append(lines)
            self.waiting += len(lines)

    def clear(self) -> None:
        """Forget what arrived."""
        self._batches.clear()
        self._offset = self.waiting = 0
        self.merger.clear()

    def advance(self) -> bool:
        """Store lines for the time of a slice; tell whether any were."""
        until = self._clock() + SLICE_SECONDS
        before = self._store.end
        while self._batches:
            self._store.extend(self.merger.pass_on(self._next(), self._clock()))
            if self._clock() > until:
                break
        else:
            self._store.extend(self.merger.release(self._clock()))
        return self._store.end > before or bool(self._batches)

    def seconds_to_release(self) -> float | None:
        """Return how long lines held back for the order still wait; None when there are none."""
        moment = self.merger.next_release()
        return None if moment is None else max(0.0, moment - self._clock())

    def _next(self) -> Sequence[LogLine]:
        batch = self._batches[0]
        lines = batch[self._offset : self._offset + _LINES_AT_ONCE]
        self._offset += len(lines)
        if self._offset >= len(batch):
            self._batches.popleft()
            self._offset = 0
        self.waiting -= len(lines)
        return lines
