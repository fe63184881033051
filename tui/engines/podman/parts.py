"""Parts of one work that run side by side."""

import asyncio
from collections.abc import Awaitable


async def first_failure(*parts: Awaitable[None]) -> None:
    """Run parts that never end by themselves until one fails; raise what it raised."""
    futures = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
        for future in done:
            future.result()
    finally:
        for future in futures:
            future.cancel()
        await asyncio.gather(*futures, return_exceptions=True)
