"""Pictures of the widgets with fixed values. `pytest --snapshot-update` takes new ones."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from widgets.chart import Chart, ChartOptions, Series
from widgets.confirm import Confirm
from widgets.filter_bar import FilterBar
from widgets.key_footer import KeyFooter
from widgets.live_table import Cell, Column, LiveTable, Role, Row
from widgets.meter import meter
from widgets.sparkline import sparkline

Figures = tuple[str, str, float, float]
"""Name, state, cores, part of the memory limit."""

SnapCompare = Callable[..., bool]

ROLES: dict[str, Role] = {"running": "normal", "healthy": "ok", "paused": "warn", "crashed": "crit", "stopped": "dim"}


def columns(*, ascii_only: bool) -> list[Column[Figures]]:
    def load(data: Figures) -> Cell:
        history = [data[2] * (1 + math.sin(step)) for step in range(8)]
        return Cell.of((f"{data[2]:6.2f} ", "normal"), (sparkline(history, 8, ascii_only=ascii_only), "accent"))

    def memory(data: Figures) -> Cell:
        role: Role = "crit" if data[3] > 0.9 else "normal"
        return Cell.of((f"{data[3] * 100:3.0f}% ", role), (meter(data[3], 8, ascii_only=ascii_only), "accent"))

    return [
        Column(
            key="name", title="NAME", cell=lambda data: data[0], sort_key=lambda data: data[0], width=14, flexible=True
        ),
        Column(key="state", title="STATE", cell=lambda data: Cell(data[1], ROLES[data[1]]), width=8, priority=1),
        Column(key="cores", title="CORES", cell=load, sort_key=lambda data: data[2], width=15, align="right"),
        Column(
            key="memory",
            title="MEMORY",
            cell=memory,
            sort_key=lambda data: data[3],
            width=13,
            priority=1,
            align="right",
        ),
        *[
            Column[Figures](
                key=f"rate{number}",
                title=f"RATE{number}",
                cell=lambda _: "1.2M",
                width=7,
                priority=3 + number,
                align="right",
            )
            for number in range(8)
        ],
    ]


def figures() -> list[Row[Figures]]:
    states = list(ROLES)
    plain: list[Row[Figures]] = [
        Row(f"guest-{number:02d}", (f"guest-{number:02d}", states[number % 5], number * 0.37 % 4, number * 0.13 % 1))
        for number in range(60)
    ]
    pod: list[Row[Figures]] = [
        Row("api", ("api", "running", 3.99, 0.3)),
        Row("api-1", ("api-1", "healthy", 2.5, 0.2), "api"),
        Row("api-2", ("api-größe-容器-\x1b[31m-\u202e-and-more", "crashed", 0.0, 0.96), "api"),
    ]
    return plain + pod


class GalleryApp(App[None]):
    """A table between a filter and a footer, a chart below where there is room."""

    CSS = "LiveTable { height: 1fr; } Chart { display: none; height: 12; } .tall Chart { display: block; }"

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.ascii_only = ascii_only

    def compose(self) -> ComposeResult:
        yield FilterBar()
        yield LiveTable(columns(ascii_only=self.ascii_only), sort_by="cores")
        yield Chart()
        yield KeyFooter()

    def on_mount(self) -> None:
        table = self.query_one(LiveTable)
        table.ascii_only = self.ascii_only
        table.set_rows(figures())
        table.focus()
        chart = self.query_one(Chart)
        chart.options = ChartOptions(span_seconds=900, formatter="{:.0f}M".format)
        rx = [40 + 30 * math.sin(step / 25) if not 200 < step < 260 else None for step in range(450)]
        chart.series = [Series(rx, "received"), Series([20 + step % 60 for step in range(450)], "sent")]
        self.screen.set_class(self.size.height > 40, "tall")
        self.query_one(KeyFooter).set_keys(
            [("S", "start"), ("T", "stop"), ("c", "console"), ("/", "filter"), ("?", "help")]
        )


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_table(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(GalleryApp(), terminal_size=size, press=["j", "space", "j", "j", "space", "j"])


def test_table_filtered(snap_compare: SnapCompare) -> None:
    async def filter_it(pilot: Pilot[None]) -> None:
        bar = pilot.app.query_one(FilterBar)
        bar.text = "api !state:paused"
        pilot.app.query_one(LiveTable).set_filter(bar.text)
        await pilot.pause()

    assert snap_compare(GalleryApp(), terminal_size=(80, 24), run_before=filter_it)


def test_table_in_ascii_without_colours(snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(GalleryApp(ascii_only=True), terminal_size=(80, 24), press=["j", "space", "j"])


def test_confirm_at_the_smallest_size(snap_compare: SnapCompare) -> None:
    async def ask(pilot: Pilot[None]) -> None:
        body = "\n".join(f"container api-{number} on kvm01, running" for number in range(12))
        pilot.app.push_screen(Confirm("Delete 12 containers on kvm01?", body, yes="Delete", must_type="12"))
        await pilot.pause()

    assert snap_compare(GalleryApp(), terminal_size=(60, 15), run_before=ask)
