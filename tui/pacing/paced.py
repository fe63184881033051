"""An application whose terminal takes one frame at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from textual.app import App
from textual.geometry import Region

from widgets.frames import Frames, frames_of

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.screen import Screen

    from tui.pacing.driver import PacedDriver


class Paced(App[Any]):
    """Draws the present when the terminal has taken what was sent before; frames are never queued.

    What changes meanwhile is remembered as places on the screen, not as text: it is drawn from what it is by then. A
    browser, a test and anything else without a terminal have drivers of their own and are not paced.
    """

    _paced: PacedDriver | None = None
    _is_owed = False

    def get_driver_class(self) -> type[Driver]:
        """Return the paced driver in the place of Textual's for a terminal."""
        from textual.drivers.linux_driver import LinuxDriver

        found = super().get_driver_class()
        if found is not LinuxDriver:
            return found
        from tui.pacing.driver import PacedDriver

        return PacedDriver

    def draw_few_colours(self) -> None:
        """Take the nearest of 256 colours: naming one takes half as many bytes."""
        if self.console._color_system is ColorSystem.TRUECOLOR:
            self.console._color_system = ColorSystem.EIGHT_BIT

    def _build_driver(self, *arguments: Any, **options: Any) -> Driver:
        from tui.pacing.driver import PacedDriver

        driver = super()._build_driver(*arguments, **options)
        if isinstance(driver, PacedDriver):
            self._paced = driver
            self._clock_of_frames.gate = driver.pacer.may_draw
        return driver

    @property
    def _clock_of_frames(self) -> Frames:
        return frames_of(self)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Draw, or remember what has to be drawn when the terminal is ready for it."""
        driver = self._paced
        if driver is None or renderable is None or self._batch_count:
            super()._display(screen, renderable)
        elif driver.pacer.may_draw():
            self._is_owed = False
            with driver.frame():
                super()._display(screen, renderable)
        else:
            self._is_owed = True
            screen._compositor._dirty_regions.update(_places(renderable, screen))

    def frame_may_go(self) -> None:
        """Draw what is owed, with what widgets held back."""
        if self._clock_of_frames.go_on() and self._is_owed:
            # they are drawn within Textual's next frame: what is owed goes with it
            self.set_timer(1 / 30, self._draw_owed)
        else:
            self._draw_owed()

    def _draw_owed(self) -> None:
        if self._is_owed and self._running and self.screen_stack:
            screen = self.screen
            with self._context(), screen._context():
                screen._compositor_refresh()


def _places(renderable: object, screen: Screen[Any]) -> list[Region]:
    """Return what an update would have drawn."""
    spans = getattr(renderable, "spans", None)
    if spans is None:
        return [screen._compositor.size.region]
    return [Region(start, y, end - start, 1) for y, start, end in spans]
