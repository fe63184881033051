"""What is remembered of an instance from one moment to the next, because no single moment tells it."""

from collections import deque

from tui.domain.host import InstanceView
from tui.domain.instance import Instance, State
from tui.rules.table import GROWTH_SECONDS, WINDOW_SECONDS

MIB = 1 << 20
SWAP_EVERY_SECONDS = 10.0
KILL_SECONDS = 10.0  # from a kill to the end that is seen: in a storm an engine looks again after up to 5 s only
KILL_SLACK_SECONDS = 2.0  # the kernel's line may be read after the end was seen
MOST_RESTARTS = 1000  # kept of a window: more say nothing new
_IS_OVER = frozenset({State.STOPPED, State.CRASHED, State.CREATED})


class Growth:
    """How much a figure grew within the last minutes: what it is now less the least it was."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: deque[tuple[float, int]] = deque()

    def put(self, value: int, now: float) -> float:
        """Add a figure and return its growth; 0 for the first."""
        kept = self._kept
        if not kept or now - kept[-1][0] >= SWAP_EVERY_SECONDS:
            kept.append((now, value))
        while now - kept[0][0] > GROWTH_SECONDS:
            kept.popleft()
        return float(value - min(value, *(then for _, then in kept)))

    def forget(self) -> None:
        """Begin anew."""
        self._kept.clear()


class Trend:
    """The past of one instance, kept by its `StableKey`: it outlives being made anew.

    Attributes:
        restarts: monotonic times of restarts within the last minutes.
        exit_code: of its last end, as far as it was told.
        ended: it came to its end, or failed to start, while somebody watched.
        killed_at: monotonic time when the kernel last killed a process of it for memory; None where that is not known.
        agent_run: number of the run in which its agent answered.
        unit_failed: what systemd says of its unit; empty where that is well.
    """

    __slots__ = (
        "_ended_at",
        "_instance",
        "_started",
        "agent_run",
        "ended",
        "exit_code",
        "killed_at",
        "restarts",
        "swap",
        "unit_failed",
    )

    def __init__(self) -> None:
        self.restarts: deque[float] = deque(maxlen=MOST_RESTARTS)
        self.exit_code: int | None = None
        self.ended = False
        self.agent_run: int | None = None
        self.swap = Growth()
        self.unit_failed = ""
        self.killed_at: float | None = None
        self._ended_at = 0.0
        self._started: float | None = None
        self._instance: Instance | None = None

    def meet(self, instance: Instance, now: float) -> None:
        """Take in what an engine says now; to be called once for each new `Instance`."""
        before, self._instance = self._instance, instance
        facts = instance.container
        if facts is not None:
            if facts.exit_code is not None:
                self.exit_code = facts.exit_code
            self.restarts.extend([now] * min(self._restarts(before, instance), MOST_RESTARTS))
        elif instance.guest is not None and instance.guest.agent == "connected":
            self.agent_run = instance.guest.domain_id
        if instance.state not in _IS_OVER:
            self.ended = False
        elif before is not None and (before.state, before.reason) != (instance.state, instance.reason):
            self._ended_at = self._ended_at if self.ended else now
            self.ended = True

    @property
    def was_killed(self) -> bool:
        """Tell whether it ended, while somebody watched, by what the kernel killed of it for memory."""
        if not self.ended or self.killed_at is None:
            return False
        return -KILL_SLACK_SECONDS <= self._ended_at - self.killed_at <= KILL_SECONDS

    def restarts_lately(self, now: float) -> int:
        """Return how often it was started again within `WINDOW_SECONDS`."""
        restarts = self.restarts
        while restarts and now - restarts[0] > WINDOW_SECONDS:
            restarts.popleft()
        return len(restarts)

    def recall_restarts(self, count: int, seconds: float, now: float) -> None:
        """Take in restarts that somebody else counted, spread over the time in which they may have been.

        Args:
            seconds: how long ago the first of them was, as far as it is known.
        """
        span = min(max(seconds, 0.0), WINDOW_SECONDS)
        for place in range(min(count, MOST_RESTARTS) - len(self.restarts)):
            self.restarts.appendleft(now - span * (place + 1) / count)

    def swap_growth_mib(self, view: InstanceView, now: float) -> float | None:
        """Return by how much its swap grew within `GROWTH_SECONDS`."""
        swap = view.usage.memory.swap_bytes
        return None if swap is None else self.swap.put(swap, now) / MIB

    def _restarts(self, before: Instance | None, now: Instance) -> int:
        """Return how often a container was started again since the last sight of it.

        Podman counts what its own restart policy does. A container that systemd manages is started, or even made, anew
        by systemd, which tells no number: each new start is one.
        """
        last, started = self._started, now.started_unix_seconds
        self._started = last if started is None else started
        facts, old = now.container, before.container if before is not None else None
        if before is None or facts is None or old is None:
            return 0
        if now.id == before.id and facts.restarts > old.restarts:
            return facts.restarts - old.restarts
        is_new_start = started is not None and last is not None and started >= last + 1
        return int(bool(facts.unit) and is_new_start)
