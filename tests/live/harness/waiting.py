"""Waiting for a condition with a deadline: the only place of the live tests that sleeps."""

import time
from collections.abc import Callable
from typing import TypeVar

PAUSE_SECONDS = 0.02

T = TypeVar("T")


class WaitedInVainError(AssertionError):
    """A condition did not come true before its deadline."""


def wait_until(condition: Callable[[], T], what: str, *, seconds: float = 10.0) -> T:
    """Return the first true value of `condition`; raise WaitedInVainError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise WaitedInVainError(f"after {seconds:g} s still not: {what} (last value {value!r})")
        time.sleep(PAUSE_SECONDS)
