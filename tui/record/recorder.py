"""Samples a host without a screen, and writes down what it sees."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from tui import __version__
from tui.domain.errors import EngineTimeout
from tui.domain.host import EngineState, HostView
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.lane import Lane
from tui.record.again import ToldAgain
from tui.record.lock import RecorderLock
from tui.record.runs import RUN_SAMPLES
from tui.record.store import Store, Trouble
from tui.sampling.chronicle import Chronicle
from tui.sampling.source import HostSource

WRITE_SECONDS: Final = 20.0
FIRST_ANSWER_SECONDS: Final = 10.0
"""So long the first sample waits for engines: a host that looks empty because nothing answered yet is no record."""


class ChronicledSource(HostSource, Protocol):
    """A host whose timeline tells what is new in it, also of what it has dropped from what it shows."""

    @property
    def chronicle(self) -> Chronicle:
        """Return what its timeline comes from."""


class Recorder:
    """Writes every tick of a source.

    Args:
        source: a host; its interval is that of the record.
        say: takes sentences for who watches the recorder.
        watchers: called with every view, recorded or not, on the event loop.
    """

    def __init__(
        self,
        source: ChronicledSource,
        store: Store,
        lock: RecorderLock,
        *,
        say: Callable[[str], None],
        watchers: Sequence[Callable[[HostView], None]] = (),
        utc: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._store = store
        self._lock = lock
        self._say = say
        self._watchers = watchers
        self._utc = utc
        self._lane = Lane("record")
        self._views: deque[HostView] = deque(maxlen=RUN_SAMPLES)
        self._own: list[TimelineEntry] = []
        self._taken = 0  # entries of the chronicle
        self._told_again = ToldAgain(store.folder, utc())
        self._wake = asyncio.Event()
        self._tick: int | None = None
        self._first_seconds: float | None = None
        self._told: Trouble | None = None
        self._hangs = False
        self._is_ending = False

    async def run(self) -> None:
        """Record until cancelled; what is open is then written and closed."""
        self._own.append(self._entry("began", self._began()))
        sampling = asyncio.ensure_future(self._source.run(self._take))
        writing = asyncio.ensure_future(self._write_on())
        try:
            done, _ = await asyncio.wait({sampling, writing}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            sampling.cancel()
            self._is_ending = True
            self._wake.set()  # a write that is under way is waited for: cancelled, it would count as one that hangs
            await asyncio.gather(sampling, writing, return_exceptions=True)
            await self._end()

    def _take(self, view: HostView) -> None:
        """Take a view: the first of each tick is recorded."""
        for watch in self._watchers:
            watch(view)
        if view.tick != self._tick and self._is_worth(view):
            self._tick = view.tick
            self._views.append(view)
            self._wake.set()
            # every figure at every sample: what is read on each fifth tick of a screen would be half a minute old
            self._source.attend([item.key for item in view.instances if item.instance.state.is_active])

    def _is_worth(self, view: HostView) -> bool:
        """Tell whether the engines have answered, or had the time to."""
        if self._tick is not None:
            return True
        if self._first_seconds is None:
            self._first_seconds = view.taken_monotonic_seconds
        is_late = view.taken_monotonic_seconds - self._first_seconds >= FIRST_ANSWER_SECONDS
        return is_late or all(status.state is not EngineState.CONNECTING for status in view.sources)

    async def _write_on(self) -> None:
        while not self._is_ending:
            await self._wake.wait()
            self._wake.clear()
            await self._write()

    async def _write(self) -> None:
        """Write what was taken; the store is left alone while a call into it hangs."""
        if self._lane.abandoned:
            self._tell_hang()
            return
        views = list(self._views)
        self._views.clear()
        own, self._own = self._own, []
        seen, self._taken = self._source.chronicle.added_since(self._taken), self._source.chronicle.count
        try:
            await self._lane.call(self._store_all, views, own, seen, deadline=WRITE_SECONDS)
        except EngineTimeout:
            self._tell_hang()
            return
        self._hangs = False
        self._tell_news()

    def _store_all(
        self, views: Sequence[HostView], own: Sequence[TimelineEntry], seen: Sequence[TimelineEntry]
    ) -> None:
        """Run on the lane."""
        self._lock.hold()
        utc = self._utc()
        entries = [*own, *self._told_again.new(seen)]
        for number, view in enumerate(views or [None]):
            self._store.write(view, () if number else entries, utc)

    def _tell_hang(self) -> None:
        if not self._hangs:
            self._hangs = True
            text = f"The disk has not answered for {WRITE_SECONDS:g} s; recording goes on once it does."
            self._say(text)
            self._lock.tell(text, self._utc())

    def _tell_news(self) -> None:
        for sentence in self._store.news:
            self._say(sentence)
        self._store.news.clear()
        trouble = self._store.trouble
        if trouble != self._told:
            self._told = trouble
            self._lock.tell(trouble.text if trouble else "", trouble.since_utc_seconds if trouble else None)

    async def _end(self) -> None:
        self._own.append(self._entry("ended", ""))
        try:
            await self._write()
            if not self._lane.abandoned:
                await self._lane.call(self._store.close, self._utc(), deadline=WRITE_SECONDS)
        except EngineTimeout:
            self._tell_hang()
        finally:
            self._tell_news()
            self._lane.close()

    def _began(self) -> str:
        before = self._lock.before
        text = f"hostdeck {__version__}, a sample every {self._source.tick_seconds:g} s"
        return f"{text}; the recorder before it ({before.words}) did not end well" if before is not None else text

    def _entry(self, what: str, detail: str) -> TimelineEntry:
        return TimelineEntry(
            utc_seconds=self._utc(), kind=EntryKind.RECORDER, what=what, name="recorder", detail=detail
        )
