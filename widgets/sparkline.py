"""A series in one line of text."""

from __future__ import annotations

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from widgets.series import Values, known, spans

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII_LEVELS = "_.:-=+*#"


def sparkline(
    values: Values, width: int, *, high: float | None = None, capacity: int | None = None, ascii_only: bool = False
) -> str:
    """Draw a series as `width` signs between 0 and `high`, the newest at the right end.

    Args:
        values: Samples, oldest first; None leaves a blank.
        width: Cells.
        high: Value of a full sign; greater ones are drawn full. None takes the greatest of what is drawn.
        capacity: Samples the whole width stands for; None is one per cell. Of several in a cell the greatest counts.
        ascii_only: Draw with ASCII signs.
    """
    signs = ASCII_LEVELS if ascii_only else BLOCKS
    capacity = width if capacity is None else capacity
    found = spans(values, width, capacity)
    top = max(known([span.high for span in found if span is not None]), default=0.0) if high is None else high
    if top <= 0:
        return "".join([" " if span is None else signs[0] for span in found])
    last = len(signs) - 1
    return "".join(
        [" " if span is None else signs[int(max(0.0, min(last, span.high / top * len(signs))))] for span in found]
    )


class Sparkline(Widget):
    """A series in one line, as wide as the widget."""

    DEFAULT_CSS = "Sparkline { height: 1; color: $text-primary; }"

    values: reactive[Values] = reactive((), always_update=True)
    """Samples, oldest first; None leaves a blank."""

    high: reactive[float | None] = reactive(None)
    """Value of a full sign; None takes the greatest in view."""

    capacity: reactive[int | None] = reactive(None)
    """Samples the whole width stands for; None is one per cell."""

    ascii_only: reactive[bool] = reactive(False)
    """Draw with ASCII signs."""

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        width = self.size.width
        if y:
            return Strip.blank(width, self.rich_style)
        text = sparkline(self.values, width, high=self.high, capacity=self.capacity, ascii_only=self.ascii_only)
        return Strip([Segment(text, self.rich_style)], width)
