"""What needs a person now: the rules of `tui.rules` over the moments of a host."""

from collections.abc import Iterable, Mapping, Sequence

from tui.domain.host import EngineStatus, HostUsage, InstanceView, Ledger, Problem
from tui.rules.book import RuleBook
from tui.rules.engine import RuleEngine
from tui.rules.model import Scope
from tui.rules.scene import Scene
from tui.sampling.changes import changed_places


class ProblemBoard:
    """Remembers since when each problem stands.

    Args:
        rules: what a person wants otherwise, the later over the earlier.
    """

    def __init__(self, rules: Sequence[Scope] = ()) -> None:
        self._engine = RuleEngine(RuleBook(rules))
        self._views: Sequence[InstanceView] = ()

    def seed(self, problems: Iterable[Problem]) -> None:
        """Take since when problems stand, and their peaks, from a record or a viewer that looked on before."""
        self._engine.seed(problems)

    def judge(
        self,
        instances: Sequence[InstanceView],
        sources: Sequence[EngineStatus],
        host: HostUsage,
        *,
        utc: float,
        stale_seconds: float,
        defect: str = "",
        monotonic: float | None = None,
        ledger: Ledger | None = None,
        kills: Mapping[str, float] | None = None,
    ) -> tuple[Problem, ...]:
        """Return all problems, critical ones first, then the oldest.

        Args:
            stale_seconds: age of the figures themselves; 0 when they are of this tick.
            defect: why hostdeck itself could not read them; empty normally.
            monotonic: what durations are counted by; None takes `utc`, where a clock stands still or is made up.
            ledger: what is promised; None judges no promises.
            kills: as `Scene.kills`.
        """
        changed = changed_places(self._views, instances)
        self._views = instances
        scene = Scene(host, tuple(sources), ledger, stale_seconds, defect, kills=kills)
        return self._engine.judge(instances, changed, scene, now=utc if monotonic is None else monotonic, utc=utc)
