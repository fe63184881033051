"""Pictures of the terminal. `pytest --snapshot-update` takes new ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.ui.widgets_terminal.harness import TerminalApp

SnapCompare = Callable[..., bool]

ATTRIBUTES = "1 bold;2 faint;3 italic;4 underline;7 inverse;8 hidden;9 struck;53 overline;31;42 green ground"
STREAM = "".join(
    [
        *[
            f"\x1b[{code}m {name or code} \x1b[0m"
            for code, _, name in (part.partition(" ") for part in ATTRIBUTES.split(";"))
        ],
        "\r\n",
        *[f"\x1b[48;5;{number}m  " for number in range(16)],
        "\x1b[0m\r\n",
        *[f"\x1b[48;2;{red};0;{255 - red}m " for red in range(0, 256, 8)],
        "\x1b[0m\r\n\r\n\u250c\u2500\u2500\u2510 wide \u6f22\u5b57, combining e\u0301\r\n\u2514\u2500\u2500\u2518\r\n",
        "find the needle, all needles\r\n$ ",
    ]
).encode()


async def shown(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, TerminalApp)
    await app.show(STREAM)


async def searched(pilot: Pilot[None]) -> None:
    await shown(pilot)
    app = pilot.app
    assert isinstance(app, TerminalApp)
    app.view.search("needle")
    await app.drawn()


async def selected(pilot: Pilot[None]) -> None:
    await shown(pilot)
    app = pilot.app
    assert isinstance(app, TerminalApp)
    app.view.emulator.core.select((3, 4), (10, 6))
    app.view._on_changed()
    await app.drawn()


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
def test_terminal(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(TerminalApp(), run_before=shown, terminal_size=size)


def test_search(snap_compare: SnapCompare) -> None:
    assert snap_compare(TerminalApp(), run_before=searched)


def test_selection(snap_compare: SnapCompare) -> None:
    assert snap_compare(TerminalApp(), run_before=selected)
