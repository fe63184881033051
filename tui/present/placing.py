"""Rows of a table from one moment to the next: what did not change stays the same row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from tui.domain.host import HostView, InstanceView, Problem
from tui.domain.instance import Kind, Pod
from tui.present import cells
from tui.present.entry import Entry, place, pod_entry, worst_by_subject
from tui.present.lister import Lister
from tui.present.state import state_cell
from tui.sampling.changes import changed_places
from widgets.escape import escape_controls
from widgets.live_table import Row

INDENT_CELLS = 2
"""Before the name of what stands below its pod."""


class Placer(Lister[Entry]):
    """Gives the rows that `place` would, and makes anew only those whose figures changed.

    Args:
        kind: instances of this kind, None for both.
    """

    def __init__(self, kind: Kind | None) -> None:
        self._kind = kind
        self._asked: tuple[Mapping[str, Problem], tuple[Pod, ...], bool] | None = None
        self._views: Sequence[InstanceView] = ()
        self._rows: list[Row[Entry]] = []
        self._row_of: list[int | None] = []
        self._pod_row_of: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}

    def rows(self, view: HostView, *, problems_only: bool = False) -> list[Row[Entry]]:
        """Return the rows of a moment."""
        asked = (worst_by_subject(view.problems), view.pods, problems_only)
        before, self._views = self._views, view.instances
        changed = changed_places(before, view.instances)
        if asked == self._asked and _only_figures_differ(before, view.instances, changed):
            self._renew(changed)
        else:
            self._asked = asked
            self._place(view, problems_only=problems_only)
        return list(self._rows)

    def _place(self, view: HostView, *, problems_only: bool) -> None:
        lines = place(view, self._kind, problems_only=problems_only)
        self._rows = [Row(line.entry.key, line.entry, line.parent) for line in lines]
        rows = {row.key: number for number, row in enumerate(self._rows)}
        places = {item.key: number for number, item in enumerate(view.instances)}
        self._row_of = [rows.get(key) for key in places]
        self._members = {
            number: [places[member.key] for member in row.data.members]
            for number, row in enumerate(self._rows)
            if row.data.pod is not None
        }
        self._measure()
        self._pod_row_of = {member: pod for pod, members in self._members.items() for member in members}
        containers = (item.instance for item in view.instances if item.instance.container is not None)
        self.users = frozenset(instance.user for instance in containers)
        self.engines = frozenset(
            item.instance.id.engine for item in view.instances if self._kind is None or item.instance.kind is self._kind
        )

    def _measure(self) -> None:
        """Find the longest texts; what was once asked for stays, so that columns do not jump with every state.

        Nobody reads the names of infra containers, which are long.
        """
        rows = self._rows
        named = [row for row in rows if not cells.is_infra(row.data)]
        names = [cell_len(escape_controls(row.data.name)) + INDENT_CELLS * bool(row.parent) for row in named]
        states = [cell_len(escape_controls(state_cell(row.data).text)) for row in rows]
        before = self.longest
        self.longest = {
            "name": max([*names, before.get("name", 0)]),
            "state": max([*states, before.get("state", 0)]),
        }

    def _renew(self, changed: Sequence[int]) -> None:
        rows, views = self._rows, self._views
        for number in changed:
            row_number = self._row_of[number]
            if row_number is not None:
                row = rows[row_number]
                rows[row_number] = Row(row.key, row.data._replace(usage=views[number].usage), row.parent)
        for pod_number in {self._pod_row_of[number] for number in changed if number in self._pod_row_of}:
            row = rows[pod_number]
            if row.data.pod is not None:
                entry = pod_entry(row.data.pod, [views[number] for number in self._members[pod_number]])
                rows[pod_number] = Row(row.key, entry, row.parent)


def _only_figures_differ(before: Sequence[InstanceView], after: Sequence[InstanceView], changed: Sequence[int]) -> bool:
    return len(before) == len(after) and all(before[place].instance is after[place].instance for place in changed)
