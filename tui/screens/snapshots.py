"""The snapshots of a guest: a tree, with what can be done about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets.tree import TreeNode

from tui.domain.operation.guests import DeleteSnapshot, RemoveManagedSave, RevertSnapshot
from tui.domain.resource import ResourceId, ResourceKind
from tui.domain.snapshot import GuestSnapshots
from tui.present.roles import Spans
from tui.present.snapshots import (
    SnapshotNode,
    name_column,
    saved_facts,
    snapshot_facts,
    snapshot_label,
    snapshot_tree,
    summary,
)
from tui.screens.guest_screen import LEVEL_CELLS, GuestScreen
from tui.screens.operating import Offer, propose, show_menu

if TYPE_CHECKING:
    from tui.engines.resources import DescribesGuests

MARGIN_CELLS = 2
MOST_NAME_CELLS = 26
SIGN_CELLS = 2


class SnapshotsScreen(GuestScreen[GuestSnapshots, SnapshotNode]):
    """The tree of snapshots."""

    ABOUT: ClassVar[str] = "snapshots"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("new", "take one"), ("restart", "revert"), ("delete", "delete"))

    async def ask(self, keeper: DescribesGuests) -> GuestSnapshots:
        """Ask the engine."""
        return await keeper.snapshots(self._instance.id)

    def fill(self, found: GuestSnapshots) -> None:
        """Draw the snapshots, each below the one it was taken after."""
        roots = snapshot_tree(found.snapshots)
        column = name_column(roots, LEVEL_CELLS, SIGN_CELLS, MOST_NAME_CELLS)
        for root in roots:
            self._add(self.walk.root, root, column)

    def _add(self, parent: TreeNode[SnapshotNode], node: SnapshotNode, column: int) -> None:
        """Draw a node and all below it; what follows the names stands in columns at every level.

        Args:
            column: cells left for the name and what the tree draws between this level and the name.
        """
        now = self.deck.view.taken_utc_seconds if self.deck.view is not None else 0.0
        cells = max(column - (SIGN_CELLS if node.children else 0), 0)
        label = self.label(snapshot_label(node.snapshot, now, cells))
        if not node.children:
            parent.add_leaf(label, node)
            return
        made = parent.add(label, node, expand=True)
        for child in node.children:
            self._add(made, child, column - LEVEL_CELLS)

    @property
    def summary(self) -> Spans:
        """Return how many there are, and whether memory is saved."""
        return summary(self.found) if self.found is not None else ()

    @property
    def notes(self) -> list[Spans]:
        """Return what saved memory means, where there is some."""
        facts = saved_facts(self.found, self.size.width - MARGIN_CELLS) if self.found is not None else []
        return [((" ", "normal"), *spans) for spans in facts]

    def key_of(self, line: SnapshotNode) -> str:
        """Return the name: it is unique within a guest."""
        return line.snapshot.name

    def is_first(self, line: SnapshotNode) -> bool:
        """Tell whether the guest stands on it."""
        return line.snapshot.current

    def facts_of(self, line: SnapshotNode) -> list[Spans]:
        """Return all about a snapshot."""
        problem = self.found.revert_problem if self.found is not None else ""
        facts = snapshot_facts(line.snapshot, problem, self.size.width - MARGIN_CELLS)
        return [((" ", "normal"), *spans) for spans in facts]

    def choose(self, line: SnapshotNode) -> None:
        """Go back to it."""
        self._revert(line, start=False)

    # Actions

    def do_new(self) -> None:
        """Take a snapshot."""
        from tui.screens.guest_forms import take_snapshot

        take_snapshot(self.deck, self.instance)

    def do_restart(self) -> None:
        """Go back to the snapshot under the cursor."""
        line = self._one()
        if line is not None:
            self._revert(line, start=False)

    def do_delete(self) -> None:
        """Delete the snapshot under the cursor; where there are some after it, ask about those too."""
        line = self._one()
        if line is None:
            return
        if not line.children:
            self._delete(line, children=False)
            return
        show_menu(self.deck, f"Delete {line.snapshot.name}?", self._deletions(line))

    def do_raw(self) -> None:
        """Show the description of the snapshot under the cursor."""
        line = self._one()
        if line is None:
            return
        from tui.screens.resource_pages import ResourceRaw

        identity = self._instance.id
        target = ResourceId(
            identity.host, identity.engine, ResourceKind.SNAPSHOT, f"{identity.local}/{line.snapshot.name}"
        )
        self.deck.push_screen(ResourceRaw(target, f"snapshot {line.snapshot.name}"))

    def do_actions(self) -> None:
        """List all that can be done here."""
        show_menu(self.deck, f"Snapshots of {self.instance.name}", self._offers())

    def _offers(self) -> list[Offer]:
        line = self.line
        found = [Offer("take a snapshot", self.do_new, "N")]
        if line is not None:
            name, off = line.snapshot.name, self._revert_problem(line)
            found += [
                Offer(f"revert to {name}", lambda: self._revert(line, start=False), "R", off),
                Offer(f"revert to {name}, and start the guest", lambda: self._revert(line, start=True), "S", off),
                *self._deletions(line),
                Offer("raw description", self.do_raw, "y", changes=False),
            ]
        if self.found is not None and self.found.has_managed_save:
            drop = RemoveManagedSave(target=self._instance.id)
            found.append(Offer("throw the saved memory away", lambda: propose(self.deck, [drop]), "X"))
        return found

    def _deletions(self, line: SnapshotNode) -> list[Offer]:
        name = line.snapshot.name
        found = [Offer(f"delete {name}", lambda: self._delete(line, children=False), "D")]
        after = len(list(line.walk())) - 1
        if after:
            text = f"delete {name} and {'the one' if after == 1 else f'the {after}'} taken after it"
            found[0] = Offer(f"delete {name}; those after it stay", found[0].start, "D")
            found.append(Offer(text, lambda: self._delete(line, children=True), "C"))
        return found

    def _one(self) -> SnapshotNode | None:
        line = self.line
        if line is None:
            self.deck.say(f"There is no snapshot: {self.deck.label_of('new')} takes one.", "warn")
        return line

    def _revert_problem(self, line: SnapshotNode) -> str:
        return self.found.revert_problem if self.found is not None and line.snapshot.external else ""

    def _revert(self, line: SnapshotNode, *, start: bool) -> None:
        propose(self.deck, [RevertSnapshot(target=self._instance.id, name=line.snapshot.name, start=start)])

    def _delete(self, line: SnapshotNode, *, children: bool) -> None:
        propose(self.deck, [DeleteSnapshot(target=self._instance.id, name=line.snapshot.name, children=children)])
