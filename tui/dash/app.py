"""The application of the dashboard: it only looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.screen import Screen

from tui.config import Config
from tui.dash.moment import Moment, Turn, loud_critical, name_of
from tui.dash.pages import draw
from tui.dash.rotation import ALL_PAGES, PageId, Rotation
from tui.domain.host import HostView
from tui.sampling.source import HostSource
from tui.screens.span_lines import SpanLines
from tui.screens.theme import HOSTDECK, first_theme, wants_ascii
from widgets.thin_update import ThinCompositor

CLOCK_SECONDS = 1.0
SLOW_CLOCK_SECONDS = 5.0  # over a slow line


class DashScreen(Screen[None]):
    """The lines, from edge to edge."""

    DEFAULT_CSS = "DashScreen > SpanLines { width: 1fr; height: 1fr; }"
    AUTO_FOCUS: ClassVar[str | None] = None

    def __init__(self) -> None:
        super().__init__()
        self._compositor = ThinCompositor()
        self.lines = SpanLines(id="dash")

    def compose(self) -> ComposeResult:
        """Place the lines."""
        yield self.lines


class DashApp(App[None], inherit_bindings=False):
    """One host on a wall.

    Args:
        source: the host; its `run` is driven from here until the end. Nothing is asked of it but what it shows.
        config: preferences; those of looks are taken.
        pages: those that take turns.
        rotate_seconds: how long each is shown; 0 for the first one only.
        is_replay: the source is a record; its time is shown, and its figures do not age.
        monotonic: the clock by which pages turn and figures age.
        utc: the clock that is shown.
    """

    TITLE = "hostdeck dash"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,ctrl+c,ctrl+q", "quit", "Quit", show=False, priority=True)]

    def __init__(
        self,
        source: HostSource,
        *,
        config: Config | None = None,
        pages: Sequence[PageId] = ALL_PAGES,
        rotate_seconds: float = 0.0,
        is_replay: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        utc: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.config = config or Config()
        self.source = source
        self.ascii_only = wants_ascii(self.config, self.console.encoding)
        self.view: HostView | None = None
        self._view_came_at = 0.0
        self._monotonic = monotonic
        self._utc = utc
        self._is_replay = is_replay
        self._rotation = Rotation(pages, rotate_seconds, monotonic())
        self._only_screen = DashScreen()

    def get_default_screen(self) -> Screen[None]:
        """Return the only screen."""
        return self._only_screen

    def on_mount(self) -> None:
        """Begin to sample once the first frame stands; draw now and then in any case: the clock must be seen to go."""
        self.register_theme(HOSTDECK)
        self.theme = first_theme(self, (self.config.theme,))
        self.show_moment()
        self.set_interval(SLOW_CLOCK_SECONDS if self.config.low_bandwidth else CLOCK_SECONDS, self.show_moment)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.run_worker(self.source.run(self.publish), name="source", exclusive=True)

    async def on_unmount(self) -> None:
        """End the engines."""
        await self.source.close()

    def on_resize(self, _event: Resize) -> None:
        """Lay out anew once the screen has its size."""
        self.call_after_refresh(self.show_moment)

    def publish(self, view: HostView) -> None:
        """Take a new moment."""
        now = self._monotonic()
        if self.view is None:
            self._rotation.begin(now)
        if self.view is None or view.tick != self.view.tick:
            self._view_came_at = now
        self.view = view
        self._rotation.observe([name_of(problem) for problem in loud_critical(view)], now)
        self.show_moment()

    def show_moment(self) -> None:
        """Draw what is true now; lines that are the same are not sent again."""
        self._rotation.turn(self._monotonic())
        size = self.size
        if size.width and size.height:
            self._only_screen.lines.show(draw(self.moment(), size.width, size.height))

    def moment(self) -> Moment:
        """Return all that the page may show."""
        now = self._monotonic()
        rotation = self._rotation
        tells = rotation.page is PageId.TIMELINE
        entries = self.source.timeline() if tells else ()
        return Moment(
            view=self.view,
            turn=Turn(page=rotation.page, number=rotation.number, count=rotation.count, is_held=rotation.is_held(now)),
            now_utc_seconds=self.view.taken_utc_seconds if self._is_replay and self.view else self._utc(),
            age_seconds=now - self._view_came_at if self.view is not None and not self._is_replay else 0.0,
            is_replay=self._is_replay,
            interval_seconds=self.source.tick_seconds,
            entries=entries,
            events=self.source.events() if tells and not entries else (),
            ascii_only=self.ascii_only,
        )
