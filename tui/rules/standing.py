"""What stands for one subject: raised after a time at one level, over after a time below another.

Durations are of the monotonic clock: they neither jump with the wall clock nor count the time a laptop sleeps. `since`
is wall time, as it was when the thing began.
"""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import NamedTuple

from tui.domain.host import Problem, Severity
from tui.rules.book import Armed
from tui.rules.model import Limits, Rule, Seen
from tui.rules.seeds import Seed, Seeds

AGAIN_SECONDS = 10.0  # what is measured over minutes fades while nothing else changes
AROUND_SECONDS = 5.0  # who else waits is looked at this often
_FADES = frozenset({"restarting", "swap"})

Neighbours = tuple[tuple[str, ...], str]  # who waits, too, and who is busiest


class News:
    """What came of a moment.

    Attributes:
        moved: something was raised, is over, or has another place in the list.
        told: a problem has another figure or text.
    """

    __slots__ = ("moved", "told")

    def __init__(self) -> None:
        self.moved = self.told = False


class Moment(NamedTuple):
    """What is the same for all that is judged at one moment.

    Attributes:
        is_first: what stands now stood when hostdeck came; nobody told since when.
        around: names who else waits for a resource, and who is busiest with it, a row key left out.
    """

    now: float
    utc: float
    is_first: bool
    seeds: Seeds
    around: Callable[[str, str], Neighbours]
    news: News


class Entry:
    """One rule that stands, or is about to."""

    __slots__ = ("calm_at", "order", "over_at", "peak", "problem", "raised", "since")

    def __init__(self, over_at: float, since: float | None) -> None:
        self.over_at = over_at
        self.since = since
        self.calm_at: float | None = None
        self.raised = False
        self.peak: float | None = None
        self.problem: Problem | None = None
        self.order: tuple[bool, float, str, str] | None = None

    def find_place(self) -> bool:
        """Return whether its place in the list is another: critical first, then the oldest, never by its figure."""
        problem = self.problem
        if problem is None:
            return False
        text = self.order[3] if self.order is not None else problem.text
        order = (problem.severity is not Severity.CRITICAL, problem.since_utc_seconds or 0.0, problem.name, text)
        before, self.order = self.order, order
        return order != before

    def sow(self, seed: Seed) -> None:
        """Take over what is known of it from before; it was raised elsewhere, so that its time is over."""
        self.over_at = -inf
        known = [since for since in (self.since, seed.since_utc_seconds) if since is not None]
        peaks = [peak for peak in (self.peak, seed.peak) if peak is not None]
        self.since, self.peak = min(known, default=None), max(peaks, default=None)
        if self.problem is not None:
            self.problem = replace(self.problem, since_utc_seconds=self.since, peak=self.peak)


class Subject:
    """An instance, an engine or the host with all that stands for it.

    Attributes:
        key: row key, an engine's id, or "" for the host.
        lasting: as in `Problem`; a part of the host is meant by `Seen.of`.
        due: when it must be looked at again although nothing changed; infinite when it need not.
    """

    __slots__ = ("due", "entries", "key", "kind", "lasting", "name")

    def __init__(self, key: str, name: str, kind: str, lasting: str) -> None:
        self.key, self.name, self.kind, self.lasting = key, name, kind, lasting
        self.entries: dict[str, Entry] = {}
        self.due = inf

    def problem_id(self, rule_id: str, of: str = "") -> str:
        """Return what `Problem.id` is, or would be."""
        return f"{self.kind}|{of or self.lasting}|{rule_id}"

    def is_raised(self, rule_id: str) -> bool:
        """Tell whether a rule stands."""
        entry = self.entries.get(rule_id)
        return entry is not None and entry.raised

    def weigh(self, armed: Armed, seen: Seen | None, moment: Moment, place: str = "") -> None:
        """Take in what one rule saw.

        Args:
            place: key of the entry; empty for the rule's id.
        """
        rule, limits = armed.rule, armed.limits
        place = place or rule.id
        entry = self.entries.get(place)
        if seen is None or not _is_over(seen, limits, raised=entry is not None and entry.raised):
            if entry is not None:
                self._calm(place, entry, limits, moment)
            return
        if entry is None:
            entry = self.entries[place] = self._begin(rule, seen, moment)
        entry.calm_at = None
        if entry.raised or moment.now - entry.over_at >= limits.for_seconds:
            self._show(entry, rule, limits, seen, moment)
        else:
            self.due = min(self.due, entry.over_at + limits.for_seconds)

    def _begin(self, rule: Rule, seen: Seen, moment: Moment) -> Entry:
        entry = Entry(moment.now, None if moment.is_first and not seen.began else moment.utc)
        seed = moment.seeds.take(self.problem_id(rule.id, seen.of))
        if seed is not None:
            entry.since = None
            entry.sow(seed)
        return entry

    def _calm(self, place: str, entry: Entry, limits: Limits, moment: Moment) -> None:
        if not entry.raised:
            del self.entries[place]
            return
        if entry.calm_at is None:
            entry.calm_at = moment.now
        ends = entry.calm_at + limits.clear_for_seconds
        if moment.now >= ends:
            del self.entries[place]
            moment.news.moved = True
        else:
            self.due = min(self.due, ends)

    def _show(self, entry: Entry, rule: Rule, limits: Limits, seen: Seen, moment: Moment) -> None:
        figure = seen.value if seen.is_told else None
        value = None if figure is None else float(round(figure))  # no finer than the sentence says it
        if value is not None and (entry.peak is None or value > entry.peak):
            entry.peak = value
        if rule.id in _FADES:
            self.due = min(self.due, moment.now + AGAIN_SECONDS)
        victims: tuple[str, ...] = ()
        neighbour = ""
        if rule.resource:
            self.due = min(self.due, moment.now + AROUND_SECONDS)
            victims, neighbour = moment.around(rule.resource, self.key)
        severity = _severity(entry, rule, limits, seen)
        text = rule.sentence.format(value=seen.value, words=seen.words)
        old = entry.problem
        if (
            old is not None
            and old.text == text
            and old.value == value
            and old.since_utc_seconds == entry.since
            and (old.severity, old.victims, old.neighbour) == (severity, victims, neighbour)
        ):
            return
        entry.problem = Problem(
            severity=severity,
            subject=self.key,
            name=self.name,
            kind=self.kind,
            text=text,
            since_utc_seconds=entry.since,
            rule=rule.id,
            lasting=seen.of or self.lasting,
            unit=rule.unit,
            value=value,
            peak=entry.peak,
            victims=victims,
            neighbour=neighbour,
        )
        entry.raised = moment.news.told = True
        moment.news.moved |= entry.find_place() or old is None


def _is_over(seen: Seen, limits: Limits, *, raised: bool) -> bool:
    level = limits.clear if raised and limits.clear is not None else limits.level
    return level is None or seen.value is None or seen.value >= level


def _severity(entry: Entry, rule: Rule, limits: Limits, seen: Seen) -> Severity:
    if limits.critical is not None and seen.value is not None:
        was = entry.problem is not None and entry.problem.severity is Severity.CRITICAL
        gap = (limits.level or 0.0) - (limits.clear or 0.0) if was else 0.0
        if seen.value >= limits.critical - gap:
            return Severity.CRITICAL
    is_chosen = limits.severity is not rule.limits.severity
    return limits.severity if is_chosen or seen.severity is None else seen.severity
