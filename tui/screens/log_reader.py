"""Reads the logs of several instances into one view, each by a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import ActionRefused, EngineAbsent, EngineError, NotFound
from tui.domain.identity import InstanceId
from tui.domain.session import LogChunk, LogRequest
from widgets.log_view import LogLine

if TYPE_CHECKING:
    from widgets.log_view import LogView

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0

Read = Callable[[InstanceId, LogRequest], AsyncIterator[LogChunk]]


class LogReader:
    """Follows one log; begins again where it stopped when its engine was lost or its instance starts anew.

    Args:
        name: what stands before its lines.
        most_lines: reads no further; None for no end.
        say: called with a sentence about this log, empty when it is read.
    """

    def __init__(
        self,
        name: str,
        target: InstanceId,
        read: Read,
        view: LogView,
        *,
        say: Callable[[str, str], None],
        most_lines: int | None = None,
    ) -> None:
        self.name = name
        self.target = target
        self.has_ended = False
        self.is_partial = most_lines is not None
        self._read = read
        self._view = view
        self._say = say
        self._most_lines = most_lines
        self._newest: float | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, request: LogRequest) -> None:
        """Begin to read."""
        self.has_ended = False
        self._task = asyncio.create_task(self._follow(request), name=f"log of {self.name}")

    def go_on(self) -> None:
        """Read what was written since the log ended."""
        self.start(self._since_newest(LogRequest(tail=None)))

    def stop(self) -> None:
        """Read no further."""
        if self._task is not None:
            self._task.cancel()

    async def _follow(self, request: LogRequest) -> None:
        delay = FIRST_DELAY_SECONDS
        while True:
            try:
                await self._read_once(request)
            except (NotFound, ActionRefused, EngineAbsent) as error:
                self._end(error.message)
                return
            except EngineError as error:
                self._say(self.name, f"{error.message} It is tried again.")
            else:
                self._end("ended")
                return
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)
            request = self._since_newest(request)

    async def _read_once(self, request: LogRequest) -> None:
        count = 0
        self._say(self.name, "")
        async for chunk in self._read(self.target, request):
            self._view.feed([self._line(line) for line in chunk.lines])
            self._newest = next((line[0] for line in reversed(chunk.lines) if line[0] is not None), self._newest)
            count += len(chunk.lines)
            if self._most_lines is not None and count >= self._most_lines:
                return
            await self._view.drained()

    def _line(self, line: tuple[float | None, bool, bytes]) -> LogLine:
        moment, is_error, text = line
        return LogLine(self.name, text, moment, "stderr" if is_error else "stdout")

    def _since_newest(self, request: LogRequest) -> LogRequest:
        """Ask only for what is newer than the newest line; nothing is shown twice for clocks of whole seconds."""
        if self._newest is None:
            return request
        return replace(request, since_utc_seconds=self._newest + 0.000001, tail=None)

    def _end(self, why: str) -> None:
        self.has_ended = True
        self._view.end_source(self.name)
        self._say(self.name, why)
