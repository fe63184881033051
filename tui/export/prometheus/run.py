"""Sample a host and give its pages away until told to end."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from tui.domain.errors import HostdeckError
from tui.domain.host import HostView
from tui.domain.past import RecordStatus
from tui.export.prometheus.page import Page, Press
from tui.export.prometheus.sheet import PLAIN
from tui.export.prometheus.textfile import Textfile
from tui.sampling.source import HostSource

RECORD_EVERY_SECONDS = 30.0


class Desk:
    """The newest moment, made into a page on another thread when somebody asks for it.

    Sampling goes on meanwhile: it neither waits for a page nor is waited for.
    """

    def __init__(self, source: HostSource, press: Press) -> None:
        self._source = source
        self._press = press
        self._view: HostView | None = None
        self._record: RecordStatus | None = None
        self._turn = asyncio.Lock()
        self._sampled = asyncio.Event()

    def publish(self, view: HostView) -> None:
        """Take a new moment. All instances are attended: their counters are then as new as their levels."""
        self._view = view
        self._source.attend(item.key for item in view.instances)
        self._sampled.set()

    async def page(self, content_type: str) -> Page | None:
        """Return the page of the newest moment, None before the first."""
        view = self._view
        if view is None:
            return None
        async with self._turn:
            return await asyncio.to_thread(self._press.page, view, self._record, content_type)

    async def sampled(self) -> None:
        """Wait for the next moment."""
        self._sampled.clear()
        await self._sampled.wait()

    async def watch_record(self) -> None:
        """Look now and then whether there is a record and how old it is."""
        past = self._source.past
        while past is not None:
            self._record = await past.look()
            await asyncio.sleep(RECORD_EVERY_SECONDS)


async def serve(source: HostSource, desk: Desk) -> None:
    """Sample until cancelled."""
    watching = asyncio.ensure_future(desk.watch_record())
    try:
        await source.run(desk.publish)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def keep_writing(desk: Desk, textfile: Textfile, every: float, say: Callable[[str], None]) -> None:
    """Replace the file after every sample, at most once in `every` seconds, until cancelled; then remove it.

    Args:
        say: takes a sentence when a page cannot be written, once until one can again.
    """
    said = ""
    try:
        while True:
            await desk.sampled()
            page = await desk.page(PLAIN)
            problem = ""
            try:
                if page is not None:
                    await asyncio.to_thread(textfile.write, page.body)
            except HostdeckError as error:
                problem = error.message
            if problem and problem != said:
                say(problem)
            said = problem
            await asyncio.sleep(every)
    finally:
        textfile.remove()
