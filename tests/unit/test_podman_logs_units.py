"""A unit's journal through a program that stands in for journalctl."""

import asyncio
import json
import os
import sys

import pytest

from tui.domain.errors import EngineAbsent, EngineError, EngineRefused
from tui.domain.session import LogChunk, LogRequest
from tui.engines.podman.units import Unit, login_name
from tui.engines.podman.units_log import entry_lines, journalctl, read_unit_log

UNIT = Unit("web.service")
WHOLE = LogRequest(tail=None, follow=False)


def entry(message: object, **fields: str) -> bytes:
    return json.dumps({"__REALTIME_TIMESTAMP": "1500000", "MESSAGE": message, **fields}).encode()


async def read(script: str, request: LogRequest = WHOLE) -> list[LogChunk]:
    program = (sys.executable, "-c", script)
    return [chunk async for chunk in read_unit_log(UNIT, request, program=program, systemd_runs=lambda: True)]


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (entry("hello"), [(1.5, False, b"hello")]),
        (
            entry("[a] \x1b[1m", SYSLOG_IDENTIFIER="web", _PID="7", PRIORITY="3"),
            [(1.5, True, b"web[7]: [a] \x1b[1m")],
        ),
        (entry("a\nb\n", SYSLOG_IDENTIFIER="web", PRIORITY="6"), [(1.5, False, b"web: a"), (1.5, False, b"web: b")]),
        (entry([255, 0, 10, 65]), [(1.5, False, b"\xff\x00"), (1.5, False, b"A")]),
        (entry(["one", "two"]), [(1.5, False, b"one two")]),
        (entry(None), [(1.5, False, b"")]),
        (b"-- no entries --", [(None, False, b"-- no entries --")]),
        (b"[1]", [(None, False, b"[1]")]),
        (b"", []),
    ],
)
def test_entries(raw: bytes, lines: list[tuple[float | None, bool, bytes]]) -> None:
    assert entry_lines(raw) == lines


def test_a_long_message_is_cut() -> None:
    assert [len(text) for _, _, text in entry_lines(entry("x" * 2_500_000))] == [
        1 << 20,
        1 << 20,
        2_500_000 - (2 << 20),
    ]


def test_command_lines() -> None:
    fixed = [
        "journalctl",
        "--no-pager",
        "--quiet",
        "--output=json",
        "--all",
        "--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID",
    ]
    request = LogRequest(since_utc_seconds=1.5, tail=7)
    expected = [*fixed, "--follow", "--lines=7", "--since=@1.500000", "--unit=-evil.service"]
    assert journalctl(Unit("-evil.service"), request, login="root") == expected
    assert journalctl(Unit("a.service", "me"), WHOLE, login="me") == [*fixed, "--lines=all", "--user-unit=a.service"]
    assert journalctl(Unit("a.service", "root"), WHOLE, login="me")[-5:] == [
        "_SYSTEMD_USER_UNIT=a.service",
        "_UID=0",
        "+",
        "USER_UNIT=a.service",
        "_UID=0",
    ]
    assert journalctl(Unit("a.service", "no-such-login"), WHOLE, login=login_name())[-1] == "_UID=no-such-login"


async def test_a_whole_journal() -> None:
    script = f"import sys; sys.stdout.buffer.write({entry('one')!r} + b'\\n' + {entry('two')!r})"
    chunks = await read(script)
    assert [line for chunk in chunks for line in chunk.lines] == [(1.5, False, b"one"), (1.5, False, b"two")]
    assert {chunk.source for chunk in chunks} == {"web.service"}


async def test_an_entry_without_bounds_is_left_out_and_said_so() -> None:
    script = f"import sys; sys.stdout.buffer.write(b'x' * 9000000 + b'\\n' + {entry('two')!r} + b'\\n')"
    chunks = await read(script)
    assert [text for chunk in chunks for _, _, text in chunk.lines] == [b"(an entry above 8 MiB was left out)", b"two"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("No journal files were opened due to insufficient permissions. Permission denied", EngineRefused),
        ("", EngineError),
    ],
)
async def test_failures_in_journalctls_words(said: str, error: type[EngineError]) -> None:
    with pytest.raises(error, match=said or "exit code 3"):
        await read(f"import sys; sys.stderr.write({said!r}); sys.exit(3)")


async def test_without_systemd_or_journalctl() -> None:
    with pytest.raises(EngineAbsent, match="systemd does not run this host"):
        await anext(read_unit_log(UNIT, WHOLE, systemd_runs=lambda: False))
    with pytest.raises(EngineAbsent, match="not installed"):
        await anext(read_unit_log(UNIT, WHOLE, program=("/no/such/program",), systemd_runs=lambda: True))


async def test_leaving_ends_the_program() -> None:
    says_pid = (
        "import os, sys, json, signal\n"
        "print(json.dumps({'__REALTIME_TIMESTAMP': '1', 'MESSAGE': str(os.getpid())}), flush=True)\n"
        "signal.pause()"
    )
    program = (sys.executable, "-c", says_pid)
    log = read_unit_log(UNIT, LogRequest(), program=program, systemd_runs=lambda: True)
    async with asyncio.timeout(20):
        pid = int((await anext(log)).lines[0][2])
    os.kill(pid, 0)
    await log.aclose()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
