"""When the next frame may go to the terminal: a pure rule over what was sent, what was answered, and the time."""

from __future__ import annotations

from collections import deque

SILENT_SECONDS = 0.1
"""Between two frames while the terminal has not answered yet, or never does."""
MOST_PAUSE_SECONDS = 2.0
_LATEST_WEIGHT = 0.25
_LEAST_OUTLIER_SECONDS = 1.0
_FIRST_PROBE_SECONDS = 5.0
_MOST_PROBE_SECONDS = 300.0
_LEAST_LIFE_SECONDS = 1.0
NEVER = float("-inf")


class Governor:
    """Lets one frame at a time be under way.

    Each frame is followed by a question, which the terminal answers when it has drawn the frame. Until then nothing
    more is sent. What moves by itself leaves the line free for as long as a frame takes, so that a key that is pressed
    finds it free more often than not. All times are of one clock, in seconds.

    Attributes:
        round_trip_seconds: smoothed time from a frame to its answer; 0 before it is known.
    """

    def __init__(self, now: float) -> None:
        self.round_trip_seconds = 0.0
        self._drawn_at = NEVER
        self.begin(now)

    def begin(self, now: float) -> None:
        """Start, or go on after the terminal was lent to another program; the first question is sent with it."""
        self._asked = 1
        self._heard = 0
        self._asked_at = self._spoken_at = now
        self._probes: deque[int] = deque(maxlen=64)
        self._next_probe_seconds = _FIRST_PROBE_SECONDS
        self._is_measured = False

    @property
    def is_answered(self) -> bool:
        """Tell whether the terminal answers; it may not have done so yet."""
        return self._heard > 0

    @property
    def is_waiting(self) -> bool:
        """Tell whether an answer is on its way."""
        return self._asked > self._heard

    def wait(self, now: float, *, urgent: bool, backlog: int) -> float | None:
        """Return the seconds until a frame may go; 0 for now, None when the terminal has to answer first.

        Args:
            now: the time.
            urgent: a person waits for it: a key was pressed.
            backlog: bytes that did not leave yet; only looked at where the terminal never answers.
        """
        if self._drawn_at == NEVER:
            return 0.0  # nothing is sooner than the first frame
        if not self.is_answered:
            return SILENT_SECONDS if backlog else max(0.0, self._drawn_at + SILENT_SECONDS - now)
        if self.is_waiting:
            return None
        pause = 0.0 if urgent else min(2 * self.round_trip_seconds, MOST_PAUSE_SECONDS)
        return max(0.0, self._drawn_at + pause - now)

    def drawn(self, now: float) -> bool:
        """Take note of a frame; tell whether a question goes with it."""
        self._drawn_at = now
        if self.is_waiting:
            return False  # a terminal that never answered is not asked again; its answer may still come
        self._asked += 1
        self._asked_at = self._spoken_at = now
        self._next_probe_seconds = _FIRST_PROBE_SECONDS
        self._is_measured = True
        return True

    def answered(self, at: float) -> None:
        """Take an answer to a question."""
        if self._heard >= self._asked:
            return
        self._heard += 1
        if self._is_measured and self._heard == self._asked:
            # a line that hung for a minute is not a slow line
            most = max(_LEAST_OUTLIER_SECONDS, 4 * self.round_trip_seconds)
            took = min(max(at - self._asked_at, 0.0), most)
            known = self.round_trip_seconds
            self.round_trip_seconds = known + (took - known) * _LATEST_WEIGHT if known else took

    def caught_up(self) -> None:
        """Take the answer to a probe: what was asked before it and is not answered yet got lost."""
        if self._probes:
            self._heard = max(self._heard, self._probes.popleft())

    # Whether an answer got lost

    def probe_wait(self, now: float) -> float | None:
        """Return the seconds until it is time to ask whether the answer got lost, None while none is awaited."""
        if not self.is_answered or not self.is_waiting:
            return None
        return max(0.0, self._spoken_at + self._next_probe_seconds + 4 * self.round_trip_seconds - now)

    def is_probed_by_life(self, now: float) -> bool:
        """Tell whether to ask at once: the terminal sent something although its answer is long due."""
        due = max(_LEAST_LIFE_SECONDS, 4 * self.round_trip_seconds)
        return self.is_answered and self.is_waiting and now - self._spoken_at >= due

    def probed(self, now: float) -> None:
        """Take note of a probe; the next one comes later each time: a line may hang for hours."""
        self._probes.append(self._asked)
        self._spoken_at = now
        self._next_probe_seconds = min(2 * self._next_probe_seconds, _MOST_PROBE_SECONDS)
