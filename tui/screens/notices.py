"""Tells of problems from the screen: bell, desktop and title of this terminal, and webhook and command for all.

What goes to the terminal is written by the driver, between frames; while another program has the terminal nothing is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.host import HostView
from tui.notify.message import Message, messages
from tui.notify.news import Event, News, Newsroom
from tui.notify.notifier import Notifier
from tui.notify.terminal import BELL, KEEP_TITLE, RESTORE_TITLE, desktop, title
from tui.present.hostbar import badge
from tui.present.words import wrapped
from tui.record.folder import default_folder
from tui.screens.resource_pages import ResourcePage

if TYPE_CHECKING:
    from tui.notify.settings import NotifySettings
    from tui.present.roles import Spans
    from tui.screens.deck import Deck

FIRST_SIGHT_SECONDS = 10.0
"""What is found so soon after the start stood before: it is on the screen, and rings nothing."""
QUIET_SECONDS = 5.0
"""The bell rings once for what comes together."""


class Notices:
    """Takes every live view.

    Args:
        deck: the application.
        folder: of the record of this account, where it is kept what was told; None for the usual one.
        write: writes to the terminal; None for the driver.
    """

    def __init__(
        self,
        deck: Deck,
        settings: NotifySettings,
        *,
        folder: Path | None = None,
        write: Callable[[str], None] | None = None,
    ) -> None:
        self._deck = deck
        self._settings = settings
        self._write = write or self._to_driver
        self._newsroom = Newsroom(settings.severity)
        self._notifier = Notifier(
            settings, folder or default_folder(os.getuid(), os.environ), on_problem=lambda text: deck.say(text, "warn")
        )
        self._began: float | None = None
        self._waiting: list[News] = []
        self._rang_at: float | None = None
        self._title = ""

    def take(self, view: HostView) -> None:
        """Take the next view."""
        if not view.is_demo:
            self._notifier.take(view)
        if self._began is None:
            self._began = view.taken_monotonic_seconds
        news = self._newsroom.take(view)
        if view.taken_monotonic_seconds - self._began >= FIRST_SIGHT_SECONDS:
            self._waiting += [one for one in news if one.event in {Event.RAISED, Event.ESCALATED}]
        if self._waiting and self._may_ring(view.taken_monotonic_seconds):
            self._ring(view)
        if self._settings.title:
            self._show_title(view)

    def _may_ring(self, now: float) -> bool:
        return self._rang_at is None or now - self._rang_at >= QUIET_SECONDS

    def _ring(self, view: HostView) -> None:
        self._rang_at = view.taken_monotonic_seconds
        news, self._waiting = self._waiting, []
        if self._settings.bell:
            self._write(BELL)
        for message in self._messages(view, news)[-1:]:
            self._write(desktop(self._settings.desktop, message))

    def _messages(self, view: HostView, news: Sequence[News]) -> list[Message]:
        return messages(
            news,
            host_id=view.host_id,
            host_name=view.host_name,
            utc_seconds=view.taken_utc_seconds,
            most_single=1,
        )

    def _show_title(self, view: HostView) -> None:
        text = f"{view.host_name}: {''.join([text for text, _ in badge(view)])}"
        if text != self._title:
            self._write(("" if self._title else KEEP_TITLE) + title(text))
            self._title = text

    def _to_driver(self, text: str) -> None:
        driver = self._deck.terminal
        if text and driver is not None:
            driver.write(text)

    async def close(self) -> None:
        """Give the title back and let others tell."""
        if self._title:
            self._write(RESTORE_TITLE)
        await self._notifier.close()

    async def test(self) -> list[tuple[str, bool, str]]:
        """Try every way that is configured; return its name, whether it worked and what came of it."""
        view, settings = self._deck.view, self._settings
        host_id, name = (view.host_id, view.host_name) if view is not None else ("", os.uname().nodename)
        found = [(name, outcome.ok, outcome.text) for name, outcome in await self._notifier.test(host_id, name)]
        if settings.bell:
            self._write(BELL)
            found.append(("bell", True, "rung; your terminal may be set to keep it quiet"))
        if settings.desktop != "off":
            self._write(desktop(settings.desktop, self._notifier.test_message(host_id, name)))
            found.append((settings.desktop, True, "sent; terminals that do not know it show nothing"))
        if settings.title:
            found.append(("title", True, f"is {self._title}" if self._title else "is set with the next sample"))
        return found


def show_test(deck: Deck, found: Sequence[tuple[str, bool, str]]) -> None:
    """Show what came of a test."""

    async def load(width: int) -> Sequence[Spans]:
        lines: list[Spans] = []
        for name, ok, text in found:
            lines += wrapped(f"{name}  ", text, width, "normal" if ok else "crit")
        return lines

    deck.push_screen(ResourcePage("Test of the notifications", "", load))
