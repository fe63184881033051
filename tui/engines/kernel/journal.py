"""Lines of the journal as they come, through journalctl."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from tui.engines.kernel.records import journal_fields
from tui.engines.process import end_process

READ_BYTES = 64 * 1024
MOST_ENTRY_BYTES = 1 << 20  # of JSON; longer ones are left out
END_SECONDS = 1.0
FOLDERS = ("var/log/journal", "run/log/journal")


def journal_state(root: Path = Path("/")) -> str:
    """Return "readable", "refused", or "absent" where this host keeps no journal.

    What journalctl does for somebody without permission is show an empty journal, so the files are looked at.
    """
    refused = False
    for folder in FOLDERS:
        for system in _system_journals(root / folder):
            if os.access(system, os.R_OK):
                return "readable"
            refused = True
    return "refused" if refused else "absent"


def _system_journals(folder: Path) -> list[Path]:
    try:
        return [system for machine in folder.iterdir() if (system := machine / "system.journal").exists()]
    except OSError:
        return []


async def follow_journal(
    arguments: Sequence[str], *, program: Sequence[str] = ("journalctl",)
) -> AsyncGenerator[dict[str, Any], None]:
    """Return the entries that match, those of before first, then as they come.

    Args:
        arguments: what chooses the entries.
        program: argument list that starts journalctl.

    Raises:
        OSError: it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *program,
        *("--no-pager", "--quiet", "--output=json", "--follow"),
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=READ_BYTES,
    )
    try:
        async for line in _lines(process.stdout):
            fields = journal_fields(line)
            if fields is not None:
                yield fields
    finally:
        await end_process(process, END_SECONDS)


async def _lines(stream: asyncio.StreamReader | None) -> AsyncIterator[bytes]:
    held, too_long = bytearray(), False
    while stream is not None and (data := await stream.read(READ_BYTES)):
        *lines, rest = data.split(b"\n")
        for line in lines:
            if not too_long:
                yield bytes(held + line)
            held.clear()
            too_long = False
        too_long = too_long or len(held) + len(rest) > MOST_ENTRY_BYTES
        held = bytearray() if too_long else held + rest
