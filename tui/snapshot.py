"""The figures of this moment without a screen: two samples, then one `HostView` on paper.

Nothing here loads Textual: a snapshot in a cron job costs what the samples cost.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from rich.cells import cell_len

from tui.domain.errors import EngineTimeout
from tui.domain.host import EngineState, EngineStatus, HostView, InstanceView, Problem, Severity
from tui.domain.instance import State
from tui.domain.serialise import to_json
from tui.present import figures
from tui.sampling.live import LiveSource
from tui.sampling.recall import BELIEVED_SECONDS
from tui.sampling.source import HostSource
from widgets.escape import escape_controls

EXIT_INCOMPLETE = 3
"""An engine that is installed or was named did not answer; what the others said is printed."""

TAKES_TIME = "Rules that take time are judged only where a recorder runs: a view of two samples cannot tell."
_GRACE_SECONDS = 5.0
_RECORD_SECONDS = 2.0  # its disk may hang, and the figures of now do not need it


async def take(source: LiveSource, interval: float, deadline: float) -> HostView:
    """Run a source until two samples, `interval` apart, exist of everything its engines listed.

    What a recorder knows to stand stands from the first sample on: two samples do not judge what takes time.

    Args:
        interval: the source's own time between two samples, in seconds.
        deadline: seconds that the engines have to answer; the view of those that did is taken then.

    Returns:
        The view after the second sample. The source is stopped but not closed.

    Raises:
        EngineTimeout: the source gave no view at all.
    """
    exposure = _Exposure(source, deadline)
    await source.seed_from_past(_RECORD_SECONDS)
    running = asyncio.ensure_future(source.run(exposure.look))
    finished = asyncio.ensure_future(exposure.finished.wait())
    try:
        limit = deadline + 3 * interval + _GRACE_SECONDS
        await asyncio.wait({running, finished}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
    finally:
        finished.cancel()
        running.cancel()
        outcome = (await asyncio.gather(running, return_exceptions=True))[0]
    if isinstance(outcome, Exception):
        raise outcome
    if exposure.view is None:
        raise EngineTimeout("no figures", f"This host gave no figures within {limit:g} s.")
    return exposure.view


def is_glance(source: LiveSource, view: HostView) -> bool:
    """Tell whether nobody looked on before: rules that take time were then not judged by a view of two samples."""
    newest = source.past.status.newest_utc_seconds if source.past is not None else None
    return newest is None or newest < view.taken_utc_seconds - BELIEVED_SECONDS


class _Exposure:
    """Watches views go by until one is worth printing."""

    def __init__(self, source: HostSource, deadline: float) -> None:
        self.view: HostView | None = None
        self.finished = asyncio.Event()
        self._source = source
        self._patience = deadline
        self._first_seconds: float | None = None
        self._active: frozenset[str] = frozenset()
        self._engines: frozenset[str] = frozenset()
        self._ticks: set[int] = set()
        self._base: int | None = None

    def look(self, view: HostView) -> None:
        """Take one view; the slow figures are read on every tick because all rows are attended."""
        if self.finished.is_set():
            return
        self.view = view
        if self._first_seconds is None:
            self._first_seconds = view.taken_monotonic_seconds
        waited = view.taken_monotonic_seconds - self._first_seconds
        self._source.attend(item.key for item in view.instances)
        if self._has_to_wait(view, late=waited >= self._patience):
            self._base = view.tick
            self._ticks.clear()
            return
        if self._base is None:
            self._base = view.tick
        if view.tick > self._base:
            self._ticks.add(view.tick)
        if len(self._ticks) >= 2:
            self.finished.set()

    def _has_to_wait(self, view: HostView, *, late: bool) -> bool:
        """Tell whether two samples have to be counted from here on.

        Past the deadline only an engine that lists instances for the first time is worth that: without it they would be
        printed without a figure.
        """
        active = {item.key: item.instance.id.engine for item in view.instances if item.instance.state.is_active}
        engines = frozenset(engine for key, engine in active.items() if key not in self._active)
        first = engines - self._engines
        self._active |= active.keys()
        self._engines |= engines
        return bool(first) if late else bool(engines) or not _all_answered(view.sources)


def _all_answered(sources: Iterable[EngineStatus]) -> bool:
    return all(status.state is not EngineState.CONNECTING for status in sources)


def exit_code(view: HostView) -> int:
    """Return 0, or 3 when an engine that is installed or was named did not answer."""
    silent = any(status.required and status.state is not EngineState.READY for status in view.sources)
    return EXIT_INCOMPLETE if silent else 0


def to_json_text(view: HostView) -> str:
    """Return the public JSON, in ASCII, with a line end."""
    return json.dumps(to_json(view), indent=2, allow_nan=False) + "\n"


def to_text(view: HostView) -> str:
    """Return a table for people: no colours, nothing cut, control characters escaped."""
    parts = [_head(view), _sources(view), _problems(view), _table(_by_kind(view), _COLUMNS), _ledger(view)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(view: HostView) -> str:
    usage = view.usage
    taken = datetime.fromtimestamp(view.taken_utc_seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    memory = f"{figures.size(usage.memory_used_bytes)} of {figures.size(usage.memory_total_bytes)}"
    return "  ".join(
        [
            escape_controls(view.host_name),
            taken,
            f"cpu {figures.percent(usage.cpu_percent)} % of {usage.cores} cores",
            f"memory {memory}",
            f"load {'-' if usage.load_1 is None else f'{usage.load_1:.2f}'}",
            f"up {figures.duration(usage.uptime_seconds)}",
        ]
    )


def _sources(view: HostView) -> str:
    lines = []
    for status in view.sources:
        note = status.message if status.state is not EngineState.READY else status.version
        lines.append(("engine", status.id, status.state.value, note))
    return _aligned(lines)


def _problems(view: HostView) -> str:
    signs = {Severity.CRITICAL: "x", Severity.WARNING: "!"}
    return _aligned([(signs[one.severity], one.name, one.kind, one.text + _said(one)) for one in view.problems])


def _said(problem: Problem) -> str:
    if problem.is_silenced:
        return " (silenced)"
    return f" (seen by {problem.acknowledged_by})" if problem.acknowledged_by else ""


def _ledger(view: HostView) -> str:
    ledger = view.ledger
    memory = f"{figures.size(ledger.memory_promised_bytes)} of {figures.size(ledger.memory_bytes)} memory"
    return (
        f"promised {ledger.vcpus_promised:g} vCPU on {ledger.cores} cores, {memory}; {ledger.unlimited} without a limit"
    )


class _Column(NamedTuple):
    title: str
    text: Callable[[InstanceView], str]
    right: bool = True


def _by_kind(view: HostView) -> list[InstanceView]:
    return sorted(
        view.instances,
        key=lambda item: (item.instance.kind.value != "guest", item.instance.id.engine, item.instance.name),
    )


def _state(item: InstanceView) -> str:
    instance = item.instance
    health = instance.container.health if instance.container and instance.state is State.RUNNING else None
    notes = [
        note for note in (health.value if health else "", instance.reason) if note not in {"", instance.state.value}
    ]
    return f"{instance.state.value}: {', '.join(notes)}" if notes else instance.state.value


_COLUMNS = (
    _Column("NAME", lambda item: item.instance.name, right=False),
    _Column("KIND", lambda item: item.instance.kind.value, right=False),
    _Column("ENGINE", lambda item: item.instance.id.engine, right=False),
    _Column("USER", lambda item: item.instance.user or "-", right=False),
    _Column("STATE", _state, right=False),
    _Column("CORES", lambda item: figures.cores(item.usage.cpu.cores_used)),
    _Column("CPU%", lambda item: figures.percent(item.usage.cpu.percent_of_limit)),
    _Column("THR%", lambda item: figures.percent(item.usage.cpu.throttled_percent)),
    _Column("MEMORY", lambda item: figures.size(item.usage.memory.working_set_bytes)),
    _Column("LIMIT", lambda item: figures.size(item.usage.memory.limit_bytes)),
    _Column("READ/s", lambda item: figures.size(item.usage.io.read_bytes_per_second)),
    _Column("WRITE/s", lambda item: figures.size(item.usage.io.write_bytes_per_second)),
    _Column("RX/s", lambda item: figures.size(item.usage.network.receive_bytes_per_second)),
    _Column("TX/s", lambda item: figures.size(item.usage.network.transmit_bytes_per_second)),
    _Column("PIDS", lambda item: figures.count(item.usage.pids.current)),
)


def _table(items: Sequence[InstanceView], columns: Sequence[_Column]) -> str:
    if not items:
        return "no guests, no containers"
    titles = tuple(column.title for column in columns)
    rows = [titles, *(tuple(column.text(item) for column in columns) for item in items)]
    return _aligned(rows, [column.right for column in columns])


def _aligned(rows: Iterable[Sequence[str]], right: Sequence[bool] = ()) -> str:
    """Return rows with every column as wide as its widest cell, in terminal cells."""
    safe = [[escape_controls(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*safe, strict=True)]
    sides = right or [False] * len(widths)
    return "\n".join("  ".join(_pad(*parts) for parts in zip(row, widths, sides, strict=True)).rstrip() for row in safe)


def _pad(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks
