"""LogView: a log that is followed, searched and filtered while it goes on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.reactive import reactive

from widgets.escape import escape_controls
from widgets.log_view import messages
from widgets.log_view.bindings import LOG_BINDINGS
from widgets.log_view.hunt import Hunt
from widgets.log_view.intake import Intake
from widgets.log_view.layout import AnsiMode
from widgets.log_view.line import LogLine
from widgets.log_view.listing import Listing
from widgets.log_view.merge import Merger
from widgets.log_view.pane import COLUMN_STEP, LogPane
from widgets.log_view.pattern import Pattern, PatternError, Sieve
from widgets.log_view.prompt import LogPrompt
from widgets.log_view.save import SaveError, save
from widgets.log_view.scan import GaveUp
from widgets.log_view.stamps import Stamps
from widgets.log_view.status import LogStatus, Status
from widgets.log_view.store import LogStore

_MOST_SOURCE_CELLS = 16
_BETWEEN_SLICES_SECONDS = 0.001
"""Between two slices everything that waits in the event loop is done: keys, drawing."""

_HIGH_WATER_LINES = 20_000


class LogView(Vertical, inherit_bindings=False):
    """A log of one or several sources. Lines come by `feed`; keys are its own, digits are left to the screen.

    Args:
        store: Where lines are kept; None for one of 64 MiB.
        merger: How lines of several sources are brought in order.
        zone: The zone of local times; None is the machine's.
    """

    DEFAULT_CSS = """
    LogView { height: 1fr; background: $background; }
    """

    BINDINGS: ClassVar[list[BindingType]] = LOG_BINDINGS

    wrap: reactive[bool] = reactive(False, init=False, repaint=False)
    """Continue long lines in the next row."""

    stamps: reactive[Stamps] = reactive("off", init=False, repaint=False)
    """Times in front of lines: "off", "local" or "utc"."""

    ansi: reactive[AnsiMode] = reactive("styles", init=False, repaint=False)
    """Escape sequences: "styles" shows colours and attributes, "strip" plain text, "show" the sequences themselves."""

    json_open: reactive[bool] = reactive(False, init=False, repaint=False)
    """Show each value of a line of JSON on a row of its own."""

    ascii_only: reactive[bool] = reactive(False, init=False, repaint=False)
    """Draw no sign beyond ASCII."""

    FollowChanged = messages.FollowChanged
    Saved = messages.Saved

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
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.store = store or LogStore()
        self._intake = Intake(self.store, merger or Merger())
        self._pane = LogPane(self.store)
        self._pane.change_look(zone=zone)
        self._prompt = LogPrompt()
        self._status = LogStatus()
        self._sieve = Sieve()
        self._search: Pattern | None = None
        self._hunt: Hunt | None = None
        self._facts = Status()
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()

    def compose(self) -> ComposeResult:
        """Lay out lines, prompt and status."""
        yield self._pane
        yield self._prompt
        yield self._status

    def on_mount(self) -> None:
        """Begin to take lines in."""
        self.run_worker(self._work(), name="log lines", exit_on_error=True)
        self._show_status()

    def focus(self, scroll_visible: bool = True) -> LogView:
        """Give the focus to the lines."""
        self._pane.focus(scroll_visible)
        return self

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

    # Following

    @property
    def follow(self) -> bool:
        """Whether the view sticks to the end."""
        return self._pane.follow

    @property
    def new_lines(self) -> int:
        """Lines shown that came after the last one seen."""
        return self._pane.new_lines

    def action_follow(self) -> None:
        """Go to the end and stay there."""
        self._pane.follow = True
        self._pane.rearrange()

    def action_top(self) -> None:
        """Go to the oldest line."""
        self._pane.move_to_place(0)

    def action_rows(self, rows: int) -> None:
        """Scroll by rows."""
        self._pane.move_rows(rows)

    def action_pages(self, pages: float) -> None:
        """Scroll by pages, one row less each."""
        rows = max(1, int(abs(pages) * (self._pane.scrollable_size.height - 1)))
        self._pane.move_rows(rows if pages > 0 else -rows)

    def action_columns(self, steps: int) -> None:
        """Scroll lines that are not wrapped sideways."""
        self._pane.move_columns(steps * COLUMN_STEP)

    # Looks

    def action_toggle_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        self.wrap = not self.wrap

    def action_cycle_stamps(self) -> None:
        """Show no times, local times, UTC."""
        following: dict[Stamps, Stamps] = {"off": "local", "local": "utc", "utc": "off"}
        self.stamps = following[self.stamps]

    def action_cycle_ansi(self) -> None:
        """Show escape sequences as styles, not at all, as text."""
        following: dict[AnsiMode, AnsiMode] = {"styles": "strip", "strip": "show", "show": "styles"}
        self.ansi = following[self.ansi]
        words = {"styles": "as styles", "strip": "left out", "show": "spelled out"}
        self._tell(f"Escape sequences are {words[self.ansi]}.")

    def action_toggle_json(self) -> None:
        """Fold lines of JSON open, or closed."""
        self.json_open = not self.json_open

    def watch_wrap(self, wrap: bool) -> None:
        """Lay out anew."""
        self._pane.change_look(wrap=wrap, column=0)

    def watch_stamps(self, stamps: Stamps) -> None:
        """Lay out anew."""
        self._pane.change_look(stamps=stamps)

    def watch_ansi(self, ansi: AnsiMode) -> None:
        """Lay out anew."""
        self._pane.change_look(ansi=ansi)

    def watch_json_open(self, json_open: bool) -> None:
        """Lay out anew."""
        self._pane.change_look(json=json_open)

    def watch_ascii_only(self, ascii_only: bool) -> None:
        """Lay out anew."""
        self._pane.change_look(ascii_only=ascii_only)
        self._show_status()

    # Marks

    def action_mark(self) -> None:
        """Draw a line below the last row on the screen."""
        self.mark(f"{datetime.now().astimezone():%H:%M:%S}")

    def mark(self, text: str) -> None:
        """Draw a line with a text below the last row on the screen."""
        rows = self._pane.rows
        if rows:
            self._pane.arrangement.add_mark(rows[-1].number, escape_controls(text))
            self._pane.rearrange()

    def action_next_mark(self, step: int) -> None:
        """Go to the next or the previous mark."""
        rows = self._pane.rows
        mark = self._pane.arrangement.mark_beyond(rows[0].number, step) if rows else None
        if mark is None:
            self._tell("No marks: m draws one.")
        else:
            self._pane.move_to_place(self._pane.listing.place_of(mark.after))

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

    def action_filter(self) -> None:
        """Ask for the filter."""
        self._prompt.open("filter", self._sieve.include.text if self._sieve.include else "")

    def action_exclude(self) -> None:
        """Ask for the inverse filter."""
        self._prompt.open("exclude", self._sieve.exclude.text if self._sieve.exclude else "")

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
        self._pane.change_look(hits=self._search.hits if self._search else None)
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

    def action_search(self) -> None:
        """Ask what to look for."""
        self._prompt.open("search", self._search.text if self._search else "")

    def action_find_next(self) -> None:
        """Go to the next line that matches."""
        self.find(1)

    def action_find_previous(self) -> None:
        """Go to the previous line that matches."""
        self.find(-1)

    def action_leave_search(self) -> None:
        """Highlight nothing any more."""
        self.set_search("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave Esc to the screen while nothing is looked for."""
        return self._search is not None if action == "leave_search" else True

    # Save

    def action_save(self) -> None:
        """Ask for the name of a file."""
        names = "-".join(re.sub(r"[^\w.-]", "_", name) for name in self.store.sources[:2]) or "log"
        self._prompt.open("save", f"~/{names}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.log")

    def save_to(self, path: Path) -> None:
        """Write the lines shown to a new file, as they were received."""
        self.run_worker(self._save(path), name="log save", group="save")

    async def _save(self, path: Path) -> None:
        try:
            lines = await save(self._pane.listing, path)
        except SaveError as error:
            self._tell(str(error), is_error=True)
            return
        self._tell(f"{lines:,} lines saved to {path}.")
        self.post_message(messages.Saved(self, path, lines))

    # The prompt

    @on(LogPrompt.Typed)
    def _prompt_typed(self, event: LogPrompt.Typed) -> None:
        event.stop()
        if event.purpose == "search":
            self.set_search(event.text)
        elif event.purpose != "save":
            self._filter_by(event.purpose, event.text)

    @on(LogPrompt.Closed)
    def _prompt_closed(self, event: LogPrompt.Closed) -> None:
        event.stop()
        self._pane.focus()
        if event.purpose == "save":
            if event.text:
                self.save_to(Path(event.text).expanduser())
        elif event.purpose == "search":
            if self.set_search(event.text or "") and event.text:
                self.find(1, here=True)
        else:
            self._filter_by(event.purpose, event.text or "")

    def _filter_by(self, purpose: str, text: str) -> None:
        if purpose == "filter":
            self.set_filter(include=text)
        else:
            self.set_filter(exclude=text)

    # The status line

    def set_span_label(self, text: str) -> None:
        """Tell which part of the log was asked for, in a few words; "" tells nothing."""
        self._facts = replace(self._facts, span=text)
        self._show_status()

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

    def _tell(self, notice: str, *, is_error: bool = False) -> None:
        self._facts = replace(self._facts, notice=notice, is_error=is_error)
        self._show_status()

    @on(LogPane.Arranged)
    def _arranged(self, event: LogPane.Arranged) -> None:
        event.stop()
        self._show_status()

    def _show_status(self) -> None:
        self._status.show(self.status, ascii_only=self.ascii_only)
