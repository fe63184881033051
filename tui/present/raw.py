"""A raw document as lines."""

from __future__ import annotations

import json

from tui.domain.event import Document


def document_lines(document: Document) -> list[str]:
    """Return the lines of a document; JSON that came in one line is set out."""
    text = document.text
    if document.language == "json":
        try:
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except ValueError:
            text = document.text
    return text.replace("\t", "    ").splitlines()
