"""The names of the panes with how much is in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tui.domain.host import HostView
from tui.domain.instance import Kind
from tui.present.columns import CONTAINERS, GUESTS, OVERVIEW

PANES = (OVERVIEW, GUESTS, CONTAINERS)
_TITLES = {OVERVIEW: "Overview", GUESTS: "Guests", CONTAINERS: "Containers"}
_KINDS = {GUESTS: Kind.GUEST, CONTAINERS: Kind.CONTAINER}


class Tab(NamedTuple):
    """One name in the line of panes."""

    pane: str
    key: str
    text: str


def tabs(view: HostView | None, keys: Mapping[str, str]) -> tuple[Tab, ...]:
    """Return the panes; guests and containers with how many run of how many there are."""
    return tuple(Tab(pane, keys.get(pane, ""), _TITLES[pane] + _counts(pane, view)) for pane in PANES)


def _counts(pane: str, view: HostView | None) -> str:
    kind = _KINDS.get(pane)
    if kind is None or view is None:
        return ""
    states = [item.instance.state for item in view.instances if item.instance.kind is kind]
    return f" {sum(state.is_active for state in states)}/{len(states)}"
