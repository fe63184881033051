"""A host as it was: a `HostSource` fed from a record."""

from __future__ import annotations

import asyncio
from time import localtime, monotonic, strftime
from typing import TYPE_CHECKING, NamedTuple

from tui.domain.errors import HostdeckError
from tui.domain.timeline import EntryKind
from tui.engines.lane import Lane
from tui.record.at import Covered
from tui.record.moments import Moments
from tui.record.read_past import ReadPast
from tui.record.refusing import Refuses
from tui.record.told import event_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tui.domain.event import Event
    from tui.domain.host import HostView
    from tui.domain.identity import InstanceId, StableKey
    from tui.domain.past import Stretch
    from tui.domain.timeline import TimelineEntry
    from tui.record.moments import Found
    from tui.record.reading import RecordReader
    from tui.sampling.history import Metric

SPEEDS = (1, 2, 10, 60)
FRAME_SECONDS = 0.25
GAP_SHOWN_SECONDS = 1.5
"""While playing a gap is shown for so long, then passed over."""


class Span(NamedTuple):
    """What a ruler shows of a record: the recorded stretches and the marks between two UTC times."""

    begin: float
    end: float
    stretches: Sequence[Stretch]
    marks: Sequence[TimelineEntry]


class ReplaySource(Refuses):
    """One moment of a record at a time. Nothing here waits for the disk but `open` and `run`.

    Moves are wishes: `run` reads what they ask for and publishes it. Several that come while it reads count together.

    Args:
        reader: the record; it is closed with the source.
        place: where it is, as it is shown.
        lane: on whose thread the record was opened.

    Attributes:
        on_problem: called with a sentence about what could not be read.
        speed: so many times as fast as the clock, while it plays.
        playing: time goes on by itself.
    """

    def __init__(self, reader: RecordReader, place: str = "", lane: Lane | None = None) -> None:
        self._reader = reader
        self._lane = lane or Lane("the record")
        self._moments = Moments(reader)
        self._found: Found | None = None
        self._wish: float | None = None
        self._steps = 0
        self._jumps = 0
        self._wake = asyncio.Event()
        self._span: Span | None = None
        self._wanted_span: tuple[float, float] | None = None
        self._read_until = 0.0
        self.past = ReadPast(reader, self._lane, place)
        self.on_problem: Callable[[str], None] = lambda _sentence: None
        self.speed = SPEEDS[0]
        self.playing = False

    async def open(self, utc: float | None = None) -> None:
        """Read the first moment; None is the newest.

        Raises:
            RecordError: nothing is recorded.
            EngineTimeout: the disk hangs.
        """
        self._found = await self.past.call(self._moments.find, utc)
        await self.past.look()

    # Where it stands

    @property
    def _here(self) -> Found:
        if self._found is None:
            raise RuntimeError("the record was not opened")
        return self._found

    @property
    def view(self) -> HostView | None:
        """Return the moment."""
        return self._found.view if self._found is not None else None

    @property
    def utc(self) -> float:
        """Return the time that is shown: of the sample, or of the place in a gap."""
        here = self._here
        return here.utc if here.gap is not None else here.view.taken_utc_seconds

    @property
    def gap(self) -> Stretch | None:
        """Return the time without a record around the moment, None where there is one."""
        return self._here.gap

    @property
    def covered(self) -> Covered:
        """Return first and last sample of the record."""
        return Covered(self._here.first, self._here.last)

    @property
    def damage(self) -> tuple[str, ...]:
        """Return what could not be read so far, in sentences."""
        return self._here.damage

    @property
    def refusal(self) -> str:
        """Return why nothing can be done here."""
        return f"This is a replay of {strftime('%a %d %b %H:%M:%S', localtime(self.utc))}."

    @property
    def tick_seconds(self) -> float:
        """Return the time between two samples, by those around the moment."""
        return self._here.lately.tick_seconds if self._found is not None else 1.0

    def series(self, key: StableKey, metric: Metric, count: int) -> Sequence[float]:
        """Return up to `count` values before the moment, oldest first, NaN for gaps."""
        return self._here.lately.series(key, metric, count, self.utc)

    def events(self, subject: InstanceId | None = None) -> Sequence[Event]:
        """Return what engines told in the day before the moment, oldest first."""
        return [
            event_of(entry)
            for entry in self._here.entries
            if entry.kind is EntryKind.EVENT and (subject is None or entry.subject == subject.text)
        ]

    def timeline(self) -> Sequence[TimelineEntry]:
        """Return what happened in the day before the moment, oldest first."""
        return self._here.entries

    def attend(self, keys: Iterable[str]) -> None:
        """Do nothing: no figure can be read any more."""

    # Moves

    def go_to(self, utc: float) -> None:
        """Show another moment; outside of the record its nearer end."""
        self._wish, self._steps, self._jumps = utc, 0, 0
        self._wake.set()

    def step(self, count: int) -> None:
        """Show the sample so many on, or back; a gap counts as one."""
        self.playing = False
        self._steps += count
        self._wake.set()

    def jump(self, count: int) -> None:
        """Go so many marks on, or back: problems raised and cleared, events."""
        self.playing = False
        self._jumps += count
        self._wake.set()

    def play(self, *, on: bool) -> None:
        """Let time go on, or stand still."""
        self.playing = on
        self._wake.set()

    def want_span(self, begin: float, end: float) -> Span | None:
        """Ask for what a ruler shows; return what is known now, which may be of another time. `run` publishes again."""
        if self._wanted_span != (begin, end):
            self._wanted_span = (begin, end)
            self._wake.set()
        return self._span

    # Work

    async def run(self, publish: Callable[[HostView], None]) -> None:
        """Show moments until cancelled."""
        if self._found is None:
            await self.open()
        publish(self._here.view)
        began = monotonic()
        while True:
            await self._rest()
            elapsed, began = monotonic() - began, monotonic()
            try:
                moved = await self.work(elapsed)
            except (HostdeckError, OSError) as error:
                self.playing = False
                self.on_problem(error.message if isinstance(error, HostdeckError) else str(error))
                continue
            if moved:
                publish(self._here.view)

    async def work(self, elapsed: float) -> bool:
        """Do what was wished; where nothing was, go on by so many seconds while it plays; return whether it moved.

        Raises:
            RecordError: the record is gone.
            EngineTimeout: the disk hangs.
        """
        before = self._here, self._span
        target = self._wish
        self._wish = None
        while target is None and (self._steps or self._jumps):
            await self._move_by_one()
        if target is None and self.playing and self._here is before[0]:
            target = self._played(elapsed)
        if target is not None:
            await self._show(target)
        await self._read_span()
        return (self._here, self._span) != before

    async def _move_by_one(self) -> None:
        """Carry out one step or jump of those that were wished."""
        if self._steps:
            direction = 1 if self._steps > 0 else -1
            self._steps -= direction
            await self._show(await self.past.call(self._moments.step, self.utc, direction))
            return
        direction = 1 if self._jumps > 0 else -1
        self._jumps -= direction
        found = await self.past.call(self._moments.mark, self.utc, direction)
        if found is None:
            self._jumps = 0
            self.on_problem("No problem and no event is recorded after this moment." if direction > 0 else
                            "No problem and no event is recorded before this moment.")  # fmt: skip
        else:
            await self._show(found)

    async def _show(self, utc: float) -> None:
        before = self._found
        self._found = await self.past.call(self._moments.find, utc)
        if before is not None and self._found.damage != before.damage:
            self.on_problem(self._found.damage[-1])

    def _played(self, elapsed: float) -> float:
        """Return where time is after so many seconds of playing."""
        here = self._here
        if here.gap is not None:
            return here.gap.end_utc_seconds
        if here.utc >= here.last:
            self.playing = False
            return here.last
        return min(here.utc + min(elapsed, 2 * self._frame) * self.speed, here.last)

    @property
    def _frame(self) -> float:
        """Return the time from one picture to the next while playing."""
        return max(FRAME_SECONDS, self.tick_seconds / self.speed)

    async def _read_span(self) -> None:
        wanted = self._wanted_span
        here = self._here
        if wanted is None or (
            self._span is not None
            and (self._span.begin, self._span.end) == wanted
            and here.last <= max(self._span.end, self._read_until)
        ):
            return
        stretches = await self.past.stretches(*wanted)
        marks = await self.past.call(self._moments.marks, max(wanted[0], here.first), wanted[1])
        self._read_until = here.last
        self._span = Span(*wanted, stretches, marks)

    async def _rest(self) -> None:
        """Wait for a wish, or while it plays for the next picture."""
        if not self.playing:
            await self._wake.wait()
        else:
            gap = self._here.gap is not None
            try:
                async with asyncio.timeout(GAP_SHOWN_SECONDS if gap else self._frame):
                    await self._wake.wait()
            except TimeoutError:
                return
        self._wake.clear()

    async def close(self) -> None:
        """Close the record."""
        self._lane.close()
        if not self._lane.abandoned:
            self._reader.close()
