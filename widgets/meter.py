"""A part of a whole as a bar."""

from __future__ import annotations

import math

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
FULL = "█"
ASCII_FULL = "#"


def meter(fraction: float | None, width: int, *, ascii_only: bool = False) -> str:
    """Draw a fraction (0 to 1, beyond it clamped) as a bar of `width` cells, blanks behind it.

    Whatever is above 0 shows at least the smallest sign, and only 1 fills the bar. None or NaN gives blanks.
    """
    if fraction is None or math.isnan(fraction) or fraction <= 0 or width <= 0:
        return " " * max(0, width)
    parts = 1 if ascii_only else 8
    steps = width * parts
    filled = steps if fraction >= 1 else max(1, min(steps - 1, int(fraction * steps)))
    if ascii_only:
        return (ASCII_FULL * filled).ljust(width)
    return (FULL * (filled // 8) + EIGHTHS[filled % 8]).ljust(width)


class Meter(Widget):
    """A bar as wide as the widget; it turns to the colours of a warning at its bounds.

    Colour is not its only signal: the length of the bar says the same.
    """

    DEFAULT_CSS = """
    Meter {
        height: 1;
        color: $text-primary;
        &.-warn { color: $text-warning; }
        &.-crit { color: $text-error; }
    }
    """

    fraction: reactive[float | None] = reactive(None)
    """Filled part, 0 to 1; None leaves the bar blank."""

    warn_at: reactive[float | None] = reactive(None)
    """Fraction from which the bar warns; None for never."""

    crit_at: reactive[float | None] = reactive(None)
    """Fraction from which the bar is critical; None for never."""

    ascii_only: reactive[bool] = reactive(False)
    """Draw with ASCII signs."""

    def watch_fraction(self, fraction: float | None) -> None:
        """Take the colours of the bound that is passed."""
        critical = fraction is not None and self.crit_at is not None and fraction >= self.crit_at
        warning = fraction is not None and self.warn_at is not None and fraction >= self.warn_at
        self.set_class(critical, "-crit")
        self.set_class(warning and not critical, "-warn")

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        width = self.size.width
        text = meter(self.fraction, width, ascii_only=self.ascii_only) if y == 0 else " " * width
        return Strip([Segment(text, self.rich_style)], width)
