"""What a screen sends to its own terminal about problems."""

import asyncio
from pathlib import Path
from typing import Any, cast

from tests.unit.test_notify_news import problem, view
from tui.domain.host import Severity
from tui.notify.settings import NotifySettings
from tui.screens.deck import Deck
from tui.screens.notices import FIRST_SIGHT_SECONDS, QUIET_SECONDS, Notices


class Screen:
    """As much of the application as is asked for."""

    view = None
    terminal = None

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str, _role: str) -> None:
        self.said.append(text)


class Desk:
    def __init__(self, folder: Path, **settings: Any) -> None:
        self.written: list[str] = []
        self.notices = Notices(
            cast("Deck", Screen()), NotifySettings(**settings), folder=folder, write=self.written.append
        )
        self.now = 0.0
        self.take()
        self.now = FIRST_SIGHT_SECONDS

    def take(self, *names: str, severity: Severity = Severity.CRITICAL, after: float = 1.0) -> list[str]:
        """Take a view; return what was written."""
        self.now += after
        before = len(self.written)
        self.notices.take(view(*(problem(name, severity) for name in names), at=self.now))
        return [text for text in self.written[before:] if text]


async def test_the_bell_rings_once_for_what_is_new_and_never_for_what_stood_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path, bell=True)
    desk.now = 2.0
    assert desk.take("old") == []
    desk.now = FIRST_SIGHT_SECONDS
    assert desk.take("old", "new") == ["\a"]
    assert desk.take("old", "new") == []
    assert desk.take("old", "new", "third") == []
    assert desk.take("old", "new", "third", after=QUIET_SECONDS) == ["\a"]
    assert desk.take("old", "new", "third", "mild", severity=Severity.WARNING, after=60) == []
    await desk.notices.close()


async def test_the_desktop_is_told_once_of_many(tmp_path: Path) -> None:
    desk = Desk(tmp_path, desktop="osc777")
    assert desk.take("web") == ["\x1b]777;notify;hostdeck;kvm01: web: waits\a"]
    names = ["web", *(f"w{number}" for number in range(2000))]
    (text,) = desk.take(*names, after=QUIET_SECONDS)
    assert "2,000 problems" in text
    await desk.notices.close()


async def test_the_title_changes_with_the_count_and_is_given_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path, title=True)
    assert desk.written == ["\x1b[22;2t\x1b]2;hostdeck kvm01: no problems\a"]
    assert desk.take("web") == ["\x1b]2;hostdeck kvm01: 1 crit\a"]
    assert desk.take("web") == []
    await desk.notices.close()
    assert desk.written[-1] == "\x1b[23;2t"


async def test_every_way_is_tried(tmp_path: Path) -> None:
    desk = Desk(tmp_path, bell=True, desktop="osc9", title=True, command=("/bin/false",))
    found = await desk.notices.test()
    assert [(name, ok) for name, ok, _ in found] == [
        ("command /bin/false", False), ("bell", True), ("osc9", True), ("title", True),
    ]  # fmt: skip
    assert any(text.startswith("\x1b]9;") and "this is a test" in text for text in desk.written)
    await desk.notices.close()


async def test_nothing_is_written_where_nothing_is_wanted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.take("web") == []
    await asyncio.sleep(0)
    await desk.notices.close()
