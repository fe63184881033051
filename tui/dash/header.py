"""The first lines: which host, how it is, and whether what stands here is true now."""

from __future__ import annotations

from time import localtime, strftime

from tui.dash.blocks import beside, ends, line, width_of
from tui.dash.magnify import magnified_cells, magnify
from tui.dash.moment import Moment
from tui.domain.host import HostView, Severity
from tui.present import figures
from tui.present.problems import connecting_line
from tui.present.roles import Span, Spans
from widgets.escape import escape_controls

LARGE_FROM = (150, 40)
"""Columns and lines from which there is room for a large header."""

_STEPS = 5


def header(moment: Moment, width: int, height: int) -> list[Spans]:
    """Return the lines: one, or five where the screen is large."""
    large = width >= LARGE_FROM[0] and height >= LARGE_FROM[1] and not moment.ascii_only
    lines = _large(moment, width) if large else [_small(moment, width)]
    return [*lines, *_stale(moment, width)]


def counts(view: HostView) -> Spans:
    """Return how many problems there are, in words; those that a person has seen are told apart."""
    loud = [problem for problem in view.problems if not problem.is_handled]
    quiet = len(view.problems) - len(loud)
    critical = sum(problem.severity is Severity.CRITICAL for problem in loud)
    parts: list[Span] = []
    if critical:
        parts.append((f"{critical} CRITICAL", "crit"))
    if len(loud) > critical:
        parts.append((f"{'  ' if parts else ''}{len(loud) - critical} warn", "warn"))
    if not parts:
        parts.append(("no problems", "ok"))
    if quiet:
        parts.append((f"  {quiet} seen", "dim"))
    return tuple(parts)


def moving_sign(tick: int, *, ascii_only: bool) -> str:
    """Return a dot that stands elsewhere after every sample: where it rests, the figures do."""
    place = tick % _STEPS
    dot, rest = ("o", ".") if ascii_only else ("●", "·")
    return rest * place + dot + rest * (_STEPS - 1 - place)


def _small(moment: Moment, width: int) -> Spans:
    right = _page(moment) + _clock(moment, "%a %d %b  %H:%M:%S")
    if width < 76:
        right = _clock(moment, "%H:%M:%S")
    return ends(
        ((" ", "normal"), *_who(moment), ("  ", "normal"), *_how(moment)), right, width, ascii_only=moment.ascii_only
    )


def _large(moment: Moment, width: int) -> list[Spans]:
    clock = magnify(_clock(moment, "%H:%M:%S", with_sign=False))
    clock_cells = width_of(clock[0])
    how = _how(moment)
    name = _who(moment)
    room = width - clock_cells - 3
    left = magnify((*name, (" ", "normal"), *how))
    if width_of(left[0]) > room:  # the count is more important than the name, which stands small above it then
        left = (
            [*magnify(how)[:4]]
            if magnified_cells("".join(text for text, _ in how)) <= room
            else [(*name, ("   ", "normal"), *how)]
        )
    date = strftime("%A %d %B %Y", localtime(moment.now_utc_seconds))
    top = ends(
        ((" ", "normal"), *name, *_page(moment)),
        ((f"{date}  ", "normal"), *_sign(moment)),
        width,
        ascii_only=moment.ascii_only,
    )
    return [top, *beside([[((" ", "normal"), *row) for row in left], clock], [room, clock_cells])]


def _who(moment: Moment) -> Spans:
    view = moment.view
    if view is None:
        return (("hostdeck", "accent"),)
    name: Span = (escape_controls(view.host_name), "accent")
    word = "  REPLAY" if moment.is_replay else "  DEMO" if view.is_demo else ""
    return (name, (word, "warn")) if word else (name,)


def _how(moment: Moment) -> Spans:
    """Return how many problems there are; that there are none is known only when all engines have told."""
    view = moment.view
    if view is None or (not view.problems and (connecting_line(view) or not view.sources)):
        return (("connecting", "dim"),)
    return counts(view)


def _page(moment: Moment) -> Spans:
    turn = moment.turn
    if turn.count == 1:
        return (("  ", "normal"),)
    held: Spans = ((" held", "warn"),) if turn.is_held else ()
    return ((f"  {turn.page.value} {turn.number}/{turn.count}", "dim"), *held, ("   ", "normal"))


def _clock(moment: Moment, form: str, *, with_sign: bool = True) -> Spans:
    text: Span = (strftime(form, localtime(moment.now_utc_seconds)), "normal")
    return (text, ("  ", "normal"), *_sign(moment), (" ", "normal")) if with_sign else (text,)


def _sign(moment: Moment) -> Spans:
    if moment.view is None:
        return (("." * _STEPS, "dim"),)
    if moment.is_stale:
        return (("STALE", "crit"),)
    return ((moving_sign(moment.view.tick, ascii_only=moment.ascii_only), "accent"),)


def _stale(moment: Moment, width: int) -> list[Spans]:
    """Return what is said when the figures are not those of now."""
    if moment.view is None or not moment.is_stale:
        return []
    taken = strftime("%H:%M:%S", localtime(moment.view.taken_utc_seconds))
    text = f" x as of {taken}: all that stands here is {figures.age(moment.age_seconds)} old, no new figures come"
    return [line(text[:width], "crit")]
