"""An app around one LiveTable that keeps what is drawn and told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

from widgets.live_table import Cell, Column, LiveTable, Row
from widgets.live_table.messages import TableMessage


@dataclass(frozen=True)
class Guest:
    """What a row is about in these tests."""

    name: str
    cores: float | None = 0.0
    state: str = "running"
    read: float = 0.0


def guest_columns() -> list[Column[Guest]]:
    return [
        Column(
            key="name",
            title="NAME",
            cell=lambda guest: guest.name,
            sort_key=lambda guest: guest.name,
            width=10,
            flexible=True,
        ),
        Column(key="state", title="STATE", cell=_state, sort_key=lambda guest: guest.state, width=8, priority=2),
        Column(
            key="cores",
            title="CORES",
            cell=_cores,
            sort_key=lambda guest: guest.cores,
            width=6,
            align="right",
            priority=1,
        ),
        Column(
            key="read",
            title="READ",
            cell=lambda guest: f"{guest.read:.0f}K",
            sort_key=lambda guest: guest.read,
            width=6,
            align="right",
            priority=3,
        ),
        Column(key="note", title="NOTE", cell=lambda guest: f"about {guest.name}", width=20, priority=9),
    ]


def _state(guest: Guest) -> Cell:
    return Cell(guest.state, "ok" if guest.state == "running" else "crit")


def _cores(guest: Guest) -> Cell | str:
    return Cell("-", "dim") if guest.cores is None else f"{guest.cores:.2f}"


class CountingTable(LiveTable[Guest]):
    """Keeps which screen lines Textual asked to be drawn, and which cells were computed."""

    def __init__(self, columns: list[Column[Guest]], **options: object) -> None:
        self.drawn: list[int] = []
        super().__init__(columns, **options)  # type: ignore[arg-type]

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class TableApp(App[None]):
    """One table over the whole screen."""

    CSS = "Screen { layers: base; }"

    def __init__(self, table: CountingTable | None = None) -> None:
        super().__init__()
        self.table = table or CountingTable(guest_columns(), sort_by="cores")
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()

    @on(LiveTable.RowHighlighted)
    @on(LiveTable.RowSelected)
    @on(LiveTable.SortChanged)
    @on(LiveTable.MarksChanged)
    @on(LiveTable.VisibleChanged)
    def keep(self, message: TableMessage) -> None:
        self.told.append(message)

    def lines(self) -> list[str]:
        """Return what the screen shows, without blanks at line ends."""
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


def rows(guests: Iterable[Guest], **parents: str) -> list[Row[Guest]]:
    """Make rows keyed by name; keyword arguments name the group of a row."""
    return [Row(guest.name, guest, parents.get(guest.name)) for guest in guests]


def many(number: int) -> list[Guest]:
    """Make guests g000, g001, ... with fewer and fewer cores."""
    return [Guest(f"g{index:03d}", float(number - index)) for index in range(number)]


async def show(pilot: Pilot[None], table: LiveTable[Guest], guests: Iterable[Guest], **parents: str) -> None:
    """Give the table rows and wait until they are drawn."""
    table.set_rows(rows(guests, **parents))
    await pilot.pause()


async def laid_out(pilot: Pilot[None], table: LiveTable[Guest]) -> None:
    """Wait until no layout is due any more: a scroll bar that has just come asks for one more by itself."""
    async with asyncio.timeout(20):
        await pilot.pause()
        while any(part._layout_required for part in (table, table.vertical_scrollbar, table.screen)):
            await pilot.pause()
