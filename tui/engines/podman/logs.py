"""A container's log: GET containers/ID/logs, for the drivers that keep one (k8s-file, journald).

Podman before 4.4 ends an answer that follows the journal, whatever the container does, when it has not read of the
container's start: so with `since`, and when that part of the journal is gone. Then the log is asked for now and again.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from tui.domain.errors import ActionRefused, EngineError, EngineLost, NotFound
from tui.domain.session import LogChunk, LogRequest
from tui.engines.podman.log_lines import Line, LogLines
from tui.engines.podman.log_seam import Before, From, Place, seam_at
from tui.engines.podman.log_state import log_state
from tui.engines.podman.wire import HEAD_SECONDS, Wire, ask

QUIET_SECONDS = 1.0  # a line that has no end after so long is shown as it is: a prompt, a progress bar
DOUBT_SECONDS = 15.0  # silence after which the service is asked whether it is alive
PAUSE_SECONDS = 1.0  # between answers that end although the container runs; twice as long each time nothing came
LONGEST_PAUSE_SECONDS = 4.0


async def read_log(
    url: str,
    local: str,
    name: str,
    request: LogRequest,
    *,
    quiet_seconds: float = QUIET_SECONDS,
    doubt_seconds: float = DOUBT_SECONDS,
    pause_seconds: float = PAUSE_SECONDS,
) -> AsyncIterator[LogChunk]:
    """Return the lines of a container's log; when following, until it stops or is removed.

    Following the last lines gives all of a second where they were all written within it.

    Podman 4 tells whole seconds only, and of a line above 8 KiB among the last N (`tail`) it gives the pieces in a
    wrong order; Podman 5 does neither.

    Raises:
        EngineError: with its sentence, also in the middle.
    """
    reading = _Reading(_Patience(url, doubt_seconds), local, quiet_seconds, pause_seconds)
    async with aclosing(reading.lines(request)) as several:
        async for lines in several:
            yield LogChunk(name, tuple(lines))


class _Reading:
    """Reads one log by one answer of the service, or by several that are put together."""

    def __init__(self, patience: "_Patience", local: str, quiet_seconds: float, pause_seconds: float) -> None:
        self._patience = patience
        self._local = local
        self._quiet_seconds = quiet_seconds
        self._pause_seconds = pause_seconds
        self._began_utc_seconds = time.time()
        self._place = Place()
        self._taker = LogLines()

    async def lines(self, request: LogRequest) -> AsyncGenerator[list[Line]]:
        """Return some lines at a time."""
        self._take(lambda _: True)
        for part in (self._first, self._while_it_runs) if request.follow else (self._answer,):
            async with aclosing(part(request)) as several:
                async for lines in several:
                    yield lines
        if rest := self._taker.rest():
            yield rest

    def _take(self, takes: Callable[[float | None], bool]) -> None:
        """Expect an answer of which to take what `takes` does, and nothing twice."""
        self._taker.next_answer(lambda seconds: takes(seconds) and self._place(seconds))

    async def _first(self, request: LogRequest) -> AsyncGenerator[list[Line]]:
        """Return the lines of an answer that follows, after the last lines where a file keeps them."""
        seam = None
        if request.tail and not await self._is_journal():
            seam = await self._seam(request)
            request = request if seam is not None else replace(request, tail=None)
        if seam is not None:
            before, start = Before(seam), From(seam)
            self._take(before)
            async with aclosing(self._answer(replace(request, follow=False))) as last:
                async for lines in last:
                    yield lines
                    if before.is_over:
                        break
            self._take(start)
            request = replace(request, since_utc_seconds=start.since_utc_seconds, tail=None)
        async with aclosing(self._answer(request)) as several:
            async for lines in several:
                yield lines

    async def _while_it_runs(self, request: LogRequest) -> AsyncGenerator[list[Line]]:
        """Return what is written after an answer ended, up to what the container wrote before it stopped."""
        since = self._began_utc_seconds if request.tail == 0 else request.since_utc_seconds
        pause = self._pause_seconds
        while state := await log_state(self._patience.url, self._local):
            await asyncio.sleep(pause if state.may_grow else 0)
            from_utc_seconds = self._place.since_utc_seconds or since
            self._place.read_on()
            self._take(lambda _: True)
            before = self._place.taken
            asked = replace(request, since_utc_seconds=from_utc_seconds, tail=None, follow=state.may_grow)
            async with aclosing(self._answer(asked)) as several:
                async for lines in several:
                    yield lines
            if not state.may_grow:
                return
            has_grown = self._place.taken > before
            pause = self._pause_seconds if has_grown else min(pause * 2, LONGEST_PAUSE_SECONDS)
            if not has_grown and (rest := self._taker.rest()):
                yield rest

    async def _is_journal(self) -> bool:
        state = await log_state(self._patience.url, self._local)
        return state is not None and state.is_journal

    async def _seam(self, request: LogRequest) -> float | None:
        """Return the second the last line was written in; None when there is none."""
        taker = LogLines()
        async with aclosing(self._bytes(replace(request, tail=1, follow=False), lambda: None)) as last:
            lines = [line async for data in last if data for line in _lines_of(taker, data)]
        return seam_at([seconds for seconds, _, _ in [*lines, *taker.rest()]])

    async def _answer(self, request: LogRequest) -> AsyncGenerator[list[Line]]:
        """Return the lines that one answer completes; following, also one that has waited for its end."""

        def quiet() -> float | None:
            return self._quiet_seconds if request.follow and self._taker.holds_some else None

        async with aclosing(self._bytes(request, quiet)) as several:
            async for data in several:
                if lines := self._taker.rest() if data is None else _lines_of(self._taker, data):
                    yield lines

    async def _bytes(self, request: LogRequest, quiet: Callable[[], float | None]) -> AsyncGenerator[bytes | None]:
        """Return the bytes of one answer, None when none came for a while."""
        wire = await Wire.connect(self._patience.url)
        try:
            await _begin(wire, self._patience, self._local, request)
            while (data := await self._patience.body(wire, quiet())) != b"":
                yield data
        finally:
            wire.close()


async def _begin(wire: Wire, patience: "_Patience", local: str, request: LogRequest) -> None:
    await wire.request("GET", f"containers/{local}/logs", parameters(request))
    try:
        await patience.head(wire)
    except NotFound as error:
        raise NotFound("no longer there", "It is no longer there.") from error
    except EngineError as error:
        if "not logging output" in error.message or "cannot read logs" in error.message:
            raise ActionRefused("no log", "It keeps no log: its log driver is none or passthrough.") from error
        raise


def _lines_of(lines: LogLines, data: bytes) -> list[Line]:
    try:
        return lines.feed(data)
    except ValueError as error:
        raise EngineLost("Podman answered nonsense", "The log cannot be read on: it is out of step.") from error


def parameters(request: LogRequest) -> dict[str, Any]:
    """Return the query of a request; a fraction of a second in `since` is understood."""
    wanted: dict[str, Any] = {"stdout": True, "stderr": True, "timestamps": True, "follow": request.follow}
    wanted["tail"] = "all" if request.tail is None else str(max(0, request.tail))
    if request.since_utc_seconds is not None:
        wanted["since"] = f"{request.since_utc_seconds:.9f}"
    return wanted


class _Patience:
    """Wait for ever, as long as the service lives: it is asked now and then while nothing comes.

    Podman 4 sends not even the head of its answer before the first line.
    """

    def __init__(self, url: str, doubt_seconds: float) -> None:
        self.url = url
        self._doubt_seconds = doubt_seconds

    async def head(self, wire: Wire) -> None:
        """Wait for the answer's head."""
        while True:
            try:
                async with asyncio.timeout(self._doubt_seconds):
                    await wire.head()
                    return
            except TimeoutError:
                await self._ask()

    async def body(self, wire: Wire, quiet_seconds: float | None) -> bytes | None:
        """Return the next bytes, b"" at the end, None when there are none within `quiet_seconds`."""
        while True:
            try:
                async with asyncio.timeout(quiet_seconds or self._doubt_seconds):
                    return await wire.body()
            except TimeoutError:
                if quiet_seconds is not None:
                    return None
                await self._ask()

    async def _ask(self) -> None:
        await ask(self.url, "GET", "_ping", timeout=min(HEAD_SECONDS, self._doubt_seconds))
