"""Who uses most: by processor, memory, disk, network and pressure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nlargest

from tui.dash.blocks import line
from tui.domain.host import HostView, InstanceView
from tui.domain.instance import Instance
from tui.domain.usage import Usage
from tui.present import figures
from tui.present.cells import PRESSURE_WARN_PERCENT, worst
from tui.present.roles import Spans
from widgets.fit import fit
from widgets.live_table.model import Role
from widgets.meter import meter

LEAST_CELLS = 14
"""The narrowest column that still shows eight letters of a name beside a figure."""

_BAR_FROM_CELLS = 30
_FIGURE_CELLS = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing to be the greatest in.

    Attributes:
        title: the heading, with the unit.
        value: None where it is not known.
        whole: what a full bar stands for, None for the greatest of those shown.
        warn_from: the value that needs a person, None for none.
    """

    title: str
    value: Callable[[Usage], float | None]
    text: Callable[[float | None], str]
    whole: Callable[[HostView], float | None]
    warn_from: float | None = None


def _both(one: float | None, other: float | None) -> float | None:
    """Return the sum of what is known; None where nothing is."""
    return None if one is None and other is None else (one or 0.0) + (other or 0.0)


MEASURES = (
    Measure("CPU cores", lambda usage: usage.cpu.cores_used, figures.cores, lambda view: float(view.usage.cores)),
    Measure(
        "MEMORY",
        lambda usage: usage.memory.working_set_bytes,
        figures.size,
        lambda view: float(view.usage.memory_total_bytes) or None,
    ),
    Measure(
        "DISK /s",
        lambda usage: _both(usage.io.read_bytes_per_second, usage.io.write_bytes_per_second),
        figures.size,
        lambda _view: None,
    ),
    Measure(
        "NETWORK /s",
        lambda usage: _both(usage.network.receive_bytes_per_second, usage.network.transmit_bytes_per_second),
        figures.size,
        lambda _view: None,
    ),
    Measure(
        "PRESSURE %", lambda usage: worst(usage.pressure), figures.percent, lambda _view: 100.0, PRESSURE_WARN_PERCENT
    ),
)


def is_shown(instance: Instance) -> bool:
    """Tell whether an instance is one of a person's: what only holds a pod together is not."""
    return instance.container is None or not instance.container.is_infra


def consumers(view: HostView, measure: Measure, most: int) -> list[tuple[InstanceView, float]]:
    """Return the greatest, with their values; those whose figure would read 0 are none of them."""
    found = [
        (item, value)
        for item in view.instances
        if (value := measure.value(item.usage)) is not None and value > 0 and is_shown(item.instance)
    ]
    top = nlargest(most, found, key=lambda pair: pair[1])
    return [pair for pair in top if measure.text(pair[1]).strip("0.")]


def consumer_block(
    view: HostView, measure: Measure, width: int, height: int, *, ascii_only: bool = False
) -> list[Spans]:
    """Return the heading and the greatest consumers as lines."""
    top = consumers(view, measure, max(0, height - 1))
    lines = [_heading(measure, width)]
    if not top:
        return [*lines, line(_nobody(view), "dim")]
    whole = measure.whole(view) or top[0][1]
    return lines + [_line(item, value, measure, width, whole, ascii_only=ascii_only) for item, value in top]


def _heading(measure: Measure, width: int) -> Spans:
    """Return what is measured, over the figures."""
    return line(fit(measure.title, width, "right"), "accent")


def _line(item: InstanceView, value: float, measure: Measure, width: int, whole: float, *, ascii_only: bool) -> Spans:
    bar = width // 3 if width >= _BAR_FROM_CELLS else 0
    role: Role = "warn" if measure.warn_from is not None and value >= measure.warn_from else "normal"
    room = width - _FIGURE_CELLS - 1 - (bar + 1 if bar else 0)
    drawn = f"{meter(value / whole, bar, ascii_only=ascii_only)} " if bar else ""
    return (
        (fit(item.instance.name, room, ascii_only=ascii_only), role),
        (" ", "normal"),
        (drawn, role if role == "warn" else "dim"),
        (measure.text(value).rjust(_FIGURE_CELLS), role),
    )


def _nobody(view: HostView) -> str:
    return "none" if view.instances else figures.UNKNOWN


def columns_of(width: int) -> Sequence[Measure]:
    """Return as many measures as have room side by side."""
    return MEASURES[: max(1, min(len(MEASURES), (width + 1) // (LEAST_CELLS + 1)))]
