"""`hostdeck export csv|jsonl`: a table of now, or of a time range out of the record."""

import argparse
import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from tui import snapshot
from tui.config import Config
from tui.domain.errors import HostdeckError
from tui.export.newfile import NewFile
from tui.export.tables import TABLES
from tui.export.writers import WRITERS, Row
from tui.record.reading import RecordReader
from tui.wiring import Wanted, make_source, record_opener
from widgets.escape import escape_controls

ENGINE_DEADLINE_SECONDS = 15.0
DEFAULT_TABLE = "instances"
Opener = Callable[[], tuple[RecordReader, str]]


async def export(arguments: argparse.Namespace, wanted: Wanted, config: Config) -> int:
    """Write the table; 0, or 3 when it is of now and an engine that is installed or was named did not answer."""
    table = arguments.table or DEFAULT_TABLE
    if arguments.begin or arguments.end or arguments.record:
        opens = record_opener(wanted, config.record, arguments.record or "")
        return await _on_a_thread(lambda is_over: _write_range(arguments, table, opens, is_over))
    if table == "timeline":
        raise HostdeckError("no range", 'The timeline is in the record: say from when, as in --from "-2h".')
    source = make_source(wanted)
    try:
        view = await snapshot.take(source, wanted.interval_seconds, ENGINE_DEADLINE_SECONDS)
    finally:
        await source.close()
    _write(arguments, table, iter(TABLES[table].rows(view)), lambda: False)
    return snapshot.exit_code(view)


async def _on_a_thread(work: Callable[[Callable[[], bool]], None]) -> int:
    """Do work that reads and writes files; cancelled, it is told to stop and waited for, so that no half file stays."""
    over = threading.Event()
    task = asyncio.ensure_future(asyncio.to_thread(work, over.is_set))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        over.set()
        await asyncio.gather(task, return_exceptions=True)
        raise
    return 0


def _write_range(
    arguments: argparse.Namespace,
    table: str,
    opens: Callable[[], tuple[RecordReader, str]],
    is_over: Callable[[], bool],
) -> None:
    from tui.subcommands.record_range import Range

    reader, _ = opens()
    try:
        wanted = Range(reader, arguments.begin or "", arguments.end or "", time.time())
        _write(arguments, table, wanted.rows(table), is_over)
        for sentence in reader.damage:
            _say(sentence)
    finally:
        reader.close()


def _write(arguments: argparse.Namespace, table: str, rows: Iterator[Row], is_over: Callable[[], bool]) -> None:
    """Write rows; a file that could not be written whole is removed again.

    Raises:
        HostdeckError: it cannot be written.
    """
    to_stdout = arguments.output == "-"
    place: AbstractContextManager[BinaryIO] = (
        nullcontext(sys.stdout.buffer) if to_stdout else NewFile(Path(arguments.output))
    )
    count = 0
    with place as file:
        writer = WRITERS[arguments.format](file, TABLES[table].columns)
        for row in rows:
            if is_over():
                raise _GivenUpError("ended", "The export was ended before it was whole.")
            writer.write(row)
            count += 1
        writer.flush()
    if not to_stdout:
        _say(f"{count} rows of {table} are in {arguments.output}.")


class _GivenUpError(HostdeckError):
    """A signal came."""


def _say(sentence: str) -> None:
    sys.stderr.write(f"hostdeck: {escape_controls(sentence)}\n")
    sys.stderr.flush()
