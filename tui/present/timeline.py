"""The timeline as lines of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from time import localtime, strftime

from tui.domain.host import Severity
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.present.roles import Span, Spans
from tui.present.state import ROLES, SIGNS
from tui.present.words import ago, wrapped
from widgets.filter_query import Fields, FilterQuery
from widgets.live_table.model import Cell, Column, Role, Row

GROUPS: Mapping[str, tuple[EntryKind, ...]] = {
    "events": (EntryKind.EVENT,),
    "states": (EntryKind.STATE,),
    "problems": (EntryKind.RAISED, EntryKind.CLEARED, EntryKind.HANDLED),
    "actions": (EntryKind.ACTION,),
    "kernel": (EntryKind.KERNEL,),
    "engines": (EntryKind.DAEMON, EntryKind.RECORDER),
}
"""Kinds that are shown or hidden together, in the order of their keys."""

FILTER_KEYS = ("name", "what", "kind", "severity", "who", "engine", "rule")

_WORDS: Mapping[EntryKind, str] = {
    EntryKind.EVENT: "event",
    EntryKind.STATE: "state",
    EntryKind.RAISED: "problem",
    EntryKind.CLEARED: "problem",
    EntryKind.HANDLED: "problem",
    EntryKind.ACTION: "action",
    EntryKind.KERNEL: "kernel",
    EntryKind.DAEMON: "engine",
    EntryKind.RECORDER: "record",
}
_BAD_WORDS = frozenset({"crashed", "OOM-killed"})
_DOUBTFUL = frozenset(
    {"became unhealthy", "lost", "stopped answering", "refused", "went away", "failed", "did not start"}
)
_GOOD = frozenset({"answers again", "answers for the first time", "became healthy"})


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that the timeline is narrowed to.

    Attributes:
        keys: row keys; of a pod those of its containers, too.
        lasting: text of its `StableKey`, so that a container that was made anew is the same; may be empty.
    """

    name: str
    keys: frozenset[str]
    lasting: str = ""

    def has(self, entry: TimelineEntry) -> bool:
        """Tell whether an entry is about it."""
        return entry.subject in self.keys or bool(self.lasting and entry.lasting == self.lasting)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to see; the default is everything.

    Attributes:
        groups: names of `GROUPS`; empty is all of them.
        since: UTC seconds; None is as far back as there is anything.
        until: UTC seconds of the moment on the screen.
    """

    groups: frozenset[str] = frozenset()
    only: Subject | None = None
    since: float | None = None
    until: float = float("inf")
    query: FilterQuery = field(default_factory=FilterQuery)

    @property
    def kinds(self) -> frozenset[EntryKind]:
        """Return the kinds to show."""
        return frozenset(kind for group in self.groups or GROUPS for kind in GROUPS[group])

    def of(self, entries: Iterable[TimelineEntry]) -> Iterator[TimelineEntry]:
        """Return those of some entries, the newest first, that a person wants to see."""
        kinds, only, query = self.kinds, self.only, self.query
        for entry in entries:
            if self.since is not None and entry.utc_seconds < self.since:
                return
            if entry.kind not in kinds or entry.utc_seconds > self.until:
                continue
            if (only is None or only.has(entry)) and (not query or query.matches(entry_fields(entry))):
                yield entry


@dataclass(frozen=True, slots=True)
class Line:
    """One line: an entry, or a sentence (the name of a day, the end of what is known) when there is none.

    Attributes:
        order: where it stands; it does not change when others come.
    """

    order: tuple[float, int]
    entry: TimelineEntry | None = None
    text: str = ""
    is_day: bool = False


def entry_fields(entry: TimelineEntry) -> Fields:
    """Return what a filter reads."""
    return {
        "name": (entry.name,),
        "what": (entry.what, entry.detail),
        "kind": (_WORDS[entry.kind], entry.kind.value, entry.subject_kind),
        "severity": (entry.severity.value if entry.severity else "",),
        "who": (entry.who,),
        "engine": (entry.engine,),
        "rule": (entry.rule,),
        "command": (entry.command,),
    }


def timeline_rows(entries: Iterable[TimelineEntry], now: float, end: str) -> list[Row[Line]]:
    """Return rows, the newest first, a line with its name before each day but today.

    Args:
        now: UTC seconds of the moment on the screen.
        end: a sentence below the last one; empty while there may be more.
    """
    rows: list[Row[Line]] = []
    day, seen = _day(now), dict[str, int]()
    utc, place = float("inf"), 0
    for entry in entries:
        place = place + 1 if entry.utc_seconds == utc else 0
        utc = entry.utc_seconds
        of = _day(entry.utc_seconds)
        if of != day:
            day = of
            rows.append(Row(f"day {of}", Line((-utc, -1), text=_day_name(utc), is_day=True)))
        key = f"{entry.utc_seconds:.3f} {entry.kind} {entry.subject or entry.name} {entry.what}"
        number = seen[key] = seen.get(key, 0) + 1
        rows.append(Row(key if number == 1 else f"{key} #{number}", Line((-utc, place), entry)))
    if end:
        rows.append(Row("end", Line((float("inf"), 0), text=end)))
    return rows


def _day(utc: float) -> str:
    return strftime("%Y-%m-%d", localtime(utc))


def _day_name(utc: float) -> str:
    return strftime("%A %d %B %Y", localtime(utc))


def timeline_columns() -> tuple[Column[Line], ...]:
    """Return the columns; their order of rows is given."""
    return (
        Column(key="time", title="TIME", cell=_time, width=8, sort_key=lambda line: line.order),
        Column(key="kind", title="KIND", cell=_kind, width=7, priority=2),
        Column(key="name", title="NAME", cell=_name, width=12, flexible=True, max_width=22, priority=0),
        Column(key="what", title="WHAT", cell=_what, width=30, flexible=True),
    )


def _time(line: Line) -> Cell:
    if line.entry is None:
        return Cell(line.text, "accent" if line.is_day else "dim", across=True)
    return Cell(strftime("%H:%M:%S", localtime(line.entry.utc_seconds)), "dim")


def _kind(line: Line) -> Cell:
    return Cell(_WORDS[line.entry.kind], "dim") if line.entry is not None else Cell("")


def _name(line: Line) -> Cell:
    return Cell(line.entry.name or line.entry.subject_kind) if line.entry is not None else Cell("")


def _what(line: Line) -> Cell:
    entry = line.entry
    if entry is None:
        return Cell("")
    role, detail = what_role(entry), f"  {entry.detail}" if entry.detail else ""
    return Cell.of((what_words(entry), role), (detail, "normal" if entry.severity is Severity.CRITICAL else "dim"))


def what_words(entry: TimelineEntry) -> str:
    """Return what happened with a sign where a person is needed, and who did it."""
    is_bad = entry.severity is not None and entry.kind in {EntryKind.RAISED, EntryKind.KERNEL}
    sign = f"{SIGNS[entry.severity]} " if entry.severity is not None and is_bad else ""
    who = f"{entry.who}: " if entry.who else ""
    return f"{sign}{who}{entry.what}"


def what_role(entry: TimelineEntry) -> Role:
    """Return what an entry means."""
    if entry.kind is EntryKind.CLEARED:
        return "ok"
    if entry.kind in {EntryKind.RAISED, EntryKind.KERNEL, EntryKind.DAEMON} and entry.severity is not None:
        return ROLES[entry.severity]
    if entry.what in _BAD_WORDS:
        return "crit"
    if entry.kind is EntryKind.ACTION:
        return "crit" if entry.detail.startswith("failed") else "accent"
    if entry.what in _DOUBTFUL:
        return "warn"
    return "ok" if entry.what in _GOOD else "normal"


def entry_lines(entry: TimelineEntry, width: int, now: float, most: int) -> list[Spans]:
    """Return all about one entry, in at most `most` lines."""
    when = f"{strftime('%Y-%m-%d %H:%M:%S', localtime(entry.utc_seconds))}, {ago(now - entry.utc_seconds)}"
    kind = (
        f"{entry.subject_kind} on {entry.engine}" if entry.engine and entry.engine != entry.name else entry.subject_kind
    )
    head: Spans = (
        (f" {entry.name}  ", "normal"),
        (what_words(entry), what_role(entry)),
        (f"  {when}  ({kind})", "dim"),
    )
    lines: list[Spans] = [head]
    lines += wrapped(" ", entry.detail, width) if entry.detail else []
    if entry.command:
        lines += wrapped(" command  ", entry.command, width)
    return lines[:most]


def chips(wanted: Wanted, keys: Mapping[str, str], all_key: str) -> Spans:
    """Return the kinds with their keys; those that are shown stand out."""
    spans: list[Span] = [(" ", "normal")]
    for group in GROUPS:
        is_on = not wanted.groups or group in wanted.groups
        spans += [(f"{keys.get(group, '')} ", "dim"), (group, "normal" if is_on else "dim"), ("  ", "normal")]
        if group in wanted.groups:
            spans[-2] = (group, "accent")
    return (*spans, (f"{all_key} ", "dim"), ("all", "accent" if not wanted.groups else "normal"))


def title(wanted: Wanted, host: str) -> Spans:
    """Return what is shown of whom, and since when."""
    spans: list[Span] = [(" Timeline", "accent"), ("  of ", "dim")]
    spans.append((wanted.only.name if wanted.only is not None else host, "normal"))
    if wanted.since is not None:
        moment = strftime("%a %d %b %H:%M", localtime(wanted.since))
        spans += [("  since your last login ", "dim"), (moment, "normal")]
    if wanted.query:
        spans += [("  filter ", "dim"), (wanted.query.text, "normal")]
    return tuple(spans)
