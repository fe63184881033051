"""A line of a log, as it comes in and as it is kept."""

from __future__ import annotations

from typing import Literal, NamedTuple

Stream = Literal["stdout", "stderr"]

End = Literal["\n", "\r\n", "\r", ""]
"""What stood behind a line; "" when the line was cut for its length or its text ended there."""


class LogLine(NamedTuple):
    r"""A line that arrives.

    Attributes:
        source: Who wrote it, a name for a person.
        text: The line without its end, as received: nothing is decoded, stripped or replaced.
        utc_seconds: Seconds since 1970 it was written at; None when nobody knows.
        stream: Where it was written to.
        end: What stood behind it, for saving the same bytes.
    """

    source: str
    text: bytes | str
    utc_seconds: float | None = None
    stream: Stream = "stdout"
    end: End = "\n"


class StoredLine(NamedTuple):
    """A line that is kept.

    Attributes:
        number: Its place, counted from the first line ever stored; numbers never change and never come back.
        source: Who wrote it.
        text: The bytes as received.
        utc_seconds: Seconds since 1970; None when nobody knows.
        stream: Where it was written to.
        end: What stood behind it.
    """

    number: int
    source: str
    text: bytes
    utc_seconds: float | None
    stream: Stream
    end: End


def to_bytes(text: bytes | str) -> bytes:
    """Return text as UTF-8; lone surrogates become the bytes they stand for where they stand for one."""
    if isinstance(text, bytes):
        return text
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")


def to_text(raw: bytes) -> str:
    r"""Return bytes as text; what is not UTF-8 is spelled `\xff`."""
    return raw.decode("utf-8", "backslashreplace")


def cut_place(raw: bytes | bytearray, limit: int) -> int:
    """Return where to cut bytes longer than `limit`: there, or just before a character that would be halved."""
    for back in range(4):
        place = limit - back
        if place > 0 and raw[place] & 0xC0 != 0x80:  # not a continuation byte of UTF-8
            return place
    return limit
