"""Held back frames and what opens the line for them; a writer whose line hangs."""

import asyncio
import os
import pty
import tty

from tui.pacing.pacer import Pacer
from tui.pacing.replies import PROBE
from tui.pacing.writer import LineWriter


class Line:
    """A terminal that notes what it is asked."""

    def __init__(self) -> None:
        self.backlog = 0
        self.asked: list[str] = []

    def ask(self, question: str) -> None:
        self.asked.append(question)


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def answering(line: Line, clock: Clock) -> tuple[Pacer, asyncio.Event]:
    """Return a pacer of a terminal that has answered once, and what is set when a frame may go."""
    may_go = asyncio.Event()
    pacer = Pacer(line, may_go.set, clock)
    pacer.answered(1, 0, clock.now)
    return pacer, may_go


async def test_the_answer_opens_the_line_for_the_frame_that_was_held_back() -> None:
    clock = Clock()
    pacer, may_go = answering(Line(), clock)
    assert pacer.may_draw()
    assert pacer.drawn()
    pacer.touched_at = clock.now
    assert not pacer.may_draw()
    assert not may_go.is_set()
    pacer.answered(1, 0, clock.now)
    assert may_go.is_set()
    assert pacer.may_draw()
    pacer.close()


async def test_an_answer_nobody_waits_for_calls_nobody() -> None:
    clock = Clock()
    pacer, may_go = answering(Line(), clock)
    pacer.drawn()
    pacer.answered(1, 0, clock.now)
    assert not may_go.is_set()
    pacer.close()


async def test_what_moves_by_itself_is_called_back_after_its_pause() -> None:
    clock = Clock()
    pacer, may_go = answering(Line(), clock)
    pacer.drawn()
    clock.now += 0.02
    pacer.answered(1, 0, clock.now)
    assert not pacer.may_draw()
    clock.now += 1
    async with asyncio.timeout(10):
        await may_go.wait()
    pacer.close()


async def test_a_sign_of_life_asks_whether_the_answer_got_lost() -> None:
    clock, line = Clock(), Line()
    pacer, may_go = answering(line, clock)
    pacer.drawn()
    pacer.touched_at = clock.now
    assert not pacer.may_draw()
    pacer.sign_of_life()
    assert line.asked == [], "it is not due yet"
    clock.now += 2
    pacer.sign_of_life()
    pacer.sign_of_life()
    assert line.asked == [PROBE]
    pacer.touched_at = clock.now
    pacer.answered(0, 1, clock.now)
    assert may_go.is_set()
    pacer.close()


def test_a_writer_never_waits_and_ends_while_its_line_hangs() -> None:
    master, slave = pty.openpty()
    tty.setraw(slave)
    with os.fdopen(slave, "w", encoding="utf-8") as file:
        writer = LineWriter(file)
        for _ in range(1000):
            writer.write("x" * 1000)
        assert writer.pending > 500_000
        writer.stop()
    os.close(master)


def test_a_writer_writes_all_before_it_ends() -> None:
    master, slave = pty.openpty()
    tty.setraw(slave)
    with os.fdopen(slave, "w", encoding="utf-8") as file:
        writer = LineWriter(file)
        writer.write("häng")
        writer.write(" nicht")
        writer.stop()
        assert writer.pending == 0
        assert os.read(master, 100).decode() == "häng nicht"
    os.close(master)
