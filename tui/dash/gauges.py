"""The host as a row of large figures."""

from __future__ import annotations

from typing import NamedTuple

from tui.dash.blocks import beside, line, shares
from tui.dash.digits import digits, digits_height, digits_width
from tui.domain.host import HostUsage
from tui.present import figures
from tui.present.cells import PRESSURE_WARN_PERCENT
from tui.present.hostbar import CPU_WARN_PERCENT, MEMORY_WARN_PERCENT
from tui.present.roles import Spans
from widgets.fit import fit
from widgets.live_table.model import Role
from widgets.meter import meter

LEAST_GAUGES = 4
_WIDEST = "100%"
_LINES_FOR_A_LINE = 9
"""Of so many lines of the screen a figure takes one, so that it stays a part of the picture."""


class Gauge(NamedTuple):
    """One figure of the host in percent.

    Attributes:
        detail: what it is made of, in as few letters as can be.
        warn_from: percent from which it needs a person.
    """

    word: str
    percent: float | None
    detail: str
    warn_from: float


def gauges(usage: HostUsage) -> list[Gauge]:
    """Return the figures, the most important first."""
    pressure = usage.pressure
    memory, swap = usage.memory_used_bytes, usage.swap_used_bytes
    load = figures.UNKNOWN if usage.load_1 is None else f"{usage.load_1:.1f}"
    return [
        Gauge("cpu", usage.cpu_percent, f"load {load} on {usage.cores}", CPU_WARN_PERCENT),
        Gauge(
            "memory",
            _part(memory, usage.memory_total_bytes),
            f"{figures.size(memory)} of {figures.size(usage.memory_total_bytes)}",
            MEMORY_WARN_PERCENT,
        ),
        Gauge("io psi", pressure.io_some, "tasks wait", PRESSURE_WARN_PERCENT),
        Gauge("mem psi", pressure.memory_some, "tasks wait", PRESSURE_WARN_PERCENT),
        Gauge("cpu psi", pressure.cpu_some, "tasks wait", PRESSURE_WARN_PERCENT),
        Gauge(
            "swap",
            _part(swap, usage.swap_total_bytes),
            f"{figures.size(swap)} of {figures.size(usage.swap_total_bytes)}",
            MEMORY_WARN_PERCENT,
        ),
    ]


def scale_for(width: int, height: int) -> int:
    """Return the size of the figures for a screen, 0 where there is no room for large ones."""
    scale = 0
    while digits_height(scale + 1) <= max(3, height // _LINES_FOR_A_LINE) and _cells(scale + 1) <= width:
        scale += 1
    return scale


def gauge_rows(usage: HostUsage, width: int, height: int, *, ascii_only: bool = False) -> list[Spans]:
    """Return the row of gauges: as many as have room, as large as the screen allows."""
    scale = scale_for(width, height)
    if ascii_only and scale:
        scale = max(1, scale - scale % 2)
    least = digits_width(_WIDEST, scale) + 2 if scale else 18
    every = gauges(usage)
    count = max(1, min(len(every), (width + 1) // (least + 1)))
    widths = shares(width, count)
    blocks = [_block(gauge, room, scale, ascii_only=ascii_only) for gauge, room in zip(every, widths, strict=False)]
    return beside(blocks, widths, ascii_only=ascii_only)


def facts(usage: HostUsage) -> Spans:
    """Return what is no part of a whole: traffic and how long the host is up."""
    pairs = (
        ("disk read ", f"{figures.size(usage.disk_read_bytes_per_second)}/s"),
        ("  write ", f"{figures.size(usage.disk_write_bytes_per_second)}/s"),
        ("   net rx ", f"{figures.size(usage.network_receive_bytes_per_second)}/s"),
        ("  tx ", f"{figures.size(usage.network_transmit_bytes_per_second)}/s"),
        ("   up ", figures.duration(usage.uptime_seconds)),
    )
    return tuple(span for word, text in pairs for span in ((word, "dim"), (text.ljust(4), "normal")))


def _cells(scale: int) -> int:
    return LEAST_GAUGES * (digits_width(_WIDEST, scale) + 2) + LEAST_GAUGES - 1


def _part(used: int | None, whole: int | None) -> float | None:
    return 100 * used / whole if used is not None and whole else None


def _block(gauge: Gauge, width: int, scale: int, *, ascii_only: bool) -> list[Spans]:
    role: Role = "warn" if gauge.percent is not None and gauge.percent >= gauge.warn_from else "normal"
    text = figures.percent(gauge.percent)
    text = text if text == figures.UNKNOWN else f"{text}%"
    word = f"{'! ' if role == 'warn' else ''}{gauge.word}"
    detail = gauge.detail if len(word) + len(gauge.detail) + 2 <= width - 1 else ""
    heading: Spans = (
        (word, "warn" if role == "warn" else "accent"),
        (fit(detail, width - 1 - len(word), "right"), "dim"),
    )
    bar_role = role
    fraction = None if gauge.percent is None else gauge.percent / 100
    bar = _track(fraction, width - 1, bar_role, ascii_only=ascii_only)
    if not scale:
        return [heading, ((f"{text:>4} ", role), *_track(fraction, width - 6, bar_role, ascii_only=ascii_only))]
    large = [line(row, role) for row in digits(text, scale, ascii_only=ascii_only)]
    return [heading, *large, bar]


def _track(fraction: float | None, width: int, role: Role, *, ascii_only: bool) -> Spans:
    """Return a bar with the rest of its way, so that it shows of how much it is a part."""
    drawn = meter(fraction, width, ascii_only=ascii_only).rstrip()
    rest = "" if fraction is None else ("." if ascii_only else "░") * (width - len(drawn))
    return ((drawn, role), (rest, "dim"))
