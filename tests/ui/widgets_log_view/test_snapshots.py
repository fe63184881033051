"""Pictures of a log. `pytest --snapshot-update` takes new ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.ui.widgets_log_view.harness import LogApp, settled
from widgets.log_view import LogLine

SnapCompare = Callable[..., bool]

START = 1_772_355_900.0


def pod_lines() -> list[LogLine]:
    """Return what two containers of a pod write in an uneasy minute."""
    texts = [
        ("api-1", "INFO listening on 0.0.0.0:8080"),
        ("api-1", "\x1b[32mGET\x1b[0m /health \x1b[1m200\x1b[0m 3 ms"),
        ("db", "WARN checkpoint took 4.2 s, expected less than 1 s, and the disk below /var/lib/db is 94 % full"),
        ("api-2", '{"level":"error","msg":"no answer from db","retry":{"after_s":1.50,"left":2}}'),
        ("db", "10%"),
        ("db", "[b]not markup[/b] 容器 größe \x1b]52;c;aGk=\x07\x1b[2J\x00\u202e"),
        ("api-1", "ERROR upstream timed out after 30 s"),
        ("api-1", "\tat connect (net.js:12)"),
        ("api-2", "level=debug request=77 took 12 ms"),
    ]
    return [
        LogLine(
            source,
            text,
            START + place * 0.25,
            "stderr" if "ERROR" in text else "stdout",
            "\r" if text == "10%" else "\n",
        )
        for place, (source, text) in enumerate(texts * 3)
    ]


async def fill(pilot: Pilot[None]) -> LogApp:
    app = pilot.app
    assert isinstance(app, LogApp)
    app.view.feed(pod_lines())
    app.view.set_span_label("last hour")
    await settled(pilot)
    return app


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 10)], ids=["80x24", "200x50", "40x10"])
def test_merged_log(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    async def look(pilot: Pilot[None]) -> None:
        app = await fill(pilot)
        app.view.stamps = "utc"
        app.view.mark("09:05:10 tried again")
        await settled(pilot)

    assert snap_compare(LogApp(), terminal_size=size, run_before=look)


def test_wrapped_with_json_open_and_a_search(snap_compare: SnapCompare) -> None:
    async def look(pilot: Pilot[None]) -> None:
        app = await fill(pilot)
        app.view.wrap = True
        app.view.json_open = True
        app.view.set_search("db|disk")
        app.view.find(1, here=True)
        await settled(pilot)

    assert snap_compare(LogApp(), terminal_size=(80, 24), run_before=look)


def test_filter_that_is_no_pattern(snap_compare: SnapCompare) -> None:
    async def look(pilot: Pilot[None]) -> None:
        await fill(pilot)
        await pilot.press("f", *"api(")
        await settled(pilot)

    assert snap_compare(LogApp(), terminal_size=(80, 24), run_before=look)


def test_ascii_without_colours_and_escapes_spelled_out(
    snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def look(pilot: Pilot[None]) -> None:
        app = await fill(pilot)
        app.view.ascii_only = True
        app.view.ansi = "show"
        app.view.set_search("took")
        app.view.find(-1)
        await settled(pilot)

    assert snap_compare(LogApp(), terminal_size=(80, 24), run_before=look)
