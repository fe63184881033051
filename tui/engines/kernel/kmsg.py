"""The kernel's message buffer on the event loop, without a thread."""

import asyncio
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import suppress

from tui.engines.kernel.records import KernelRecord, from_kmsg

PATH = "/dev/kmsg"
RECORD_BYTES = 8192  # the kernel refuses to give a record to a smaller buffer than it needs, and none is longer
MOST_AT_ONCE = 256  # records, then other work has its turn: the descriptor stays readable


def open_kmsg(path: str = PATH) -> int:
    """Open the buffer at its oldest record.

    Raises:
        OSError: EPERM without CAP_SYSLOG where kernel.dmesg_restrict is 1.
    """
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)


def records(descriptor: int, most: int | None = None) -> Iterator[KernelRecord]:
    """Read what is there, up to `most` records of any kind; ends when nothing more is there for now.

    Raises:
        EOFError: the source ended, which the kernel's never does.
        OSError: it may not be read after all.
    """
    count = 0
    while most is None or count < most:
        try:
            raw = os.read(descriptor, RECORD_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            continue  # what came next was overwritten before it was read; the position is the oldest that is left
        if not raw:
            raise EOFError
        count += 1
        record = from_kmsg(raw)
        if record is not None:
            yield record


async def follow(descriptor: int, take: Callable[[list[KernelRecord]], None]) -> None:
    """Pass on what comes from now on, until cancelled; returns when the source ends or fails."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def ready() -> None:
        found: list[KernelRecord] = []
        try:
            found.extend(records(descriptor, MOST_AT_ONCE))
        except (OSError, EOFError):
            ended.set()
        if found:
            take(found)
        if ended.is_set():
            loop.remove_reader(descriptor)

    loop.add_reader(descriptor, ready)
    try:
        await ended.wait()
    finally:
        with suppress(OSError, ValueError):
            loop.remove_reader(descriptor)
