"""The help as lines."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from tui.actions import Action, Scope
from tui.present.fields import FILTER_KEYS
from tui.present.roles import Spans
from tui.present.words import wrapped

_TITLES = {
    Scope.INSTANCE: "Guests and containers (with marks: on the marked rows in view)",
    Scope.TABLE: "Tables",
    Scope.APP: "Everywhere",
    Scope.CHARTS: "Charts",
    Scope.REPLAY: "The past on the screen",
    Scope.JOBS: "Jobs",
    Scope.TIMELINE: "Timeline (with / p and Enter as in tables)",
    Scope.SESSIONS: "The list of sessions",
    Scope.SESSION: "Inside a session every other key goes to the program",
    Scope.LOG: "Inside a log",
}
KEY_CELLS = 15
COMMAND_CELLS = 13

_FIGURES = (
    ("CORES", "processor cores used now; beside it the last 80 seconds, full height is what it may use"),
    ("CPU%", "of what it may use: the tightest of quota, cpuset and vCPUs, else of all cores"),
    ("THR%", "share of periods in which its quota was used up and it had to wait"),
    ("MEMORY", "working set: charged memory less inactive file cache; the bar is its share of the limit"),
    ("INSIDE", "what a guest says it uses itself, where its balloon tells"),
    ("READ WRITE", "bytes per second on block devices, stacked ones counted once"),
    ("RX TX", "bytes per second received and sent, as the instance sees it; of a pod its shared network"),
    ("PSI", "pressure: share of the last 10 s in which something waited, in %; the worst of cpu, memory and io"),
    ("io psi", "in the first line: the pressure of io on the whole host; mem psi that of memory"),
    ("OOM", "processes the kernel killed for memory since hostdeck saw it"),
    ("+14", "behind the first heading: so many columns found no room, w shows them; < and > scroll to them"),
    ("-", "not known, never zero; the details screen says why"),
    ("K M G T", "units of 1024"),
    ("order", "a row keeps its place until its figure differs by a quarter, so that rows can be read"),
)
_FILTER = (
    ("word", "rows with this text in name, state, image, address and more"),
    ("!word", "rows without it"),
    ("key:value", " ".join([f"{key}:" for key in FILTER_KEYS])),
    ('"two words"', "a text with blanks"),
)


def key_lines(actions: Iterable[Action], width: int) -> list[Spans]:
    """Return every action with its keys, its command and what it does, by where it means something."""
    known = [action for action in actions if not action.reserved]
    lines: list[Spans] = []
    for scope, title in _TITLES.items():
        of_scope = [action for action in known if action.scope is scope]
        if not of_scope:
            continue
        lines += [(), ((title, "accent"),)] if lines else [((title, "accent"),)]
        for action in of_scope:
            lines += _action_lines(action, width)
    return lines


def _action_lines(action: Action, width: int) -> list[Spans]:
    """Return one action; its description is wrapped below itself."""
    command = f":{action.command}" if action.command else ""
    before = KEY_CELLS + COMMAND_CELLS
    first, *more = wrap(f"{action.name}: {action.description}", max(width - before, 20))
    head: Spans = ((f"  {action.labels:<{KEY_CELLS - 2}}", "accent"), (f"{command:<{COMMAND_CELLS}}", "dim"))
    name, text = action.name, first.removeprefix(action.name)
    if text == first:
        name, text = first, ""
    lines: list[Spans] = [(*head, (name, "warn" if action.changes else "normal"), (text, "dim"))]
    return lines + [((" " * before + line, "dim"),) for line in more]


def figure_lines(width: int) -> list[Spans]:
    """Return what the figures mean."""
    return _explained(_FIGURES, width)


def filter_lines(width: int) -> list[Spans]:
    """Return what may be typed into the filter."""
    return _explained(_FILTER, width)


def _explained(words: Iterable[tuple[str, str]], width: int) -> list[Spans]:
    return [
        line
        for word, text in words
        for line in wrapped(f"  {word:<{KEY_CELLS - 2}}", text, width, "dim", label="normal")
    ]
