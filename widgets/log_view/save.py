"""Lines written to a file as they were received."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from widgets.log_view.listing import Listing

_LINES_AT_ONCE = 2000


class SaveError(Exception):
    """The file could not be written; the message is a sentence for a person."""


async def save(listing: Listing, path: Path) -> int:
    """Write the lines shown now to a new file that only its owner can read; return how many.

    A file that exists is left alone. Lines dropped from memory meanwhile are missing, and not counted.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SaveError(_sentence(error)) from error
    count = 0
    try:
        async for lines, chunk in _chunks(listing):
            await asyncio.to_thread(_write, handle, chunk)
            count += lines
    except OSError as error:
        raise SaveError(f"{_sentence(error)} {count:,} lines were written before.") from error
    finally:
        os.close(handle)
    return count


async def _chunks(listing: Listing) -> AsyncIterator[tuple[int, bytes]]:
    """Yield some lines at a time, with what stood behind each."""
    number, stop = listing.store.first, listing.store.end
    while True:
        place = listing.place_of(number)
        numbers = [listing[one] for one in range(place, min(place + _LINES_AT_ONCE, len(listing)))]
        numbers = [one for one in numbers if one < stop]
        if not numbers:
            return
        lines = [listing.store[one] for one in numbers]
        yield len(lines), b"".join([line.text + line.end.encode() for line in lines])
        number = numbers[-1] + 1


def _write(handle: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(handle, view) :]


def _sentence(error: OSError) -> str:
    if isinstance(error, FileExistsError):
        return "Not saved: a file of this name exists."
    return f"Not saved: {error.strerror or error}."
