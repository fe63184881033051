"""The rules as a person wants them, made ready for one kind and name."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from math import inf
from typing import NamedTuple

from tui.rules.looks import FIGURES, LOOKS, STATE_RULES, Figure, Look
from tui.rules.model import Limits, Rule, Scope
from tui.rules.table import RULES

MIB = 1 << 20


class Armed(NamedTuple):
    """One rule for one kind and name.

    Attributes:
        floor: the figure below which it does not begin.
        look: None for hosts and engines, which are looked at as a whole.
        figure: of an instance, where the rule looks at nothing else.
    """

    rule: Rule
    limits: Limits
    floor: float
    look: Look | None
    figure: Figure | None


class Glance(NamedTuple):
    """The figures below which no rule of an instance speaks; infinite where a rule is off."""

    memory: float
    throttled: float
    pids: float
    swap_bytes: float
    pressure_memory: float
    pressure_io: float
    pressure_cpu: float


class Arms(NamedTuple):
    """All rules of one kind and name; `figures` are those of them that look at more than what an engine says."""

    rules: tuple[Armed, ...]
    figures: tuple[Armed, ...]
    glance: Glance
    by_id: Mapping[str, Armed]


class RuleBook:
    """What holds for whom.

    Args:
        scopes: changes in the order in which they are applied, the later over the earlier.
    """

    def __init__(self, scopes: Sequence[Scope] = ()) -> None:
        self._scopes = tuple(scopes)
        self._has_patterns = any(scope.pattern for scope in self._scopes)
        self._known: dict[tuple[str, tuple[bool, ...]], Arms] = {}
        self._matches = lru_cache(maxsize=4096)(self._match)

    def of(self, kind: str, name: str = "") -> Arms:
        """Return the rules of a kind and name; the same object for all that share them."""
        matches = self._matches(kind, name if self._has_patterns else "")
        arms = self._known.get((kind, matches))
        if arms is None:
            arms = self._known[kind, matches] = self._arm(kind, matches)
        return arms

    def _match(self, kind: str, name: str) -> tuple[bool, ...]:
        return tuple(
            scope.kind in {"", kind} and (not scope.pattern or fnmatchcase(name, scope.pattern))
            for scope in self._scopes
        )

    def _arm(self, kind: str, matches: tuple[bool, ...]) -> Arms:
        armed = []
        for rule in RULES.values():
            limits = self._limits(rule, matches)
            if kind in rule.kinds and limits.enabled:
                floor = -inf if limits.level is None else limits.level
                look = LOOKS.get(rule.id) if kind in {"guest", "container"} else None
                armed.append(Armed(rule, limits, floor, look, FIGURES.get(rule.id)))
        figures = tuple(one for one in armed if one.rule.id not in STATE_RULES)
        return Arms(tuple(armed), figures, _glance(armed), {one.rule.id: one for one in armed})

    def _limits(self, rule: Rule, matches: tuple[bool, ...]) -> Limits:
        limits = rule.limits
        for scope, matched in zip(self._scopes, matches, strict=True):
            change = scope.changes.get(rule.id)
            if matched and change is not None:
                limits = change.applied(limits)
        return limits


def _glance(armed: Sequence[Armed]) -> Glance:
    least = {
        one.rule.id: min(one.limits.level, one.limits.clear if one.limits.clear is not None else inf)
        for one in armed
        if one.limits.level is not None
    }
    return Glance(
        memory=least.get("memory", inf),
        throttled=least.get("throttled", inf),
        pids=least.get("pids", inf),
        swap_bytes=least.get("swap", inf) * MIB,
        pressure_memory=least.get("pressure-memory", inf),
        pressure_io=least.get("pressure-io", inf),
        pressure_cpu=least.get("pressure-cpu", inf),
    )
