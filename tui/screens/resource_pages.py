"""What can be read about an image, a volume, a pool, a disk or a network: its page, and its raw description."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from textual.widget import Widget

from tui.actions import Targets
from tui.domain.errors import HostdeckError
from tui.domain.event import Document
from tui.domain.host import HostView
from tui.domain.resource import ResourceId
from tui.present.roles import Spans
from tui.screens.page import PageScreen
from tui.screens.raw import RawScreen
from tui.screens.span_lines import SpanLines

RELOAD_SECONDS = 10.0


class ResourcePage(PageScreen):
    """A page of lines that are asked for when it opens, and slowly again while it is looked at.

    Args:
        title: name of what it is about.
        kind: what that is.
        load: asks for the lines, for a width in cells; raises HostdeckError with its sentence.
        actors: what carries out actions beside the page itself: methods `do_ID`.
    """

    def __init__(
        self,
        title: str,
        kind: str,
        load: Callable[[int], Awaitable[Sequence[Spans]]],
        actors: Sequence[object] = (),
    ) -> None:
        super().__init__()
        self._name = title
        self._kind = kind
        self._load = load
        self._actors = tuple(actors)
        self._loaded_at: float | None = None

    @property
    def actors(self) -> Sequence[object]:
        """Return what carries out actions beside the page itself."""
        return self._actors

    def own_keys(self) -> list[tuple[str, str]]:
        """Return keys of this screen that stand first in the footer."""
        keys = super().own_keys()
        return [*keys, (self.deck.label_of("actions"), "actions")] if self._actors else keys

    def parts(self) -> Iterable[Widget]:
        """Return the parts of the page."""
        return (SpanLines(id="facts"),)

    def show_view(self, view: HostView) -> None:
        """Keep the host bar live, and ask again when it is time."""
        super().show_view(view)
        self.show_title(((f" {self._name}", "accent"), (f"  {self._kind}", "dim")))
        now = view.taken_monotonic_seconds
        if self._loaded_at is None or now - self._loaded_at >= RELOAD_SECONDS:
            self._loaded_at = now
            self.reload()

    def reload(self) -> None:
        """Ask now."""
        self.run_worker(self._show(), exclusive=True, group="page")

    async def _show(self) -> None:
        try:
            lines = await self._load(self.size.width - 4)
        except HostdeckError as error:
            lines = (((error.message, "crit"),),)
        self.query_one("#facts", SpanLines).show(lines)


class ResourceRaw(RawScreen):
    """The raw XML or JSON of a resource."""

    def __init__(self, target: ResourceId, name: str) -> None:
        super().__init__(target.as_target, name)
        self._resource = target

    async def read_document(self) -> Document:
        """Ask the engine."""
        return await self.deck.source.keeper(self._resource.engine).document(self._resource)

    def targets(self) -> Targets:
        """Return nothing: it is no instance."""
        return Targets()
