"""The first line of the screen: the host, and the signs that must never be missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from time import localtime, strftime
from typing import NamedTuple

from rich.cells import cell_len

from tui.domain.host import HostUsage, HostView, Problem, Severity
from tui.present import figures
from tui.present.cells import PRESSURE_WARN_PERCENT
from tui.present.roles import Span, Spans
from widgets.escape import escape_controls
from widgets.live_table.model import Role
from widgets.meter import meter

BAR_CELLS = 6
CPU_WARN_PERCENT = 95.0
MEMORY_WARN_PERCENT = 90.0


class Part(NamedTuple):
    """A piece of the bar; the greater its priority, the sooner it is left out."""

    spans: Spans
    priority: int

    @property
    def width(self) -> int:
        """Return its cells."""
        return sum(cell_len(text) for text, _ in self.spans)


class Replayed(NamedTuple):
    """What stands on the screen is over.

    Attributes:
        utc: UTC time of the moment.
        gap: begin and end of the time without a record around it, None where there is one.
    """

    utc: float
    gap: tuple[float, float] | None = None


def host_bar(view: HostView, width: int, *, frozen: float | Replayed | None = None, ascii_only: bool = False) -> Spans:
    """Return the bar for a width: the name, figures as far as they fit, the signs and the count of problems.

    Args:
        frozen: UTC time of the moment that stands still, or the past that is shown, None while the screen moves.
    """
    if isinstance(frozen, Replayed):
        return _replay_bar(view, width, frozen, ascii_only=ascii_only)
    name: Span = (f" {escape_controls(view.host_name)}", "accent")
    right = _signs(view, frozen=frozen) + badge(view)
    quiet = _silenced(view)
    if cell_len(name[0]) + sum(cell_len(text) for text, _ in (*right, *quiet)) + 2 <= width:
        right += quiet
    room = width - cell_len(name[0]) - sum(cell_len(text) for text, _ in right) - 2
    if room < 0:
        name = (" ", "normal")
        room = width - 1 - sum(cell_len(text) for text, _ in right)
    chosen = _fitting(_figures(view.usage, ascii_only=ascii_only), room)
    left: list[Span] = [name]
    for part in chosen:
        left += part.spans
    blanks = width - sum(cell_len(text) for text, _ in left) - sum(cell_len(text) for text, _ in right) - 1
    return (*left, (" " * max(blanks, 0), "normal"), *right, (" ", "normal"))


def _replay_bar(view: HostView, width: int, replayed: Replayed, *, ascii_only: bool) -> Spans:
    """Return the bar of the past: the word and the time come first, and no width leaves them out."""
    when = f" REPLAY {strftime('%a %d %b %H:%M:%S', localtime(replayed.utc))} "
    demo: Spans = (("DEMO  ", "normal"),) if view.is_demo else ()
    right: Spans = demo + badge(view)
    if replayed.gap is not None:
        right = ((no_record(*replayed.gap), "crit"),)
    elif cell_len(when) + sum(cell_len(text) for text, _ in (*right, *_silenced(view))) + 2 <= width:
        right += _silenced(view)
    room = width - cell_len(when) - sum(cell_len(text) for text, _ in right) - 2
    name = f" {escape_controls(view.host_name)}"
    name = name if cell_len(name) <= room else ""
    figures_fit = _fitting(_figures(view.usage, ascii_only=ascii_only), room - cell_len(name))
    middle = [] if replayed.gap is not None else [span for part in figures_fit for span in part.spans]
    left: list[Span] = [(when, "accent"), (name, "normal"), *middle]
    blanks = width - sum(cell_len(text) for text, _ in (*left, *right)) - 1
    return (*left, (" " * max(blanks, 0), "normal"), *right, (" ", "normal"))


def no_record(begin: float, end: float) -> str:
    """Return that nothing was recorded between two UTC times; with the days where they are not the same one."""
    first, last = localtime(begin), localtime(end)
    form = "%H:%M" if end - begin >= 120 else "%H:%M:%S"
    if first[:3] != last[:3]:
        form = "%a " + form
    return f"NO RECORD {strftime(form, first)}-{strftime(form, last)}"


def connecting_bar(width: int) -> Spans:
    """Return the bar before the first sample."""
    return ((" hostdeck", "accent"), ("  connecting".ljust(max(0, width - 9)), "dim"))


def badge(view: HostView) -> Spans:
    """Return the count of problems in words, so that it can be read without colours.

    What somebody has seen is counted apart; what is silenced here only where there is nothing else.
    """
    counts = Counter(map(_group, view.problems))
    roles: dict[str, Role] = {"crit": "crit", "warn": "warn", "seen": "dim"}
    parts: list[Span] = [(f"{counts[word]:,} {word}", role) for word, role in roles.items() if counts[word]]
    if not parts:
        return ((f"{counts['']:,} silenced" if counts[""] else "no problems", "dim"),)
    return tuple((f"{' ' if place else ''}{text}", role) for place, (text, role) in enumerate(parts))


def _silenced(view: HostView) -> Spans:
    """Return the count of what is silenced, where the badge does not tell it."""
    count = sum(problem.is_silenced for problem in view.problems)
    return ((f" {count:,} silenced", "dim"),) if 0 < count < len(view.problems) else ()


def _group(problem: Problem) -> str:
    if problem.is_silenced:
        return ""
    if problem.acknowledged_by:
        return "seen"
    return "crit" if problem.severity is Severity.CRITICAL else "warn"


def _signs(view: HostView, *, frozen: float | None) -> Spans:
    signs: list[Span] = []
    for word, is_shown in (("DEMO", view.is_demo), ("READ-ONLY", view.read_only)):
        if is_shown:
            signs.append((f"{word}  ", "accent"))
    if frozen is not None:
        signs.append((f"FROZEN since {strftime('%H:%M:%S', localtime(frozen))}  ", "warn"))
    return tuple(signs)


def _figures(usage: HostUsage, *, ascii_only: bool) -> list[Part]:
    return [
        Part(_cpu(usage, ascii_only=ascii_only), 0),
        Part(_memory(usage, ascii_only=ascii_only), 1),
        Part(_pressure("io psi", usage.pressure.io_some), 2),
        Part(_load(usage), 4),
        Part(_disk(usage), 6),
        Part(_network(usage), 7),
        Part(_swap(usage), 5),
        Part(_pressure("mem psi", usage.pressure.memory_some), 8),
        Part((("  up ", "dim"), (f"{figures.duration(usage.uptime_seconds):<5}", "normal")), 3),
    ]


def _gauge(word: str, percent: float | None, text: str, warn: float, *, ascii_only: bool) -> Spans:
    role: Role = "warn" if percent is not None and percent >= warn else "normal"
    drawn = meter(None if percent is None else percent / 100, BAR_CELLS, ascii_only=ascii_only)
    return ((f"  {word} ", "dim"), (drawn, role if role == "warn" else "dim"), (f" {text}", role))


def _cpu(usage: HostUsage, *, ascii_only: bool) -> Spans:
    text = f"{figures.percent(usage.cpu_percent):>3}%"
    return _gauge("cpu", usage.cpu_percent, text, CPU_WARN_PERCENT, ascii_only=ascii_only)


def _memory(usage: HostUsage, *, ascii_only: bool) -> Spans:
    used, total = usage.memory_used_bytes, usage.memory_total_bytes
    percent = 100 * used / total if used is not None and total else None
    text = f"{figures.size(used)}/{figures.size(total)}".rjust(9)
    return _gauge("mem", percent, text, MEMORY_WARN_PERCENT, ascii_only=ascii_only)


def _pressure(word: str, percent: float | None) -> Spans:
    role: Role = "warn" if percent is not None and percent >= PRESSURE_WARN_PERCENT else "normal"
    return ((f"  {word} ", "dim"), (f"{figures.percent(percent):>2}%", role))


def _load(usage: HostUsage) -> Spans:
    if usage.load_1 is None:
        return (("  load ", "dim"), (f"{figures.UNKNOWN:>4}", "dim"))
    return (
        ("  load ", "dim"),
        (f"{usage.load_1:>5.1f}", "warn" if usage.load_1 > 2 * usage.cores else "normal"),
        (f"/{usage.cores}", "dim"),
    )


def _disk(usage: HostUsage) -> Spans:
    return _rates("disk", "read", usage.disk_read_bytes_per_second, "write", usage.disk_write_bytes_per_second)


def _network(usage: HostUsage) -> Spans:
    return _rates("net", "rx", usage.network_receive_bytes_per_second, "tx", usage.network_transmit_bytes_per_second)


def _rates(word: str, into_word: str, into: float | None, out_word: str, out: float | None) -> Spans:
    """Return two rates, each with its word: those of the columns of instances."""
    return (
        (f"  {word} {into_word} ", "dim"),
        (f"{figures.size(into):>4}/s", "normal"),
        (f" {out_word} ", "dim"),
        (f"{figures.size(out):>4}/s", "normal"),
    )


def _swap(usage: HostUsage) -> Spans:
    return (("  swap ", "dim"), (f"{figures.size(usage.swap_used_bytes):>4}", "normal"))


def _fitting(parts: Sequence[Part], room: int) -> list[Part]:
    kept = list(parts)
    while kept and sum(part.width for part in kept) > room:
        kept.remove(max(kept, key=lambda part: part.priority))
    return kept
