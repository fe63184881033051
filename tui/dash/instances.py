"""All guests or all containers at a glance: those with problems first, then the busiest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tui.dash.blocks import beside, line, more, shares
from tui.dash.consumers import is_shown
from tui.domain.host import HostView, InstanceView, Problem, Severity
from tui.domain.instance import Kind
from tui.present import figures
from tui.present.roles import Spans
from tui.present.state import ROLES, SIGNS, state_word
from widgets.fit import fit
from widgets.live_table.model import Role

LEAST_CELLS = 38
MOST_CELLS = 72
"""The widest column: a figure far from its name is read with another one's."""

_FIGURES = "  cores   mem"
_WORDS = {Kind.GUEST: "guests", Kind.CONTAINER: "containers"}


def instance_block(view: HostView, kind: Kind, width: int, height: int, *, ascii_only: bool = False) -> list[Spans]:
    """Return a line of counts and all instances of a kind in as many columns as have room."""
    items = [item for item in view.instances if item.instance.kind is kind and is_shown(item.instance)]
    lines = [_counts(items, kind)]
    room = height - len(lines) - 1
    if not items or room <= 0:
        return lines[:height]
    columns = max(1, (width + 2) // (LEAST_CELLS + 2))
    columns = min(columns, -(-len(items) // room)) or 1
    worst = _worst(view)
    ordered = sorted(items, key=lambda item: _rank(item, worst))
    left_out = max(0, len(ordered) - columns * room)
    if left_out:
        ordered = ordered[: columns * room - 1]
        left_out = len(items) - len(ordered)
    widths = [min(MOST_CELLS, cells) for cells in shares(width, columns, 2)]
    blocks: list[list[Spans]] = []
    for place, cells in enumerate(widths):
        part = ordered[place * room : (place + 1) * room]
        if part or left_out:
            blocks.append(
                [_heading(cells), *(_line(item, worst.get(item.key), cells, ascii_only=ascii_only) for item in part)]
            )
    if left_out:
        blocks[-1].append(more(left_out, ascii_only=ascii_only))
    return lines + beside(blocks, widths[: len(blocks)], gap="  ", ascii_only=ascii_only)


def _worst(view: HostView) -> dict[str, Problem]:
    """Return the most urgent problem of each subject; the view has the urgent ones first."""
    found: dict[str, Problem] = {}
    for problem in view.problems:
        found.setdefault(problem.subject, problem)
    return found


def _rank(item: InstanceView, worst: dict[str, Problem]) -> tuple[int, bool, float, str]:
    problem = worst.get(item.key)
    trouble = 2 if problem is None else 0 if problem.severity is Severity.CRITICAL else 1
    return (trouble, not item.instance.state.is_active, -(item.usage.cpu.cores_used or 0.0), item.instance.name)


def _counts(items: Sequence[InstanceView], kind: Kind) -> Spans:
    word = _WORDS[kind]
    if not items:
        return line(f" no {word}", "dim")
    states = Counter(item.instance.state.value for item in items)
    told = "   ".join(f"{count} {state}" for state, count in states.most_common())
    return ((f" {len(items)} {word}   ", "accent"), (told, "normal"))


def _heading(width: int) -> Spans:
    room = width - len(_FIGURES)
    name = room * 3 // 5
    return ((fit("  NAME", name), "dim"), (fit("STATE", room - name), "dim"), (_FIGURES, "dim"))


def _line(item: InstanceView, problem: Problem | None, width: int, *, ascii_only: bool) -> Spans:
    room = width - len(_FIGURES)
    name = room * 3 // 5
    role: Role = (
        ROLES[problem.severity] if problem is not None else "normal" if item.instance.state.is_active else "dim"
    )
    sign = SIGNS[problem.severity] if problem is not None else " "
    cores = figures.cores(item.usage.cpu.cores_used)
    memory = figures.size(item.usage.memory.working_set_bytes)
    return (
        (fit(f"{sign} {item.instance.name}", name - 1, ascii_only=ascii_only) + " ", role),
        (fit(state_word(item.instance), room - name, ascii_only=ascii_only), role),
        (f"  {cores:>5}  {memory:>4}", "normal" if item.instance.state.is_active else "dim"),
    )
