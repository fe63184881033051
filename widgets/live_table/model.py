"""What a live table is told: columns, rows and the cells of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from widgets.fit import Align

R = TypeVar("R")

Role = Literal["normal", "dim", "warn", "crit", "ok", "accent"]
"""What a piece of text means; the table turns it into a colour of the theme."""

ROLES: tuple[Role, ...] = ("normal", "dim", "warn", "crit", "ok", "accent")


class Cell(NamedTuple):
    """The content of one cell.

    Attributes:
        text: What is shown; ignored when there are spans.
        role: What the text means.
        spans: Pieces of different meaning, drawn one after the other (a number and its sparkline). When they do not fit
            together, the last ones are cut.
        across: It takes the room of the empty cells behind it too: the heading of a group.
    """

    text: str
    role: Role = "normal"
    spans: tuple[tuple[str, Role], ...] = ()
    across: bool = False

    @classmethod
    def of(cls, *spans: tuple[str, Role]) -> Cell:
        """Make a cell of several pieces."""
        return cls("".join([text for text, _ in spans]), "normal", spans)


CellValue = str | Cell
"""A plain string is a cell of the role "normal"."""


class Row(NamedTuple, Generic[R]):
    """One row of a table.

    Attributes:
        key: The row's identity: cursor, marks and folds follow it while rows move.
        data: What the columns read.
        parent: Key of the group the row belongs to. A parent that is not among the rows leaves an ordinary row.
    """

    key: str
    data: R
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)  # slots break `Column[T](...)`: typing sets an attribute on the new object
class Column(Generic[R]):
    """One column of a table.

    Attributes:
        key: Name for sorting, for filters (`key:value` highlights) and for kept preferences.
        title: Heading.
        cell: Gives the content; called only for rows in view.
        width: Cells of a fixed column; of a flexible one, the least it needs. Never narrower than its heading.
        priority: Columns with higher numbers are dropped first when the table is narrow. The first column always stays.
        align: Numbers go right.
        sort_key: Gives a value to order by, or None (or NaN) for what cannot be ordered: such rows are always last.
            It depends on the row's data alone: a row that is the same object is not asked again. Without it the column
            cannot be sorted.
        flexible: Takes a share of the width that is left over.
        max_width: Bound of a flexible column; None for no bound.
        descending: First direction when sorted; None means descending for right-aligned columns.
    """

    key: str
    title: str
    cell: Callable[[R], CellValue]
    width: int = 8
    priority: int = 0
    align: Align = "left"
    sort_key: Callable[[R], Any] | None = None
    flexible: bool = False
    max_width: int | None = None
    descending: bool | None = None

    @property
    def descending_first(self) -> bool:
        """Whether the first sort on this column puts the greatest value on top."""
        return self.align == "right" if self.descending is None else self.descending
