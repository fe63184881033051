"""The raw XML or JSON of an instance, to read and to search in."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from tui.actions import Scope, Targets, resolve_targets
from tui.domain.errors import EngineError
from tui.domain.event import Document
from tui.domain.host import HostView
from tui.domain.identity import InstanceId
from tui.present.raw import document_lines
from tui.present.roles import Spans
from tui.screens.deck import DeckScreen
from tui.screens.span_lines import SpanLines
from tui.screens.text_view import TextView
from widgets.key_footer import KeyFooter

if TYPE_CHECKING:
    from widgets.filter_bar import FilterBar


class RawScreen(DeckScreen):
    """A document as its engine gives it; it is read once, and again with the same key."""

    SCOPES: ClassVar[Collection[Scope]] = (Scope.APP,)

    def __init__(self, target: InstanceId, name: str) -> None:
        super().__init__()
        self._target = target
        self._name = name

    def compose(self) -> ComposeResult:
        """Place the title, the text and the keys."""
        yield self.host_line()
        yield SpanLines(((),), id="title")
        yield TextView(id="text")
        yield SpanLines(((),), id="status")
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def show_view(self, view: HostView) -> None:
        """Bring the host's line up to date."""
        self.show_host(view)

    def on_mount(self) -> None:
        """Ask the engine."""
        keys = [(self.deck.label_of("back"), "back"), ("j k", "scroll"), ("/", "search"), ("n N", "next, previous")]
        self.query_one(KeyFooter).set_keys([*keys, *self.deck.footer_keys(self.SCOPES, without=("back",))])
        self.query_one(TextView).focus()
        self.do_raw()

    @property
    def current_key(self) -> str | None:
        """Return the row key of what is described."""
        return str(self._target)

    def targets(self) -> Targets:
        """Return what is described, for a shell, a console or a log of it."""
        view, key = self.deck.view, str(self._target)
        return resolve_targets(view, key, (), (key,)) if view is not None else Targets()

    def do_raw(self) -> None:
        """Read the document, once more where it is here already."""
        self._show_title("is being read", "dim")
        self.run_worker(self._read(), exclusive=True)

    async def read_document(self) -> Document:
        """Ask the engine."""
        return await self.deck.source.document(self._target)

    async def _read(self) -> None:
        try:
            document = await self.read_document()
        except EngineError as error:
            self._show_title(error.message, "crit")
            return
        lines = document_lines(document)
        self.query_one(TextView).show(lines)
        self._show_title(f"{document.language.upper()}, {len(lines)} lines", "dim")

    def _show_title(self, text: str, role: str) -> None:
        title: Spans = ((f" {self._name}", "accent"), (f"  {text}", "crit" if role == "crit" else "dim"))
        self.query_one("#title", SpanLines).show([title])

    def show_said(self) -> None:
        """Show or take away the last message."""
        said = self.deck.said
        self.query_one("#status", SpanLines).show([((" ", "normal"), said) if said is not None else ()])

    async def action_search(self) -> None:
        """Type what to look for."""
        from widgets.filter_bar import FilterBar

        if not self.query(FilterBar):
            await self.mount(FilterBar(placeholder="text to look for", id="filter-bar"), before="#status")
        bar = self.query_one(FilterBar)
        bar.display = True
        bar.open()

    def on_filter_bar_filter_changed(self, message: FilterBar.FilterChanged) -> None:
        """Look for it while it is typed."""
        found = self.query_one(TextView).search(message.text)
        self._say_found(message.text, found)

    def on_filter_bar_closed(self, message: FilterBar.Closed) -> None:
        """Go back to the text."""
        message.bar.display = False
        if not message.kept:
            self.query_one(TextView).search("")
            self._say_found("", 0)
        self.query_one(TextView).focus()

    def _say_found(self, text: str, found: int) -> None:
        line: Spans = ((f" {found} lines with {text}", "normal" if found else "warn"),) if text else ()
        self.query_one("#status", SpanLines).show([line])
