"""Many lines of foreign text: scrolled, searched, never interpreted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.escape import escape_beyond_ascii, escape_controls
from widgets.live_table.styles import StyleBook


class TextView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows lines by the line API; the ones that hold what is looked for are marked at their left edge."""

    DEFAULT_CSS = """
    TextView {
        height: 1fr;
        scrollbar-size: 1 1;
        & > .text-view--normal { color: $foreground; }
        & > .text-view--dim { color: $foreground 60%; }
        & > .text-view--accent { color: $text-accent; text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"text-view--normal", "text-view--dim", "text-view--accent"}
    ALLOW_SELECT = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", show=False, id="text.down"),
        Binding("k,up", "scroll_up", "Up", show=False, id="text.up"),
        Binding("h,left", "scroll_left", "Left", show=False, id="text.left"),
        Binding("l,right", "scroll_right", "Right", show=False, id="text.right"),
        Binding("g,home", "scroll_home", "Top", show=False, id="text.home"),
        Binding("G,end", "scroll_end", "Bottom", show=False, id="text.end"),
        Binding("ctrl+d,pagedown,space", "page_down", "Page down", show=False, id="text.page_down"),
        Binding("ctrl+u,pageup", "page_up", "Page up", show=False, id="text.page_up"),
        Binding("slash", "screen.search", "Search", show=False, id="text.search"),
        Binding("n", "next(1)", "Next", show=False, id="text.next"),
        Binding("N", "next(-1)", "Previous", show=False, id="text.previous"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._lines: list[str] = []
        self._found: list[int] = []
        self._book = StyleBook(self, "text-view")

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines as shown, made safe to draw."""
        return tuple(self._lines)

    def show(self, lines: Sequence[str]) -> None:
        """Show these lines."""
        escape = escape_beyond_ascii if getattr(self.app, "ascii_only", False) else escape_controls
        self._lines = [escape(line) for line in lines]
        self._found = []
        self.virtual_size = Size(max(map(len, self._lines), default=0) + 2, len(self._lines))
        self.refresh()

    def search(self, text: str) -> int:
        """Mark the lines that hold a text, small and capital letters alike; return how many, scroll to the first."""
        small = text.lower()
        self._found = [y for y, line in enumerate(self._lines) if small and small in line.lower()]
        self.refresh()
        if self._found:
            self.scroll_to(y=max(0, self._found[0] - 2), animate=False)
        return len(self._found)

    def action_next(self, step: int) -> None:
        """Scroll to the next or the previous line that holds what is looked for."""
        here = round(self.scroll_y) + 2
        found = [y for y in self._found if (y - here) * step > 0]
        if found:
            self.scroll_to(y=max(0, (found[0] if step > 0 else found[-1]) - 2), animate=False)

    def notify_style_update(self) -> None:
        """Forget styles worked out for another theme."""
        super().notify_style_update()
        self._book.clear()

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        width, line = self.size.width, y + round(self.scroll_y)
        style_of = self._book.style_of
        if line >= len(self._lines):
            return Strip.blank(width, style_of("", "normal"))
        hit = line in self._found
        mark = Segment("> " if hit else "  ", style_of("", "accent"))
        text = self._lines[line][round(self.scroll_x) :]
        strip = Strip([mark, Segment(text, style_of("", "accent" if hit else "normal"))])
        return strip.adjust_cell_length(width, style_of("", "normal"))
