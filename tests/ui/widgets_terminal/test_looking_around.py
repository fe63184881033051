"""Search and saving."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.ui.widgets_terminal.harness import TerminalApp, until
from widgets.terminal import Searched

TEXT = b"Needle one\r\n" + b"hay\r\n" * 50 + b"a needle\r\n" + b"hay\r\n" * 50


async def test_searching_goes_back_and_forth_and_marks_what_is_found() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)):
        await app.show(TEXT)
        app.view.search("needle")
        await until(lambda: app.messages(Searched) and app.messages(Searched)[-1].found.index == 0)
        await until(lambda: "a needle" in app.lines())
        assert app.messages(Searched)[-1].found.total == 2
        y = app.lines().index("a needle")
        assert [(one.start, one.end, one.kind) for one in app.view._rows[y].overlays][-1] == (2, 8, "match-current")
        app.view.search_older()
        await until(lambda: "Needle one" in app.lines())
        app.view.search_newer()
        await until(lambda: "a needle" in app.lines())
        app.view.search("")
        await until(lambda: not any(row.overlays for row in app.view._rows.values()))


async def test_what_is_not_there_is_not_found() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)):
        await app.show(TEXT)
        app.view.search("absent")
        await until(lambda: app.messages(Searched) and app.messages(Searched)[-1].found.complete)
        assert app.messages(Searched)[-1].found.total == 0
        assert app.view.rows_back == 0


async def test_all_text_is_saved(tmp_path: Path) -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)):
        await app.show(TEXT)
        await app.view.save(tmp_path / "saved")
        assert (tmp_path / "saved").read_text().splitlines() == TEXT.decode().rstrip().splitlines()
        assert stat.S_IMODE((tmp_path / "saved").stat().st_mode) == 0o600
        with pytest.raises(FileExistsError):
            await app.view.save(tmp_path / "saved")
