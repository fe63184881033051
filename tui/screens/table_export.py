"""`:export csv`: the table of the open pane as it is shown, or the timeline, in a new file."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.export.newfile import CannotWrite, NewFile
from tui.export.tables import TABLES, entry_row
from tui.export.writers import WRITERS, Row
from tui.screens.session_menu import default_file, exports_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.present.timeline import Line
    from tui.screens.deck import Deck
    from tui.screens.pane import Pane
    from widgets.live_table import LiveTable
    from widgets.live_table.model import CellValue

_DRAWN = re.compile("[\u2500-\u259f]+")  # sparklines, meters and branches: pictures of what the numbers say


async def write_table(deck: Deck, pane: Pane, form: str) -> None:
    """Write the rows that pass filter and folds, in their order, with the pane's columns; say where they are."""
    titles, rows = shown_rows(pane.table)
    await _write_rows(deck, pane.pane, form, titles, rows, is_filtered=bool(pane.table.filter_query))


async def write_timeline(deck: Deck, table: LiveTable[Line], form: str) -> None:
    """Write the entries that are listed, the newest first, as whole as `hostdeck export` does; say where they are."""
    lines = [row.data for key in table.view_keys if (row := table.row(key)) is not None]
    rows = [entry_row(line.entry) for line in lines if line.entry is not None]
    await _write_rows(deck, "timeline", form, TABLES["timeline"].columns, rows, is_filtered=False)


async def _write_rows(
    deck: Deck, name: str, form: str, titles: Sequence[str], rows: Sequence[Row], *, is_filtered: bool
) -> None:
    try:
        folder = await asyncio.to_thread(exports_folder)
        path = folder / default_file(name, form)
        await asyncio.to_thread(_write, path, form, titles, rows)
    except CannotWrite as error:
        deck.say(error.message, "crit")
    except OSError as error:
        deck.say(f"The table was not written: {error.strerror or error}.", "crit")
    else:
        filtered = ", filtered" if is_filtered else ""
        deck.say(f"{len(rows)} row{'s' * (len(rows) != 1)}{filtered}: {tilde(path)}", "ok")


def tilde(path: Path) -> str:
    """Return a path as short as a shell takes it: it is to fit into the status line."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def shown_rows(table: LiveTable[Any]) -> tuple[Sequence[str], list[Row]]:
    """Return the names of the columns that are shown and the texts of the rows in view, without what is drawn."""
    columns = table.columns
    found: list[Row] = []
    for key in table.view_keys:
        row = table.row(key)
        if row is not None:
            found.append([_text(column.cell(row.data)) for column in columns])
    return [column.key for column in columns], found


def _text(cell: CellValue) -> str | None:
    """Return a cell's text; None for the dash that stands for what is not known."""
    text = cell if isinstance(cell, str) else "".join(part for part, _ in cell.spans) or cell.text
    text = " ".join(_DRAWN.sub(" ", text).split())
    return None if text == "-" else text


def _write(path: Path, form: str, titles: Sequence[str], rows: Sequence[Row]) -> None:
    with NewFile(path) as file:
        writer = WRITERS[form](file, titles)
        for row in rows:
            writer.write(row)
        writer.flush()
