"""The first line of the screen: the host, and the signs that must never be missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from tui.domain.host import HostUsage, HostView, Severity
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


def host_bar(view: HostView, width: int, *, frozen: bool = False, ascii_only: bool = False) -> Spans:
    """Return the bar for a width: the name, figures as far as they fit, the signs and the count of problems."""
    right = _signs(view, frozen=frozen) + badge(view)
    name: Span = (f" {escape_controls(view.host_name)}", "accent")
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


def connecting_bar(width: int) -> Spans:
    """Return the bar before the first sample."""
    return ((" hostdeck", "accent"), ("  connecting".ljust(max(0, width - 9)), "dim"))


def badge(view: HostView) -> Spans:
    """Return the count of problems in words, so that it can be read without colours."""
    critical = sum(problem.severity is Severity.CRITICAL for problem in view.problems)
    warnings = len(view.problems) - critical
    if not view.problems:
        return (("no problems", "dim"),)
    parts: list[Span] = []
    if critical:
        parts.append((f"{critical} crit", "crit"))
    if warnings:
        parts.append((f"{' ' if parts else ''}{warnings} warn", "warn"))
    return tuple(parts)


def _signs(view: HostView, *, frozen: bool) -> Spans:
    shown = [
        word
        for word, is_shown in (("DEMO", view.is_demo), ("READ-ONLY", view.read_only), ("FROZEN", frozen))
        if is_shown
    ]
    return tuple((f"{word}  ", "warn" if word == "FROZEN" else "accent") for word in shown)


def _figures(usage: HostUsage, *, ascii_only: bool) -> list[Part]:
    return [
        Part(_cpu(usage, ascii_only=ascii_only), 0),
        Part(_memory(usage, ascii_only=ascii_only), 1),
        Part(_pressure("io", usage.pressure.io_some), 2),
        Part(_load(usage), 4),
        Part(_pair("disk", usage.disk_read_bytes_per_second, usage.disk_write_bytes_per_second), 6),
        Part(_pair("net", usage.network_receive_bytes_per_second, usage.network_transmit_bytes_per_second), 7),
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


def _pair(word: str, into: float | None, out: float | None) -> Spans:
    return ((f"  {word} ", "dim"), (f"{figures.size(into):>4} {figures.size(out):>4}", "normal"))


def _swap(usage: HostUsage) -> Spans:
    return (("  swap ", "dim"), (f"{figures.size(usage.swap_used_bytes):>4}", "normal"))


def _fitting(parts: Sequence[Part], room: int) -> list[Part]:
    kept = list(parts)
    while kept and sum(part.width for part in kept) > room:
        kept.remove(max(kept, key=lambda part: part.priority))
    return kept
