"""Ages in words and long sentences in lines: what is read, not compared."""

from __future__ import annotations

from textwrap import wrap

from tui.present.roles import Spans
from widgets.escape import escape_controls
from widgets.live_table.model import Role


def ago(seconds: float) -> str:
    """Return an age: `just now`, `4 minutes ago`, `3 days ago`; steady for a minute at least."""
    if seconds < 60:
        return "just now"
    import humanize  # it takes time to load, and the first screen has no ages

    return humanize.naturaltime(seconds)


def span(seconds: float) -> str:
    """Return how long something has lasted, in its two largest units: `3 days and 4 hours`."""
    if seconds < 60:
        return "less than a minute"
    import humanize  # the same

    whole = int(seconds)
    if whole >= 86_400:
        whole -= whole % 3600  # minutes do not matter any more
    return humanize.precisedelta(whole, minimum_unit="minutes", format="%d", suppress=["months", "years"])


def wrapped(word: str, text: str, width: int, role: Role = "normal", *, label: Role = "dim") -> list[Spans]:
    """Return a text in as many lines as it needs, indented behind the word that names it."""
    room = max(width - len(word), 20)
    lines = wrap(escape_controls(text.replace("\n", " ")), room, break_on_hyphens=False) or [""]
    return [((word if not number else " " * len(word), label), (line, role)) for number, line in enumerate(lines)]
