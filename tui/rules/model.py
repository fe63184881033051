"""What a rule is, and what a person may change about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

from tui.domain.host import Severity

KINDS = ("guest", "container", "engine", "host")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a rule speaks.

    Attributes:
        level: the figure from which on it is raised; None where the rule looks at a state.
        clear: the figure below which it is over.
        for_seconds: how long it must be so before it is raised.
        clear_for_seconds: how long it must not be so before it is over.
        critical: the figure from which on a warning is critical; None where it stays one.
    """

    enabled: bool = True
    severity: Severity = Severity.WARNING
    level: float | None = None
    clear: float | None = None
    for_seconds: float = 0.0
    clear_for_seconds: float = 0.0
    critical: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing to look at.

    Attributes:
        id: name in the configuration and in `Problem.rule`.
        kinds: what it is asked about: some of `KINDS`.
        figure: what it looks at, for a person who sets its level.
        limits: the usual ones.
        sentence: `{value}` is the figure, `{words}` what is known of it; at most 60 columns where nothing is foreign.
        unit: of the figure; empty for a count.
        resource: "cpu", "memory" or "io" where it is about waiting for one: those that wait, too, are then named.
    """

    id: str
    kinds: tuple[str, ...]
    figure: str
    limits: Limits
    sentence: str = "{words}"
    unit: str = ""
    resource: str = ""


class Seen(NamedTuple):
    """What a rule saw.

    Attributes:
        value: the figure; None where the rule looks at a state.
        of: which part of the host or engine is meant: a filesystem, a disk, a pool; empty for the whole.
        severity: where it depends on what was seen.
        began: it was seen to begin; else what is there at the first sight began at a time that nobody told.
        is_told: the figure is the one that the rule is about; else it only stands for it, and no peak comes of it.
    """

    value: float | None = None
    words: str = ""
    of: str = ""
    severity: Severity | None = None
    began: bool = False
    is_told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a person wants otherwise; None leaves it as it is. Fields as in `Limits`."""

    enabled: bool | None = None
    severity: Severity | None = None
    level: float | None = None
    clear: float | None = None
    for_seconds: float | None = None
    clear_for_seconds: float | None = None
    critical: float | None = None

    def applied(self, limits: Limits) -> Limits:
        """Return limits with what is wanted; where only the level is named, the others move along with it."""
        named = {item.name: getattr(self, item.name) for item in fields(self)}
        wanted = {name: value for name, value in named.items() if value is not None}
        if self.level is not None and limits.level:
            for name in ("clear", "critical"):
                usual = getattr(limits, name)
                if name not in wanted and usual is not None:
                    wanted[name] = round(usual * self.level / limits.level, 3)
        return replace(limits, **wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Changes for some.

    Attributes:
        kind: one of `KINDS`; empty for all.
        pattern: of names, as in a shell ("build-*"); empty for all names.
        changes: by id of a rule.
    """

    kind: str = ""
    pattern: str = ""
    changes: Mapping[str, Change] = field(default_factory=dict)
