"""Read `[rules]` of the configuration.

A table is a rule's for all (`[rules.throttled]`), for one kind (`[rules.container.memory]`), or for some names, as a
shell matches them:

```toml
[[rules.match]]
name = "build-*"
kind = "container"          # may be left out
throttled.enabled = false
memory.level = 98           # `clear` moves along with it where it is not named
```

A name is that of a guest, a container or an engine; for what is about a part of the host, that of the part: the path
of a filesystem, a disk, a unit, a pool. The later is laid over the earlier: all, kinds, names in their order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tui.config.checks import Check, boolean, near, number, shown, word
from tui.domain.host import Severity
from tui.rules.model import KINDS, Change, Limits, Rule, Scope
from tui.rules.table import RULES

Wrong = Callable[[tuple[str, ...], str], None]  # path below this table, and what is wrong there

LONGEST_SECONDS = 7 * 86_400
_WORDS = tuple(severity.value for severity in Severity)
_OF_FIGURES = ("level", "clear", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSettings:
    """What differs from the usual rules.

    Attributes:
        scopes: in the order in which they are applied, the later over the earlier.
    """

    scopes: tuple[Scope, ...] = ()


def read(table: Mapping[str, Any], wrong: Wrong) -> RuleSettings:
    """Return what the table says; everything that is wrong with it is told."""
    reader = _Reader(wrong)
    of_all = {key: value for key, value in table.items() if key not in {*KINDS, "match"}}
    known = [*RULES, *KINDS, "match"]
    scopes = [reader.scope(of_all, (), Scope(), (), known)]
    for kind in KINDS:
        if kind in table:
            scopes.append(reader.scope(table[kind], (kind,), Scope(kind=kind), scopes[:1]))
    for number_, entry in enumerate(reader.entries(table.get("match", [])), start=1):
        scopes.append(reader.match(entry, ("match", str(number_)), scopes))
    return RuleSettings(scopes=tuple(scope for scope in scopes if scope.changes))


class _Reader:
    """Makes scopes of tables."""

    def __init__(self, wrong: Wrong) -> None:
        self._wrong = wrong

    def entries(self, value: Any) -> list[Any]:
        """Return the tables of `[[rules.match]]`."""
        if isinstance(value, list):
            return value
        self._wrong(("match",), f"must be written [[rules.match]], is {shown(value)}")
        return []

    def match(self, table: Any, path: tuple[str, ...], before: list[Scope]) -> Scope:
        """Return one `[[rules.match]]`."""
        if not isinstance(table, dict):
            self._wrong(path, f"must be a table, is {shown(table)}")
            return Scope()
        pattern = self._checked(table, "name", word(None), path)
        kind = self._checked(table, "kind", word(KINDS), path)
        if "name" not in table or pattern == "":
            self._wrong(path, 'needs a name, as name = "build-*"')
        rules = {key: value for key, value in table.items() if key not in {"name", "kind"}}
        scope = Scope(kind=kind or "", pattern=pattern or "")
        below = [one for one in before if not one.pattern and one.kind in {"", kind or ""}]
        return self.scope(rules, path, scope, below, [*RULES, "name", "kind"])

    def _checked(self, table: Mapping[str, Any], key: str, check: Check, path: tuple[str, ...]) -> Any:
        if key not in table:
            return None
        try:
            return check(table[key])
        except ValueError as error:
            self._wrong((*path, key), str(error))
            return None

    def scope(
        self,
        table: Any,
        path: tuple[str, ...],
        scope: Scope,
        below: "list[Scope] | tuple[Scope, ...]",
        known: "list[str] | None" = None,
    ) -> Scope:
        """Return a scope with the rules of a table.

        Args:
            below: the scopes it is laid over, by which its levels are judged.
            known: names that may stand here, for hints.
        """
        if not isinstance(table, dict):
            self._wrong(path, f"must be a table [rules.{'.'.join(path)}], is {shown(table)}")
            return scope
        changes = {}
        for key, value in table.items():
            rule = RULES.get(key)
            if rule is None:
                self._wrong((*path, key), f"there is no such rule{near(key, known or list(RULES))}")
            elif scope.kind and scope.kind not in rule.kinds:
                self._wrong((*path, key), f"this rule is not about a {scope.kind}, but {' and '.join(rule.kinds)}")
            elif not isinstance(value, dict):
                self._wrong((*path, key), f"must be a table, is {shown(value)}")
            else:
                changes[key] = self._change(rule, value, (*path, key), [one.changes.get(key) for one in below])
        return Scope(kind=scope.kind, pattern=scope.pattern, changes=changes)

    def _change(
        self, rule: Rule, table: Mapping[str, Any], path: tuple[str, ...], below: "list[Change | None]"
    ) -> Change:
        checks = _checks(rule)
        named = {}
        for key in table:
            if key in checks:
                named[key] = self._checked(table, key, checks[key], path)
            elif key in _OF_FIGURES and rule.limits.level is None:
                self._wrong((*path, key), f"this rule looks at a state ({rule.figure}): it has no {key}")
            else:
                self._wrong((*path, key), f"there is no such preference{near(key, checks)}")
        severity = named.pop("severity", None)
        change = Change(severity=None if severity is None else Severity(severity), **named)
        limits = rule.limits
        for lower in below:
            limits = lower.applied(limits) if lower is not None else limits
        self._compare(change.applied(limits), path, table)
        return change

    def _compare(self, limits: Limits, path: tuple[str, ...], table: Mapping[str, Any]) -> None:
        if limits.level is None:
            return
        if limits.clear is not None and limits.clear >= limits.level:
            key = "clear" if "clear" in table else "level"
            self._wrong((*path, key), f"clear ({limits.clear:g}) must be below level ({limits.level:g})")
        if limits.critical is not None and limits.critical < limits.level:
            key = "critical" if "critical" in table else "level"
            self._wrong((*path, key), f"critical ({limits.critical:g}) must not be below level ({limits.level:g})")


def _checks(rule: Rule) -> dict[str, Check]:
    seconds = number(0, LONGEST_SECONDS)
    checks: dict[str, Check] = {
        "enabled": boolean,
        "severity": word(_WORDS),
        "for_seconds": seconds,
        "clear_for_seconds": seconds,
    }
    if rule.limits.level is not None:
        figure = number(0, 1e9)
        checks |= {"level": figure, "clear": figure, "critical": figure}
    return checks
