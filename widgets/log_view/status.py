"""The line below a log: what is shown, what is not, and why."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from widgets.escape import escape_beyond_ascii, escape_controls


@dataclass(frozen=True)
class Status:
    """What there is to tell.

    Attributes:
        follow: The view sticks to the end.
        new: Lines that came after the last one seen.
        shown: Lines that pass the filter.
        kept: Lines there are.
        dropped: Oldest lines dropped for want of room.
        waiting: Lines that arrived and are not taken in yet.
        behind: Lines the filter has not looked at yet.
        shortened: Long lines of which only the beginning was looked at.
        span: What part of the log was asked for, a few words.
        include: The filter.
        exclude: The inverse filter.
        search: What is looked for.
        searched: How much was looked through, 0 to 1; None when no search runs.
        notice: A sentence for the person.
        is_error: Whether it tells of something that went wrong.
    """

    follow: bool = True
    new: int = 0
    shown: int = 0
    kept: int = 0
    dropped: int = 0
    waiting: int = 0
    behind: int = 0
    shortened: int = 0
    span: str = ""
    include: str = ""
    exclude: str = ""
    search: str = ""
    searched: float | None = None
    notice: str = ""
    is_error: bool = False


def status_parts(status: Status) -> list[tuple[str, str]]:
    """Return what is told, the most important first, each with a role: "", "error", "strong"."""
    parts: list[tuple[str, str]] = []
    if status.notice:
        parts.append((status.notice, "error" if status.is_error else "strong"))
    parts.append(("following", "") if status.follow else (_new(status.new), "strong" if status.new else ""))
    if status.dropped:
        parts.append((f"oldest {status.dropped:,} dropped", "strong"))
    if status.span:
        parts.append((status.span, ""))
    if status.include or status.exclude:
        parts.append((f"{status.shown:,} of {_lines(status.kept)}", ""))
    else:
        parts.append((_lines(status.kept), ""))
    parts += [(f"{word} {text}", "") for word, text in (("only", status.include), ("without", status.exclude)) if text]
    if status.search:
        parts.append((f"/{status.search}" + _percent(status.searched), ""))
    if status.behind:
        parts.append((f"filtering{_percent(1 - status.behind / max(1, status.kept))}", ""))
    if status.waiting:
        parts.append((f"{status.waiting:,} arriving", ""))
    if status.shortened:
        parts.append((f"{status.shortened:,} long looked at in part", ""))
    return parts


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def _new(count: int) -> str:
    return f"{count:,} new" if count else "not following"


def _percent(share: float | None) -> str:
    return "" if share is None else f" {int(max(0.0, share) * 100)}%"


class LogStatus(Static):
    """One line of text."""

    DEFAULT_CSS = """
    LogStatus { height: 1; color: $foreground 70%; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    _STYLES = {"error": "bold $text-error", "strong": "bold $foreground", "": ""}  # noqa: RUF012 -- never changed

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._told: object = None

    def show(self, status: Status, *, ascii_only: bool) -> None:
        """Tell it; draws only what is new."""
        escape = escape_beyond_ascii if ascii_only else escape_controls
        parts = [(escape(text), role) for text, role in status_parts(status)]
        if parts != self._told:
            self._told = parts
            between = Content("  ")
            self.update(between.join([Content.styled(text, self._STYLES[role]) for text, role in parts]), layout=False)
