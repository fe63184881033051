"""Text with its meaning."""

from __future__ import annotations

from collections.abc import Iterable

from widgets.live_table.model import Role

Span = tuple[str, Role]
Spans = tuple[Span, ...]


def plain(spans: Iterable[Span]) -> str:
    """Return the text of spans."""
    return "".join([text for text, _ in spans])
