"""The clocks by which a host is sampled."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clocks:
    """Wall clock and monotonic clock in seconds; replaced where a moment must stand still."""

    utc: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
