"""What a log view does: it takes lines in, filters and searches, a slice of time after another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import tzinfo

from rich.cells import cell_len
from textual import on

from widgets.escape import escape_controls
from widgets.log_view import messages
from widgets.log_view.hunt import Hunt
from widgets.log_view.intake import Intake
from widgets.log_view.line import LogLine
from widgets.log_view.listing import Listing
from widgets.log_view.looks import LogLooks
from widgets.log_view.merge import Merger
from widgets.log_view.pane import LogPane
from widgets.log_view.pattern import Highlighter, Pattern, PatternError, Sieve
from widgets.log_view.scan import GaveUp
from widgets.log_view.status import Status
from widgets.log_view.store import LogStore

_MOST_SOURCE_CELLS = 16
_BETWEEN_SLICES_SECONDS = 0.001
"""Between two slices everything that waits in the event loop is done: keys, drawing."""

_HIGH_WATER_LINES = 20_000


class LogCore(LogLooks, inherit_bindings=False):
    """Lines, filter and search as methods; LogView adds keys and the prompt."""

    def __init__(
        self,
        *,
        store: LogStore | None = None,
        merger: Merger | None = None,
        zone: tzinfo | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 -- Textual's name for it
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(store=store, zone=zone, name=name, id=id, classes=classes, disabled=disabled)
        self._intake = Intake(self.store, merger if merger is not None else Merger())
        self._sieve = Sieve()
        self._search: Pattern | None = None
        self._hunt: Hunt | None = None
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()

    def on_mount(self) -> None:
        """Begin to take lines in."""
        self.run_worker(self._work(), name="log lines", exit_on_error=True)
        self.watch(self._pane, "follow", self._follow_changed, init=False)
        self._show_status()

    # Lines

    def feed(self, lines: Iterable[LogLine]) -> int:
        """Take lines that arrived; return how many wait to be taken in. Never blocks; event loop's thread only."""
        self._intake.add(lines if isinstance(lines, Sequence) else list(lines))
        if self._intake.waiting > _HIGH_WATER_LINES:
            self._drained.clear()
        self._wake.set()
        return self._intake.waiting

    async def drained(self) -> None:
        """Wait until not many lines wait: a source that is faster than this view stays in step with it."""
        await self._drained.wait()

    def expect(self, sources: Iterable[str]) -> None:
        """Tell who will write, so that the first lines of all come in the order of their times."""
        self._intake.merger.expect(sources)

    def end_source(self, source: str) -> None:
        """Tell that a source writes no more."""
        self._intake.merger.end(source)
        self._wake.set()

    def clear(self) -> None:
        """Forget all lines and marks, and follow."""
        self._intake.clear()
        self._drained.set()
        self.store.clear()
        self._hunt = None
        self._tell("")
        self._pane.show_listing(Listing(self.store, self._sieve))
        self._pane.reset()

    @property
    def waiting(self) -> int:
        """Lines that arrived and are not taken in yet."""
        return self._intake.waiting

    @property
    def is_settled(self) -> bool:
        """Whether all lines are taken in and filtered, and no search runs."""
        return not (self._intake.waiting or len(self._intake.merger) or self._pane.listing.behind or self._hunt)

    async def _work(self) -> None:
        """Take in, filter and search, a slice at a time; sleeps when there is nothing to do."""
        while True:
            self._wake.clear()
            for step in (self._take_in, self._go_on_filtering, self._go_on_searching):
                if step():
                    self._wake.set()
                    await asyncio.sleep(_BETWEEN_SLICES_SECONDS)
            if not self._wake.is_set():
                await self._rest()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._intake.seconds_to_release()):
                await self._wake.wait()
        except TimeoutError:
            pass  # lines held back for their order may go on now

    def _take_in(self) -> bool:
        if not self._intake.advance():
            return False
        if self._intake.waiting <= _HIGH_WATER_LINES:
            self._drained.set()
        if len(self.store.sources) > 1:
            widest = max([cell_len(escape_controls(source)) for source in self.store.sources])
            self._pane.change_look(source_width=min(_MOST_SOURCE_CELLS, widest))
        self._pane.lines_changed()
        return True

    def _go_on_filtering(self) -> bool:
        listing = self._pane.listing
        if not listing.behind:
            return False
        try:
            listing.advance()
        except GaveUp:
            self._set_sieve(Sieve())
            self._tell("The filter takes too long for these lines and was taken away.", is_error=True)
        self._pane.lines_changed()
        return True

    def _go_on_searching(self) -> bool:
        hunt = self._hunt
        if hunt is None:
            return False
        try:
            found = hunt.advance()
        except GaveUp:
            self._hunt = None
            self._tell("This search takes too long for these lines and was stopped.", is_error=True)
            return True
        if found is not None:
            self._tell("The search went on at the other end." if hunt.wrapped else "")
            self._pane.show_line(found)
        elif hunt.is_over:
            self._tell("No line matches.")
        if hunt.is_over:
            self._hunt = None
        self._show_status()
        return True

    # Filter

    def set_filter(self, include: str | None = None, exclude: str | None = None) -> bool:
        """Show only lines that match the one and not the other, "" for no such filter, None for the one there is.

        False, with a sentence on the status line, when one is not a regular expression: then nothing changes.
        """
        try:
            new = Sieve(
                self._sieve.include if include is None else Pattern.parse(include),
                self._sieve.exclude if exclude is None else Pattern.parse(exclude),
            )
        except PatternError as error:
            self._tell(str(error), is_error=True)
            return False
        self._tell("")
        if new != self._sieve:
            self._set_sieve(new)
        return True

    def _set_sieve(self, sieve: Sieve) -> None:
        self._sieve = sieve
        self._hunt = None
        self._pane.show_listing(Listing(self.store, sieve))
        self._wake.set()

    # Search

    def set_search(self, text: str) -> bool:
        """Highlight what matches, "" for nothing; False, with a sentence, when it is not a regular expression."""
        try:
            self._search = Pattern.parse(text)
        except PatternError as error:
            self._tell(str(error), is_error=True)
            return False
        self._hunt = None
        self._tell("")
        self._pane.change_look(hits=Highlighter(self._search) if self._search else None)
        if self._search is None:
            self._pane.forget_found()
        self._show_status()
        return True

    def find(self, step: int, *, here: bool = False) -> None:
        """Go to the next (1) or previous (-1) line that matches, beginning with the line on top when `here`."""
        if self._search is None:
            self._tell("Nothing to look for: / asks for it.")
            return
        rows = self._pane.rows
        if not rows:
            return
        found = self._pane.found
        in_view = [row.number for row in rows]
        is_from_found = found is not None and in_view[0] <= found <= in_view[-1]
        if here or not is_from_found or found is None:
            start = in_view[0] if step > 0 else in_view[-1]
        else:
            start = found + step
        self._hunt = Hunt(self._pane.listing, self._search, start, step)
        self._wake.set()

    # What there is to tell

    @property
    def follow(self) -> bool:
        """Whether the view sticks to the end."""
        return self._pane.follow

    @property
    def new_lines(self) -> int:
        """Lines shown that came after the last one seen."""
        return self._pane.new_lines

    @property
    def status(self) -> Status:
        """What the status line tells."""
        listing, sieve, hunt = self._pane.listing, self._sieve, self._hunt
        return replace(
            self._facts,
            follow=self._pane.follow,
            new=self._pane.new_lines,
            shown=len(listing),
            kept=len(self.store),
            dropped=self.store.dropped,
            waiting=self._intake.waiting,
            behind=listing.behind,
            shortened=listing.shortened + (hunt.shortened if hunt else 0),
            include=sieve.include.text if sieve.include else "",
            exclude=sieve.exclude.text if sieve.exclude else "",
            search=self._search.text if self._search else "",
            searched=hunt.share if hunt else None,
        )

    def _follow_changed(self, follow: bool) -> None:
        self.post_message(messages.FollowChanged(self, follow=follow))

    @on(LogPane.Arranged)
    def _arranged(self, event: LogPane.Arranged) -> None:
        event.stop()
        self._show_status()
