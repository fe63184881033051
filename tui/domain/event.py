"""Something that happened, as an engine told it."""

from dataclasses import dataclass

from tui.domain.identity import InstanceId


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an instance's history.

    Attributes:
        utc_seconds: when it happened by the engine's clock where it tells, else when it was received.
        subject: the instance, None for the engine itself.
        what: a short word in the past tense ("started", "died", "paused").
        detail: more, in words ("exit 137", "I/O error"); may be empty.
    """

    utc_seconds: float
    engine: str
    subject: InstanceId | None
    name: str
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The raw description of an instance, `language` "xml" or "json"."""

    text: str
    language: str
