"""Print, as JSON, what the timeline tells while daemons are restarted: `happen.py SECONDS`.

Without permission for anything, what it lacks is printed as well.
"""

import asyncio
import json
import sys
from typing import Any

from tui.domain.host import HostUsage, HostView, Ledger
from tui.domain.timeline import TimelineEntry
from tui.engines.kernel import DaemonWatch, KernelWatch
from tui.engines.watching import Watch

NOBODY = HostView("host", "host", 0.0, 0.0, 1, HostUsage(cores=1), Ledger(1, 0.0, 0, 0, 0, 0, 0))
"""A view without instances: whose process it was is not looked at here."""


def closed() -> int:
    """Stand for a message buffer that may not be read, so that the journal is."""
    raise PermissionError


async def watched(watch: Watch, seconds: float) -> list[dict[str, Any]]:
    entries: list[TimelineEntry] = []
    task = asyncio.ensure_future(watch.run(entries.append, lambda: NOBODY))
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return [{"what": one.what, "name": one.name, "utc": one.utc_seconds, "detail": one.detail} for one in entries]


async def main() -> None:
    seconds = float(sys.argv[1])
    kernel, journal, daemons = KernelWatch(), KernelWatch(open_messages=closed), DaemonWatch()
    told = await asyncio.gather(*(watched(watch, seconds) for watch in (kernel, journal, daemons)))
    names = ("kernel", "journal", "daemons")
    sys.stdout.write(json.dumps({**dict(zip(names, told, strict=True)), "gap": kernel.gap}))


if __name__ == "__main__":
    asyncio.run(main())
