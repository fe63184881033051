"""What the application tells its screens."""

from __future__ import annotations

from textual.message import Message

from tui.domain.host import HostView


class HostSampled(Message, bubble=False):
    """A new moment of the host is there; a newer one stands for an older one that still waits."""

    def __init__(self, view: HostView) -> None:
        super().__init__()
        self.view = view

    def can_replace(self, message: Message) -> bool:
        """Let a newer moment stand for an older one."""
        return isinstance(message, HostSampled)
