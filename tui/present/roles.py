"""What a piece of text means, as the style of the theme that draws it outside of tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from widgets.live_table.model import Role

Span = tuple[str, Role]
Spans = tuple[Span, ...]

STYLES: Mapping[Role, str] = MappingProxyType(
    {
        "normal": "",
        "dim": "$text-muted",
        "warn": "$text-warning",
        "crit": "bold $text-error",
        "ok": "$text-success",
        "accent": "bold $text-accent",
    }
)
"""Style of a role, in the language of `textual.content.Content`."""


def plain(spans: Iterable[Span]) -> str:
    """Return the text of spans."""
    return "".join([text for text, _ in spans])
