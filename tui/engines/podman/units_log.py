"""The journal of a systemd unit, through journalctl."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from tui.domain.errors import EngineAbsent, EngineError, EngineRefused
from tui.domain.session import LogChunk, LogRequest
from tui.engines.podman import units
from tui.engines.podman.units import Unit
from tui.engines.process import end_process

READ_BYTES = 64 * 1024
MOST_LINE_BYTES = 1 << 20
MOST_ENTRY_BYTES = 8 << 20  # of JSON; longer ones are left out and said so
END_SECONDS = 2.0
ERROR_PRIORITY = 3  # syslog(3): err and worse

Line = tuple[float | None, bool, bytes]


def journalctl(unit: Unit, request: LogRequest, *, login: str) -> list[str]:
    """Return the command line that prints a unit's journal, one JSON object a line.

    Args:
        login: who runs it; another user's units are found by the fields that journald itself sets.
    """
    command = ["journalctl", "--no-pager", "--quiet", "--output=json", "--all"]
    command += ["--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID"]
    command += ["--follow"] if request.follow else []
    command += [f"--lines={'all' if request.tail is None else max(0, request.tail)}"]
    if request.since_utc_seconds is not None:
        command += [f"--since=@{request.since_utc_seconds:.6f}"]
    if not unit.user:
        return [*command, f"--unit={unit.name}"]
    if unit.user == login:
        return [*command, f"--user-unit={unit.name}"]
    uid = f"_UID={units.user_number(unit.user)}"
    # what the unit's processes say, and what the user's manager says of the unit
    return [*command, f"_SYSTEMD_USER_UNIT={unit.name}", uid, "+", f"USER_UNIT={unit.name}", uid]


async def read_unit_log(
    unit: Unit,
    request: LogRequest,
    *,
    program: Sequence[str] = (),
    systemd_runs: Callable[[], bool] = units.systemd_runs,
) -> AsyncIterator[LogChunk]:
    """Return the journal of a unit of this host; ends its journalctl when the caller stops reading.

    Args:
        program: argument list put before what follows "journalctl", for tests.

    Raises:
        EngineAbsent: no systemd, or no journalctl.
        EngineError: journalctl failed, in its words.
    """
    if not systemd_runs():
        raise EngineAbsent("no systemd", f"{unit.name}: systemd does not run this host, so it keeps no journal.")
    _, *rest = journalctl(unit, request, login=units.login_name())
    process = await _start([*(program or ("journalctl",)), *rest])
    errors = asyncio.create_task(_first_words(process))
    try:
        async for lines in _lines(process):
            yield LogChunk(unit.name, lines)
        code = await process.wait()
        said = await errors
        if code:
            raise _failed(unit, said or f"journalctl ended with exit code {code}.")
    finally:
        errors.cancel()
        await end_process(process, END_SECONDS)


async def _start(command: Sequence[str]) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=READ_BYTES,
        )
    except FileNotFoundError as error:
        raise EngineAbsent("no journalctl", "journalctl is not installed.") from error
    except OSError as error:
        raise EngineError("no journal", f"journalctl cannot be started: {error.strerror}.") from error


def _failed(unit: Unit, said: str) -> EngineError:
    if "ermission" in said or "not seeing messages" in said:
        helps = "Run hostdeck as root, or join the group systemd-journal."
        return EngineRefused("no permission for the journal", f"{unit.name}: {said} {helps}")
    return EngineError("journalctl failed", f"{unit.name}: {said}")


async def _first_words(process: asyncio.subprocess.Process) -> str:
    """Read standard error to its end, so that it never blocks, and keep its beginning."""
    kept = b""
    if process.stderr is not None:
        while data := await process.stderr.read(READ_BYTES):
            kept += data[: 2000 - len(kept)]
    return kept.decode(errors="replace").strip()


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[tuple[Line, ...]]:
    """Read entries as they come; journalctl waits while nobody reads here."""
    if process.stdout is None:
        return
    held = bytearray()
    too_long = False
    while data := await process.stdout.read(READ_BYTES):
        *entries, rest = data.split(b"\n")
        lines: list[Line] = []
        for entry in entries:
            lines += [(None, True, b"(an entry above 8 MiB was left out)")] if too_long else entry_lines(held + entry)
            held.clear()
            too_long = False
        too_long = too_long or len(held) + len(rest) > MOST_ENTRY_BYTES
        held = bytearray() if too_long else held + rest
        if lines:
            yield tuple(lines)
    if held:
        yield tuple(entry_lines(held))


def entry_lines(raw: bytes | bytearray) -> list[Line]:
    """Return the lines of one JSON entry: "NAME[PID]: text"; what is no entry stays as it is."""
    try:
        entry: dict[str, Any] = json.loads(raw)
        message = entry.get("MESSAGE")
        seconds = int(entry["__REALTIME_TIMESTAMP"]) / 1e6
    except (ValueError, KeyError, TypeError, AttributeError):
        return [(None, False, bytes(raw))] if raw.strip() else []
    who = _text(entry.get("SYSLOG_IDENTIFIER"))
    pid = _text(entry.get("_PID"))
    lead = who + (b"[" + pid + b"]" if pid else b"") + b": " if who else b""
    is_error = _text(entry.get("PRIORITY")) in {b"%d" % level for level in range(ERROR_PRIORITY + 1)}
    lines = (lead + line for line in _text(message).removesuffix(b"\n").split(b"\n"))
    return [
        (seconds, is_error, line[at : at + MOST_LINE_BYTES])
        for line in lines
        for at in range(0, len(line) or 1, MOST_LINE_BYTES)
    ]


def _text(value: Any) -> bytes:
    """Return a field: a string, a list of byte values for what is no text, a list of either for a repeated field."""
    if isinstance(value, str):
        return value.encode(errors="surrogateescape")
    if isinstance(value, list):
        if all(isinstance(byte, int) and 0 <= byte < 256 for byte in value):
            return bytes(value)
        return b" ".join(_text(inner) for inner in value)
    return b""
