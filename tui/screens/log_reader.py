"""Reads the logs of several instances into one view, each by a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.errors import ActionRefused, EngineAbsent, EngineError, EngineRefused, NotFound
from tui.domain.identity import InstanceId
from tui.domain.session import LogChunk, LogRequest
from tui.screens.log_seam import Line, Seam
from widgets.log_view import LogLine

if TYPE_CHECKING:
    from widgets.log_view import LogView

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0

FINAL = (NotFound, ActionRefused, EngineRefused)
"""What trying again does not change."""

Read = Callable[[InstanceId, LogRequest], AsyncIterator[LogChunk]]


class LogReader:
    """Follows one log; begins again where it stopped when its engine was lost or its instance starts anew.

    Args:
        name: what stands before its lines.
        most_lines: reads no further; None for no end.
        say: called with a sentence about this log, empty when it is read.
        waits_for_engine: an engine that is absent may come; what is not installed does not.
        first_delay_seconds: until it is tried again; twice as long each time nothing was read.
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
        waits_for_engine: bool = True,
        first_delay_seconds: float = FIRST_DELAY_SECONDS,
    ) -> None:
        self.name = name
        self.target = target
        self.has_ended = False
        self.is_gone = False
        self.is_partial = most_lines is not None
        self._read = read
        self._view = view
        self._say = say
        self._most_lines = most_lines
        self._final: tuple[type[EngineError], ...] = FINAL if waits_for_engine else (*FINAL, EngineAbsent)
        self._first_delay = self._delay = first_delay_seconds
        self._seam = Seam()
        self._request = LogRequest()
        self._task: asyncio.Task[None] | None = None

    def start(self, request: LogRequest) -> None:
        """Begin to read."""
        self._request = request
        self._begin(request)

    def go_on(self) -> None:
        """Read what was written since the log ended."""
        self._view.expect([self.name])
        self._begin(self._seam.begin_again(replace(self._request, tail=None)))

    def _begin(self, request: LogRequest) -> None:
        self.has_ended = False
        self._task = asyncio.create_task(self._follow(request), name=f"log of {self.name}")

    def stop(self) -> None:
        """Read no further."""
        if self._task is not None:
            self._task.cancel()

    def gone(self) -> None:
        """Tell in the log that its instance was removed; once."""
        if not self.is_gone:
            self.is_gone = True
            self._view.note(f"{self.name} was removed")
            self._say(self.name, "removed")

    async def _follow(self, request: LogRequest) -> None:
        self._delay = self._first_delay
        while True:
            try:
                await self._read_once(request)
            except EngineError as error:
                if isinstance(error, self._final):
                    self._end(error.message)
                    return
                self._say(self.name, f"{error.message} It is tried again.")
            else:
                self._end("ended")
                return
            await asyncio.sleep(self._delay)
            self._delay = min(self._delay * 2, LONGEST_DELAY_SECONDS)
            request = self._seam.begin_again(self._request)

    async def _read_once(self, request: LogRequest) -> None:
        count = 0
        self._say(self.name, "")
        async for chunk in self._read(self.target, request):
            self._delay = self._first_delay
            lines = self._seam.new_lines(chunk.lines)
            self._view.feed([self._line(line) for line in lines])
            count += len(chunk.lines)
            if self._most_lines is not None and count >= self._most_lines:
                return
            await self._view.drained()

    def _line(self, line: Line) -> LogLine:
        moment, is_error, text = line
        return LogLine(self.name, text, moment, "stderr" if is_error else "stdout")

    def _end(self, why: str) -> None:
        self.has_ended = True
        self._view.end_source(self.name)
        self._say(self.name, why)
