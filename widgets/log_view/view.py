"""LogView: a log that is followed, searched and filtered while it goes on."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from widgets.log_view import messages
from widgets.log_view.bindings import LOG_BINDINGS
from widgets.log_view.copying import copy_of
from widgets.log_view.core import LogCore
from widgets.log_view.layout import AnsiMode
from widgets.log_view.pane import COLUMN_STEP
from widgets.log_view.picking import LogPicker
from widgets.log_view.prompt import LogPrompt
from widgets.log_view.save import SaveError, save
from widgets.log_view.stamps import Stamps


class LogView(LogCore, inherit_bindings=False):
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

    FollowChanged = messages.FollowChanged
    Saved = messages.Saved

    why_no_file = ""
    """Why lines may not be saved, in a sentence; empty where they may."""

    # Moving

    def action_follow(self) -> None:
        """Go to the end and stay there."""
        self._forget_notice()
        self._pane.follow = True
        self._pane.rearrange()

    def action_top(self) -> None:
        """Go to the oldest line."""
        self._forget_notice()
        self._pane.move_to_place(0)

    def action_rows(self, rows: int) -> None:
        """Scroll by rows."""
        self._forget_notice()
        self._pane.move_rows(rows)

    def action_pages(self, pages: float) -> None:
        """Scroll by pages, one row less each."""
        self._forget_notice()
        rows = max(1, int(abs(pages) * (self._pane.scrollable_size.height - 1)))
        self._pane.move_rows(rows if pages > 0 else -rows)

    def action_columns(self, steps: int) -> None:
        """Scroll lines that are not wrapped sideways."""
        self._pane.move_columns(steps * COLUMN_STEP)

    def _forget_notice(self) -> None:
        """Give the status line back to what it tells all the time; the person went on."""
        if self.status.notice:
            self._tell("")

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

    def action_clear(self) -> None:
        """Forget the lines so far."""
        self.clear()

    # Marks

    def action_mark(self) -> None:
        """Draw a line below the last row on the screen."""
        self.mark(f"{datetime.now().astimezone():%H:%M:%S}")

    def mark(self, text: str) -> None:
        """Draw a line with a text below the last row on the screen."""
        self._pane.draw_mark(text)

    def note(self, text: str) -> None:
        """Draw a line with a time and a text below the last line there is: something happened to the log."""
        self._pane.draw_note(f"{datetime.now().astimezone():%H:%M:%S} {text}")

    def action_next_mark(self, step: int) -> None:
        """Go to the next or the previous mark."""
        rows = self._pane.rows
        mark = self._pane.arrangement.mark_beyond(rows[0].number, step) if rows else None
        if mark is None:
            self._tell("No marks: m draws one.")
        else:
            self._pane.move_to_place(self._pane.listing.place_of(mark.after))

    # Filter and search

    def action_filter(self) -> None:
        """Ask for the filter."""
        self._prompt.open("filter", self._sieve.include.text if self._sieve.include else "")

    def action_exclude(self) -> None:
        """Ask for the inverse filter."""
        self._prompt.open("exclude", self._sieve.exclude.text if self._sieve.exclude else "")

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
        """Pick no lines, or highlight nothing any more."""
        if self._pane.picked is not None:
            self._pane.pick(None)
        else:
            self.set_search("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave Esc to the screen while nothing is looked for and no line is picked."""
        return self._search is not None or self._pane.picked is not None if action == "leave_search" else True

    # Copy

    def action_pick(self, step: int) -> None:
        """Pick one more line, further down or up."""
        self._forget_notice()
        self._pane.pick_next(step)

    def action_copy(self) -> None:
        """Copy the picked lines; without any the line found, or else the last one in view."""
        pane = self._pane
        if pane.picked is None and (number := pane.line_at_hand()) is not None:
            pane.pick(number)
        if pane.picked is None:
            self._tell("There is no line to copy.")
            return
        copied = copy_of(pane.listing, *pane.picked)
        if copied is None:
            self._tell("Too much for a clipboard: S saves it to a file.", is_error=True)
            return
        self.app.copy_to_clipboard(copied.text)
        lines = "1 line" if copied.lines == 1 else f"{copied.lines:,} lines"
        self._tell(f"{lines} copied to your terminal.")

    @on(LogPicker.Picked)
    def _picked(self, event: LogPicker.Picked) -> None:
        event.stop()
        self.action_copy()

    # Save

    def action_save(self) -> None:
        """Ask for the name of a file."""
        if self.why_no_file:
            self._tell(self.why_no_file, is_error=True)
            return
        names = "-".join(re.sub(r"[^\w.-]", "_", name) for name in self.store.sources[:2]) or "log"
        self._prompt.open("save", f"~/{names}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.log")

    def save_to(self, path: Path) -> None:
        """Write the lines shown to a new file, as they were received."""
        if self.why_no_file:
            return
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
