"""Order of the rows: sorting that does not jitter, groups, folds and the filter. No drawing here."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Any, Generic

from widgets.filter_query import Fields, FilterQuery
from widgets.live_table.model import R, Row

SortKey = Callable[[R], Any]

MOST_CHANGED = 2
"""Where more than one row of so many changed, all are gone through at once, in C."""

_KEY, _DATA, _PARENT = (operator.itemgetter(place) for place in range(3))


class RowIndex(Generic[R]):
    """All rows by key, their order, and the part of them that is in view.

    Attributes:
        rows: Every row by its key.
        order: Every key in sort order, groups not considered.
        view: The keys that pass filter and folds, in drawing order.
        depth: How deep a key stands below its group; absent for 0.
        groups: Keys that have children.
        folded: Keys of groups that are closed; kept also while the group is absent.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row[R]] = {}
        self.order: list[str] = []
        self.view: list[str] = []
        self.depth: dict[str, int] = {}
        self.groups: set[str] = set()
        self.folded: set[str] = set()
        self._keys: list[str] = []
        self._arrived: list[Row[R]] = []
        self._places_by_key: list[int] = []
        self._parents: dict[str, str] = {}
        self._children: dict[str, list[str]] = {}
        self._sorted_as: tuple[object, ...] | None = None
        self._values: list[Any] = []
        self._changed: set[int] = set()

    def set_rows(self, rows: Iterable[Row[R]]) -> None:
        """Take the rows of a new moment; of two rows with one key the later counts."""
        # With thousands of rows each pass counts; these run in C, and a row that is the very object of before costs
        # nothing more.
        arrived = list(rows)
        changed = _changed_places(self._arrived, arrived)
        few = changed is not None and len(changed) * MOST_CHANGED <= len(arrived)
        if changed is not None and few and all(arrived[place][::2] == self._arrived[place][::2] for place in changed):
            for place in changed:
                row = arrived[place]
                self.rows[row.key] = row
            self._arrived = arrived
            self._changed.update(changed)
            return
        keys = list(map(_KEY, arrived))
        by_key = dict(zip(keys, arrived, strict=True))
        if len(by_key) < len(arrived):
            keys, arrived = list(by_key), list(by_key.values())
        if keys != self._keys:
            self._keys = keys
            self._places_by_key = sorted(range(len(keys)), key=keys.__getitem__)
            self._sorted_as = None
            changed = None
        self._changed.update(changed if changed is not None else range(len(keys)))
        self.rows = by_key
        self._arrived = arrived
        self._parents = {}
        if any(map(_PARENT, arrived)):
            self._parents = {key: row.parent for key, row in by_key.items() if row.parent in by_key and row.parent}

    def sort(self, sort_key: SortKey[R] | None, *, reverse: bool) -> None:
        """Order by a value, None and NaN last in both directions, equal values by key."""
        sorted_as = (sort_key, reverse)
        if sorted_as == self._sorted_as and not self._has_other_values(sort_key):
            return
        self._changed.clear()
        values = list(map(sort_key, map(_DATA, self._arrived))) if sort_key is not None else []
        places = self._places_by_key
        if sort_key is not None:
            places = _sorted_places(places, values, reverse=reverse)
        self.order = list(map(self._keys.__getitem__, places))
        self._sorted_as = sorted_as
        self._values = values

    def _has_other_values(self, sort_key: SortKey[R] | None) -> bool:
        """Take over the values of changed rows; tell whether one differs from that by which its row was placed."""
        differs = False
        if sort_key is not None and len(self._changed) * MOST_CHANGED > len(self._arrived):
            values = list(map(sort_key, map(_DATA, self._arrived)))
            differs, self._values = values != self._values, values
        elif sort_key is not None:
            for place in self._changed:
                value = sort_key(self._arrived[place].data)
                if value != self._values[place]:
                    self._values[place] = value
                    differs = True
        self._changed.clear()
        return differs

    def keep_order(self) -> None:
        """Leave the order as it is: vanished rows leave it, new ones join at the end."""
        known = set(self.order)
        rows = self.rows
        new = sorted([key for key in self._keys if key not in known])
        self.order = [key for key in self.order if key in rows] + new
        self._sorted_as = None

    def arrange(self, query: FilterQuery, fields: Callable[[R], Fields]) -> None:
        """Work out `view` from the order, the groups, the folds and the filter."""
        if not self._parents:
            self.depth = {}
            self.groups = set()
            self._children = {}
            self.view = self.order if not query else [key for key in self.order if self._passes(key, query, fields)]
            return
        self._collect_children()
        self._walk(self._wanted(query, fields) if query else None)

    def children(self, key: str) -> Sequence[str]:
        """Return the keys below a group, in sort order, filtered or not."""
        return self._children.get(key, ())

    def parent(self, key: str) -> str | None:
        """Return the group a row stands in, or None."""
        return self._parents.get(key)

    def _passes(self, key: str, query: FilterQuery, fields: Callable[[R], Fields]) -> bool:
        return query.matches(fields(self.rows[key].data))

    def _collect_children(self) -> None:
        children: dict[str, list[str]] = {}
        parents = self._parents
        for key in self.order:
            parent = parents.get(key)
            if parent is not None:
                children.setdefault(parent, []).append(key)
        self._children = children
        self.groups = set(children)

    def _wanted(self, query: FilterQuery, fields: Callable[[R], Fields]) -> dict[str, bool]:
        """Return the keys that stay; the value tells whether a group is there only for what stands below it."""
        wanted: dict[str, bool] = {}
        for key in self.order:
            if self._passes(key, query, fields):
                wanted[key] = False
        for key in list(wanted):
            self._want_below(key, wanted)
        for key in list(wanted):
            self._want_above(key, wanted)
        return wanted

    def _want_below(self, key: str, wanted: dict[str, bool]) -> None:
        pending = list(self._children.get(key, ()))
        while pending:
            child = pending.pop()
            if child not in wanted:
                wanted[child] = False
                pending.extend(self._children.get(child, ()))

    def _want_above(self, key: str, wanted: dict[str, bool]) -> None:
        parent = self._parents.get(key)
        while parent is not None and parent not in wanted:
            wanted[parent] = True
            parent = self._parents.get(parent)

    def _walk(self, wanted: dict[str, bool] | None) -> None:
        """Lay out groups with their rows; rows whose groups go round in a circle are laid out as ordinary ones."""
        view: list[str] = []
        depth: dict[str, int] = {}
        seen: set[str] = set()
        tops = [key for key in self.order if key not in self._parents]
        for top in (*tops, *self.order):
            pending = [(top, 0)]
            while pending:
                key, level = pending.pop()
                if key in seen:
                    continue
                seen.add(key)
                if wanted is not None and key not in wanted:
                    continue
                view.append(key)
                if level:
                    depth[key] = level
                below = [(child, level + 1) for child in reversed(self._children.get(key, ()))]
                if key in self.folded and not (wanted is not None and wanted[key]):
                    self._skip(below, seen)
                else:
                    pending.extend(below)
        self.view = view
        self.depth = depth

    def _skip(self, below: Sequence[tuple[str, int]], seen: set[str]) -> None:
        pending = [key for key, _ in below]
        while pending:
            key = pending.pop()
            if key not in seen:
                seen.add(key)
                pending.extend(self._children.get(key, ()))


def _changed_places(before: Sequence[object], after: Sequence[object]) -> list[int] | None:
    """Return where another object stands than before; None when there are more or fewer."""
    if len(before) != len(after):
        return None
    return list(compress(range(len(after)), map(operator.is_not, before, after)))


def _sorted_places(places: Sequence[int], values: Sequence[Any], *, reverse: bool) -> list[int]:
    """Sort places (already in the order that settles ties) by the values that stand there, unknown ones last."""
    # Only NaN differs from itself; it would leave the rest in no order at all.
    known = [place for place in places if values[place] is not None and values[place] == values[place]]
    unknown: list[int] = []
    if len(known) < len(places):
        is_known = set(known)
        unknown = [place for place in places if place not in is_known]
    try:
        return sorted(known, key=values.__getitem__, reverse=reverse) + unknown
    except TypeError:
        by_type = sorted(known, key=lambda place: (type(values[place]).__name__, str(values[place])), reverse=reverse)
        return by_type + unknown
