"""Where the end of a log meets what follows.

`tail=N&follow=true` of Podman 4 reads the last lines, and only then opens the file at its end: what is written between
is lost. So the last lines are asked for without following, and what follows by `since`. Podman 4 tells whole seconds
only, hence the seam lies at the beginning of a second: the last lines are taken up to there, what follows from there.

Where a log is read on after an answer ended, all of the last second is asked for again; what was taken of it is told by
its number, for a log keeps its order.
"""

import math

SINCE_MARGIN_SECONDS = 1e-6
"""`since` leaves out what was written at that very moment."""


class Before:
    """Takes the frames before a moment, up to the first that is not.

    Attributes:
        is_over: one of that moment or later was seen.
    """

    def __init__(self, moment: float) -> None:
        self._moment = moment
        self.is_over = False

    def __call__(self, seconds: float | None) -> bool:
        """Tell whether to take a frame written then; None for one that does not tell."""
        self.is_over = self.is_over or (seconds is not None and seconds >= self._moment)
        return not self.is_over


class From:
    """Takes the frames from a moment on: all behind the first one, for a clock may be set back later."""

    def __init__(self, moment: float) -> None:
        self._moment = moment
        self._has_begun = False

    def __call__(self, seconds: float | None) -> bool:
        """Tell whether to take a frame written then; None for one that does not tell."""
        self._has_begun = self._has_begun or seconds is None or seconds >= self._moment
        return self._has_begun

    @property
    def since_utc_seconds(self) -> float:
        """What to ask for, so that all of them come."""
        return self._moment - SINCE_MARGIN_SECONDS


class Place:
    """Takes each frame once, however often a log is read on.

    Attributes:
        taken: how many frames.
    """

    def __init__(self) -> None:
        self.taken = 0
        self._second: int | None = None
        self._count = 0  # of frames taken that were written in it
        self._repeats = 0  # of these, still to come again
        self._from: From | None = None

    @property
    def since_utc_seconds(self) -> float | None:
        """What to ask for, so that nothing is missed; None when nothing came that tells its time."""
        return None if self._second is None else self._second - SINCE_MARGIN_SECONDS

    def read_on(self) -> None:
        """Expect an answer that begins with the second of the last frame."""
        self._repeats = self._count
        self._from = From(self._second) if self._second is not None else None

    def __call__(self, seconds: float | None) -> bool:
        """Tell whether to take a frame written then; None for one that does not tell."""
        if self._from is not None and not self._from(seconds):
            return False
        if self._repeats and (seconds is None or math.floor(seconds) == self._second):
            self._repeats -= 1
            return False
        self._repeats = 0
        if seconds is not None and math.floor(seconds) != self._second:
            self._second, self._count = math.floor(seconds), 0
        self._count += 1
        self.taken += 1
        return True


def seam_at(times: list[float | None]) -> float | None:
    """Return the moment that parts the last lines from what follows: the second in which the last one was written."""
    known = [seconds for seconds in times if seconds is not None]
    return float(math.floor(min(known))) if known else None
