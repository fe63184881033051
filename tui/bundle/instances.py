"""Logs and documents of the instances that have a problem."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from tui.bundle.archive import plain_name
from tui.bundle.materials import Notes
from tui.domain.errors import HostdeckError
from tui.domain.instance import Instance
from tui.domain.secrets import masked_document, masked_line, masked_xml
from tui.domain.session import LogChunk, LogRequest
from tui.export.tables import time_text
from tui.sampling.source import HostSource
from widgets.escape import escape_controls

LOG_LINES = 2000
LOG_BYTES = 1 << 20
LOG_SECONDS = 8.0
DOCUMENT_SECONDS = 5.0
HUNG = "its engine did not answer in time before; it was not asked again"


def stem(instance: Instance) -> str:
    """Return the name of an instance's files."""
    owner = f"{instance.user}-" if instance.user and instance.user != "root" else ""
    return plain_name(f"{instance.kind.value}-{owner}{instance.name}")


async def document_of(source: HostSource, instance: Instance, notes: Notes) -> tuple[str, bytes] | None:
    """Return a name and the XML or JSON of an instance; None where it cannot be had, which is noted."""
    what = f"document of {instance.kind.value} {instance.name}"
    engine = instance.id.engine
    if engine in notes.hung:
        notes.add(what, HUNG)
        return None
    try:
        async with asyncio.timeout(DOCUMENT_SECONDS):
            document = await source.document(instance.id)
    except TimeoutError:
        notes.hung.add(engine)
        notes.add(what, f"no answer within {DOCUMENT_SECONDS:g} s")
        return None
    except HostdeckError as error:
        notes.add(what, error.message)
        return None
    text = await asyncio.to_thread(_masked, document.text, document.language)
    return f"instances/{stem(instance)}.{document.language}", text.encode("utf-8", "replace")


def _masked(text: str, language: str) -> str:
    if language == "xml":
        return masked_xml(text)
    import json

    try:
        return json.dumps(masked_document(json.loads(text)), indent=2) + "\n"
    except ValueError:
        return "\n".join(masked_line(line) for line in text.split("\n"))


async def log_of(source: HostSource, instance: Instance, notes: Notes) -> tuple[str, bytes] | None:
    """Return a name and the end of an instance's log; None where it cannot be had or is empty."""
    what = f"log of {instance.kind.value} {instance.name}"
    engine = instance.id.engine
    if engine in notes.hung:
        notes.add(what, HUNG)
        return None
    lines: list[str] = []
    try:
        async with asyncio.timeout(LOG_SECONDS):
            request = LogRequest(tail=LOG_LINES, follow=False)
            await _read(source.read_log(instance.id, request), lines)
    except TimeoutError:
        notes.add(what, f"not whole: no end within {LOG_SECONDS:g} s")
        if not lines:
            notes.hung.add(engine)
    except HostdeckError as error:
        notes.add(what, error.message)
    if not lines:
        return None
    content = await asyncio.to_thread(_ends, lines)
    return f"logs/{stem(instance)}.log", content


async def _read(chunks: AsyncIterator[LogChunk], lines: list[str]) -> None:
    async with aclosing(chunks) as reading:  # type: ignore[type-var]
        async for chunk in reading:
            for utc, is_error, raw in chunk.lines:
                when = "-" if utc is None else time_text(utc)
                lines.append(f"{when} {'E' if is_error else ' '} {raw.decode('utf-8', 'replace')}")
            del lines[: -2 * LOG_LINES]


def _ends(lines: list[str]) -> bytes:
    """Return the last lines, as many as fit; masked, and with control characters spelled out, for they meet `cat`."""
    found: list[bytes] = []
    size = 0
    for line in reversed(lines[-LOG_LINES:]):
        masked = escape_controls(masked_line(line)).encode("utf-8", "replace") + b"\n"
        size += len(masked)
        if size > LOG_BYTES:
            break
        found.append(masked)
    return b"".join(reversed(found))
