"""Who may draw, and when."""

import asyncio
from time import monotonic

from widgets.frames import Frames


async def test_one_draws_once_however_often_it_asks() -> None:
    frames, drawn = Frames(), asyncio.Queue[str]()
    for _ in range(3):
        frames.ask("log", lambda: drawn.put_nowait("log"))
    frames.ask("terminal", lambda: drawn.put_nowait("terminal"), monotonic() + 0.02)
    async with asyncio.timeout(10):
        assert [await drawn.get(), await drawn.get()] == ["log", "terminal"]
    assert drawn.empty()


async def test_nobody_draws_before_the_terminal_has_taken_what_was_sent() -> None:
    frames, drawn, refused = Frames(), asyncio.Queue[str](), asyncio.Event()
    is_open = False

    def gate() -> bool:
        if not is_open:
            refused.set()
        return is_open

    frames.gate = gate
    frames.ask("log", lambda: drawn.put_nowait("log"))
    async with asyncio.timeout(10):
        await refused.wait()
        assert drawn.empty()
        is_open = True
        assert frames.go_on()
        assert await drawn.get() == "log"
    assert not frames.go_on(), "it has drawn"


async def test_one_that_is_gone_draws_no_more() -> None:
    frames, drawn = Frames(), asyncio.Queue[str]()
    frames.ask("gone", lambda: drawn.put_nowait("gone"))
    frames.forget("gone")
    frames.ask("log", lambda: drawn.put_nowait("log"))
    async with asyncio.timeout(10):
        assert await drawn.get() == "log"
    assert drawn.empty()
