"""What waits to be told by one way: gathered for a moment, limited, tried again, and never more than one at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tui.notify.message import Message, messages
from tui.notify.news import News, later

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.notify.limit import Allowance
    from tui.notify.webhook import Outcome

GATHER_SECONDS = 2.0
"""What happens together is told together."""
RETRY_SECONDS = (2.0, 10.0, 30.0)
LATER_SECONDS = 300.0
"""Where all attempts failed that may succeed later, what still stands is tried again then."""
HELD_SECONDS = 15.0


class Channel(Protocol):
    """One way to tell."""

    @property
    def name(self) -> str:
        """Return the word for it: "webhook" or "command"."""

    @property
    def shown(self) -> str:
        """Return where it leads, without secrets."""

    async def send(self, body: bytes, environment: Mapping[str, str], /) -> Outcome:
        """Try once; never raises."""

    def close(self) -> None:
        """Give everything back."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose problems they are."""

    host_id: str
    host_name: str


class Outbox:
    """Sends news by one channel.

    Args:
        on_change: called with a sentence when the channel begins to fail, and with an empty one when it works again.
        on_sent: called when something was delivered or given up.
        wait: sleeps; replaced where time must not pass.
    """

    def __init__(
        self,
        channel: Channel,
        allowance: Allowance,
        *,
        on_change: Callable[[str], None] = lambda _sentence: None,
        on_sent: Callable[[], Awaitable[None]] | None = None,
        utc: Callable[[], float] = time.time,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.channel = channel
        self.allowance = allowance
        self.problem = ""
        self._on_change = on_change
        self._on_sent = on_sent
        self._utc = utc
        self._wait = wait
        self._origin = Origin("", "")
        self._waiting: dict[str, News] = {}
        self._on_its_way: tuple[News, ...] = ()
        self._left_out = 0
        self._is_held = False
        self._task: asyncio.Task[None] | None = None

    @property
    def unsent(self) -> Mapping[str, News]:
        """Return what was not delivered yet, by `Problem.id`."""
        return {**{news.problem.id: news for news in self._on_its_way}, **self._waiting}

    def add(self, news: Sequence[News], origin: Origin) -> None:
        """Take news; what two pieces say about one problem becomes one, or none."""
        self._origin = origin
        if self._is_held:
            self._left_out += len(news)
        for one in news:
            self._merge(one)
        if self._waiting and self._task is None:
            self._task = asyncio.ensure_future(self._work())
            self._task.add_done_callback(self._ended)

    def forget(self) -> None:
        """Leave what waits to another process."""
        self._waiting.clear()
        self._left_out = 0

    async def close(self) -> None:
        """Give up what is on its way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=2.0)
        self.channel.close()

    def _merge(self, news: News) -> None:
        before = self._waiting.pop(news.problem.id, None)
        merged = later(before, news) if before is not None else news
        if merged is not None:
            self._waiting[news.problem.id] = merged

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._tell(f"hostdeck failed here: {type(error).__name__}: {error}")

    async def _work(self) -> None:
        """Send until nothing waits."""
        await self._wait(GATHER_SECONDS)
        while self._waiting:
            batch = self._batch()
            if not batch:
                self._begin_to_hold()
                await self._wait(HELD_SECONDS)
                continue
            self._is_held, self._left_out = False, 0
            self._on_its_way, self._waiting = tuple(self._waiting.values()), {}
            outcomes = [await self._send(message) for message in batch]
            delivered = not any(outcome.again for outcome in outcomes)
            if not delivered:
                self._put_back()
            self._on_its_way = ()
            if self._on_sent is not None:
                await self._on_sent()
            if not delivered:
                await self._wait(LATER_SECONDS)

    def _batch(self) -> list[Message]:
        """Return what may go now; one message for all where single ones may not."""
        news, utc = tuple(self._waiting.values()), self._utc()
        host_id, host_name = self._origin.host_id, self._origin.host_name
        found = messages(news, host_id=host_id, host_name=host_name, utc_seconds=utc, left_out=self._left_out)
        return found if self.allowance.take(utc, len(found)) else []

    def _begin_to_hold(self) -> None:
        if not self._is_held:
            self._is_held = True
            self._left_out += len(self._waiting)

    def _put_back(self) -> None:
        """Let what could not be delivered wait again, with what came meanwhile."""
        newer, self._waiting = self._waiting, {}
        for news in (*self._on_its_way, *newer.values()):
            self._merge(news)

    async def _send(self, message: Message) -> Outcome:
        body, environment = message.to_json(), message.environment()
        outcome = await self.channel.send(body, environment)
        for seconds in RETRY_SECONDS:
            if outcome.ok or not outcome.again:
                break
            self._tell(f"{outcome.text}; it is tried again")
            await self._wait(seconds)
            outcome = await self.channel.send(body, environment)
        self._tell("" if outcome.ok else outcome.text)
        return outcome

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self._on_change(f"The {self.channel.name} {self.channel.shown}: {problem}." if problem else "")
