"""Start a guest so that a console misses nothing; blocks."""

import contextlib
from functools import partial
from typing import Any

from tui.domain.errors import EngineError
from tui.domain.identity import InstanceId
from tui.engines.libvirt.late import LateCall
from tui.engines.libvirt.spare import SpareLink

START_DEADLINE, RESUME_DEADLINE = 60.0, 15.0


async def start_paused(acting: SpareLink, target: InstanceId) -> None:
    """Start a guest that does not yet run a single instruction; should it take too long, it is resumed when it is up.

    Raises:
        EngineError: with its sentence.
    """
    link = await acting.ready()

    def resume_late(_started: object) -> None:
        with contextlib.suppress(EngineError):  # nobody waits any more
            link.run(partial(_resume, uuid=target.local))

    call = LateCall(lambda: link.run(partial(_start, uuid=target.local)), dispose=resume_late)
    await call.on(acting.lane, deadline=START_DEADLINE)


async def resume(acting: SpareLink, target: InstanceId) -> None:
    """Let it run.

    Raises:
        EngineError: it stays paused.
    """
    try:
        await acting.call(partial(_resume, uuid=target.local), deadline=RESUME_DEADLINE)
    except EngineError as error:
        message = f"The guest was started, but it stays paused until it is resumed: {error.message}"
        raise EngineError("still paused", message) from error


def _start(libvirt: Any, connection: Any, *, uuid: str) -> None:
    connection.lookupByUUIDString(uuid).createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)


def _resume(_libvirt: Any, connection: Any, *, uuid: str) -> None:
    connection.lookupByUUIDString(uuid).resume()
