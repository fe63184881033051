"""The snapshots of a guest as a tree, and what is said about each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import localtime, strftime

from tui.domain.snapshot import GuestSnapshot, GuestSnapshots
from tui.present.roles import Span, Spans
from tui.present.words import ago, wrapped

LABEL_CELLS = 13
_STATES = {"shutoff": "off", "disk-snapshot": "disks only", "shutdown": "shutting down", "pmsuspended": "asleep"}


@dataclass(frozen=True, slots=True)
class SnapshotNode:
    """A snapshot with those that were taken after it."""

    snapshot: GuestSnapshot
    children: tuple[SnapshotNode, ...] = ()

    def walk(self) -> Iterator[SnapshotNode]:
        """Return this node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def snapshot_tree(snapshots: Sequence[GuestSnapshot]) -> tuple[SnapshotNode, ...]:
    """Return the roots, the oldest first; one whose parent is not among them is a root too, so that none is lost."""
    names = {one.name for one in snapshots}
    below: dict[str, list[GuestSnapshot]] = {}
    for one in sorted(snapshots, key=lambda one: (one.created_unix_seconds or 0.0, one.name)):
        below.setdefault(one.parent if one.parent in names else "", []).append(one)
    return tuple(_node(root, below, frozenset()) for root in below.get("", ()))


def _node(one: GuestSnapshot, below: dict[str, list[GuestSnapshot]], above: frozenset[str]) -> SnapshotNode:
    """Return a node with all below it; one that stands above itself is not followed."""
    path = above | {one.name}
    children = (child for child in below.get(one.name, ()) if child.name not in path)
    return SnapshotNode(one, tuple(_node(child, below, path) for child in children))


def state_word(snapshot: GuestSnapshot) -> str:
    """Return the state of the guest when it was taken."""
    return _STATES.get(snapshot.state, snapshot.state) or "state not told"


def place_words(snapshot: GuestSnapshot) -> str:
    """Return where its data are."""
    return "external" if snapshot.external else "internal"


def memory_words(snapshot: GuestSnapshot) -> str:
    """Return whether the memory is part of it."""
    return "memory" if snapshot.has_memory else "no memory"


def snapshot_label(snapshot: GuestSnapshot, now: float, name_cells: int = 0) -> Spans:
    """Return a line: name, whether the guest stands on it, age, state at that time, where its data are, and memory."""
    made = snapshot.created_unix_seconds
    age = _short_age(now - made) if made is not None else "age not told"
    words = f"  {age:<13} {state_word(snapshot):<10} {place_words(snapshot)}, {memory_words(snapshot)}"
    name: Span = (f"{snapshot.name:<{name_cells}}", "accent" if snapshot.current else "normal")
    return (name, ("  current" if snapshot.current else " " * 9, "ok"), (words, "dim"))


def name_column(roots: Sequence[SnapshotNode], cells_for_level: int, cells_for_sign: int, most: int) -> int:
    """Return the width in which all names stand, with what a tree draws before them.

    Args:
        cells_for_level: that it draws for each level.
        cells_for_sign: that it draws before a node with others below it.
        most: where names would leave no room for the rest.
    """
    widths = [0]
    waiting = [(root, 0) for root in roots]
    while waiting:
        node, level = waiting.pop()
        sign = cells_for_sign if node.children else 0
        widths.append(level * cells_for_level + sign + len(node.snapshot.name))
        waiting += [(child, level + 1) for child in node.children]
    return min(max(widths), most)


def snapshot_facts(snapshot: GuestSnapshot, revert_problem: str, width: int) -> list[Spans]:
    """Return what is known about the snapshot under the cursor, and what going back to it means."""
    made = snapshot.created_unix_seconds
    found = _fact("made", strftime("%Y-%m-%d %H:%M:%S", localtime(made)) if made is not None else "not told", width)
    found += _fact("description", snapshot.description, width) if snapshot.description else []
    where = ", ".join(snapshot.files) or "files of its own" if snapshot.external else "inside the files of the disks"
    found += _fact("data", where, width)
    if snapshot.external and revert_problem:
        return [*found, *wrapped("reverting".ljust(LABEL_CELLS), revert_problem, width, "warn")]
    then = "goes on where the guest was" if snapshot.has_memory else "the guest is off then; its next start is a boot"
    return [*found, *_fact("reverting", then, width)]


def summary(found: GuestSnapshots) -> Spans:
    """Return how many there are, and whether memory is saved apart from them."""
    count = len(found.snapshots)
    words = "no snapshots" if not count else "1 snapshot" if count == 1 else f"{count} snapshots"
    saved: Spans = (("  memory saved", "warn"),)
    return ((words, "dim"), *(saved if found.has_managed_save else ()))


def saved_facts(found: GuestSnapshots, width: int) -> list[Spans]:
    """Return what saved memory means, where there is some."""
    if not found.has_managed_save:
        return []
    meaning = "apart from snapshots (managed save): the next start goes on from there"
    return wrapped("memory saved".ljust(LABEL_CELLS), meaning, width, "warn")


def _short_age(seconds: float) -> str:
    """Return an age in its largest unit."""
    largest, comma, _ = ago(seconds).partition(",")
    return f"{largest} ago" if comma else largest


def _fact(label: str, text: str, width: int) -> list[Spans]:
    return wrapped(label.ljust(LABEL_CELLS), text, width)
