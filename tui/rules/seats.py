"""Who is there, with what is remembered of each."""

from collections.abc import Sequence

from tui.domain.host import InstanceView
from tui.domain.instance import Instance
from tui.rules.book import Arms, RuleBook
from tui.rules.standing import Subject
from tui.rules.table import WINDOW_SECONDS
from tui.rules.trend import Trend

GHOST_SECONDS = 30.0  # what systemd makes anew is away for a moment; its restart loop is not over
MOST_GONE = 500
OUTLIVING = "restarting"  # the rule that goes on while an instance is away


class Seat(Subject):
    """One instance.

    Attributes:
        is_quiet: no rule about what its engine says spoke when it was looked at last.
    """

    __slots__ = ("arms", "instance", "is_quiet", "trend")

    def __init__(self, instance: Instance, arms: Arms, trend: Trend) -> None:
        super().__init__(instance.key, instance.name, instance.kind.value, instance.stable_key.text)
        self.instance = instance
        self.arms = arms
        self.trend = trend
        self.is_quiet = False


class Seats:
    """The instances by place and by row key; those that went are remembered for a while by their lasting key."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._by_key: dict[str, Seat] = {}
        self._gone: dict[str, tuple[float, Seat]] = {}
        self.placed: list[Seat] = []

    def place(self, instances: Sequence[InstanceView], now: float) -> list[Seat]:
        """Give everybody a seat; return the ones whose instance is gone."""
        keys = {view.key for view in instances}
        left = [seat for key, seat in self._by_key.items() if key not in keys]
        for seat in left:
            del self._by_key[seat.key]
            self._gone.pop(seat.lasting, None)
            self._gone[seat.lasting] = (now, seat)
        self.placed = [self._seat(view.instance, now) for view in instances]
        self._forget(now)
        return left

    def meet(self, seat: Seat, instance: Instance, now: float) -> Seat:
        """Take in what an engine says anew of an instance; return its seat, another one where it has a new name."""
        if seat.name != instance.name or seat.lasting != instance.stable_key.text:
            renamed = Seat(instance, self._book.of(instance.kind.value, instance.name), seat.trend)
            self._by_key[instance.key] = renamed
            self.placed[self.placed.index(seat)] = renamed
            seat = renamed
        seat.instance = instance
        seat.is_quiet = False
        seat.trend.meet(instance, now)
        return seat

    def ghosts(self, now: float) -> list[Seat]:
        """Return those that went a moment ago and whose restarts are a problem."""
        if not self._gone:
            return []
        return [seat for when, seat in self._gone.values() if seat.is_raised(OUTLIVING) and now - when < GHOST_SECONDS]

    def _seat(self, instance: Instance, now: float) -> Seat:
        seat = self._by_key.get(instance.key)
        if seat is not None:
            return seat
        arms = self._book.of(instance.kind.value, instance.name)
        gone = self._gone.pop(instance.stable_key.text, None) if self._gone else None
        trend = gone[1].trend if gone is not None else Trend()
        seat = self._by_key[instance.key] = Seat(instance, arms, trend)
        if gone is not None and (entry := gone[1].entries.get(OUTLIVING)) is not None:
            seat.entries[OUTLIVING] = entry
            entry.problem = None  # it names another row now
            seat.due = 0.0
        trend.meet(instance, now)
        return seat

    def _forget(self, now: float) -> None:
        for lasting in [lasting for lasting, (when, _) in self._gone.items() if now - when > WINDOW_SECONDS]:
            del self._gone[lasting]
        while len(self._gone) > MOST_GONE:
            del self._gone[next(iter(self._gone))]
