"""Bytes parsed between other work, and none of them lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from widgets.terminal import Emulator, GhosttyCore
from widgets.terminal.emulator import FULL_BYTES, MOST_BYTES


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator(GhosttyCore(80, 24))
    yield made
    made.close()


async def test_nothing_is_parsed_before_the_loop_runs(emulator: Emulator) -> None:
    fed: list[bytes] = []
    emulator.listeners.fed.append(fed.append)
    assert emulator.write(b"text")
    assert fed == []
    await emulator.quiet()
    assert fed == [b"text"]
    assert emulator.waiting == 0


async def test_a_producer_is_asked_to_pause_and_to_go_on(emulator: Emulator) -> None:
    assert not emulator.write(b"x" * (FULL_BYTES + 1))
    await emulator.drained()
    assert emulator.write(b"")
    assert emulator.waiting < FULL_BYTES


async def test_memory_stays_bounded_whoever_ignores_that_and_nothing_is_lost(emulator: Emulator) -> None:
    fed: list[bytes] = []
    emulator.listeners.fed.append(fed.append)
    for _ in range(20):
        emulator.write(b"y\r\n" * (FULL_BYTES // 3))
        assert emulator.waiting <= MOST_BYTES
    await emulator.quiet()
    assert b"".join(fed) == b"y\r\n" * (FULL_BYTES // 3) * 20


async def test_others_run_between_slices(emulator: Emulator) -> None:
    # Costly sequences: each repeats a sign 65,535 times.
    emulator.write(b"a\x1b[65535b" * 500)
    others = 0
    while emulator.waiting:
        await asyncio.sleep(0)
        others += 1
    assert others > 10


async def test_at_rest_nothing_is_scheduled(emulator: Emulator) -> None:
    await emulator.feed(b"x" * 100_000)
    await emulator.quiet()
    assert emulator._work is None


async def test_what_goes_to_the_program_goes_to_the_sink() -> None:
    sent: list[bytes] = []
    emulator = Emulator(GhosttyCore(), sink=sent.append)
    await emulator.feed(b"\x1b[5n")
    await emulator.quiet()
    assert sent == [b"\x1b[0n"]
    emulator.close()


async def test_news_are_heard(emulator: Emulator) -> None:
    heard: list[object] = []
    emulator.listeners.titled.append(heard.append)
    emulator.listeners.clipboard.append(heard.append)
    emulator.listeners.replied.append(heard.append)
    emulator.listeners.rang.append(lambda: heard.append("bell"))
    await emulator.feed(b"\x1b]2;title\x1b\\\x07\x1b]52;c;aGVsbG8=\x1b\\\x1b[5n")
    await emulator.quiet()
    assert heard == [b"\x1b[0n", "bell", "title", "hello"]
    assert emulator.title == "title"
    await emulator.feed(b"\x1b]2;title\x1b\\")
    await emulator.quiet()
    assert len(heard) == 4, "the same title is no news"


async def test_resizing_is_heard_once(emulator: Emulator) -> None:
    sizes: list[tuple[int, int]] = []
    emulator.listeners.resized.append(lambda columns, rows: sizes.append((columns, rows)))
    emulator.resize(100, 30)
    emulator.resize(100, 30)
    assert sizes == [(100, 30)]


async def test_a_closed_emulator_takes_no_more() -> None:
    emulator = Emulator(GhosttyCore())
    emulator.write(b"x" * (FULL_BYTES + 1))
    emulator.close()
    emulator.close()
    emulator.write(b"more")
    emulator.resize(10, 10)
    await emulator.drained()
    await emulator.quiet()
    assert emulator.closed
    assert emulator.waiting == 0


@pytest.mark.parametrize(
    "opening", [b"\x1b]0;", b"\x1b]52;c;", b"\x1b]8;;", b"\x1bP+q", b"\x1bPq", b"\x1b_G", b"\x1b^", b"\x1b["]
)
async def test_endless_sequences_are_bounded(emulator: Emulator, opening: bytes) -> None:
    await emulator.feed(opening)
    for _ in range(100):
        await emulator.feed(b"1" * 100_000)
    await emulator.quiet()
    before = resident_bytes()  # a few MB may be kept of any sequence, but no more
    for _ in range(100):
        await emulator.feed(b"1" * 100_000)
    await emulator.quiet()
    assert resident_bytes() - before < 2_000_000
    await emulator.feed(b"\x18\x1b\\\x1b[2J\x1b[Hstill there")
    await emulator.quiet()
    assert emulator.core.take_changes()[0].text.startswith("still there")


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
