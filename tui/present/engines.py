"""Engine connections as lines: what they are connected to, how that goes, and what helps."""

from __future__ import annotations

from tui.domain.host import EngineState, EngineStatus, HostView
from tui.present import figures
from tui.present.roles import Spans
from tui.present.words import wrapped
from widgets.live_table.model import Role

_ROLES: dict[EngineState, Role] = {EngineState.READY: "ok", EngineState.CONNECTING: "accent"}


def engine_lines(view: HostView, width: int) -> list[Spans]:
    """Return all about every engine, those that do not answer first; nothing of a reason is cut."""
    lines: list[Spans] = []
    for status in sorted(view.sources, key=lambda status: (status.state is EngineState.READY, status.id)):
        lines += [((status.id, "accent"), (f"  {status.kind}", "dim")), *_about(status, view, width), ()]
    return lines


def _about(status: EngineStatus, view: HostView, width: int) -> list[Spans]:
    now = view.taken_monotonic_seconds
    lines = wrapped(_label("state"), status.state.value, width, _ROLES.get(status.state, "crit"))
    if status.message:
        lines += wrapped(_label("reason"), status.message, width)
    if status.state is not EngineState.READY:
        answered = status.answered_monotonic_seconds
        age = "it never answered" if answered is None else f"its values are {figures.age(now - answered)} old"
        lines += wrapped(_label("age"), age, width)
    if status.retry_at_monotonic_seconds is not None:
        left = status.retry_at_monotonic_seconds - now
        lines += wrapped(_label("next try"), f"in {round(left)} s" if left >= 1 else "now", width)
    if status.url != status.id:
        lines += wrapped(_label("address"), status.url, width)
    facts = (("user", status.user), ("version", status.version))
    for word, text in facts:
        lines += wrapped(_label(word), text, width) if text else []
    count = sum(item.instance.id.engine == status.id for item in view.instances)
    return lines + wrapped(_label("lists"), f"{count} {'instance' if count == 1 else 'instances'}", width)


def _label(word: str) -> str:
    return f"{word:<10} "
