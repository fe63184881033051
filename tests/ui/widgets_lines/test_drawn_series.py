from __future__ import annotations

from textual.app import App, ComposeResult

from widgets.chart import Chart, ChartOptions, Series
from widgets.meter import Meter
from widgets.plot import Scale
from widgets.sparkline import Sparkline


class SeriesApp(App[None]):
    """A sparkline, a meter and a chart."""

    CSS = "Sparkline, Meter { width: 10; } Chart { width: 30; height: 6; }"

    def compose(self) -> ComposeResult:
        yield Sparkline()
        yield Meter()
        yield Chart()

    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


async def test_a_sparkline_draws_new_values() -> None:
    app = SeriesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.query_one(Sparkline).values = [0, 4, 8]
        await pilot.pause()
        assert app.lines()[0] == "       ▁▅█"
        app.query_one(Sparkline).values = [8, None, 8]
        await pilot.pause()
        assert app.lines()[0] == "       █ █"


async def test_a_meter_warns_at_its_bounds() -> None:
    app = SeriesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        meter = app.query_one(Meter)
        meter.warn_at, meter.crit_at = 0.8, 0.95
        meter.fraction = 0.5
        await pilot.pause()
        assert app.lines()[1] == "█████"
        assert not meter.has_class("-warn")
        meter.fraction = 0.8
        assert meter.has_class("-warn")
        meter.fraction = 0.97
        assert meter.has_class("-crit")
        assert not meter.has_class("-warn")
        meter.fraction = None
        await pilot.pause()
        assert app.lines()[1] == ""


async def test_a_chart_follows_its_size_and_values() -> None:
    app = SeriesApp()
    async with app.run_test(size=(40, 10)) as pilot:
        chart = app.query_one(Chart)
        chart.options = ChartOptions(span_seconds=60, scale=Scale(0, 4))
        chart.set_values([0, 4])
        await pilot.pause()
        first = app.lines()
        assert first[2].startswith("4┤")
        assert first[7].split() == ["-60s", "-30s", "now"]
        chart.series = [Series([1, 1], "rx"), Series([2, 2], "tx")]
        await pilot.pause()
        assert "rx" in app.lines()[2]
        chart.styles.width = 20
        await pilot.pause()
        assert all(len(line) <= 20 for line in app.lines()[2:])
