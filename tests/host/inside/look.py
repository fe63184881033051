"""Print what `hostdeck snapshot --json` prints, with patience for a slow machine: `look.py INTERVAL HOOK URI...`.

HOOK is a bash script that runs once every engine answers; the view that is printed is that of the third tick after it.
"""

import asyncio
import subprocess
import sys

from tui.domain.host import EngineState, HostView
from tui.sampling.live import LiveSource
from tui.snapshot import to_json_text
from tui.wiring import Wanted, make_source

PATIENCE_SECONDS = 240.0
TICKS = 3


class Look:
    """Hands views on."""

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self.view: HostView | None = None
        self._news = asyncio.Event()

    def publish(self, view: HostView) -> None:
        self.source.attend(item.key for item in view.instances)
        self.view = view
        self._news.set()

    async def next(self) -> HostView:
        self._news.clear()
        await self._news.wait()
        assert self.view is not None
        return self.view


async def main(interval: float, hook: str, uris: list[str]) -> None:
    source = make_source(Wanted(connect=uris, read_only=True, interval_seconds=interval))
    look = Look(source)
    running = asyncio.ensure_future(source.run(look.publish))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while any(one.state is not EngineState.READY for one in (await look.next()).sources):
                pass
            await asyncio.to_thread(subprocess.run, ["bash", hook], check=True)
            tick = (await look.next()).tick
            while (view := await look.next()).tick < tick + TICKS:
                pass
    finally:
        sys.stderr.write(f"{look.view and look.view.sources}\n")
        running.cancel()
        await source.close()
    sys.stdout.write(to_json_text(view))


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2], sys.argv[3:]))
