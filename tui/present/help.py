"""The help as lines."""

from __future__ import annotations

from collections.abc import Iterable

from tui.actions import Action, Scope
from tui.present.roles import Spans

_TITLES = {
    Scope.INSTANCE: "Guests and containers (with marks: on the marked rows in view)",
    Scope.TABLE: "Tables",
    Scope.APP: "Everywhere",
    Scope.JOBS: "Jobs",
}
KEY_CELLS = 14

_FIGURES = (
    ("CORES", "processor cores used now; beside it the last 80 seconds, full height is what it may use"),
    ("CPU%", "of what it may use: the tightest of quota, cpuset and vCPUs, else of all cores"),
    ("THR%", "share of periods in which its quota was used up and it had to wait"),
    ("MEMORY", "working set: charged memory less inactive file cache; the bar is its share of the limit"),
    ("INSIDE", "what a guest says it uses itself, where its balloon tells"),
    ("READ WRITE", "bytes per second on block devices, stacked ones counted once"),
    ("RX TX", "bytes per second received and sent, as the instance sees it; of a pod its shared network"),
    ("PSI", "pressure: worst of cpu, memory and io, share of the last 10 s in which something waited, in %"),
    ("OOM", "processes the kernel killed for memory since hostdeck saw it"),
    ("-", "not known, never zero; the details screen says why"),
    ("K M G T", "units of 1024"),
)
_FILTER = (
    ("word", "rows with this text in name, state, image, address and more"),
    ("!word", "rows without it"),
    ("key:value", "state: kind: user: pod: image: engine: unit: ip: os: problem:"),
    ('"two words"', "a text with blanks"),
)


def key_lines(actions: Iterable[Action]) -> list[Spans]:
    """Return every action with its keys and its command, by where it means something."""
    known = [action for action in actions if not action.reserved]
    lines: list[Spans] = []
    for scope, title in _TITLES.items():
        of_scope = [action for action in known if action.scope is scope]
        if not of_scope:
            continue
        lines += [(), ((title, "accent"),)] if lines else [((title, "accent"),)]
        lines += [_action_line(action) for action in of_scope]
    return lines


def _action_line(action: Action) -> Spans:
    command = f"  :{action.command}" if action.command else ""
    return (
        (f"  {action.labels:<{KEY_CELLS}}", "normal"),
        (f"{action.name:<28}", "warn" if action.changes else "normal"),
        (action.description, "dim"),
        (command, "dim"),
    )


def figure_lines() -> list[Spans]:
    """Return what the figures mean."""
    return [((f"  {name:<{KEY_CELLS}}", "normal"), (text, "dim")) for name, text in _FIGURES]


def filter_lines() -> list[Spans]:
    """Return what may be typed into the filter."""
    return [((f"  {name:<{KEY_CELLS}}", "normal"), (text, "dim")) for name, text in _FILTER]
