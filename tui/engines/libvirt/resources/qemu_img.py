"""What qemu-img reads from image files: with -U, because guests may have them open."""

import asyncio
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui.domain.errors import EngineAbsent, EngineError, EngineTimeout
from tui.engines.process import run_program

DEADLINE_SECONDS = 10.0
GROW_DEADLINE_SECONDS = 60.0
_PERCENT = re.compile(rb"\(([0-9.]+)/100%\)")
KNOWN_FORMATS = frozenset({"raw", "qcow2", "qcow", "qed", "vdi", "vmdk", "vpc", "vhdx"})


@dataclass(frozen=True, slots=True)
class Layer:
    """One file of a chain.

    Attributes:
        capacity_bytes: what a guest sees.
    """

    path: str
    format: str
    capacity_bytes: int = 0
    allocation_bytes: int = 0
    snapshots: tuple[str, ...] = ()


async def chain(path: str, form: str = "") -> tuple[Layer, ...]:
    """Return the layers of an image, the topmost first.

    Args:
        form: the format that is known; a guess would let a guest that writes a header into its raw disk decide which
            files of the host are opened.

    Raises:
        EngineError: qemu-img is missing, hangs or cannot read it.
    """
    known = ("-f", form) if form in KNOWN_FORMATS else ()
    argv = ("qemu-img", "info", "--backing-chain", "-U", "--output=json", *known, "--", path)
    try:
        finished = await run_program(*argv, deadline=DEADLINE_SECONDS)
    except OSError as error:
        raise EngineAbsent("no qemu-img", "qemu-img is not installed here (package qemu-utils).") from error
    except TimeoutError as error:
        raise EngineTimeout("storage hangs", f"qemu-img could not read {path} in {DEADLINE_SECONDS:g} s.") from error
    if finished.exit_code:
        raise EngineError("qemu-img failed", finished.error.strip() or f"qemu-img could not read {path}.")
    return read_chain(finished.output)


def read_chain(text: str) -> tuple[Layer, ...]:
    """Read qemu-img's JSON, one object or a list of them."""
    try:
        answer = json.loads(text)
    except ValueError as error:
        raise EngineError("qemu-img failed", "qemu-img's answer makes no sense.") from error
    rows = answer if isinstance(answer, list) else [answer]
    return tuple(_layer(row) for row in rows if isinstance(row, dict))


def _layer(row: dict[str, Any]) -> Layer:
    return Layer(
        path=str(row.get("filename", "")),
        format=str(row.get("format", "")),
        capacity_bytes=int(row.get("virtual-size") or 0),
        allocation_bytes=int(row.get("actual-size") or 0),
        snapshots=tuple(str(one.get("name", "")) for one in row.get("snapshots") or () if isinstance(one, dict)),
    )


def is_installed() -> bool:
    """Tell whether there is a qemu-img; looks at files."""
    return shutil.which("qemu-img") is not None


async def convert(source: str, form: str, target: str, target_format: str, told: Callable[[float], None]) -> None:
    """Copy an image with all that is under it into one file; killed when this is cancelled.

    Args:
        target: overwritten.
        told: takes 0 to 100.

    Raises:
        EngineError: with qemu-img's own words.
    """
    argv = ("qemu-img", "convert", "-p", "-f", form, "-O", target_format, "--", source, target)
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise EngineAbsent("no qemu-img", "qemu-img is not installed here (package qemu-utils).") from error
    try:
        _, words = await asyncio.gather(_follow(process.stdout, told), _all_of(process.stderr))
        await process.wait()
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode:
        raise EngineError("copy failed", _reason(words))


async def _follow(stream: asyncio.StreamReader | None, told: Callable[[float], None]) -> None:
    """Read what "-p" prints: the same line again and again, each ended by a carriage return."""
    while stream is not None and (piece := await stream.read(4096)):
        found = _PERCENT.findall(piece)
        if found:
            told(float(found[-1]))


async def _all_of(stream: asyncio.StreamReader | None) -> str:
    return "" if stream is None else (await stream.read()).decode(errors="replace")


def _reason(words: str) -> str:
    """Return qemu-img's complaint as a sentence."""
    text = words.strip().removeprefix("qemu-img: ") or "qemu-img failed without a word"
    if "No space left on device" in text:
        text = f"there is no space left: {text}"
    if "Failed to get" in text and "lock" in text:
        text = f"a guest that runs has the disk open: {text}"
    return f"The copy failed: {text}" + ("" if text.endswith(".") else ".")


async def grow(path: str, form: str, capacity_bytes: int) -> None:
    """Make an image larger that nobody uses.

    Raises:
        EngineError: with qemu-img's own words.
    """
    argv = ("qemu-img", "resize", "-f", form, "--", path, str(capacity_bytes))
    try:
        finished = await run_program(*argv, deadline=GROW_DEADLINE_SECONDS)
    except TimeoutError as error:
        raise EngineTimeout("storage hangs", f"qemu-img could not resize {path} in time.") from error
    if finished.exit_code:
        raise EngineError("resize failed", f"The copy could not be made larger: {finished.error.strip()}")
