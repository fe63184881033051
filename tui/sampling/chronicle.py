"""What was seen happen since the start: one line of time from the views and what engines told.

Rules that keep it readable:
- What stood already when hostdeck started, or when an engine answered for the first time, is no entry.
- A change of state that an event tells is left out: of an event that came up to `BEFORE_SECONDS` before the change was
  seen, or up to `AFTER_SECONDS` after it; so changes that nobody else tells appear that much later.
- Repeats are counted: of one kind about one subject the first five in ten seconds are kept, of one engine 400; an entry
  "312 more like this within 10 s" stands for the rest. Problems are counted apart; actions of persons never are.
- It is bounded. What pushes out the oldest events never pushes out problems, actions, the kernel's or daemons' entries.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from tui.domain.event import Event
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.kernel.findings import KILLED
from tui.sampling.engine_changes import EngineChanges
from tui.sampling.entries import of_engine, of_event
from tui.sampling.flood import WINDOW_SECONDS, Flood, Surplus
from tui.sampling.instance_changes import Change, instance_changes
from tui.sampling.problem_changes import by_id, problem_entries
from tui.sampling.told import AFTER_SECONDS, BEFORE_SECONDS, DOWN, OOM, UP, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tui.domain.host import HostView, Problem
    from tui.domain.instance import Instance

MOST_ENTRIES = 20_000
MOST_SEEN = 10_000
MOST_PENDING = 5_000
MOST_KILLS = 1_000
OOM_KILLED = "OOM-killed"  # an engine's word for what the kernel tells better
_LIGHT = frozenset({EntryKind.EVENT, EntryKind.STATE})
_UNCOUNTED = frozenset({EntryKind.ACTION, EntryKind.HANDLED, EntryKind.DAEMON, EntryKind.RECORDER})
_DAEMON_WORDS = {"started": UP, "stopped": DOWN, "failed": DOWN, "did not start": DOWN}


class Chronicle:
    """Entries of this run."""

    def __init__(self) -> None:
        self._light: deque[TimelineEntry] = deque(maxlen=MOST_ENTRIES // 2)
        self._weighty: deque[TimelineEntry] = deque(maxlen=MOST_ENTRIES // 2)
        self._arrived: deque[TimelineEntry] = deque(maxlen=MOST_ENTRIES)
        self._count = 0
        self._in_order: tuple[TimelineEntry, ...] | None = ()
        self._told = Told()
        self._seen: dict[tuple[float, str, str, str], None] = {}
        self._inbox: list[Event] = []
        self._events: dict[str, Flood[Event]] = {}
        self._others: dict[EntryKind, Flood[TimelineEntry]] = {}
        self._pending: list[tuple[float, float, Change]] = []
        self._engines = EngineChanges()
        self._instances: Sequence[Instance] = ()
        self._by_key: dict[str, Instance] = {}
        self._kinds: dict[str, str] = {}
        self._problems: Sequence[Problem] = ()
        self._problems_by_id: dict[str, Problem] = {}
        self._now = self._utc = float("-inf")
        self._began_utc: float | None = None
        self._stood: set[str] = set()
        self._kills: Mapping[str, float] = {}

    # What comes in

    def recall(self, problems: Iterable[Problem]) -> None:
        """Take in what was raised before, as somebody told who looked on: it is told no second time."""
        self._stood |= {problem.id for problem in problems if problem.rule}

    def take(self, view: HostView) -> None:
        """Note what is different from the view before."""
        utc, monotonic = view.taken_utc_seconds, view.taken_monotonic_seconds
        began, since = self._now, self._now - BEFORE_SECONDS
        self._now, self._utc = monotonic, utc
        self._began_utc = utc if self._began_utc is None else self._began_utc
        self._kinds = {status.id: status.kind for status in view.sources}
        for change in self._engines.take(view.sources, utc, monotonic):
            self._hold(change, since)
        self._take_instances(view, since)
        self._take_problems(view)
        self._take_inbox()
        self._tell_pending()
        self._tell_surplus(utc)
        if began == float("-inf"):
            self._pending.clear()

    def heard(self, event: Event) -> None:
        """Take an engine's event; one that is told again, as after a reconnection, counts once."""
        subject = event.subject.text if event.subject is not None else ""
        identity = (event.utc_seconds, subject, event.what, event.detail)
        if identity in self._seen:
            return
        self._seen[identity] = None
        if len(self._seen) > MOST_SEEN:
            for old in list(self._seen)[: MOST_SEEN // 2]:
                del self._seen[old]
        self._told.event(subject, event.what, self._now)
        flood = self._events.get(event.engine)
        if flood is None:
            flood = self._events[event.engine] = Flood()
        if flood.admit((subject, event.what), event.what, event.utc_seconds, event):
            self._inbox.append(event)

    def add(self, entry: TimelineEntry) -> None:
        """Note what somebody else saw: a person's action, the kernel's messages, the journal."""
        if entry.kind is EntryKind.KERNEL and entry.subject:
            self._told.tell(entry.subject, OOM, self._now)
            self._note_kill(entry)
        elif entry.kind is EntryKind.DAEMON and entry.what in _DAEMON_WORDS:
            self._told.tell(entry.engine, _DAEMON_WORDS[entry.what], self._now)
        instance = self._by_key.get(entry.subject) if not entry.lasting else None
        self._add_counted(replace(entry, lasting=instance.stable_key.text) if instance is not None else entry)

    def _note_kill(self, entry: TimelineEntry) -> None:
        if entry.what == KILLED:
            kept = list(self._kills.items())[-MOST_KILLS + 1 :]
            self._kills = {**dict(kept), entry.subject: self._now - max(self._utc - entry.utc_seconds, 0.0)}

    # What comes out

    @property
    def entries(self) -> Sequence[TimelineEntry]:
        """Return all, oldest first; the very same value until another one is added."""
        if self._in_order is None:
            self._in_order = tuple(sorted((*self._light, *self._weighty), key=attrgetter("utc_seconds")))
        return self._in_order

    @property
    def kills(self) -> Mapping[str, float]:
        """Return when the kernel last killed for memory, in monotonic seconds by row key; another object after each."""
        return self._kills

    @property
    def count(self) -> int:
        """Return how many were added since the start, those that were pushed out included."""
        return self._count

    def added_since(self, count: int) -> Sequence[TimelineEntry]:
        """Return what was added since `count` was that, in the order of adding; as much of it as is still there."""
        new = min(self._count - count, len(self._arrived))
        return (
            [self._arrived[place] for place in range(len(self._arrived) - new, len(self._arrived))] if new > 0 else []
        )

    # Parts

    def _take_instances(self, view: HostView, since: float) -> None:
        now = [item.instance for item in view.instances]
        changed, came, gone = instance_changes(self._instances, now, view.taken_utc_seconds)
        if came or gone or changed:
            self._by_key = {instance.key: instance for instance in now}
        there = {status.id for status in view.sources}
        for change in changed:
            self._hold(change, since)
        for change in (*came, *(one for one in gone if one.entry.engine in there)):
            if self._engines.is_settled(change.entry.engine, view.taken_monotonic_seconds):
                self._hold(change, since)
        self._instances = now

    def _take_problems(self, view: HostView) -> None:
        if view.problems is self._problems:
            return
        before, self._problems = self._problems_by_id, view.problems
        after = self._problems_by_id = by_id(view.problems)
        for entry in problem_entries(before, after, view.taken_utc_seconds, self._engine_of):
            if not self._stood_already(entry, after, view.taken_monotonic_seconds):
                self._add_counted(entry)

    def _stood_already(self, entry: TimelineEntry, problems: Mapping[str, Problem], monotonic: float) -> bool:
        if entry.kind is not EntryKind.RAISED:
            return False
        name = f"{entry.subject_kind}|{entry.lasting}|{entry.rule}"
        if entry.what == "raised" and name in self._stood and name in problems and self._began_utc is not None:
            since = problems[name].since_utc_seconds
            if since is None or since < self._began_utc:
                return True
        return not self._is_settled(entry, monotonic)

    def _is_settled(self, entry: TimelineEntry, monotonic: float) -> bool:
        is_instance = entry.subject in self._by_key
        return self._engines.is_settled(entry.engine, monotonic) if is_instance else self._engines.is_started(monotonic)

    def _engine_of(self, problem: Problem) -> str:
        instance = self._by_key.get(problem.subject)
        return instance.id.engine if instance is not None else problem.subject if problem.kind == "engine" else ""

    def _take_inbox(self) -> None:
        inbox, self._inbox = self._inbox, []
        for event in inbox:
            entry = of_event(event, self._instance_of(event), self._kinds)
            if event.what == OOM_KILLED and entry.subject:
                self._hold(Change(entry.subject, OOM, entry), self._now - WINDOW_SECONDS, WINDOW_SECONDS / 2)
            else:
                self._append(entry)

    def _instance_of(self, event: Event) -> Instance | None:
        return self._by_key.get(event.subject.text) if event.subject is not None else None

    def _hold(self, change: Change, since: float, patience: float = AFTER_SECONDS) -> None:
        """Keep a change until its event had time to come."""
        if len(self._pending) < MOST_PENDING and not self._told.is_told(change.subject, change.change, since):
            self._pending.append((self._now + patience, since, change))

    def _tell_pending(self) -> None:
        pending, self._pending = self._pending, []
        for due, since, change in pending:
            if self._told.is_told(change.subject, change.change, since):
                continue
            if due <= self._now:
                self._add_counted(change.entry)
            else:
                self._pending.append((due, since, change))

    def _tell_surplus(self, utc: float) -> None:
        for engine, flood in self._events.items():
            for event in flood.over(utc):
                sample = of_event(event.sample, self._instance_of(event.sample), self._kinds)
                self._append(_counted(sample, event, engine))
        for others in self._others.values():
            for entry in others.over(utc):
                self._append(_counted(entry.sample, entry, entry.sample.engine))

    def _add_counted(self, entry: TimelineEntry) -> None:
        if entry.kind in _UNCOUNTED:
            self._append(entry)
            return
        flood = self._others.get(entry.kind)
        if flood is None:
            flood = self._others[entry.kind] = Flood()
        key = (entry.subject, entry.name, entry.what, entry.rule)
        if flood.admit(key, (entry.what, entry.engine), entry.utc_seconds, entry):
            self._append(entry)

    def _append(self, entry: TimelineEntry) -> None:
        (self._light if entry.kind in _LIGHT else self._weighty).append(entry)
        self._arrived.append(entry)
        self._count += 1
        self._in_order = None


def _counted(sample: TimelineEntry, surplus: Surplus[Event] | Surplus[TimelineEntry], engine: str) -> TimelineEntry:
    """Return the entry that stands for what was counted."""
    within = f"within {WINDOW_SECONDS:.0f} s"
    if surplus.alike:
        return replace(
            sample, utc_seconds=surplus.last_utc_seconds, detail=f"{surplus.count:,} more like this {within}"
        )
    whole = of_engine(sample.kind, surplus.last_utc_seconds, sample.what, engine)
    detail = f"{surplus.count:,} more {within}, too many to list each"
    return replace(whole, detail=detail, severity=sample.severity, subject_kind="engine" if engine else "host")
