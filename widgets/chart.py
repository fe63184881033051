"""A chart of time series with numbers on its axes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from widgets.band import RANGE, shade
from widgets.escape import escape_controls
from widgets.fit import fit
from widgets.plot import ASCII_MARKS, Mode, Plot, Scale, plot
from widgets.series import Values, known, nice_ceiling

SERIES_STYLES = 4
"""How many colours there are for series; more series begin again."""

AXIS = -1
"""Owner of a cell that belongs to the axes."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart; its name is shown when there are several.

    Attributes:
        least: what each value is the mean of goes down to this; shaded up to `most`. () shades nothing.
        most: and up to this.
    """

    values: Values
    name: str = ""
    least: Values = ()
    most: Values = ()


class ChartOptions(NamedTuple):
    """How a chart is drawn.

    Attributes:
        span_seconds: Age of the left edge; None leaves the time axis out.
        scale: Values at the lower and upper edge. None begins at 0 and ends at a round number above the greatest value.
            Values beyond a given edge are drawn at it, and the axis says so with an arrow.
        formatter: Writes a number at the axis.
        base: 1000, or 1024 for scales in powers of two.
        capacity: Samples the whole width stands for; None is as many as the longest series has.
        mode: "braille", "blocks" (a filled area) or "ascii".
        times: Words below the time axis instead of ages, each with its place between 0 (left) and 1.
    """

    span_seconds: float | None = None
    scale: Scale | None = None
    formatter: Callable[[float], str] = "{:g}".format
    base: int = 1000
    capacity: int | None = None
    mode: Mode = "braille"
    times: tuple[tuple[float, str], ...] = ()


_DEFAULT_OPTIONS = ChartOptions()


def render_chart(
    series: Sequence[Series] | Values, width: int, height: int, options: ChartOptions = _DEFAULT_OPTIONS
) -> list[str]:
    """Draw one list of values, or several `Series`, into exactly `height` lines of exactly `width` cells."""
    return [line for line, _ in draw_chart(_as_series(series), width, height, options)]


def draw_chart(series: Sequence[Series], width: int, height: int, options: ChartOptions) -> list[tuple[str, list[int]]]:
    """Draw a chart; beside each line stands, for each of its characters, the number of its series or `AXIS`."""
    if width <= 0 or height <= 0:
        return []
    lines: list[tuple[str, list[int]]] = []
    named = len(series) > 1 and any(one.name for one in series) and height >= 4
    if named:
        lines.append(_legend(series, width, options.mode))
    rows = height - len(lines) - (options.span_seconds is not None and height >= 3)
    scale = options.scale or _auto_scale(series, options.base)
    labels = _labels(scale, rows, options.formatter)
    margin = max(cell_len(label) for label in labels) + 1
    if margin > width // 2:
        labels, margin = [""] * rows, 0
    capacity = options.capacity or max((len(one.values) for one in series), default=1)
    area = plot([one.values for one in series], width - margin, rows, scale, capacity=capacity, mode=options.mode)
    shade(area, [(one.least, one.most) for one in series], scale, capacity, ascii_only=options.mode == "ascii")
    lines += _with_axis(area, labels, margin, _axis_signs(series, labels, scale, options.mode))
    if len(lines) < height and options.span_seconds is not None:
        below = _times(options.times, width, margin) if options.times else None
        lines.append(_all_axis(below or _time_axis(options.span_seconds, width, margin)))
    return lines


def format_age(seconds: float) -> str:
    """Write an age as the time axis does: `-45s`, `-15m`, `-7m30s`, `-2h`."""
    whole = round(seconds)
    if whole < 90:
        return f"-{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 90:
        return f"-{minutes}m{rest}s" if rest else f"-{minutes}m"
    hours, rest = divmod(minutes, 60)
    return f"-{hours}h{rest}m" if rest else f"-{hours}h"


def _as_series(series: Sequence[Series] | Values) -> list[Series]:
    several = [one for one in series if isinstance(one, Series)]
    if several:
        return several
    return [Series([value for value in series if not isinstance(value, Series)])]


def _auto_scale(series: Sequence[Series], base: int) -> Scale:
    greatest = max((value for one in series for value in (*known(one.values), *known(one.most))), default=0.0)
    return Scale(0.0, nice_ceiling(greatest, base))


def _labels(scale: Scale, rows: int, formatter: Callable[[float], str]) -> list[str]:
    """Return the number beside each row; the middle has one only where a row stands exactly there."""
    labels = [""] * rows
    if rows:
        labels[-1] = escape_controls(formatter(scale.low))
        labels[0] = escape_controls(formatter(scale.high))
    if rows >= 5 and rows % 2:
        labels[rows // 2] = escape_controls(formatter((scale.low + scale.high) / 2))
    return labels


def _axis_signs(series: Sequence[Series], labels: Sequence[str], scale: Scale, mode: Mode) -> list[str]:
    plain, tick, above, below = ("|", "+", "^", "v") if mode == "ascii" else ("│", "┤", "▲", "▼")
    signs = [tick if label else plain for label in labels]
    if signs and any(value < scale.low for one in series for value in known(one.values)):
        signs[-1] = below
    if signs and any(value > scale.high for one in series for value in known(one.values)):
        signs[0] = above
    return signs


def _with_axis(area: Plot, labels: Sequence[str], margin: int, signs: Sequence[str]) -> list[tuple[str, list[int]]]:
    if not margin:
        return list(zip(area.lines, area.owners, strict=True))
    lines = []
    for text, owners, label, sign in zip(area.lines, area.owners, labels, signs, strict=True):
        head = fit(label, margin - 1, "right") + sign
        lines.append((head + text, [AXIS] * len(head) + owners))
    return lines


def _time_axis(span_seconds: float, width: int, margin: int) -> str:
    """Write ages under the area; what would touch its neighbour is left out."""
    room = width - margin
    left, right, middle = format_age(span_seconds), "now", format_age(span_seconds / 2)
    if len(left) + 1 + len(right) > room:
        return " " * width
    cells = list(" " * room)
    cells[: len(left)] = left
    cells[room - len(right) :] = right
    start = room // 2 - len(middle) // 2
    if start > len(left) + 1 and start + len(middle) < room - len(right) - 1:
        cells[start : start + len(middle)] = middle
    return " " * margin + "".join(cells)


def _times(times: Sequence[tuple[float, str]], width: int, margin: int) -> str:
    """Write words at their places under the area; those that come first count, what would touch them is left out."""
    room = width - margin
    cells = list(" " * room)
    for place, text in times:
        start = min(max(round(place * room) - len(text) // 2, 0), room - len(text))
        if start >= 0 and not "".join(cells[max(start - 1, 0) : start + len(text) + 1]).strip():
            cells[start : start + len(text)] = text
    return " " * margin + "".join(cells)


def _legend(series: Sequence[Series], width: int, mode: Mode) -> tuple[str, list[int]]:
    text = ""
    owners: list[int] = []
    for number, one in enumerate(series):
        sign = (
            ASCII_MARKS[number % len(ASCII_MARKS)] if mode == "ascii" else "█" if mode == "blocks" else "⠒⠂"[number > 0]
        )
        part = f"{sign * 2} {escape_controls(one.name)}  "
        owners += [number] * len(part)
        text += part
    fitted = fit(text.rstrip(), width, ascii_only=mode == "ascii")
    return fitted, (owners + [AXIS] * len(fitted))[: len(fitted)]


def _all_axis(text: str) -> tuple[str, list[int]]:
    return text, [AXIS] * len(text)


class Chart(Widget):
    """A chart as large as the widget."""

    DEFAULT_CSS = """
    Chart {
        height: 8;
        & > .chart--axis { color: $foreground 60%; }
        & > .chart--series-1 { color: $text-primary; }
        & > .chart--series-2 { color: $text-accent; }
        & > .chart--series-3 { color: $text-success; }
        & > .chart--series-4 { color: $text-error; }
        & > .chart--range { color: $foreground 35%; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chart--axis",
        "chart--range",
        *(f"chart--series-{number}" for number in range(1, SERIES_STYLES + 1)),
    }

    series: reactive[Sequence[Series]] = reactive((), always_update=True)
    """What is drawn; a sequence of values becomes one series without a name by `set_values`."""

    options: reactive[ChartOptions] = reactive(_DEFAULT_OPTIONS)
    """How it is drawn."""

    _drawn: tuple[tuple[object, ...], list[tuple[str, list[int]]]] | None = None

    def set_values(self, values: Values) -> None:
        """Draw one series."""
        self.series = (Series(values),)

    def watch_series(self) -> None:
        """Draw anew."""
        self._drawn = None

    def watch_options(self) -> None:
        """Draw anew."""
        self._drawn = None

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        width, height = self.size
        if self._drawn is None or self._drawn[0] != (width, height):
            self._drawn = (width, height), draw_chart(self.series, width, height, self.options)
        lines = self._drawn[1]
        if y >= len(lines):
            return Strip.blank(width, self.rich_style)
        text, owners = lines[y]
        return Strip([Segment(part, self._style(owner)) for part, owner in _runs(text, owners)], width)

    def _style(self, owner: int) -> Style:
        name = "axis" if owner == AXIS else "range" if owner == RANGE else f"series-{owner % SERIES_STYLES + 1}"
        return self.rich_style + self.get_component_rich_style(f"chart--{name}", partial=True)


def _runs(text: str, owners: Sequence[int]) -> Iterable[tuple[str, int]]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or owners[end] != owners[start]:
            yield text[start:end], owners[start]
            start = end
