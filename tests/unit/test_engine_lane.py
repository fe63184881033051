"""A lane's deadlines, with an event loop that has no time."""

import asyncio
import threading
import time

import pytest

from tui.domain.errors import EngineTimeout
from tui.engines.lane import Lane

DEADLINE = 0.02


async def _busy_past_the_deadline(answered: threading.Event) -> None:
    """Hold the loop until the call has answered and its deadline is over; the loop then sees both at once."""
    await asyncio.sleep(0)
    begun = time.monotonic()
    assert answered.wait(10)
    while time.monotonic() < begun + 2 * DEADLINE:
        pass


async def test_an_answer_that_the_loop_sees_together_with_the_deadline_counts() -> None:
    answered = threading.Event()
    lane = Lane("x")

    def answer() -> str:
        answered.set()
        return "answer"

    call = asyncio.ensure_future(lane.call(answer, deadline=DEADLINE))
    await _busy_past_the_deadline(answered)
    assert await call == "answer"
    assert lane.abandoned == 0


async def test_what_answers_too_late_is_left_alone() -> None:
    go = threading.Event()
    lane = Lane("x")
    try:
        with pytest.raises(EngineTimeout, match="did not answer within"):
            await lane.call(go.wait, deadline=DEADLINE)
        assert lane.abandoned == 1
    finally:
        go.set()
