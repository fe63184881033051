"""Colours: grey for what is normal, one quiet accent, yellow and red for what needs a person."""

from __future__ import annotations

from collections.abc import Iterable
from os import environ

from textual.app import App
from textual.theme import Theme

from tui.config import Config

HOSTDECK = Theme(
    name="hostdeck",
    primary="#4a6f8f",
    secondary="#5f7a8a",
    accent="#7fb4d6",
    warning="#d7a54a",
    error="#ef6b6b",
    success="#7fb27f",
    foreground="#d3d7db",
    background="#15181b",
    surface="#1c2024",
    panel="#242a30",
    dark=True,
)
"""The theme to begin with."""

SIXTEEN_COLOURS = "ansi-dark"
"""The theme to begin with where a terminal has no more than the sixteen."""


def first_theme(app: App[None], wanted: Iterable[str]) -> str:
    """Return the first of the wanted themes that there is, else the one that this terminal can show."""
    for name in wanted:
        if name in app.available_themes:
            return name
    return SIXTEEN_COLOURS if app.console.color_system == "standard" else HOSTDECK.name


def wants_ascii(config: Config, encoding: str) -> bool:
    """Tell whether to draw with ASCII signs only: asked for, or the terminal could not draw others."""
    if config.ascii_only != "auto":
        return config.ascii_only
    return "utf" not in encoding.lower() or environ.get("TERM", "") in {"linux", "vt100", "vt220", "dumb"}
