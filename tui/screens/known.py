"""What a configuration may name; looked up only for what it does name, because that takes time at the start."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tui.config import Bindable, Known


def known(keys: Collection[str]) -> Known:
    """Return what there is of what a configuration with these keys has to be checked against."""
    return Known(
        actions=_actions() if "keys" in keys else (),
        columns=_columns() if "columns" in keys else None,
        themes=_themes() if "theme" in keys else None,
    )


def _actions() -> Sequence[Bindable]:
    from tui.actions import ACTIONS

    return ACTIONS


def _columns() -> Mapping[str, Collection[str]]:
    from tui.present.columns import Moment
    from tui.present.sparks import Sparks
    from tui.screens.panes import PANES

    moment = Moment(Sparks(lambda _key, _metric, _count: (), 1.0))
    return {pane.id: pane.column_names(moment) for pane in PANES}


def _themes() -> Collection[str]:
    from textual.theme import BUILTIN_THEMES

    from tui.screens.theme import HOSTDECK

    return {HOSTDECK.name, *BUILTIN_THEMES}
