"""A screen that one reads: a bar, a scrolling page, keys; the cursor keys scroll."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widget import Widget

from tui.domain.host import HostView
from tui.present.hostbar import connecting_bar, host_bar
from tui.present.roles import Spans
from tui.screens.deck import DeckScreen
from tui.screens.span_lines import SpanLines
from widgets.key_footer import KeyFooter

NARROW_BELOW_COLUMNS = 110


class Page(VerticalScroll, inherit_bindings=False):
    """The scrolling part; it has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", show=False, id="page.down"),
        Binding("k,up", "scroll_up", "Up", show=False, id="page.up"),
        Binding("g,home", "scroll_home", "Top", show=False, id="page.home"),
        Binding("G,end", "scroll_end", "Bottom", show=False, id="page.end"),
        Binding("ctrl+d,pagedown,space", "page_down", "Page down", show=False, id="page.page_down"),
        Binding("ctrl+u,pageup", "page_up", "Page up", show=False, id="page.page_up"),
    ]


class PageScreen(DeckScreen):
    """A page with the host bar above it and the keys below."""

    def compose(self) -> ComposeResult:
        """Place the lines and the page."""
        yield SpanLines((connecting_bar(80),), id="host-bar")
        yield from self.ruler()
        yield SpanLines(((),), id="title")
        page = Page(*self.parts(), classes="page")
        page.can_focus = True
        yield page
        yield SpanLines(((),), id="status")
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def parts(self) -> Iterable[Widget]:
        """Return what stands on the page."""
        return ()

    def on_mount(self) -> None:
        """Let the cursor keys scroll, and show the keys."""
        self.query_one(Page).focus()
        self.query_one(KeyFooter).set_keys([*self.own_keys(), *self.footer_keys()])
        if self.deck.shown_view is not None:
            self.show_view(self.deck.shown_view)

    def footer_keys(self) -> list[tuple[str, str]]:
        """Return the keys from the table of actions."""
        return self.deck.footer_keys(self.SCOPES, without=("back",))

    def own_keys(self) -> list[tuple[str, str]]:
        """Return keys of this screen that stand first in the footer."""
        return [(self.deck.label_of("back"), "back"), ("j k", "scroll")]

    def show_view(self, view: HostView) -> None:
        """Draw the host bar; subclasses add what they show."""
        bar = host_bar(view, self.size.width, frozen=self.deck.frozen, ascii_only=self.deck.ascii_only)
        self.query_one("#host-bar", SpanLines).show([bar])

    def show_title(self, title: Spans) -> None:
        """Name what the page is about."""
        self.query_one("#title", SpanLines).show([title])

    def show_said(self) -> None:
        """Show or take away the last message."""
        said = self.deck.said
        self.query_one("#status", SpanLines).show([((" ", "normal"), said) if said is not None else ()])

    def on_resize(self, event: Resize) -> None:
        """Put parts side by side where there is room."""
        super().on_resize(event)
        self.set_class(event.size.width < NARROW_BELOW_COLUMNS, "-narrow")
        if self.deck.shown_view is not None:
            self.show_view(self.deck.shown_view)


class Heading(SpanLines):
    """The name of a part of a page."""

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__((((text, "accent"),),), id=id, classes="heading")
