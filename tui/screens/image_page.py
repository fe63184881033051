"""All about one image, volume, pool or disk, asked for anew while it is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.resource import ResourceKind
from tui.engines.resources import DescribesGuests, DescribesImages
from tui.present.images.facts import disk_facts, image_facts, pool_facts, volume_facts
from tui.present.images.line import StockLine
from tui.present.images.lister import StockLister

if TYPE_CHECKING:
    from tui.present.roles import Spans
    from tui.screens.deck import Deck

RENEW_SECONDS = 5.0
GUEST_KINDS = frozenset({ResourceKind.POOL, ResourceKind.DISK})


@dataclass
class StockPage:
    """Asks for all about one line.

    Attributes:
        line: as it was when it was asked for last.
        shows_secrets: what looks secret is shown as it is.
        is_known: its engine still has it.
    """

    deck: Deck
    line: StockLine
    shows_secrets: bool = False
    is_known: bool = True
    _times: int = 0

    def turn_secrets(self) -> None:
        """Show values that look secret, or hide them again."""
        self.shows_secrets = not self.shows_secrets
        reload = getattr(self.deck.screen, "reload", None)
        if reload is not None:
            reload()

    async def load(self, width: int) -> Sequence[Spans]:
        """Return the lines of the page.

        Raises:
            EngineError: with its sentence.
        """
        await self._renew()
        if not self.is_known:
            return [(("It is gone.", "warn"),)]
        line = self.line
        assert line.target is not None  # noqa: S101 - pages are opened for lines that have one
        keeper = self.deck.source.keeper(line.engine)
        if line.image is not None and isinstance(keeper, DescribesImages):
            details = await keeper.image_details(line.target)
            return image_facts(line, details, width, shows_secrets=self.shows_secrets)
        if line.disk is not None and isinstance(keeper, DescribesGuests):
            return disk_facts(await keeper.disk_details(line.target), width)
        if line.pool is not None:
            return pool_facts(line, line.pool, width, ascii_only=self.deck.ascii_only)
        return volume_facts(line, width)

    async def _renew(self) -> None:
        """Find the line as it is now; the engine is asked from the second time on, and not waited for when it hangs."""
        source, view = self.deck.source, self.deck.view
        if self.line.target is not None and self._times:
            kind = self.line.target.kind
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_SECONDS):
                    await source.restock(GUEST_KINDS if kind in GUEST_KINDS else {kind}, [self.line.engine])
        self._times += 1
        lister = StockLister()
        lister.look(source)
        rows = lister.rows(view) if view is not None else []
        found = next((row.data for row in rows if row.key == self.line.key), None)
        self.is_known = found is not None
        self.line = found or self.line
