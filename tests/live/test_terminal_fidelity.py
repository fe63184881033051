"""The terminal widget beside tmux: real programs' output, recorded once and shown by both, compared cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.harness.policy import require_programs
from tests.live.terminal.cells import Cell, Screen, cells_of_line, differences, padded
from tests.live.terminal.streams import PROGRAMS, SCENES
from tests.live.terminal.tmux import Shown, Tmux, tmux_server
from tests.ui.widgets_terminal.harness import TerminalApp
from widgets.terminal.core import PLAIN

SIZES = [(80, 24), (132, 40)]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tmux]:
    require_programs("comparing terminals", "tmux")
    with tmux_server(tmp_path_factory.mktemp("tmux")) as tmux:
        yield tmux


async def shown_by_widget(stream: bytes, size: tuple[int, int]) -> tuple[Screen, list[str], tuple[int, int] | None]:
    """Return the widget's cells, the lines it draws, and its cursor."""
    app = TerminalApp()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await app.show(stream)
        cells = [padded(cells_of_line(app.view._rows[y].line), size[0]) for y in range(size[1])]
        cursor = app.view.emulator.core.cursor()
        return cells, app.lines(), None if cursor is None else (cursor.x, cursor.y)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", SCENES)
async def test_shows_what_tmux_shows(scene: str, size: tuple[int, int], other: Tmux, tmp_path: Path) -> None:
    require_programs(f"the scene of {scene}", PROGRAMS.get(scene, scene))
    stream = SCENES[scene](size, tmp_path)
    theirs = other.show(stream, size)
    cells, drawn, cursor = await shown_by_widget(stream, size)
    found = differences(_known(_told_of(cells, theirs), theirs.screen), theirs.screen)
    assert not found, f"{len(found)} cells differ:\n" + "\n".join(found[:40])
    assert drawn == ["".join(cell.sign for cell in row).rstrip() for row in theirs.screen]
    assert cursor in (None, theirs.cursor)


def _known(cells: Screen, theirs: Screen) -> Screen:
    """Return our cells without the one known difference, which top's heading shows.

    Where a line is full, "erase to the end" (CSI K) erases its last cell: the cursor still stands on it, in xterm as in
    the widget. The cursor of tmux stands behind it already, and the cell stays.
    """
    blank = Cell(" ", PLAIN)
    return [
        [*row[:-1], other[-1]] if row[-1] == blank and other[-1].sign == " " else row
        for row, other in zip(cells, theirs, strict=True)
    ]


def _told_of(cells: Screen, theirs: Shown) -> Screen:
    """Return our cells; behind what tmux tells of a row without the background, which it keeps to itself there."""
    return [
        [*row[:told], *[cell._replace(style=cell.style._replace(background=None)) for cell in row[told:]]]
        for row, told in zip(cells, theirs.captured, strict=True)
    ]
