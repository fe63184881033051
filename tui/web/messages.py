"""What a browser says to its session."""

from __future__ import annotations

import json

from tui.web.session import Session

MOST_BYTES = 256 * 1024
"""The largest message: a paste; anything longer ends the connection."""


async def pass_on(text: str, session: Session) -> list[str] | None:
    """Carry out one message; return the answer, None where there is none. What is not understood is left out."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, list) or not message:
        return None
    value = message[1] if len(message) > 1 else None
    match message[0]:
        case "resize" if isinstance(value, dict):
            await session.resize(value.get("width"), value.get("height"))
        case "ping" if isinstance(value, str):
            return ["pong", value[:32]]
        case _ if not session.is_started:
            return None
        case "stdin" if isinstance(value, str):
            await session.send_bytes(value.encode("utf-8", "replace"))
        case "focus":
            await session.focus()
        case "blur":
            await session.blur()
    return None
