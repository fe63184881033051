"""The map of the networks: a tree to walk from the networks down, or from the instances up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from tui.actions import Scope
from tui.domain.errors import HostdeckError
from tui.domain.host import HostView
from tui.hostnet.chart import MapNode, NodeKind, from_instances, from_networks, hangs_on
from tui.present.networks.lister import NetworkLister
from tui.present.shelved import pods_of_infra
from tui.screens.deck import DeckScreen
from tui.screens.network_pane import plant_of
from tui.screens.span_lines import SpanLines
from widgets.escape import escape_beyond_ascii, escape_controls
from widgets.fit import fit
from widgets.key_footer import KeyFooter
from widgets.walk_tree import WalkTree

if TYPE_CHECKING:
    from tui.present.networks.line import NetLine
    from tui.present.roles import Spans
    from tui.screens.deck import Deck

REDRAW_SECONDS = 5.0
MOST_NAMED = 6
MOST_NAME_CELLS = 40
_WORDS = {
    NodeKind.NETWORK: "net", NodeKind.BRIDGE: "bridge", NodeKind.UPLINK: "out", NodeKind.TAP: "tap",
    NodeKind.VETH: "veth", NodeKind.INTERFACE: "if", NodeKind.INSTANCE: "", NodeKind.ADDRESS: "", NodeKind.PORT: "port",
}  # fmt: skip


class MapTree(WalkTree[MapNode]):
    """The tree; it has the focus. Its keys fold and open, so that nothing scrolls it sideways."""

    DEFAULT_CSS = """
    MapTree { overflow-x: hidden; scrollbar-size-vertical: 1; }
    """


class NetworkMap(DeckScreen):
    """The map; Tab turns it round, Enter goes to an instance.

    Args:
        key: of the node to begin at, by `MapNode.key`; empty for the top.
    """

    SCOPES: ClassVar[Collection[Scope]] = (Scope.APP,)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "turn", "Turn round", show=False, id="map.turn")]

    def __init__(self, key: str = "") -> None:
        super().__init__()
        self._key = key
        self._lister = NetworkLister()
        self._up = False
        self._drawn_at: float | None = None
        self._drawn: tuple[MapNode, ...] | None = None
        self._problem = ""

    def compose(self) -> ComposeResult:
        """Place the title, the tree and the keys."""
        yield self.host_line()
        yield SpanLines(((),), id="title")
        tree = MapTree("", id="map")
        if self.deck.ascii_only:
            tree.draw_ascii()
        yield tree
        yield SpanLines(((),), id="hangs")
        yield SpanLines(((),), id="status")
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def on_mount(self) -> None:
        """Show the map."""
        keys = [(self.deck.label_of("back"), "back"), ("Tab", "turn round"), ("Enter", "go there"), ("Space", "fold")]
        self.query_one(KeyFooter).set_keys(
            [*keys, *self.deck.footer_keys(self.SCOPES, without=("back", "network_map"))]
        )
        self._tree.focus()
        self._show_title()
        self._redraw()

    @property
    def _tree(self) -> MapTree:
        return self.query_one(MapTree)

    def _show_title(self) -> None:
        way = "from the instances to the networks" if self._up else "from the networks to the instances"
        title: Spans = ((" Map of the networks", "accent"), (f"  {way}", "dim"))
        self.query_one("#title", SpanLines).show([title])

    def show_view(self, view: HostView) -> None:
        """Draw anew when it is time; what is folded and where the cursor is stay."""
        self.show_host(view)
        now = view.taken_monotonic_seconds
        if self._drawn_at is None or now - self._drawn_at >= REDRAW_SECONDS:
            self._drawn_at = now
            self._redraw()

    def show_said(self) -> None:
        """Show or take away the last message."""
        said = self.deck.said
        self.query_one("#status", SpanLines).show([((" ", "normal"), said) if said is not None else ()])

    def _redraw(self) -> None:
        self.run_worker(self._draw(), exclusive=True, group="map")

    async def _draw(self) -> None:
        try:
            await self._lister.ask(self.deck.source)
        except HostdeckError as error:
            self.deck.say(error.message, "crit")
        here = plant_of(self.deck, self._lister)
        roots = self._readable(from_instances(here) if self._up else from_networks(here))
        if roots == self._drawn:
            return
        self._drawn = roots
        self._fill(roots)

    def _readable(self, roots: tuple[MapNode, ...]) -> tuple[MapNode, ...]:
        """Name pods in the place of their infra containers; seen from the instances those come last."""
        view = self.deck.view
        pods = pods_of_infra(view) if view is not None else {}
        named = tuple(_with_pods(root, pods) for root in roots)
        return tuple(sorted(named, key=lambda root: root.key in pods)) if self._up else named

    def _fill(self, roots: tuple[MapNode, ...]) -> None:
        tree = self._tree
        closed = {node.data.path for node in tree.nodes() if node.data is not None and not node.is_expanded}
        at = tree.cursor_node.data.path if tree.cursor_node is not None and tree.cursor_node.data is not None else ""
        tree.clear()
        for root in roots:
            self._add(tree.root, root, closed)
        nodes = [node for node in tree.nodes() if node.data is not None]
        asked_for = [node for node in nodes if self._key and node.data is not None and node.data.key == self._key]
        same = [node for node in nodes if node.data is not None and node.data.path == at]
        self.call_after_refresh(self._go, next(iter([*asked_for, *same, *tree.root.children]), None))

    def _go(self, node: TreeNode[MapNode] | None) -> None:
        """Put the cursor on a node; what was asked for counts until it is there."""
        self._key = ""
        self._tree.go_to(node)

    def _add(self, parent: TreeNode[MapNode], node: MapNode, closed: Collection[str]) -> None:
        label = self._label(node)
        if not node.children:
            parent.add_leaf(label, node)
            return
        made = parent.add(label, node, expand=node.path not in closed)
        for child in node.children:
            self._add(made, child, closed)

    def _label(self, node: MapNode) -> Text:
        escape = escape_beyond_ascii if self.deck.ascii_only else escape_controls
        word = _WORDS[node.kind]
        name = escape(node.text)
        name = fit(name, min(cell_len(name), MOST_NAME_CELLS), ascii_only=self.deck.ascii_only)
        found = Text.assemble((f"{word} ", "dim") if word else "", (name, "" if node.active else "dim"))
        if node.note:
            found.append(f"  {escape(node.note)}", "dim")
        if node.problem:
            found.append(f"  ! {escape(node.problem)}", "bold yellow")
        return found

    @on(Tree.NodeHighlighted)
    def _highlighted(self, event: Tree.NodeHighlighted[MapNode]) -> None:
        node = event.node.data
        line: Spans = ()
        if node is not None and node.key and node.kind is not NodeKind.INSTANCE:
            line = self._hanging(node)
        self.query_one("#hangs", SpanLines).show([line])

    def _hanging(self, node: MapNode) -> Spans:
        found = hangs_on(plant_of(self.deck, self._lister), node.key)
        if not found:
            return ((f" On {node.text} hangs no instance that is known.", "dim"),)
        names = ", ".join(one.name for one in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        return ((f" On {node.text} hang: ", "dim"), (f"{names}{more}", "normal"))

    @on(Tree.NodeSelected)
    def _selected(self, event: Tree.NodeSelected[MapNode]) -> None:
        node = event.node.data
        if node is not None and node.kind is NodeKind.INSTANCE:
            from tui.screens.on_instance import open_details

            open_details(self.deck, node.key)
        else:
            event.node.toggle()

    def action_turn(self) -> None:
        """Show the map from its other end; the cursor goes to the same thing there."""
        node = self._tree.cursor_node
        self._key = node.data.key if node is not None and node.data is not None else ""
        self._up = not self._up
        self._drawn = None
        self._show_title()
        self._redraw()

    def do_network_map(self) -> None:
        """Turn it round: it is open."""
        self.action_turn()


def _with_pods(node: MapNode, pods: Mapping[str, str]) -> MapNode:
    children = tuple(_with_pods(child, pods) for child in node.children)
    return replace(node, text=pods.get(node.key, node.text), children=children)


def show_map(deck: Deck, line: NetLine | None = None) -> None:
    """Open the map, at a network or interface."""
    key = "" if line is None else line.key if line.target is not None else line.name
    deck.push_screen(NetworkMap(key))
