"""How one kind of change is written: three functions and a reason against it.

A module has a table `HANDLERS: dict[type[Operation], Handler[Any]]`; `keeper.HANDLERS` merges all of them, and the
keeper turns what the functions raise into outcomes:

    ActionRefused                 -> REFUSED, with its message
    failures.OutcomeUnknown       -> UNKNOWN: `Surroundings.change` raises it when a call had begun and did not answer
    any other EngineError         -> FAILED
    asyncio.CancelledError        -> goes on up, after `operate` has put everything back

Functions that talk to libvirt are plain ones, `function(libvirt, connection)`, run on a lane by `Surroundings.ask`, or
by `change` when they change something; they raise libvirt's own errors, or ours, and return nothing that holds a
libvirt object. What may take long or hang gets a connection of its own: `async with around.line("clone web") as line`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tui.domain.action import Result
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.resource import ResourceId
from tui.engines.libvirt.resources.around import Surroundings

OperationT = TypeVar("OperationT", bound=Operation)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an operation that did not fail; fields as in `OperationOutcome`."""

    message: str = ""
    made: ResourceId | InstanceId | None = None
    result: Result = Result.DONE


def always(_around: Surroundings) -> str:
    """Find nothing against it."""
    return ""


@dataclass(frozen=True, slots=True)
class Handler(Generic[OperationT]):
    """One kind of change.

    Attributes:
        preview: changes nothing; "no" is `Preview.refusal`.
        operate: re-checks what could have changed since the preview, and raises an EngineError with its sentence; on
            cancellation it removes what is half made, then lets the cancellation go on.
        words: of the command line that does the same, each one unquoted; shown only.
        supports: why this libvirt cannot do it; "" when it can.
    """

    preview: Callable[[Surroundings, OperationT], Awaitable[Preview]]
    operate: Callable[[Surroundings, OperationT, ProgressSink], Awaitable[Done]]
    words: Callable[[Surroundings, OperationT], Sequence[str]]
    supports: Callable[[Surroundings], str] = always
