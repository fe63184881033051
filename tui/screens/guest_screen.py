"""What the screens about one guest share: a tree that is asked for when it opens and again when something changed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Tree

from tui.actions import Scope, Targets
from tui.domain.errors import EngineError, HostdeckError
from tui.domain.host import HostView
from tui.domain.instance import Instance
from tui.present.roles import Spans
from tui.screens.deck import DeckScreen
from tui.screens.span_lines import SpanLines
from widgets.escape import escape_beyond_ascii, escape_controls
from widgets.key_footer import KeyFooter
from widgets.live_table.model import Role
from widgets.walk_tree import WalkTree

if TYPE_CHECKING:
    from tui.engines.resources import DescribesGuests
    from tui.screens.deck import Deck

ASK_SECONDS = 20.0
RELOAD_SECONDS = 15.0
LEVEL_CELLS = 3
_STYLES: dict[Role, str] = {
    "normal": "", "dim": "dim", "accent": "bold", "warn": "yellow", "crit": "bold red", "ok": "green",
}  # fmt: skip

T = TypeVar("T")
D = TypeVar("D")


def guests_keeper(deck: Deck, engine: str) -> DescribesGuests:
    """Return what knows how the guests of an engine are built.

    Raises:
        EngineError: with its sentence, where nothing does.
    """
    from tui.domain.errors import ActionRefused
    from tui.engines.resources import DescribesGuests

    keeper = deck.source.keeper(engine)
    if not isinstance(keeper, DescribesGuests):
        raise ActionRefused("not possible", f"{engine} does not tell how its guests are built.")
    return keeper


class GuestScreen(DeckScreen, Generic[T, D]):
    """A tree about one guest, with facts about the line under the cursor.

    T is what is asked for, D what a line of the tree stands for.

    Args:
        instance: the guest; it may vanish while the screen is open.
    """

    SCOPES: ClassVar[Collection[Scope]] = (Scope.APP,)
    ABOUT: ClassVar[str] = ""
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()  # ids of actions that mean something of their own here

    def __init__(self, instance: Instance) -> None:
        super().__init__()
        self._instance = instance
        self._found: T | None = None
        self._problem = ""
        self._loaded_at: float | None = None
        self._changed = -1
        self._ended: frozenset[int] = frozenset()

    def compose(self) -> ComposeResult:
        """Place the title, the tree, the facts and the keys."""
        yield self.host_line()
        yield SpanLines(((),), id="title")
        tree: WalkTree[D] = WalkTree("", id="tree")
        tree.guide_depth = LEVEL_CELLS
        if self.deck.ascii_only:
            tree.draw_ascii()
        yield tree
        yield SpanLines(((),), id="facts")
        yield SpanLines(((),), id="status")
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def on_mount(self) -> None:
        """Ask the engine."""
        keys = [(self.deck.label_of("back"), "back")]
        read_only = self.deck.view is not None and self.deck.view.read_only
        if not read_only:
            keys += [(self.deck.label_of(action), word) for action, word in self.KEYS]
        own = ("back", *(action for action, _ in self.KEYS))
        keys += [(self.deck.label_of("actions"), "actions"), *self.deck.footer_keys(self.SCOPES, without=own)]
        self.query_one(KeyFooter).set_keys(keys)
        self.walk.focus()
        self.show_title()
        if self.deck.shown_view is not None:
            self.show_view(self.deck.shown_view)

    # What a subclass says

    async def ask(self, keeper: DescribesGuests) -> T:
        """Ask the engine."""
        raise NotImplementedError

    def fill(self, found: T) -> None:
        """Put what was found into the empty tree."""
        raise NotImplementedError

    def facts_of(self, line: D) -> list[Spans]:
        """Return what stands below the tree about the line under the cursor."""
        raise NotImplementedError

    def key_of(self, line: D) -> str:
        """Return what keeps the cursor on a line when the tree is filled anew."""
        raise NotImplementedError

    def is_first(self, line: D) -> bool:  # noqa: ARG002 - subclasses look at it
        """Tell whether the cursor stands on a line when the screen opens."""
        return False

    def choose(self, line: D) -> None:
        """Do what Enter does on a line."""
        raise NotImplementedError

    @property
    def summary(self) -> Spans:
        """Return what stands behind the title."""
        return ()

    @property
    def notes(self) -> list[Spans]:
        """Return what stands below the tree wherever the cursor is."""
        return []

    # What it is about

    @property
    def walk(self) -> WalkTree[D]:
        """Return the tree; it has the focus."""
        return self.query_one("#tree", WalkTree)

    @property
    def instance(self) -> Instance:
        """Return the guest as it is now, or was last."""
        view = self.deck.view
        known = (item.instance for item in view.instances) if view is not None else ()
        self._instance = next((one for one in known if one.key == self._instance.key), self._instance)
        return self._instance

    @property
    def found(self) -> T | None:
        """Return the last answer, None before the first."""
        return self._found

    @property
    def line(self) -> D | None:
        """Return what the line under the cursor stands for."""
        node = self.walk.cursor_node
        return node.data if node is not None else None

    @property
    def current_key(self) -> str | None:
        """Return the row key of the guest."""
        return self._instance.key

    def targets(self) -> Targets:
        """Return the guest."""
        return Targets((self.instance,))

    # When to ask

    def show_view(self, view: HostView) -> None:
        """Show the guest's state, and ask again when something changed or it is time."""
        self.show_host(view)
        self.show_title()
        self._look_at_jobs()
        now = view.taken_monotonic_seconds
        if self._loaded_at is None or now - self._loaded_at >= RELOAD_SECONDS or self._has_changed():
            self._loaded_at = now
            self.reload()

    def show_said(self) -> None:
        """Show or take away the last message; one about a job of this guest is news about what is shown."""
        said = self.deck.said
        self.query_one("#status", SpanLines).show([((" ", "normal"), said) if said is not None else ()])
        self._look_at_jobs()

    def _look_at_jobs(self) -> None:
        """Ask anew when a job of this guest has ended since."""
        jobs = [job for job in self.deck.jobs.jobs if job.target == self._instance.id]
        ended = frozenset(job.id for job in jobs if not job.state.is_active)
        if ended - self._ended:
            self._ended = ended
            self.reload()

    def _has_changed(self) -> bool:
        try:
            changed = self.deck.source.keeper(self._instance.id.engine).changed
        except EngineError:
            return False
        self._changed, before = changed, self._changed
        return changed != before

    def reload(self) -> None:
        """Ask now."""
        self.run_worker(self._load(), exclusive=True, group="load")

    async def _load(self) -> None:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                found = await self.ask(guests_keeper(self.deck, self._instance.id.engine))
        except TimeoutError:
            self._show_problem(f"{self._instance.id.engine} did not answer within {ASK_SECONDS:g} s.")
            return
        except HostdeckError as error:
            self._show_problem(error.message)
            return
        self._problem = ""
        if found != self._found:
            self._found = found
            self._refill(found)
        self.show_title()
        self._show_facts()

    def _show_problem(self, sentence: str) -> None:
        self._problem = sentence
        self.show_title()
        self._show_facts()

    # Drawing

    def show_title(self) -> None:
        """Name the guest, its state and what is shown of it."""
        instance = self.instance
        about = f"  {self.ABOUT} of guest, {instance.state}  "
        rest: Spans = self.summary if self._found is not None else (("is being read ...", "dim"),)
        if self._problem:
            rest = (("not up to date" if self._found is not None else "not known", "warn"),)
        self.query_one("#title", SpanLines).show([((f" {instance.name}", "accent"), (about, "dim"), *rest)])

    def label(self, spans: Spans) -> Text:
        """Return a line as the tree takes it, made safe to draw."""
        escape = escape_beyond_ascii if self.deck.ascii_only else escape_controls
        return Text.assemble(*((escape(text), _STYLES[role]) for text, role in spans), no_wrap=True)

    def _refill(self, found: T) -> None:
        tree = self.walk
        at = self.line
        closed = {str(node.label) for node in tree.nodes() if node.children and not node.is_expanded}
        tree.clear()
        self.fill(found)
        nodes = list(tree.nodes())
        for node in nodes:
            if str(node.label) in closed:
                node.collapse()
        key = self.key_of(at) if at is not None else ""
        lines = [(node, node.data) for node in nodes if node.data is not None]
        found_again = [node for node, line in lines if self.key_of(line) == key]
        first = [node for node, line in lines if self.is_first(line)]
        places = [*found_again, *first, *(node for node, _ in lines)]
        self.call_after_refresh(tree.go_to, places[0] if places else None)

    def _show_facts(self) -> None:
        line = self.line
        lines = [*(self.facts_of(line) if line is not None else []), *self.notes]
        if self._problem:
            lines = [((f" {self._problem}", "crit"),)]
        self.query_one("#facts", SpanLines).show([(), *lines] if lines else [()])

    @on(Tree.NodeHighlighted)
    def _highlighted(self) -> None:
        self._show_facts()

    @on(Tree.NodeSelected)
    def _selected(self, event: Tree.NodeSelected[D]) -> None:
        if event.node.data is None:
            event.node.toggle()
        else:
            self.choose(event.node.data)
