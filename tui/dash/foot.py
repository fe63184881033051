"""The last lines: what is promised, and whether the engines answer."""

from __future__ import annotations

from tui.dash.blocks import width_of
from tui.domain.host import EngineState, EngineStatus, HostView
from tui.present import figures
from tui.present.ledger import ledger_line
from tui.present.roles import Span, Spans
from widgets.live_table.model import Role

_ROLES: dict[EngineState, Role] = {EngineState.READY: "ok", EngineState.CONNECTING: "accent"}


def foot(view: HostView | None, width: int) -> list[Spans]:
    """Return the ledger and the engines; on one line where there is room for both."""
    if view is None:
        return []
    ledger: Spans = ((" ", "normal"), *ledger_line(view.ledger))
    engines = _engines(view, width)
    if width_of(ledger) + 4 + width_of(engines) <= width:
        blank = " " * (width - width_of(ledger) - width_of(engines) - 1)
        return [(*ledger, (blank, "normal"), *engines)]
    return [ledger, ((" ", "normal"), *engines)]


def _engines(view: HostView, width: int) -> Spans:
    """Return every engine with its state, those that do not answer first; what has no room is counted."""
    told = sorted(view.sources, key=lambda status: (status.state is EngineState.READY, status.id))
    spans: list[Span] = []
    for number, status in enumerate(told):
        pair = _engine(view, status)
        rest = len(told) - number
        reserve = len(f"  +{rest} more") if rest > 1 else 0
        gap: Spans = (("   ", "normal"),) if spans else ()
        if width_of((*spans, *gap, *pair)) + reserve > width - 2 and spans:
            return (*spans, (f"  +{rest} more", "warn"))
        spans += [*gap, *pair]
    return tuple(spans) if spans else (("engines: connecting", "dim"),)


def _engine(view: HostView, status: EngineStatus) -> Spans:
    word = "ok" if status.state is EngineState.READY else status.state.value
    role = _ROLES.get(status.state, "crit" if status.required else "dim")
    answered = status.answered_monotonic_seconds
    if status.state in {EngineState.STALLED, EngineState.LOST} and answered is not None:
        word += f" for {figures.age(view.taken_monotonic_seconds - answered)}"
    return ((f"{status.id} ", "dim"), (word, role))
