"""The names of the panes with how much is in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tui.domain.host import HostView
from tui.domain.instance import Kind
from tui.present.panes import PaneSpec


class Tab(NamedTuple):
    """One name in the line of panes."""

    pane: str
    key: str
    text: str


def tabs(panes: Iterable[PaneSpec[Any]], view: HostView | None, keys: Mapping[str, str]) -> tuple[Tab, ...]:
    """Return the panes with their keys, and behind the title what each counts."""
    return tuple(Tab(pane.id, keys.get(pane.id, ""), pane.title + _count(pane, view)) for pane in panes)


def _count(pane: PaneSpec[Any], view: HostView | None) -> str:
    text = pane.count(view) if view is not None else ""
    return f" {text}" if text else ""


def guest_count(view: HostView) -> str:
    """Return how many guests run of how many there are."""
    return _running(view, Kind.GUEST)


def container_count(view: HostView) -> str:
    """Return how many containers run of how many there are."""
    return _running(view, Kind.CONTAINER)


def _running(view: HostView, kind: Kind) -> str:
    states = [item.instance.state for item in view.instances if item.instance.kind is kind]
    return f"{sum(state.is_active for state in states)}/{len(states)}"
