"""What a record tells of the minutes before the start: charts do not begin empty, and problems keep their age."""

from collections.abc import Callable, Iterable, Sequence

from tui.domain.host import Problem
from tui.sampling.history import CAPACITY, History
from tui.sampling.past import Past

BELIEVED_SECONDS = 600.0
"""A record that ended longer ago says nothing of the problems that are there now."""


async def recall(
    past: Past,
    history: History,
    seed: Callable[[Iterable[Problem]], None],
    *,
    utc: Callable[[], float],
    monotonic: Callable[[], float],
    tick_seconds: float,
) -> None:
    """Read what was recorded of the time that a history holds, once; where there is no record nothing happens.

    A UTC time becomes a tick by the two clocks as they stand now: where the wall clock was set meanwhile, what lies
    before that is in the wrong place by as much.
    """
    now = utc()
    problems = await past.problems(now - BELIEVED_SECONDS)
    if problems:
        seed(problems)
    found = await past.recent(now - CAPACITY * tick_seconds, now)
    ahead = monotonic() - utc()
    if found:
        history.preload({key: _in_ticks(rows, ahead, tick_seconds) for key, rows in found.items()})


def _in_ticks(
    rows: Sequence[tuple[float, Sequence[float]]], ahead: float, tick_seconds: float
) -> Sequence[tuple[int, Sequence[float]]]:
    return [(int((utc + ahead) // tick_seconds), values) for utc, values in rows]
