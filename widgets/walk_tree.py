"""A tree to walk with the keys of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

T = TypeVar("T")


class WalkTree(Tree[T], inherit_bindings=False):
    """A tree whose root is not shown; a node is folded by its own keys and not by choosing it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Down", show=False, id="tree.down"),
        Binding("k,up", "cursor_up", "Up", show=False, id="tree.up"),
        Binding("g,home", "scroll_home", "Top", show=False, id="tree.home"),
        Binding("G,end", "scroll_end", "Bottom", show=False, id="tree.end"),
        Binding("ctrl+d,pagedown", "page_down", "Page down", show=False, id="tree.page_down"),
        Binding("ctrl+u,pageup", "page_up", "Page up", show=False, id="tree.page_up"),
        Binding("space,f", "toggle_node", "Fold", show=False, id="tree.fold"),
        Binding("right", "open_node", "Open", show=False, id="tree.open"),
        Binding("left", "close_node", "Close", show=False, id="tree.close"),
        Binding("enter", "select_cursor", "Choose", show=False, id="tree.select"),
    ]
    show_root = False
    auto_expand = False

    def draw_ascii(self) -> None:
        """Use no sign beyond ASCII: no lines between nodes, letters for folded and open, no scroll bars."""
        self.ICON_NODE, self.ICON_NODE_EXPANDED = "> ", "v "
        self.show_guides = False
        self.styles.scrollbar_size_vertical = self.styles.scrollbar_size_horizontal = 0

    def action_open_node(self) -> None:
        """Open the node under the cursor."""
        if self.cursor_node is not None:
            self.cursor_node.expand()

    def action_close_node(self) -> None:
        """Close the node under the cursor, or go to the one it belongs to."""
        node = self.cursor_node
        if node is None:
            return
        if node.is_expanded and node.children:
            node.collapse()
        elif node.parent is not None and not node.parent.is_root:
            self.move_cursor(node.parent)

    def go_to(self, node: TreeNode[T] | None) -> None:
        """Put the cursor on a node that was just added; its line is known only once all lines are."""
        if self.last_line >= 0:
            self.move_cursor(node)

    def nodes(self) -> Iterator[TreeNode[T]]:
        """Return all nodes below the root, those near it first."""
        waiting = list(self.root.children)
        while waiting:
            node = waiting.pop(0)
            yield node
            waiting += node.children
