"""Which rows stand on the screen, found from one line on without knowing how high the others are."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from dataclasses import replace
from typing import NamedTuple

from widgets.escape import escape_beyond_ascii, escape_controls
from widgets.log_view.cells import Piece, Pieces
from widgets.log_view.layout import Look, lay_out
from widgets.log_view.listing import Listing

_KEPT_LAYOUTS = 512


class Mark(NamedTuple):
    """A line drawn by the person.

    Attributes:
        after: Number of the log line it stands below.
        text: What it says.
    """

    after: int
    text: str


class Row(NamedTuple):
    """One row of the screen.

    Attributes:
        number: The line it belongs to.
        part: Which row of the line it is, from 0.
        pieces: What is drawn.
        kind: "line", or "mark" for a line drawn by the person.
        is_stderr: Whether the line was written to standard error.
    """

    number: int
    part: int
    pieces: Pieces
    kind: str
    is_stderr: bool


Top = tuple[int, int]
"""Place of a line in the listing, and which of its rows is meant."""


class Arrangement:
    """The rows of a listing for a look. Costs what is in view, however long the log is."""

    def __init__(self, listing: Listing, look: Look) -> None:
        self.listing = listing
        self._look = look
        self._laid: OrderedDict[int, tuple[list[Pieces], bool]] = OrderedDict()
        self.marks: list[Mark] = []

    @property
    def look(self) -> Look:
        """How lines are laid out."""
        return self._look

    def change_look(self, **changes: object) -> bool:
        """Lay lines out in another way from now on; tell whether it is another one."""
        new = replace(self._look, **changes)  # type: ignore[arg-type]
        if new == self._look:
            return False
        self._look = new
        self._laid.clear()
        return True

    # Rows

    def rows(self, place: int) -> list[Row]:
        """Return the rows of the line at a place, with the marks below it."""
        number = self.listing[place]
        laid, is_stderr = self._layout(number)
        rows = [Row(number, part, pieces, "line", is_stderr) for part, pieces in enumerate(laid)]
        if not self.marks:
            return rows
        above = [] if place else self._mark_rows(number, self.listing.store.first - 1, number)
        following = self.listing[place + 1] if place + 1 < len(self.listing) else self.listing.store.end
        rows = [*above, *rows, *self._mark_rows(number, number, following)]
        return [row._replace(part=part) for part, row in enumerate(rows)]

    def height(self, place: int) -> int:
        """Return how many rows the line at a place takes."""
        return len(self.rows(place)) if self.marks else len(self._layout(self.listing[place])[0])

    def screenful(self, top: Top, height: int) -> list[Row]:
        """Return the rows from one on, as many as fit."""
        place, part = top
        rows: list[Row] = []
        while len(rows) < height and place < len(self.listing):
            rows += self.rows(place)[part:]
            place, part = place + 1, 0
        return rows[:height]

    def bottom(self, height: int) -> Top:
        """Return the row on top when the last one is at the bottom."""
        place = len(self.listing)
        while place > 0 and height > 0:
            place -= 1
            taken = self.height(place)
            if taken >= height:
                return place, taken - height
            height -= taken
        return place, 0

    def moved(self, top: Top, rows: int) -> Top:
        """Return the row that is some rows further down, or up when negative; it stops at both ends."""
        last = len(self.listing) - 1
        if last < 0:
            return 0, 0
        # The bottom of a view without height is beyond the last line.
        place, part = min(top[0], last), top[1] + rows
        while part < 0 and place > 0:
            place -= 1
            part += self.height(place)
        while place < last and part >= self.height(place):
            part -= self.height(place)
            place += 1
        return place, max(0, min(part, self.height(place) - 1))

    def _layout(self, number: int) -> tuple[list[Pieces], bool]:
        laid = self._laid.get(number)
        if laid is None:
            line = self.listing.store[number]
            laid = self._laid[number] = (lay_out(line, self._look), line.stream == "stderr")
            if len(self._laid) > _KEPT_LAYOUTS:
                self._laid.popitem(last=False)
        return laid

    # Marks

    def add_mark(self, after: int, text: str) -> None:
        """Draw a mark below a line; marks of lines that are gone go too."""
        first = self.listing.store.first
        self.marks = [mark for mark in self.marks if mark.after >= first]
        self.marks.append(Mark(after, text))
        self.marks.sort(key=lambda mark: mark.after)

    def mark_beyond(self, number: int, step: int) -> Mark | None:
        """Return the next mark in a direction, round the end if need be."""
        if not self.marks:
            return None
        place = bisect_left(self.marks, (number + (step > 0),))
        return self.marks[(place if step > 0 else place - 1) % len(self.marks)]

    def _mark_rows(self, number: int, start: int, stop: int) -> list[Row]:
        return [
            Row(number, 0, self._mark_pieces(mark.text), "mark", is_stderr=False)
            for mark in self.marks[bisect_left(self.marks, (start,)) : bisect_left(self.marks, (stop,))]
        ]

    def _mark_pieces(self, text: str) -> Pieces:
        ascii_only = self._look.ascii_only
        sign = "-" if ascii_only else "─"
        shown = escape_beyond_ascii(text) if ascii_only else escape_controls(text)
        return [Piece(f"{sign * 4} {shown} ".ljust(self._look.width, sign)[: self._look.width], "rule")]
