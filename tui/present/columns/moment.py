"""What columns and their cells depend on beside the line they show."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tui.present.sparks import Sparks
from tui.present.steady import Steady


@dataclass(slots=True)
class Moment:
    """What cells read beside their line; the screen brings it up to date before it hands over new lines.

    Attributes:
        sparks: small histories beside figures; None draws none.
        utc_seconds: time of the view, for uptimes.
        tick: number of the view's sample.
        monotonic: the clock by which rows keep their places after a movement.
    """

    sparks: Sparks | None
    steady: Steady = field(default_factory=Steady)
    utc_seconds: float = 0.0
    tick: int = 0
    ascii_only: bool = False
    monotonic: Callable[[], float] = time.monotonic

    @property
    def is_coarse(self) -> bool:
        """Tell whether as little as possible is to change."""
        return self.sparks is None


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides which columns a pane has, and how much room they ask for.

    Attributes:
        several_engines: also tell which engine a line comes from.
        several_users: whose a line is counts as much as its state: the same name may stand there twice.
        roomy: names and states get more room before the least important columns get any.
    """

    several_engines: bool = False
    several_users: bool = False
    roomy: bool = False
