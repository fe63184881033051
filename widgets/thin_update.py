"""Screen updates that send only what changed.

Textual 8.2.8 sends every changed line from the left edge of its widget on, and each piece of text with its whole style
and a reset behind it. Over SSH both cost more than the text itself. Here a line is compared with what was sent of it
before, only the cells that differ are sent, and of a style only what differs from the one before it.

The hooks are private to Textual (`Screen._compositor`, `ChopsUpdate`), which is why its version is pinned exactly;
`tests/ui/screens/test_thin_update.py` fails when they change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.strip import Strip

from widgets.changed_cells import Cells, Looks

if TYPE_CHECKING:
    from rich.color import Color
    from rich.console import Console
    from textual.geometry import Region
    from textual.widget import Widget

RESET = "\x1b[0m"


class Sent:
    """What the terminal shows, by line and first cell of a piece that Textual draws as one."""

    def __init__(self) -> None:
        self._strips: dict[tuple[int, int], tuple[Strip, Cells | None]] = {}
        self._looks = Looks()

    def clear(self) -> None:
        """Take nothing for granted."""
        self._strips.clear()
        if self._looks.is_full:
            self._looks.clear()

    def forget_lines(self, lines: Collection[int]) -> None:
        """Take nothing for granted on some lines."""
        for place in [place for place in self._strips if place[0] in lines]:
            del self._strips[place]

    def note(self, place: tuple[int, int], strip: Strip) -> None:
        """Take over what is sent whole."""
        self._strips[place] = (strip, None)

    def replace(self, place: tuple[int, int], strip: Strip) -> Iterable[tuple[int, list[Segment]]]:
        """Take over what is sent now; return the pieces that differ from before, each with its first cell."""
        if self._looks.is_full:
            self.clear()
        old, before = self._strips.get(place, (None, None))
        after = self._looks.cells(strip)
        self._strips[place] = (strip, after)
        if before is None or after is None or len(before.text) != len(after.text):
            return difference(old, strip)
        return self._looks.changed(before, after)


class ThinUpdate(ChopsUpdate):
    """An update of some spans of the screen that leaves out what the terminal shows already.

    Args:
        sent: what was sent before; brought up to date while this is written.
    """

    def __init__(self, update: ChopsUpdate, sent: Sent) -> None:
        super().__init__(update.chops, update.spans, update.chop_ends)
        self._sent = sent

    def render_segments(self, console: Console) -> str:
        """Return what is written to the terminal."""
        pen = Pen(console._color_system or ColorSystem.TRUECOLOR)
        written: list[str] = []
        done: set[tuple[int, int]] = set()
        line = -1
        for y, start, end in self.spans:
            for chop_end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                place = (y, x)
                if strip is None or x >= end or chop_end <= start or place in done:
                    continue
                done.add(place)
                for offset, segments in self._sent.replace(place, strip):
                    column = x + offset + 1
                    written.append(f"\x1b[{column}G" if y == line else f"\x1b[{y + 1};{column}H")
                    line = y
                    pen.draw(segments, written)
        if written:
            written.append(RESET)
        return "".join(written)


class ThinLayout(LayoutUpdate):
    """An update of everything that tells of each style only what differs from the one before it.

    Args:
        sent: what was sent before; it is what is written here from then on.
    """

    def __init__(self, update: LayoutUpdate, sent: Sent) -> None:
        super().__init__(update.strips, update.region)
        self._sent = sent

    def render_segments(self, console: Console) -> str:
        """Return what is written to the terminal."""
        self._sent.clear()
        pen = Pen(console._color_system or ColorSystem.TRUECOLOR)
        written: list[str] = []
        for y, line in enumerate(self.strips, self.region.y):
            written.append(f"\x1b[{y + 1};{self.region.x + 1}H")
            x = self.region.x
            for strip in line:
                self._sent.note((y, x), strip)
                x += strip.cell_length
                pen.draw(strip, written)
        written.append(RESET)
        return "".join(written)


def difference(old: Strip | None, new: Strip) -> list[tuple[int, list[Segment]]]:
    """Return the pieces of a line that differ, each with its first cell; the whole line where nothing is known."""
    after = list(new)
    if old is None or old.cell_length != new.cell_length:
        return [(0, after)]
    before = list(old)
    if len(before) != len(after):
        return _trimmed(before, after)
    pieces: list[tuple[int, list[Segment]]] = []
    x, joins = 0, False
    for one, other in zip(before, after, strict=True):
        cells = other.cell_length
        if one.cell_length != cells:
            return _trimmed(before, after)
        if one == other:
            joins = False
        elif joins:
            pieces[-1][1].append(other)
        else:
            pieces.append((x, [other]))
            joins = True
        x += cells
    return pieces


def _trimmed(before: list[Segment], after: list[Segment]) -> list[tuple[int, list[Segment]]]:
    """Return what is left of a line without the pieces at both ends that are as they were."""
    x = start = 0
    least = min(len(before), len(after))
    while start < least and before[start] == after[start]:
        x += after[start].cell_length
        start += 1
    end = len(after)
    back = len(before)
    while end > start and back > start and before[back - 1] == after[end - 1]:
        end -= 1
        back -= 1
    return [(x, after[start:end])] if end > start else []


class Pen:
    """Knows the style the terminal draws with."""

    _changes: dict[tuple[ColorSystem, Style, Style], str] = {}  # noqa: RUF012 - shared on purpose: styles are few
    _MOST_CHANGES = 4096

    def __init__(self, color_system: ColorSystem) -> None:
        self._color_system = color_system
        self._style: Style | None = None

    def draw(self, segments: Iterable[Segment], written: list[str]) -> None:
        """Add the text of segments with the changes of style they need."""
        for text, style, control in segments:
            if control or not text:
                continue
            wanted = style or _PLAIN
            if wanted is not self._style:
                written.append(self._change_to(wanted))
                self._style = wanted
            written.append(text)

    def _change_to(self, style: Style) -> str:
        before = self._style
        if before is None:
            return _whole(style, self._color_system)
        key = (self._color_system, before, style)
        change = self._changes.get(key)
        if change is None:
            if len(self._changes) >= self._MOST_CHANGES:
                self._changes.clear()
            change = self._changes[key] = _difference(before, style, self._color_system)
        return change


_PLAIN = Style.null()


def _whole(style: Style, color_system: ColorSystem) -> str:
    codes = style._make_ansi_codes(color_system)
    return f"\x1b[0;{codes}m" if codes else RESET


def _difference(before: Style, style: Style, color_system: ColorSystem) -> str:
    """Return the shortest change from one style to another: colours alone, or everything anew."""
    if _attributes(before) != _attributes(style):
        return _whole(style, color_system)
    codes: list[str] = []
    if before.color != style.color:
        codes += _codes(style.color, color_system, foreground=True)
    if before.bgcolor != style.bgcolor:
        codes += _codes(style.bgcolor, color_system, foreground=False)
    return f"\x1b[{';'.join(codes)}m" if codes else ""


def _attributes(style: Style) -> int:
    return style._attributes & style._set_attributes


def _codes(color: Color | None, color_system: ColorSystem, *, foreground: bool) -> tuple[str, ...]:
    if color is None:
        return ("39",) if foreground else ("49",)
    return color.downgrade(color_system).get_ansi_codes(foreground=foreground)


class ThinCompositor(Compositor):
    """Textual's compositor with thinner partial updates; a screen takes it in its constructor.

    `forget` must be called when something else may have written to the terminal: another screen was on top.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sent = Sent()
        self._sent_with: Sequence[Sequence[int]] = ()

    def forget(self) -> None:
        """Take nothing for granted that the terminal shows."""
        self._sent.clear()

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        """Return the update of everything."""
        self.forget()
        update = super().render_full_update(simplify)
        self._sent_with = self.cuts
        return update if simplify else ThinLayout(update, self._sent)

    def render_partial_update(self) -> ChopsUpdate | None:
        """Return the update of what is dirty, None where nothing is."""
        if not self._dirty_regions:
            return None
        self._take_cuts()
        everything = self.visible_widgets
        self._visible_widgets = self._touched(everything)
        try:
            update = super().render_partial_update()
        finally:
            self._visible_widgets = everything
        return ThinUpdate(update, self._sent) if update is not None else None

    def _take_cuts(self) -> None:
        """Forget the lines that are cut into other pieces from now on."""
        cuts, before = self.cuts, self._sent_with
        if cuts is before:
            return
        self._sent_with = cuts
        if len(cuts) != len(before):
            self.forget()
        else:
            self._sent.forget_lines({y for y, cut in enumerate(cuts) if cut != before[y]})

    def _touched(self, everything: dict[Widget, tuple[Region, Region]]) -> dict[Widget, tuple[Region, Region]]:
        """Return the widgets that are seen in a dirty region; what lies behind one that covers it is not."""
        shown = [(widget, region.intersection(clip)) for widget, (region, clip) in everything.items()]
        touched: set[Widget] = set()
        for dirty in self._dirty_regions:
            for widget, region in shown:
                if region.overlaps(dirty):
                    touched.add(widget)
                    if region.contains_region(dirty):
                        break
        return {widget: place for widget, place in everything.items() if widget in touched}
