"""Print, as JSON, what a user is told: the doctor's report, and how each engine answers one who wants to change things.

The doctor's own deadline is for machines that are not emulated.
"""

import asyncio
import json
import sys
from typing import Any

from tui.doctor import Machine, examine
from tui.domain.host import EngineState, HostView
from tui.domain.serialise import to_json
from tui.wiring import Wanted, make_source

PATIENCE_SECONDS = 120.0
UNSETTLED = {EngineState.CONNECTING, EngineState.STALLED, EngineState.LOST}


async def engines() -> Any:
    source = make_source(Wanted(interval_seconds=2.0))
    settled = asyncio.Event()

    def look(view: HostView) -> None:
        if not any(one.state in UNSETTLED for one in view.sources if one.required):
            settled.set()

    running = asyncio.ensure_future(source.run(look))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await settled.wait()
    except TimeoutError:
        pass  # what is known is printed, and judged there
    finally:
        running.cancel()
        await source.close()
    return to_json(source.view)["sources"] if source.view is not None else []


async def main() -> None:
    report = await examine(Machine(deadline=PATIENCE_SECONDS))
    told = {"doctor": report.to_json(), "text": report.to_text(), "engines": await engines()}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main())
