"""Who is told of problems, and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from tui.domain.host import Severity

Desktop = Literal["off", "osc9", "osc777"]


def _no_headers() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """Who is told of problems, and how; the address and the headers may hold secrets and are never shown whole.

    Attributes:
        severity: the least that is told.
        bell: ring the terminal's bell.
        desktop: how to ask the terminal for a notification on the desktop.
        title: keep the count of problems in the terminal's title.
        webhook: address that JSON is sent to; empty for none.
        webhook_headers: sent with it.
        command: program and its arguments; () for none.
        at_most_per_hour: messages by webhook and by command.
        repeat_minutes: tell again of what nobody handled; 0 tells once.
        cleared: tell, too, that a problem is over.
    """

    severity: Severity = Severity.CRITICAL
    bell: bool = False
    desktop: Desktop = "off"
    title: bool = False
    webhook: str = field(default="", repr=False)
    webhook_headers: Mapping[str, str] = field(default_factory=_no_headers, repr=False)
    command: tuple[str, ...] = ()
    at_most_per_hour: int = 20
    repeat_minutes: int = 0
    cleared: bool = True

    @property
    def tells_others(self) -> bool:
        """Tell whether anything leaves this terminal."""
        return bool(self.webhook or self.command)

    @property
    def webhook_shown(self) -> str:
        """Return the address without what may be secret in it: its path, its user and its password."""
        if not self.webhook:
            return ""
        parts = urlsplit(self.webhook)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}"
