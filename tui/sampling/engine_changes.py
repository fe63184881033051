"""Engines that come and go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.host import EngineState, EngineStatus
from tui.domain.timeline import EntryKind
from tui.sampling.entries import of_engine, of_status
from tui.sampling.instance_changes import Change
from tui.sampling.problem_changes import lasting_words
from tui.sampling.told import DOWN, THERE, UP

if TYPE_CHECKING:
    from collections.abc import Sequence

SETTLED_SECONDS = 3.0
"""What an engine lists so soon after its first answer stood already before it was asked."""


@dataclass(slots=True)
class _Known:
    """One engine: since when it answers (monotonic), its version then, and since when it does not (UTC)."""

    answers_since: float | None = None
    version: str = ""
    down_since: float | None = None


class EngineChanges:
    """Remembers how each engine was; what it never answered to begin with is no change."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._before: Sequence[EngineStatus] = ()
        self._began: float | None = None

    def is_settled(self, engine: str, monotonic: float) -> bool:
        """Tell whether an engine has listed all that stood before hostdeck looked."""
        known = self._known.get(engine)
        since = known.answers_since if known is not None else None
        return since is not None and monotonic - since >= SETTLED_SECONDS

    def is_started(self, monotonic: float) -> bool:
        """Tell whether the first seconds after the start are over."""
        return self._began is not None and monotonic - self._began >= SETTLED_SECONDS

    def take(self, statuses: Sequence[EngineStatus], utc: float, monotonic: float) -> list[Change]:
        """Return what is different from the statuses before."""
        if self._began is None:
            self._began = monotonic
        changes = []
        if statuses is not self._before:
            for status in statuses:
                changes += self._one(status, utc, monotonic)
            there = {status.id for status in statuses}
            for engine in [engine for engine in self._known if engine not in there]:
                del self._known[engine]
                changes.append(Change(engine, DOWN, of_engine(EntryKind.DAEMON, utc, "went away", engine)))
        self._before = statuses
        return changes

    def _one(self, status: EngineStatus, utc: float, monotonic: float) -> list[Change]:
        known = self._known.get(status.id)
        if status.state is EngineState.READY:
            if known is None or known.answers_since is None:
                is_new = self.is_started(monotonic) if known is None else known.down_since is not None
                self._known[status.id] = _Known(monotonic, status.version)
                entry = of_engine(EntryKind.DAEMON, utc, "answers for the first time", status.id)
                return [Change(status.id, THERE, entry)] if is_new else []
            return self._back(known, status, utc)
        if known is None:
            known = self._known[status.id] = _Known()
        if known.down_since is not None or status.state not in _DOWN:
            return []
        known.down_since = utc
        return [Change(status.id, DOWN, of_status(utc, status))] if known.answers_since is not None else []

    def _back(self, known: _Known, status: EngineStatus, utc: float) -> list[Change]:
        details = []
        if known.version != status.version and known.version and status.version:
            details.append(f"version {status.version}, was {known.version}")
        known.version = status.version or known.version
        if known.down_since is not None:
            details.insert(0, f"after {lasting_words(utc - known.down_since)}")
            known.down_since = None
        elif not details:
            return []
        entry = of_engine(EntryKind.DAEMON, utc, "answers again", status.id, "; ".join(details))
        return [Change(status.id, UP, entry)]


_DOWN = frozenset({EngineState.LOST, EngineState.STALLED, EngineState.REFUSED, EngineState.ABSENT})
