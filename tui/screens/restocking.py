"""Forms are opened with what an engine keeps at that moment, however long ago a pane asked for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.domain.resource import ResourceKind, Stock
    from tui.screens.deck import Deck

ASK_SECONDS = 8.0
SAY_AFTER_SECONDS = 0.5


async def restocked(deck: Deck, engine: str, *kinds: ResourceKind) -> Stock | None:
    """Ask an engine what it keeps of some kinds; what was known before has to do where it does not answer in time.

    None where it never said anything; why not is said.
    """
    try:
        async with asyncio.timeout(ASK_SECONDS):
            asking = asyncio.ensure_future(deck.source.restock(kinds, (engine,)))
            await asyncio.wait({asking}, timeout=SAY_AFTER_SECONDS)
            if not asking.done():
                deck.say(f"Asking {engine} what it has ...")
            await asking
    except TimeoutError:
        deck.say(f"{engine} did not answer within {ASK_SECONDS:g} s: this is what was known before.", "warn")
    shelved = deck.source.shelf.get(engine)
    if shelved is not None and shelved.problem:
        deck.say(shelved.problem, "warn")
    return shelved.stock if shelved is not None else None
