"""What may be asked of an engine, and what came of it."""

from dataclasses import dataclass
from enum import StrEnum

from tui.domain.identity import InstanceId


class Verb(StrEnum):
    """Every change that hostdeck can make to an instance."""

    START = "start"
    STOP = "stop"  # graceful
    KILL = "kill"  # force off
    RESTART = "restart"  # graceful reboot of a guest; stop and start of a container
    RESET = "reset"  # the reset button of a guest
    PAUSE = "pause"
    RESUME = "resume"
    DELETE = "delete"  # a container, or a guest's definition; disks stay
    AUTOSTART_ON = "autostart-on"
    AUTOSTART_OFF = "autostart-off"


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """One verb on one instance.

    Attributes:
        timeout_seconds: STOP and RESTART: how long the instance may take before it counts as not obeying; Podman kills
            after it.
        remove_nvram: DELETE of a guest: also the firmware's variables, only when asked.
    """

    verb: Verb
    target: InstanceId
    timeout_seconds: float = 10.0
    remove_nvram: bool = False


class Result(StrEnum):
    """How an action ended."""

    DONE = "done"
    REQUESTED = "requested"  # the guest was asked; whether it obeys shows in its state
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # past its deadline; looked up again, never repeated
    CANCELLED = "cancelled"  # a person ended it; nothing half-made is left


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """What came of a request; `message` is a sentence for a person, empty when done."""

    request: ActionRequest
    result: Result
    message: str = ""
