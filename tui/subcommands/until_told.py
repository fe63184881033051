"""The end of a command that goes on until a signal ends it."""

import asyncio
import signal
from collections.abc import Coroutine

EXIT_BY_SIGNAL = 128  # plus its number, as a shell counts


async def until_told(work: Coroutine[None, None, int]) -> int:
    """Run work; a signal to end cancels it, so that what it started is ended. Returns its exit status."""
    told: list[int] = []
    task = asyncio.ensure_future(work)

    def end(number: int) -> None:
        told.append(EXIT_BY_SIGNAL + number)
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not told:
            raise
        return told[0]
