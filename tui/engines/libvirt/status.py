"""How an engine is doing, told only when it changes."""

import random
import time
from dataclasses import replace

from tui.domain.errors import EngineAbsent, EngineError, EngineRefused, EngineTimeout
from tui.domain.host import EngineState, EngineStatus, PoolFill
from tui.engines.base import EngineSink

LONGEST_DELAY_SECONDS = 30.0


def retry_delay(failures: int) -> float:
    """Return the seconds before the next try: 1, 2, 4 ... 30, spread so that many hostdecks do not knock together."""
    delay = min(LONGEST_DELAY_SECONDS, 2.0 ** max(0, failures - 1))
    return min(LONGEST_DELAY_SECONDS, delay * random.uniform(0.9, 1.1))  # noqa: S311 - not for secrecy


class StatusBoard:
    """The one status of an engine."""

    def __init__(self, status: EngineStatus) -> None:
        self.status = status
        self._sink: EngineSink | None = None
        self._was_ready = False

    def attach(self, sink: EngineSink) -> None:
        """Tell changes to `sink` from now on."""
        self._sink = sink

    @property
    def is_ready(self) -> bool:
        """Tell whether the engine answers."""
        return self.status.state is EngineState.READY

    def connecting(self) -> None:
        """Note the first try."""
        self._put(state=EngineState.CONNECTING)

    def answered(self, *, version: str, abandoned: int) -> None:
        """Note an answer: it is ready."""
        self._was_ready = True
        self._put(
            state=EngineState.READY,
            message="",
            version=version,
            answered_monotonic_seconds=time.monotonic(),
            retry_at_monotonic_seconds=None,
            abandoned_calls=abandoned,
        )

    def stalled(self, message: str, *, retry_in: float, abandoned: int) -> None:
        """Note that it is connected but does not answer."""
        self._waiting(EngineState.STALLED, message, retry_in, abandoned)

    def failed(self, error: EngineError, *, retry_in: float, abandoned: int) -> None:
        """Note that it cannot be connected."""
        self._waiting(self._state_for(error), error.message, retry_in, abandoned)

    def fills(self, pools: tuple[PoolFill, ...]) -> None:
        """Note how full storage pools are."""
        if pools != self.status.pools:
            self._put(pools=pools)

    def _waiting(self, state: EngineState, message: str, retry_in: float, abandoned: int) -> None:
        at = time.monotonic() + retry_in
        self._put(state=state, message=message, retry_at_monotonic_seconds=at, abandoned_calls=abandoned)

    def _state_for(self, error: EngineError) -> EngineState:
        if isinstance(error, EngineTimeout):
            return EngineState.STALLED
        if isinstance(error, EngineRefused):
            return EngineState.REFUSED
        if isinstance(error, EngineAbsent) and not self._was_ready:
            return EngineState.ABSENT
        return EngineState.LOST

    def _put(self, **changes: object) -> None:
        self.status = replace(self.status, **changes)  # type: ignore[arg-type]  # names and types stand above
        if self._sink is not None:
            self._sink.put_status(self.status)
