"""What a log view tells its screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from widgets.log_view.view import LogView


class LogMessage(Message, bubble=True):
    """Base of all messages of a log view.

    Attributes:
        view: The view that sent it.
    """

    def __init__(self, view: Widget) -> None:
        super().__init__()
        self.view = cast("LogView", view)

    @property
    def control(self) -> LogView:
        """The view, for `@on(..., selector)`."""
        return self.view


class FollowChanged(LogMessage, namespace="log_view"):
    """The view sticks to the end from now on, or no longer does."""

    def __init__(self, view: Widget, *, follow: bool) -> None:
        super().__init__(view)
        self.follow = follow


class Saved(LogMessage, namespace="log_view"):
    """Lines were written to a file."""

    def __init__(self, view: Widget, path: Path, lines: int) -> None:
        super().__init__(view)
        self.path = path
        self.lines = lines
