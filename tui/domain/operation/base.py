"""A change of something other than an instance's power: what is asked, what it would touch, how it goes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from tui.domain.action import Result
from tui.domain.identity import InstanceId
from tui.domain.resource import ResourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One change asked of one engine.

    Attributes:
        target: what it is about; where something new is made, the place with an empty `local` for a resource.
        verb: the audit file's word.
        title: what a person reads: "pull an image".
        destroys: something is lost that cannot be had back.
        label: what people call the target, where the engine's own name is an id; empty where it is not.
    """

    verb: ClassVar[str] = ""
    title: ClassVar[str] = ""
    destroys: ClassVar[bool] = False

    target: ResourceId | InstanceId
    label: str = ""

    @property
    def instance_target(self) -> InstanceId:
        """Return the form in which jobs and the audit file name the target."""
        return self.target.as_target if isinstance(self.target, ResourceId) else self.target

    @property
    def subject(self) -> str:
        """Return the name to show: of what is changed, or of what is made."""
        return self.label or self.target.local


@dataclass(frozen=True, slots=True)
class ProgressPart:
    """One of several things that go on at once: a layer of an image."""

    name: str
    done: float = 0.0
    total: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an operation is.

    Attributes:
        done: bytes done; None where it is not told: then `text` is all there is.
        total: bytes in all; None where it is not known.
        text: what is being done now, as the engine says it.
    """

    done: float | None = None
    total: float | None = None
    text: str = ""
    parts: tuple[ProgressPart, ...] = ()

    @property
    def percent(self) -> float | None:
        """Return 0 to 100, None where it is not known."""
        if self.done is None or not self.total:
            return None
        return min(100.0, 100.0 * self.done / self.total)


ProgressSink = Callable[[Progress], None]
"""Takes each new state; called on the event loop's thread, returns at once."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an operation would do, asked before it is done; nothing is changed by asking.

    Attributes:
        refusal: why it cannot be done, a sentence; empty when it can.
        objects: what would be changed, removed or made, each on a line.
        users: who uses it or loses something, each on a line ("guest web, running: loses its network").
        warnings: what a person must know before ("What was written since is lost").
        frees_bytes: what a removal gives back; None where it is not known.
        needs_bytes: what it takes; None where it is not known.
        document: what would be defined, whole, as XML or text; empty when there is none.
        language: of the document: "xml", "json", "yaml" or "".
        diff: a unified diff of a document that would change; empty when there is none.
    """

    refusal: str = ""
    objects: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    frees_bytes: int | None = None
    needs_bytes: int | None = None
    document: str = ""
    language: str = ""
    diff: str = ""


@dataclass(frozen=True, slots=True)
class OperationOutcome:
    """What came of an operation.

    Attributes:
        result: DONE, FAILED, REFUSED or UNKNOWN.
        message: a sentence for a person; when done, what is worth telling ("12 images, 3.4 GB freed") or empty.
        made: what exists now that did not before; None when nothing does.
    """

    operation: Operation
    result: Result
    message: str = ""
    made: ResourceId | InstanceId | None = None
