"""Whether the service answers, as one status."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tui.domain.errors import EngineAbsent, EngineError, EngineRefused, EngineTimeout
from tui.domain.host import EngineState, EngineStatus


@dataclass
class Standing:
    """The state of one engine connection; `publish` is called with every change.

    Attributes:
        silent: what does not answer, to its sentence; empty when all is well.
    """

    id: str
    url: str
    user: str
    required: bool
    publish: Callable[[EngineStatus], None]
    abandoned: Callable[[], int]
    silent: dict[str, str] = field(default_factory=dict)
    _state: EngineState = EngineState.CONNECTING
    _message: str = ""
    _version: str = ""
    _answered: float | None = None
    _retry_at: float | None = None

    def connecting(self) -> None:
        """Note that a connection is tried; what was said about the last failure stays until it succeeds."""
        self._retry_at = None
        if self._state is EngineState.CONNECTING:
            self._publish()

    def ready(self, version: str) -> None:
        """Note that the service answered and was listed."""
        self._version = version or self._version
        self.silent.clear()
        self.answered()

    def answered(self, what: str = "") -> None:
        """Note an answer of `what` ("service", "list")."""
        self.silent.pop(what, None)
        if (
            not self.silent
        ):  # the age is that of the values on screen: a list that hangs ages them, whatever else answers
            self._answered = time.monotonic()
        self._settle()

    def missed(self, what: str, message: str) -> None:
        """Note that `what` did not answer, while the connection stands."""
        self.silent[what] = message
        self._settle()

    def _settle(self) -> None:
        self._state = EngineState.STALLED if self.silent else EngineState.READY
        self._message = " ".join(self.silent.values())
        self._retry_at = None
        self._publish()

    def away(self, error: EngineError, retry_in_seconds: float) -> None:
        """Note that there is no connection, and when it is tried again."""
        self._state = self._state_for(error)
        self._message = error.message
        self._retry_at = time.monotonic() + retry_in_seconds
        self._publish()

    def _state_for(self, error: EngineError) -> EngineState:
        if isinstance(error, EngineRefused):
            return EngineState.REFUSED
        if isinstance(error, EngineTimeout):
            return EngineState.STALLED
        if isinstance(error, EngineAbsent) and not self.required and self._answered is None:
            return EngineState.ABSENT
        return EngineState.LOST

    def _publish(self) -> None:
        self.publish(
            EngineStatus(
                id=self.id,
                kind="podman",
                url=self.url,
                state=self._state,
                user=self.user,
                message=self._message,
                version=self._version,
                required=self.required,
                answered_monotonic_seconds=self._answered,
                retry_at_monotonic_seconds=self._retry_at,
                abandoned_calls=self.abandoned(),
            )
        )
