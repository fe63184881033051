"""What persons said about problems, put beside the problems.

An acknowledgement and a note end with their problem: whoever saw it stand, and then saw it gone for longer than a flap
while its engine answered, takes them back for all. A silence lasts to its time, whether the problem goes or comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from time import localtime, strftime
from typing import TYPE_CHECKING, Any

from tui.domain.host import EngineState, Problem
from tui.domain.past import Handling
from tui.domain.timeline import EntryKind, TimelineEntry

if TYPE_CHECKING:
    from tui.domain.host import EngineStatus
    from tui.sampling.past import Handlings

FLAP_SECONDS = 120.0
LONGEST_NOTE = 500
MOST_KEPT = 2000


class MemoryHandlings:
    """What was said here, for as long as this process lives: of the demo host."""

    def __init__(self) -> None:
        self._said: Mapping[str, Handling] = {}

    def current(self) -> Mapping[str, Handling]:
        """Return it by `Problem.id`."""
        return self._said

    async def put(self, handling: Handling) -> str:
        """Replace what is said about one problem; never fails."""
        self._said = dict([*self._said.items(), (handling.problem_id, bounded(handling))][-MOST_KEPT:])
        return ""


def bounded(handling: Handling) -> Handling:
    """Return it with a note of a length that may be kept and shown."""
    note = " ".join(handling.note.split())
    return handling if note == handling.note and len(note) <= LONGEST_NOTE else replace(
        handling, note=note[:LONGEST_NOTE]
    )  # fmt: skip


def says_nothing(handling: Handling) -> bool:
    """Tell whether it was taken back."""
    return not handling.acknowledged and handling.silenced_until_utc_seconds is None and not handling.note


def engine_of(problem: Problem) -> str:
    """Return the id of the engine that would show a problem; empty for the host's and for engines' own."""
    parts = problem.lasting.split(" ")  # host, engine, user, name: `StableKey.text`
    return parts[1] if problem.kind not in {"host", "engine"} and len(parts) > 3 else ""


class HandledProblems:
    """Joins problems and what was said about them, tick by tick.

    Args:
        handlings: what was said; None where nothing is kept.
        add: takes entries for the timeline: somebody said something, here or elsewhere.
    """

    def __init__(self, handlings: Handlings | None, add: Callable[[TimelineEntry], None]) -> None:
        self._handlings = handlings
        self._add = add
        self._said: Mapping[str, Handling] | None = None
        self._stood: dict[str, Problem] = {}
        self._gone_at: dict[str, float] = {}
        self._over: dict[str, float] = {}  # when what is over was said, by problem
        self._tasks: set[asyncio.Task[Any]] = set()

    def apply(
        self, problems: tuple[Problem, ...], sources: Iterable[EngineStatus], *, utc: float, monotonic: float
    ) -> tuple[Problem, ...]:
        """Return the problems with what was said about them: those nobody saw first, the silenced ones last."""
        said = self._handlings.current() if self._handlings is not None else {}
        if not said and not self._said:
            self._said = said
            return problems
        names = [problem.id for problem in problems]
        standing = dict(zip(names, problems, strict=True))
        if said is not self._said:
            self._tell(said, standing)
            self._said = said
        self._end_what_is_over(said, standing, sources, monotonic)
        meant = said.keys() & standing.keys()
        if not meant:
            return problems
        handled = [
            self._with(problem, said[name], utc) if name in meant else problem
            for name, problem in zip(names, problems, strict=True)
        ]
        return tuple(sorted(handled, key=_place))

    def _with(self, problem: Problem, handling: Handling, utc: float) -> Problem:
        if says_nothing(handling):
            return problem
        until = handling.silenced_until_utc_seconds
        is_over = self._over.get(handling.problem_id) == handling.at_utc_seconds
        return replace(
            problem,
            acknowledged_by=handling.by if handling.acknowledged and not is_over else "",
            silenced_until_utc_seconds=until if until is not None and until > utc else None,
            note="" if is_over else handling.note,
        )

    # What is over

    def _end_what_is_over(
        self,
        said: Mapping[str, Handling],
        standing: Mapping[str, Problem],
        sources: Iterable[EngineStatus],
        monotonic: float,
    ) -> None:
        lasting = {key for key, handling in said.items() if handling.acknowledged or handling.note}
        for key in lasting & standing.keys():
            self._stood[key] = standing[key]
            self._gone_at.pop(key, None)
        for key in self._stood.keys() - lasting:
            self._forget(key)
        gone = self._stood.keys() - standing.keys()
        if not gone:
            return
        silent = {status.id for status in sources if status.state is not EngineState.READY}
        for key in gone:
            if engine_of(self._stood[key]) in silent:
                self._gone_at.pop(key, None)
            elif monotonic - self._gone_at.setdefault(key, monotonic) >= FLAP_SECONDS:
                self._end(said[key])

    def _end(self, handling: Handling) -> None:
        self._forget(handling.problem_id)
        self._over[handling.problem_id] = handling.at_utc_seconds
        if self._handlings is not None:
            self._later(self._handlings.put(replace(handling, by="", acknowledged=False, note="")))

    def _forget(self, key: str) -> None:
        self._stood.pop(key, None)
        self._gone_at.pop(key, None)

    def _later(self, work: Coroutine[Any, Any, str]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # The timeline

    def _tell(self, said: Mapping[str, Handling], standing: Mapping[str, Problem]) -> None:
        if self._said is None:
            return  # what was said before the start is no news
        for key, handling in said.items():
            if handling.by and handling != self._said.get(key):
                self._add(entry_of(handling, standing.get(key)))


def entry_of(handling: Handling, problem: Problem | None) -> TimelineEntry:
    """Return what somebody said as an entry of the timeline; the problem may be gone."""
    kind, _, rest = handling.problem_id.partition("|")
    lasting, _, rule = rest.rpartition("|")
    parts: list[str] = []
    if handling.silenced_until_utc_seconds is not None:
        parts.append(strftime("until %Y-%m-%d %H:%M", localtime(handling.silenced_until_utc_seconds)))
    if problem is not None:
        parts.append(problem.text)
    if handling.note:
        parts.append(f"note: {handling.note}")
    return TimelineEntry(
        utc_seconds=handling.at_utc_seconds,
        kind=EntryKind.HANDLED,
        what=word_of(handling),
        subject=problem.subject if problem is not None else "",
        lasting=lasting,
        name=problem.name if problem is not None else lasting.rpartition(" ")[2] or "host",
        subject_kind=kind,
        engine=lasting.split(" ")[1] if lasting.count(" ") >= 3 else "",
        detail=", ".join(parts),
        severity=problem.severity if problem is not None else None,
        rule=rule,
        who=handling.by,
    )


def word_of(handling: Handling) -> str:
    """Return what was done, in the past tense."""
    if handling.silenced_until_utc_seconds is not None:
        return "silenced"
    if handling.acknowledged:
        return "acknowledged"
    return "noted" if handling.note else "taken back"


def _place(problem: Problem) -> int:
    return 2 if problem.is_silenced else 1 if problem.acknowledged_by else 0
