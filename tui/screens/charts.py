"""The four charts of one instance, with the newest figure in each heading."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.present import figures
from tui.present.entry import Entry
from tui.present.long_charts import time_words
from tui.present.roles import Spans
from tui.present.sparks import line_series
from tui.sampling.history import Metric
from tui.sampling.source import HostSource
from tui.screens.span_lines import SpanLines
from widgets.chart import Chart, ChartOptions, Series

SPAN_SECONDS = 900.0
REDRAW_SECONDS = 10.0
"""A chart of 15 minutes moves on by less than a cell in this time."""


class ChartKind(NamedTuple):
    """What one chart shows."""

    name: str
    metrics: tuple[tuple[Metric, str], ...]
    formatter: Callable[[float], str]
    base: int


KINDS = (
    ChartKind("cpu", ((Metric.CPU_CORES, "cores"),), lambda value: f"{value:g}", 1000),
    ChartKind("memory", ((Metric.MEMORY_BYTES, ""),), figures.size, 1024),
    ChartKind("disk", ((Metric.READ_RATE, "read"), (Metric.WRITE_RATE, "written")), figures.size, 1024),
    ChartKind("network", ((Metric.RECEIVE_RATE, "received"), (Metric.TRANSMIT_RATE, "sent")), figures.size, 1024),
)


class InstanceChart(Vertical):
    """One chart below a line that names it and tells the newest figures."""

    DEFAULT_CSS = """
    InstanceChart {
        height: 8;
        & > SpanLines { height: 1; }
        & > Chart { height: 1fr; }
    }
    """

    def __init__(self, kind: ChartKind) -> None:
        super().__init__(classes="instance-chart")
        self._kind = kind
        self._drawn: tuple[str, float] | None = None
        self._heading = SpanLines(((),))
        self._chart = Chart()

    def compose(self) -> ComposeResult:
        """Place heading and chart."""
        yield self._heading
        yield self._chart

    def show_entry(
        self, entry: Entry, source: HostSource, tick: int, *, ascii_only: bool, ends: float | None = None
    ) -> None:
        """Show an instance; the chart itself is drawn anew only when it would look different.

        Args:
            ends: UTC time at its right edge, where that is not now.
        """
        self._heading.show([self._title(entry)])
        step = max(1, round(REDRAW_SECONDS / source.tick_seconds))
        wanted = (entry.key, tick // step if ends is None else ends)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        count = round(SPAN_SECONDS / source.tick_seconds)
        self._chart.options = ChartOptions(
            span_seconds=SPAN_SECONDS,
            formatter=self._kind.formatter,
            base=self._kind.base,
            capacity=count,
            mode="ascii" if ascii_only else "braille",
            times=time_words(ends - SPAN_SECONDS, ends, None) if ends is not None else (),
        )
        history = partial(line_series, source.series, entry)
        self._chart.series = [Series(history(metric, count), name) for metric, name in self._kind.metrics]

    def _title(self, entry: Entry) -> Spans:
        """Return the name with the newest figures."""
        usage = entry.usage
        now = {
            "cpu": f"{figures.cores(usage.cpu.cores_used)} cores",
            "memory": figures.size(usage.memory.working_set_bytes),
            "disk": _both(usage.io.read_bytes_per_second, usage.io.write_bytes_per_second, "read", "written"),
            "network": _both(
                usage.network.receive_bytes_per_second, usage.network.transmit_bytes_per_second, "received", "sent"
            ),
        }[self._kind.name]
        return ((self._kind.name.ljust(9), "dim"), (now, "normal"))


def _both(first: float | None, second: float | None, first_word: str, second_word: str) -> str:
    return f"{figures.size(first):>4} {first_word}/s {figures.size(second):>4} {second_word}/s"
