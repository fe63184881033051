"""Lines of text with meanings, drawn one by one: the small change that most of the screen is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui.present.roles import Spans
from widgets.escape import escape_beyond_ascii, escape_controls
from widgets.fit import fit
from widgets.live_table.model import ROLES
from widgets.live_table.styles import StyleBook


class SpanLines(Widget):
    """Shows lines; a line that did not change is not drawn again, and nothing here is parsed as markup.

    Its height is that of its styles; "auto" is the number of its lines.
    """

    DEFAULT_CSS = """
    SpanLines {
        height: auto;
        & > .span-lines--normal { color: $foreground; }
        & > .span-lines--dim { color: $foreground 60%; }
        & > .span-lines--warn { color: $text-warning; }
        & > .span-lines--crit { color: $text-error; text-style: bold; }
        & > .span-lines--ok { color: $text-success; }
        & > .span-lines--accent { color: $text-accent; text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"span-lines--{role}" for role in ROLES}
    ALLOW_SELECT = False

    def __init__(self, lines: Sequence[Spans] = (), *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self._lines: list[Spans] = list(lines)
        self._book = StyleBook(self, "span-lines")

    @property
    def lines(self) -> tuple[Spans, ...]:
        """Return what is shown."""
        return tuple(self._lines)

    @property
    def text(self) -> str:
        """Return what is shown, without its meanings."""
        return "\n".join("".join([text for text, _ in line]) for line in self._lines)

    def show(self, lines: Sequence[Spans]) -> None:
        """Show these lines from now on; a different number of them is laid out anew where the height is automatic."""
        old, new = self._lines, list(lines)
        if old == new:
            return
        self._lines = new
        if len(old) != len(new):
            automatic = self.styles.height is not None and self.styles.height.is_auto
            self.refresh(layout=automatic)
            return
        width = self.size.width
        regions = [Region(x, y, cells, 1) for y in range(len(new)) for x, cells in changed_runs(old[y], new[y], width)]
        if regions:
            self.refresh(*regions)

    def on_mount(self) -> None:
        """Draw in new colours when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._restyle())

    def _restyle(self) -> None:
        self._book.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget styles worked out for another stylesheet or focus."""
        super().notify_style_update()
        self._book.clear()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return the number of lines."""
        return len(self._lines)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - the same
        """Return the width of the longest line."""
        return max((sum(cell_len(text) for text, _ in line) for line in self._lines), default=0)

    def render_line(self, y: int) -> Strip:
        """Return one line, cut with a sign where it is too long."""
        width = self.size.width
        style_of = self._book.style_of
        if y >= len(self._lines) or width <= 0:
            return Strip.blank(max(width, 0), style_of("", "normal"))
        ascii_only = getattr(self.app, "ascii_only", False)
        segments = [
            Segment(text, style_of("", role)) for text, role in fit_spans(self._lines[y], width, ascii_only=ascii_only)
        ]
        return Strip(segments, width)


def changed_runs(old: Spans, new: Spans, width: int) -> list[tuple[int, int]]:
    """Return start and cells of the runs of a line that look different; the rest of it is not sent again."""
    if old == new:
        return []
    runs: list[tuple[int, int]] = []
    x = 0
    for before, after in zip(old, new, strict=False):
        cells = cell_len(escape_controls(after[0]))
        if cell_len(escape_controls(before[0])) != cells:
            break
        if before != after:
            runs.append((x, cells))
        x += cells
    else:
        if len(old) == len(new):
            return [run for run in runs if run[0] < width] if x <= width else [(0, width)]
    return [*runs, (x, max(width - x, 0))] if x < width else [(0, width)]


def fit_spans(spans: Spans, width: int, *, ascii_only: bool = False) -> Spans:
    """Escape spans and bring them to exactly `width` cells; what was cut ends with a sign."""
    escape = escape_beyond_ascii if ascii_only else escape_controls
    left = width
    fitted = []
    for number, (raw, role) in enumerate(spans):
        text = escape(raw)
        cells = cell_len(text)
        rest_is_empty = not any(part.strip() for part, _ in spans[number + 1 :])
        if cells > left or (cells == left and not rest_is_empty):
            fitted.append((fit(text if rest_is_empty else text + "  ", left, ascii_only=ascii_only), role))
            return tuple(fitted)
        fitted.append((text, role))
        left -= cells
    fitted.append((" " * left, "normal"))
    return tuple(fitted)
