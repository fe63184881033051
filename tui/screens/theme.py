"""Colours: grey for what is normal, one quiet accent, yellow and red for what needs a person."""

from __future__ import annotations

from textual.theme import Theme

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
