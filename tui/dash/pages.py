"""The whole screen as lines, for any size from a terminal to a wall."""

from __future__ import annotations

from tui.dash.blocks import EMPTY, beside, faded, indented, line, shares, width_of
from tui.dash.consumers import LEAST_CELLS, MEASURES, columns_of, consumer_block
from tui.dash.foot import foot
from tui.dash.gauges import facts, gauge_rows
from tui.dash.happenings import happenings
from tui.dash.header import header
from tui.dash.instances import instance_block
from tui.dash.magnify import HIGH, WIDE, magnify
from tui.dash.moment import Moment
from tui.dash.problems import LARGE_FROM_LINES, lines_wanted, problem_block
from tui.dash.rotation import PageId
from tui.domain.host import HostView
from tui.domain.instance import Kind
from tui.present.roles import Spans
from tui.screens.span_lines import fit_spans

WALL_FROM = (72 * WIDE, 22 * HIGH)
"""Columns and lines from which every letter is drawn large: its cells are too small to be read from afar."""

_LEAST_CONSUMERS = 4
_SHORT_PROBLEMS = 4
_ROOMY_FROM = 120


def draw(moment: Moment, width: int, height: int) -> list[Spans]:
    """Return exactly `height` lines of at most `width` cells."""
    if width >= WALL_FROM[0] and height >= WALL_FROM[1] and not moment.ascii_only:
        small = _draw(moment, width // WIDE, height // HIGH)
        lines = [large for spans in small for large in magnify(fit_spans(spans, width // WIDE))]
    else:
        drawn = _draw(moment, width, height)
        lines = [
            spans if width_of(spans) <= width else fit_spans(spans, width, ascii_only=moment.ascii_only)
            for spans in drawn
        ]
    return [*lines[:height], *[EMPTY] * (height - len(lines))]


def _draw(moment: Moment, width: int, height: int) -> list[Spans]:
    top = header(moment, width, height)
    view = moment.view
    if view is None:
        return [*top, EMPTY, line(" waiting for the first figures", "dim")]
    last = foot(view, width)
    room = height - len(top) - len(last)
    body = (
        _overview(moment, view, width, room, height)
        if moment.turn.page is PageId.OVERVIEW
        else _other(moment, view, width, room, height)
    )
    body = [*body[:room], *[EMPTY] * (room - len(body))]
    if moment.is_stale:
        body, last = faded(body), faded(last)
    return [*top, *body, *last]


def _overview(moment: Moment, view: HostView, width: int, room: int, height: int) -> list[Spans]:
    rows = indented(gauge_rows(view.usage, width - 1, height, ascii_only=moment.ascii_only))
    lines = [*rows]
    if height >= LARGE_FROM_LINES:
        lines = [EMPTY, *rows, ((" ", "normal"), *facts(view.usage)), EMPTY]
    left = room - len(lines) - 1
    large = height >= LARGE_FROM_LINES
    wanted = lines_wanted(view, large=large)
    for_problems = max(1, min(wanted, left - _LEAST_CONSUMERS - 2, left * 3 // 5 if wanted > left // 2 else left))
    problems = problem_block(moment, width, for_problems, large=large)
    return [*lines, _rule(moment, width), *problems, EMPTY, *_consumers(moment, view, width, left - len(problems) - 1)]


def _other(moment: Moment, view: HostView, width: int, room: int, height: int) -> list[Spans]:
    """Return another page: problems stay in sight above it."""
    problems: list[Spans] = []
    if view.problems:
        large = height >= LARGE_FROM_LINES
        share = max(_SHORT_PROBLEMS, room // 4)
        problems = problem_block(moment, width, min(lines_wanted(view, large=large), share), large=large)
    rule = _rule(moment, width)
    left = room - len(problems) - (2 if problems else 1)
    above = [rule, *problems, rule] if problems else [rule]
    return [*above, *_page(moment, view, width, left)]


def _page(moment: Moment, view: HostView, width: int, height: int) -> list[Spans]:
    match moment.turn.page:
        case PageId.GUESTS:
            return instance_block(view, Kind.GUEST, width, height, ascii_only=moment.ascii_only)
        case PageId.CONTAINERS:
            return instance_block(view, Kind.CONTAINER, width, height, ascii_only=moment.ascii_only)
        case PageId.TIMELINE:
            return happenings(moment, height)
        case _:
            return _all_consumers(moment, view, width, height)


def _consumers(moment: Moment, view: HostView, width: int, height: int) -> list[Spans]:
    """Return measures side by side; a line between them, because a figure must not be read with the next name."""
    gap = _gap(moment, width)
    measures = columns_of(width - 2)
    widths = shares(width - 2, len(measures), len(gap))
    blocks = [
        consumer_block(view, measure, cells, height, ascii_only=moment.ascii_only)
        for measure, cells in zip(measures, widths, strict=True)
    ]
    return indented(beside(blocks, widths, gap=gap, ascii_only=moment.ascii_only))


def _gap(moment: Moment, width: int) -> str:
    rule = "|" if moment.ascii_only else "│"
    return f"{rule} " if width < _ROOMY_FROM else f"  {rule}  "


def _all_consumers(moment: Moment, view: HostView, width: int, height: int) -> list[Spans]:
    """Return every measure, side by side where the columns are wide enough for bars, else in two rows."""
    if width >= len(MEASURES) * 2 * LEAST_CELLS:
        return _consumers(moment, view, width, height)
    lines: list[Spans] = []
    gap = _gap(moment, width)
    half = (height - 1) // 2
    for measures in (MEASURES[:3], MEASURES[3:]):
        widths = shares(width - 2, 3, len(gap))[: len(measures)]
        blocks = [
            consumer_block(view, measure, cells, half, ascii_only=moment.ascii_only)
            for measure, cells in zip(measures, widths, strict=True)
        ]
        lines += [*indented(beside(blocks, widths, gap=gap, ascii_only=moment.ascii_only)), EMPTY]
    return lines


def _rule(moment: Moment, width: int) -> Spans:
    return line(("-" if moment.ascii_only else "─") * width, "dim")
