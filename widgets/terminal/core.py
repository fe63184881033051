"""What the widget asks of a terminal core: bytes in, lines of cells and answers out.

A core is used from one thread. It holds the screen, its scrollback and the part of both that is in view; rows are
counted from the top of that view, columns are cells from the left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

Rgb = tuple[int, int, int]
Colour = int | Rgb | None
"""A number of the palette, an own colour, or None for the default."""

Underline = Literal["", "single", "double", "curly", "dotted", "dashed"]
CursorShape = Literal["block", "underline", "bar", "hollow"]
MouseAction = Literal["press", "release", "motion"]
MouseButton = Literal["", "left", "middle", "right", "wheel-up", "wheel-down"]
SelectionUnit = Literal["cell", "word", "line"]


class CellStyle(NamedTuple):
    """How a cell is drawn."""

    foreground: Colour = None
    background: Colour = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: Underline = ""
    underline_colour: Colour = None
    blink: bool = False
    inverse: bool = False
    invisible: bool = False
    strikethrough: bool = False
    overline: bool = False


PLAIN = CellStyle()


class Run(NamedTuple):
    """Neighbouring cells of one style.

    Either each character fills one cell, thus `len(text) == width`, or this is a single cell of one wide or composed
    sign. The text is printable and as wide as `width` says: nothing in it moves a cursor.
    """

    text: str
    width: int
    style: CellStyle = PLAIN


class Line(NamedTuple):
    """One row of the screen, as wide as it. `selected` are the first cell and the one behind the last, or None."""

    runs: tuple[Run, ...]
    selected: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """The characters without their styles."""
        return "".join([run.text for run in self.runs])


class Cursor(NamedTuple):
    """Where the program's cursor stands in view; None where it is scrolled out of it or switched off."""

    x: int
    y: int
    shape: CursorShape = "block"
    blinking: bool = False


class Match(NamedTuple):
    """Cells of one row in view that hold what is searched for, or a part of it. The end is behind the last cell."""

    y: int
    start: int
    end: int
    current: bool = False


@dataclass(frozen=True)
class Found:
    """What a search came to. `index` counts from the newest match, None when none is chosen yet."""

    total: int
    index: int | None
    complete: bool


class Modes(NamedTuple):
    """What the program has switched on."""

    alternate_screen: bool = False
    bracketed_paste: bool = False
    application_cursor: bool = False
    mouse: bool = False
    mouse_motion: bool = False
    alternate_scroll: bool = False
    """The wheel sends cursor keys on the alternate screen."""
    focus_reports: bool = False
    held: bool = False
    """Drawing waits for the end of a synchronised update."""


class KeyPress(NamedTuple):
    """A key by its name ("a", "up", "f5", "page_up"), its modifiers and the text it types, if any."""

    name: str
    text: str = ""
    shift: bool = False
    alt: bool = False
    ctrl: bool = False


class MouseReport(NamedTuple):
    """What the mouse did at a cell."""

    action: MouseAction
    button: MouseButton
    x: int
    y: int
    shift: bool = False
    alt: bool = False
    ctrl: bool = False
    held: bool = False
    """Some button is down."""


class Scroll(NamedTuple):
    """How many rows there are in all, which of them is the first in view, and how many are in view."""

    total: int
    top: int
    shown: int

    @property
    def back(self) -> int:
        """How many rows the view is away from the end."""
        return max(0, self.total - self.top - self.shown)


class Told(NamedTuple):
    """What a program told since it was asked last. `title` and `clipboard` are None where nothing was said."""

    replies: bytes = b""
    bells: int = 0
    title: str | None = None
    clipboard: str | None = None


class TerminalCore(Protocol):
    """A terminal without a window."""

    @property
    def columns(self) -> int:
        """Width in cells."""

    @property
    def rows(self) -> int:
        """Height of the screen, without scrollback."""

    @property
    def palette(self) -> tuple[Rgb, ...]:
        """256 colours; another object once a program changed one."""

    def feed(self, data: bytes) -> None:
        """Take what the program wrote. Any bytes do; sequences and signs may be cut anywhere."""

    def take_told(self) -> Told:
        """Return replies and news, and forget them. Bounded however much a program says."""

    def take_changes(self) -> Mapping[int, Line]:
        """Return the rows in view that may have changed since the last call."""

    def cursor(self) -> Cursor | None:
        """Return where the cursor was at the last `take_changes`."""

    def modes(self) -> Modes:
        """Return what is switched on now."""

    def resize(self, columns: int, rows: int) -> None:
        """Take another size; long lines of the main screen flow anew."""

    def set_colours(self, foreground: Rgb, background: Rgb) -> None:
        """Say what programs are told that ask for the default colours."""

    def encode_key(self, key: KeyPress) -> bytes:
        """Return what a key sends in the present modes; empty when it means nothing."""

    def encode_mouse(self, report: MouseReport) -> bytes:
        """Return what the program is sent for the mouse; empty when it does not want to know."""

    def encode_paste(self, text: str) -> bytes:
        """Return pasted text, bracketed when asked for, and without what could end the bracket or act as keys."""

    def encode_focus(self, *, focused: bool) -> bytes:
        """Return what tells of focus; empty when the program does not want to know."""

    def scroll(self) -> Scroll:
        """Return which rows are in view."""

    def scroll_by(self, rows: int) -> None:
        """Move the view, back where negative."""

    def scroll_to_end(self) -> None:
        """Let the view follow what is written."""

    def select(self, anchor: tuple[int, int], end: tuple[int, int], unit: SelectionUnit = "cell") -> None:
        """Select from cell to cell, both included, as (x, y) in view; or whole words or lines."""

    def select_further(self, end: tuple[int, int]) -> None:
        """Move the end of the selection; its beginning stays with its text, wherever that was scrolled to."""

    def select_nothing(self) -> None:
        """End the selection."""

    def selected_text(self) -> str:
        """Return the selected text with wrapped lines joined; empty without a selection."""

    def search(self, text: str) -> None:
        """Begin to search, newest first and without regard to case of ASCII letters. Empty text ends searching."""

    def search_step(self) -> Found:
        """Search a bounded amount further, and say what is found so far."""

    def search_move(self, *, older: bool) -> None:
        """Choose another match and bring it into view."""

    def matches(self) -> list[Match]:
        """Search a bounded amount further, and return the matches in view."""

    def all_text(self) -> str:
        """Return scrollback and screen as text, wrapped lines joined."""

    def close(self) -> None:
        """Give the memory back; nothing may be called after it."""
