"""Print what `hostdeck snapshot --json` prints, with patience for a slow machine: `look.py INTERVAL URI...`."""

import asyncio
import sys

from tui import snapshot
from tui.wiring import Wanted, make_source

PATIENCE_SECONDS = 150.0


async def main(interval: float, uris: list[str]) -> None:
    source = make_source(Wanted(connect=uris, read_only=True, interval_seconds=interval))
    try:
        view = await snapshot.take(source, interval, PATIENCE_SECONDS)
    finally:
        await source.close()
    sys.stdout.write(snapshot.to_json_text(view))


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2:]))
