"""A pane as data: what it lists, in which columns, and what finds a row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

from tui.actions import Scope
from tui.domain.host import HostView
from tui.present.columns import Moment, Shape
from tui.present.lister import Lister
from widgets.filter_query import Fields
from widgets.live_table.model import Column, R

_SCOPES = (Scope.APP, Scope.TABLE, Scope.INSTANCE)


def uncounted(_view: HostView) -> str:
    """Return nothing to stand behind a title."""
    return ""


@dataclass(frozen=True, kw_only=True)  # slots break `PaneSpec[T](...)`: typing sets an attribute on the new object
class PaneSpec(Generic[R]):
    """One pane.

    Attributes:
        id: its name in the configuration and in what is kept.
        title: its name on the screen.
        action: id of the action that opens it; its key and command are those of the table of actions.
        columns: the columns for a moment and a shape, in order, the identifying one first.
        lister: makes what gives it its rows.
        fields: what a filter may read of a row, by key.
        filter_keys: the keys of those.
        sort: key of the column that orders it at first, and whether the greatest comes first.
        count: what stands behind the title.
        scopes: whose actions the footer offers.
        left_out: actions of those scopes that mean nothing here, so that the footer does not offer them.
        lists_instances: its rows are guests, containers and pods: actions on those go to them, and the side panel
            shows them.
        lists_problems: the problems of the host stand above its rows.
        usual_engines: so many engines are no reason to tell which one a row comes from.
        actor: makes, of the pane's widget, what carries out actions of its own: a method `do_ID` for the action ID.
    """

    id: str
    title: str
    action: str
    columns: Callable[[Moment, Shape], Sequence[Column[R]]]
    lister: Callable[[], Lister[R]]
    fields: Callable[[R], Fields]
    filter_keys: Collection[str]
    sort: tuple[str, bool]
    count: Callable[[HostView], str] = uncounted
    scopes: Collection[Scope] = _SCOPES
    left_out: Collection[str] = ()
    lists_instances: bool = True
    lists_problems: bool = False
    usual_engines: int = 1
    actor: Callable[[Any], object] | None = None

    def chosen_columns(self, moment: Moment, shape: Shape, chosen: Sequence[str] = ()) -> tuple[Column[R], ...]:
        """Return the columns that a person wants, in that order; the usual ones where none of them is known."""
        known = {column.key: column for column in self.columns(moment, _everything(shape))} if chosen else {}
        found = tuple(known[key] for key in chosen if key in known)
        found = found or tuple(self.columns(moment, shape))
        if not moment.is_coarse:
            return found
        from tui.present.coarse import coarsely  # few lines are so slow

        return tuple(coarsely(column) for column in found)

    def column_names(self, moment: Moment) -> tuple[str, ...]:
        """Return the keys of all columns it can show."""
        return tuple(column.key for column in self.columns(moment, _everything(Shape())))


def _everything(shape: Shape) -> Shape:
    return replace(shape, several_engines=True, several_users=True)
