"""What a live table tells its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.message import Message

if TYPE_CHECKING:
    from widgets.live_table.table import LiveTable
    from widgets.live_table.view import TableView


class TableMessage(Message, bubble=True):
    """Base of all messages of a live table.

    Attributes:
        table: The table that sent it.
    """

    def __init__(self, table: TableView[Any]) -> None:
        super().__init__()
        self.table = cast("LiveTable[Any]", table)

    @property
    def control(self) -> LiveTable[Any]:
        """The table, for `@on(..., selector)`."""
        return self.table


class RowHighlighted(TableMessage, namespace="live_table"):
    """The cursor came to another row; `key` is None when no row is left."""

    def __init__(self, table: TableView[Any], key: str | None) -> None:
        super().__init__(table)
        self.key = key

    def can_replace(self, message: Message) -> bool:
        """Let a newer position stand for an older one still waiting."""
        return isinstance(message, RowHighlighted) and message.table is self.table


class RowSelected(TableMessage, namespace="live_table"):
    """A row was opened with Enter or a double click."""

    def __init__(self, table: TableView[Any], key: str) -> None:
        super().__init__(table)
        self.key = key


class SortChanged(TableMessage, namespace="live_table"):
    """The sort column or its direction was chosen anew."""

    def __init__(self, table: TableView[Any], column: str | None, *, reverse: bool) -> None:
        super().__init__(table)
        self.column = column
        self.reverse = reverse


class MarksChanged(TableMessage, namespace="live_table"):
    """Rows were marked or unmarked, or a marked row vanished."""

    def __init__(self, table: TableView[Any], keys: frozenset[str]) -> None:
        super().__init__(table)
        self.keys = keys


class VisibleChanged(TableMessage, namespace="live_table"):
    """Other rows came into view; `keys` from top to bottom. What is not among them need not be measured often."""

    def __init__(self, table: TableView[Any], keys: tuple[str, ...]) -> None:
        super().__init__(table)
        self.keys = keys

    def can_replace(self, message: Message) -> bool:
        """Let a newer view stand for an older one still waiting."""
        return isinstance(message, VisibleChanged) and message.table is self.table
