"""Tells of problems by webhook and command, once for all who look at a host."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.notify.limit import Allowance
from tui.notify.memory import Kept, Memory, Turn
from tui.notify.message import test_message
from tui.notify.news import Event, Newsroom, Told
from tui.notify.outbox import Origin, Outbox

if TYPE_CHECKING:
    from tui.domain.host import HostView
    from tui.notify.message import Message
    from tui.notify.outbox import Channel
    from tui.notify.settings import NotifySettings
    from tui.notify.webhook import Outcome

TURN_SECONDS = 3.0
"""How often it is looked who tells."""


class Notifier:
    """Takes every view, and tells what is new in it while it is this process's turn.

    Args:
        folder: of the record; what was told and the locks are there. It is made, for this account alone, when missing.
        is_recorder: it comes before any screen, and tells also where no lock can be had.
        on_problem: called with a sentence when something begins to fail.
        channels: ways to tell; None for those of the settings.
        wait: sleeps; replaced where time must not pass.
    """

    def __init__(
        self,
        settings: NotifySettings,
        folder: Path,
        *,
        is_recorder: bool = False,
        on_problem: Callable[[str], None] = lambda _sentence: None,
        channels: Sequence[Channel] | None = None,
        utc: Callable[[], float] = time.time,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._is_recorder = is_recorder
        self._on_problem = on_problem
        self._utc = utc
        self._wait = wait
        self._newsroom = Newsroom(settings.severity, repeat_minutes=settings.repeat_minutes)
        self._memory = Memory(folder)
        self._turn = Turn(folder, is_recorder=is_recorder)
        self._telling = False
        self._folder_problem = ""
        self._watch: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._saving = asyncio.Lock()
        self._outboxes = [
            Outbox(channel, Allowance(settings.at_most_per_hour), on_change=self._changed, on_sent=self._keep, utc=utc,
                   wait=wait)
            for channel in (channels if channels is not None else channels_of(settings))
        ]  # fmt: skip

    @property
    def is_telling(self) -> bool:
        """Tell whether it is this process that tells."""
        return self._telling

    @property
    def problems(self) -> tuple[str, ...]:
        """Return what does not work, a sentence each."""
        found = [f"The {box.channel.name} {box.channel.shown}: {box.problem}." for box in self._outboxes if box.problem]
        return (*found, *([self._folder_problem] if self._folder_problem else []))

    def take(self, view: HostView) -> None:
        """Take the next view, on the event loop; cheap where nothing is new."""
        if not self._outboxes:
            return
        if self._watch is None:
            self._watch = asyncio.ensure_future(self._watch_turn())
        if not self._telling:
            return
        news = self._newsroom.take(view)
        told = [one for one in news if self._settings.cleared or one.event is not Event.CLEARED]
        if told:
            for box in self._outboxes:
                box.add(told, Origin(view.host_id, view.host_name))
        elif news:
            self._later(self._keep())

    def test_message(self, host_id: str, host_name: str) -> Message:
        """Return a message that says that it is a test."""
        return test_message(host_id=host_id, host_name=host_name, utc_seconds=self._utc())

    async def test(self, host_id: str, host_name: str) -> list[tuple[str, Outcome]]:
        """Send a message that says that it is a test by every way, at once; return what came of each."""
        message = self.test_message(host_id, host_name)
        body, environment = message.to_json(), message.environment()
        ways = [box.channel for box in self._outboxes]
        outcomes = await asyncio.gather(*(way.send(body, environment) for way in ways))
        return [(f"{way.name} {way.shown}", outcome) for way, outcome in zip(ways, outcomes, strict=True)]

    async def close(self) -> None:
        """End what is under way; another process may tell from now on."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch}, timeout=2.0)
        await asyncio.gather(*(box.close() for box in self._outboxes), *self._tasks)
        self._turn.leave()

    # Whose turn it is

    async def _watch_turn(self) -> None:
        while True:
            was = self._telling
            mine, kept, problem = await asyncio.to_thread(self._look)
            self._say_folder(problem)
            if mine and not was:
                self._begin(kept)
            elif was and not mine:
                for box in self._outboxes:
                    box.forget()
            self._telling = mine
            await self._wait(TURN_SECONDS)

    def _look(self) -> tuple[bool, Kept, str]:
        """Return whether it is this process's turn, what was told before it, and why it is not; on another thread."""
        problem = ""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            problem = f"{self._folder} cannot be made: {error.strerror or error}."
        mine = self._turn.look()
        problem = problem or self._turn.problem
        if problem and self._is_recorder:
            mine = True  # there is one recorder, and it must not be silent because a disk is full
        sentence = f"Nobody is told of problems: {problem}" if problem and not mine else ""
        return mine, self._memory.load() if mine and not self._telling else Kept(), sentence

    def _begin(self, kept: Kept) -> None:
        self._newsroom.restart(kept.told)
        for box in self._outboxes:
            box.allowance.left, box.allowance.counted_at_utc_seconds = kept.left, kept.at_utc_seconds

    # What was told

    async def _keep(self) -> None:
        """Write down what was told: at least one way told it, and what none told is told after a restart."""
        told = dict(self._newsroom.told)
        unsent = [box.unsent for box in self._outboxes]
        for key in set.intersection(*(set(one) for one in unsent)):
            news = unsent[0][key]
            if news.event is Event.CLEARED:
                told[key] = Told(news.problem, self._utc())
            elif news.event is Event.RAISED:
                told.pop(key, None)
        lefts = [box.allowance.left for box in self._outboxes if box.allowance.left is not None]
        kept = Kept(told, min(lefts, default=None), self._utc())
        async with self._saving:
            problem = await asyncio.to_thread(self._memory.save, kept)
        self._say_folder(problem)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Saying so

    def _say_folder(self, problem: str) -> None:
        if problem != self._folder_problem:
            self._folder_problem = problem
            self._changed(problem)

    def _changed(self, problem: str) -> None:
        if problem:
            self._on_problem(problem)


def channels_of(settings: NotifySettings) -> list[Channel]:
    """Return the ways to tell others that are configured."""
    found: list[Channel] = []
    if settings.webhook:
        from tui.notify.webhook import Webhook

        found.append(Webhook(settings))
    if settings.command:
        from tui.notify.program import Program

        found.append(Program(settings))
    return found
