"""The raw description of a container or pod for reading, secrets masked."""

import json
from typing import Any

from tui.domain.secrets import masked_document


def readable(document: Any) -> str:
    """Return a document as indented JSON, with masks for values whose names look like secrets."""
    return json.dumps(masked_document(document), indent=2, ensure_ascii=False)
