"""A bench for rules: seconds that pass when a test says so, and what is raised then."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.unit.build import host_usage
from tui.domain.host import EngineStatus, HostUsage, InstanceView, Ledger, Problem
from tui.rules.model import Change, Scope
from tui.sampling.problems import ProblemBoard

UTC = 1_760_000_000.0


class Bench:
    """A board with its clocks; it has looked on for a while before the first thing happens, unless told otherwise."""

    def __init__(self, rules: Sequence[Scope] = (), *, is_settled: bool = True) -> None:
        self.board = ProblemBoard(rules)
        self.now = 1000.0
        self.utc = UTC
        if is_settled:
            self.at()
            self.now += 60.0
            self.utc += 60.0

    def at(
        self,
        *views: InstanceView,
        host: HostUsage | None = None,
        sources: Iterable[EngineStatus] = (),
        ledger: Ledger | None = None,
        stale: float = 0.0,
        defect: str = "",
        kills: Mapping[str, float] | None = None,
    ) -> tuple[Problem, ...]:
        """Judge now."""
        return self.board.judge(
            views,
            tuple(sources),
            host or host_usage(),
            utc=self.utc,
            monotonic=self.now,
            stale_seconds=stale,
            defect=defect,
            ledger=ledger,
            kills=kills,
        )

    def after(self, seconds: float, *views: InstanceView, **more: Any) -> tuple[Problem, ...]:
        """Let time pass and judge."""
        self.now += seconds
        self.utc += seconds
        return self.at(*views, **more)


def lines(problems: Iterable[Problem]) -> list[str]:
    return [f"{one.severity.value} {one.rule} {one.name}: {one.text}" for one in problems]


def change(rule: str, *, kind: str = "", pattern: str = "", **named: Any) -> Scope:
    return Scope(kind=kind, pattern=pattern, changes={rule: Change(**named)})
