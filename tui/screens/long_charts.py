"""The charts of a page: the last minutes as they are sampled, or hours and days from the record, by one key."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.containers import Container, Vertical

from tui.domain.errors import HostdeckError
from tui.present import figures
from tui.present.long_charts import Window, gap_sentence, next_window, overall, summed, time_words
from tui.present.words import wrapped
from tui.screens.charts import KINDS, ChartKind, InstanceChart
from tui.screens.span_lines import SpanLines
from widgets.chart import Chart, ChartOptions, Series

if TYPE_CHECKING:
    from tui.domain.host import HostView
    from tui.domain.identity import StableKey
    from tui.domain.past import Bucket
    from tui.present.entry import Entry
    from tui.sampling.history import Metric
    from tui.sampling.past import Past
    from tui.sampling.source import HostSource

NO_PAST = "No record is read here, so there is nothing older: hostdeck record, best as a service, writes one."
LEAST_BUCKETS, MOST_BUCKETS = 20, 240
AXIS_CELLS = 8
PAGE_MARGIN_CELLS = 6


class Shown(NamedTuple):
    """What charts are about at one moment.

    Attributes:
        keys: of the instances whose sum they show; None is the whole host.
        now: UTC seconds of the moment.
    """

    keys: tuple[StableKey, ...] | None
    now: float
    source: HostSource
    ascii_only: bool


class LongChart(Vertical):
    """One chart from the record, below a line that names it and tells mean and most."""

    DEFAULT_CSS = """
    LongChart {
        height: 8;
        & > SpanLines { height: 1; }
        & > Chart { height: 1fr; }
    }
    """

    def __init__(self, kind: ChartKind) -> None:
        super().__init__(classes="instance-chart")
        self.kind = kind
        self._heading = SpanLines((((kind.name, "dim"),),))
        self._chart = Chart()

    def compose(self) -> ComposeResult:
        """Place heading and chart."""
        yield self._heading
        yield self._chart

    def show_buckets(self, lines: Sequence[Sequence[Bucket]], window: Window, now: float, *, ascii_only: bool) -> None:
        """Draw a line for each metric."""
        kind = self.kind
        count = len(lines[0])
        begin, end = window.bounds(now, count)
        self._chart.options = ChartOptions(
            span_seconds=window.seconds,
            formatter=kind.formatter,
            base=kind.base,
            capacity=count,
            mode="ascii" if ascii_only else "braille",
            times=time_words(begin, end, window.around),
        )
        self._chart.series = [
            Series(
                [bucket.mean for bucket in buckets],
                name,
                [bucket.least for bucket in buckets],
                [bucket.most for bucket in buckets],
            )
            for buckets, (_, name) in zip(lines, kind.metrics, strict=True)
        ]
        said = [_summary(kind, name, buckets) for buckets, (_, name) in zip(lines, kind.metrics, strict=True)]
        self._heading.show([((kind.name.ljust(9), "dim"), ("   ".join(said), "normal"))])


class Charts(Vertical):
    """A heading, four charts, and what there is to say about them.

    Args:
        around: the moment they are about, None for the last minutes.
        has_live: the last minutes are sampled; without them the record's last hour comes first.
    """

    DEFAULT_CSS = """
    Charts {
        height: auto;
        & > SpanLines { height: auto; }
    }
    """

    def __init__(self, *, around: float | None = None, has_live: bool = True) -> None:
        super().__init__()
        self._around = around
        self._has_live = has_live
        self._window = next_window(None, around) if around is not None or not has_live else None
        self._shown: Shown | None = None
        self._asked: object = None
        self._is_past = False
        self._heading = SpanLines(((("Last 15 minutes", "accent"),),), classes="heading")
        self._live = Container(*(InstanceChart(kind) for kind in KINDS), classes="charts")
        self._long = Container(*(LongChart(kind) for kind in KINDS), classes="charts")
        self._note = SpanLines(classes="charts-note")

    def compose(self) -> ComposeResult:
        """Place the parts."""
        yield self._heading
        yield self._note
        if self._has_live:
            yield self._live
        yield self._long

    def on_mount(self) -> None:
        """Show one of the two kinds."""
        self._choose()

    @property
    def window(self) -> Window | None:
        """Return the time from the record that is shown, None for the last minutes."""
        return self._window

    def show_entry(self, entry: Entry, source: HostSource, view: HostView, *, ascii_only: bool, past: bool) -> None:
        """Show an instance, or a pod as the sum of its containers.

        Args:
            past: the moment is not now.
        """
        now = view.taken_utc_seconds
        self._is_past = past
        self._shown = Shown(_keys_of(entry), now, source, ascii_only)
        if self._window is None:
            for chart in self._live.query(InstanceChart):
                chart.show_entry(entry, source, view.tick, ascii_only=ascii_only, ends=now if past else None)
            self._name_it()
        else:
            self._ask()

    def show_host(self, source: HostSource, now: float, *, ascii_only: bool) -> None:
        """Show the whole host."""
        self._shown = Shown(None, now, source, ascii_only)
        self._ask()

    def next_span(self) -> None:
        """Show more time; after the longest the last minutes again."""
        self._window = next_window(self._window, self._around)
        if self._window is None and not self._has_live:
            self._window = next_window(None, None)
        self._asked = None
        self._choose()
        if self._window is not None:
            self._ask()

    def _choose(self) -> None:
        is_long = self._window is not None
        self._live.display, self._long.display = not is_long, is_long
        self._note.display = is_long
        self._name_it()

    def _name_it(self) -> None:
        last = "The 15 minutes before" if self._is_past else "Last 15 minutes"
        heading = self._window.heading if self._window is not None else last
        self._heading.show([((heading, "accent"),)])

    def _ask(self) -> None:
        """Read the record where what is shown would look different."""
        if self._shown is None or self._window is None or not self.is_mounted:
            return
        count = min(max((self._long.size.width or self.size.width) // self._columns - AXIS_CELLS, LEAST_BUCKETS),
                    MOST_BUCKETS)  # fmt: skip
        wanted = (self._shown.keys, self._window, self._window.bounds(self._shown.now, count), count)
        if wanted != self._asked:
            self._asked = wanted
            self.run_worker(self._read(self._shown, self._window, count), group="charts", exclusive=True)

    @property
    def _columns(self) -> int:
        return 1 if self.screen.has_class("-narrow") else 2

    async def _read(self, shown: Shown, window: Window, count: int) -> None:
        past = shown.source.past
        self._long.display = past is not None
        if past is None:
            self._say(NO_PAST)
            return
        try:
            status = await past.look()
            note = status.problem
            for chart in self._long.query(LongChart):
                lines = [
                    await _buckets(past, shown, metric, window.bounds(shown.now, count), count)
                    for metric, _ in chart.kind.metrics
                ]
                chart.show_buckets(lines, window, shown.now, ascii_only=shown.ascii_only)
                if chart.kind is KINDS[1]:  # memory is known of whatever ran
                    gaps = gap_sentence(lines[0], window.bounds(shown.now, count)[1])
                    note = f"{gaps} {note}".strip()
        except (HostdeckError, OSError) as error:
            note = error.message if isinstance(error, HostdeckError) else str(error)
            self._long.display = False
        self._say(note)

    def _say(self, note: str) -> None:
        lines = wrapped("", note, self.screen.size.width - PAGE_MARGIN_CELLS, "warn") if note else []
        self._note.show([spans[1:] for spans in lines])  # without the word before each


async def _buckets(
    past: Past, shown: Shown, metric: Metric, bounds: tuple[float, float], count: int
) -> Sequence[Bucket]:
    if shown.keys is None:
        return await past.buckets(None, metric, *bounds, count)
    parts = [await past.buckets(key, metric, *bounds, count) for key in shown.keys]
    return parts[0] if len(parts) == 1 else summed(parts)


def _keys_of(entry: Entry) -> tuple[StableKey, ...]:
    if entry.instance is not None:
        return (entry.instance.stable_key,)
    return tuple(member.instance.stable_key for member in entry.members)


def _summary(kind: ChartKind, name: str, buckets: Sequence[Bucket]) -> str:
    mean, most = overall(buckets)
    if isnan(mean):
        return f"{name} not known".strip()
    write = figures.cores if kind.name == "cpu" else figures.size
    unit = "/s" if kind.name in {"disk", "network"} else ""
    return f"{name} mean {write(mean)}{unit}, most {write(most)}{unit}".strip()
