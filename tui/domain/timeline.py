"""One line of time for all that happened on a host."""

from dataclasses import dataclass
from enum import StrEnum

from tui.domain.host import Severity


class EntryKind(StrEnum):
    """Where an entry comes from."""

    EVENT = "event"  # an engine told it
    STATE = "state"  # an instance has another state than before
    RAISED = "raised"  # a problem began
    CLEARED = "cleared"  # a problem is over
    HANDLED = "handled"  # a person acknowledged, silenced or noted a problem
    ACTION = "action"  # hostdeck changed something
    KERNEL = "kernel"  # the kernel or the journal told it: killed for memory, disk errors
    DAEMON = "daemon"  # an engine came or went
    RECORDER = "recorder"  # the recorder began, ended or could not write


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """Something that happened.

    Attributes:
        utc_seconds: by the clock of who told it, else when it was seen.
        what: a short word in the past tense ("started", "killed", "raised").
        subject: row key of the instance, an engine's id, or "" for the host.
        lasting: text of the subject's `StableKey`, an engine's id, or "" for the host.
        name: what to show for the subject.
        subject_kind: "guest", "container", "engine" or "host".
        engine: id of the engine; empty for the host.
        detail: more, in words; may be empty.
        severity: of a problem, and of what the kernel or the journal tells of; else None.
        rule: of a problem, else empty.
        who: login name of the person who acted; empty when nobody did.
        command: the equivalent command line of an action; empty otherwise.
    """

    utc_seconds: float
    kind: EntryKind
    what: str
    subject: str = ""
    lasting: str = ""
    name: str = ""
    subject_kind: str = "host"
    engine: str = ""
    detail: str = ""
    severity: Severity | None = None
    rule: str = ""
    who: str = ""
    command: str = ""
