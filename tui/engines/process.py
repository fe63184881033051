"""Short-lived helper programs: argument lists, a deadline, no shell."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended; `output` and `error` are decoded with replacement."""

    exit_code: int
    output: str
    error: str


async def run_program(*argv: str, deadline: float = 10.0) -> Finished:
    """Run a program to its end.

    Args:
        deadline: seconds; past it the program is killed.

    Raises:
        FileNotFoundError: no such program.
        TimeoutError: it was killed at the deadline.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(deadline):
            output, error = await process.communicate()
    except (TimeoutError, asyncio.CancelledError):
        process.kill()
        await process.wait()
        raise
    return Finished(process.returncode or 0, output.decode(errors="replace"), error.decode(errors="replace"))


def has_systemd(booted: Path = Path("/run/systemd/system")) -> bool:
    """Tell whether systemd is in charge here (sd_booted(3)): else its commands are no help."""
    return booted.is_dir()


async def end_process(process: asyncio.subprocess.Process, patience: float) -> None:
    """End a program that may still run, and wait for its end; it is killed after `patience` seconds."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(patience):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
