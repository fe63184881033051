"""What can be made from the panes of guests and containers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from tui.domain.resource import ResourceId, ResourceKind
from tui.present.images.line import StockLine
from tui.screens import image_forms, storage_forms
from tui.screens.operating import Offer, show_menu
from tui.screens.restocking import restocked

if TYPE_CHECKING:
    from tui.domain.image import ContainerImage
    from tui.screens.deck import Deck

PULL = ""


def show_new(deck: Deck, near: str = "") -> None:
    """List what can be made.

    Args:
        near: engine of what is under the cursor; it comes first.
    """
    show_menu(deck, "New", offers_of_new(deck, near))


def offers_of_new(deck: Deck, near: str = "") -> list[Offer]:
    """Return guests and containers for each engine, then everything else."""
    guests = deck.source.resource_engines(ResourceKind.POOL)
    podmans = deck.source.resource_engines(ResourceKind.IMAGE)
    found = [
        *_each(guests, "guest", "g", near, lambda engine: partial(new_guest, deck, engine)),
        *_each(podmans, "container", "c", near, lambda engine: partial(new_container, deck, engine)),
    ]
    found.sort(key=lambda item: item[0] != near)
    offers = [offer for _, offer in found]
    if guests or podmans:
        offers += [
            Offer("image, volume, disk or pool ...", lambda: _new_stock(deck, near), "i"),
            Offer("network ...", lambda: _new_network(deck), "n"),
        ]
    return offers


def _each(
    engines: tuple[str, ...], word: str, key: str, near: str, begin: Callable[[str], Callable[[], Awaitable[None]]]
) -> list[tuple[str, Offer]]:
    """Return an offer for each engine; the letter goes to that under the cursor, else to the first."""
    lettered = near if near in engines else engines[0] if engines else ""
    return [
        (engine, Offer(f"{word}  ({engine})" if len(engines) > 1 else word, begin(engine),
                       key if engine == lettered else ""))
        for engine in engines
    ]  # fmt: skip


async def new_guest(deck: Deck, engine: str) -> None:
    """Ask for a new guest, with the pools and disks there are now."""
    await restocked(deck, engine, ResourceKind.POOL, ResourceKind.DISK)
    storage_forms.create_guest(deck, engine)


async def new_container(deck: Deck, engine: str) -> None:
    """Ask from which image to run a container, then for the rest."""
    from widgets.choose import Choice, Choose

    stock = await restocked(deck, engine, ResourceKind.IMAGE, ResourceKind.NETWORK)
    named = [image for image in (stock.images if stock is not None else ()) if image.names]
    images = {image.id: image for image in sorted(named, key=lambda one: one.names[0])}
    choices = [Choice(image.id, image.names[0]) for image in images.values()]
    choices.append(Choice(PULL, "another one: pull it first"))

    def chosen(identifier: str | None) -> None:
        if identifier == PULL:
            image_forms.pull(deck, engine)
        elif identifier is not None:
            image_forms.run(deck, _line(deck, engine, images[identifier]))

    deck.push_screen(Choose(f"Run a container from which image?  ({engine})", choices), chosen)


def _line(deck: Deck, engine: str, image: ContainerImage) -> StockLine:
    target: ResourceId = image_forms.place(deck, engine, ResourceKind.IMAGE, image.id)
    return StockLine(target.text, engine, target=target, image=image)


async def _new_stock(deck: Deck, near: str) -> None:
    from tui.screens import image_pane

    for engine in deck.source.resource_engines(ResourceKind.POOL):
        await restocked(deck, engine, ResourceKind.POOL)
    show_menu(deck, "New", image_pane.offers_of_new(deck, StockLine("", near) if near else None))


def _new_network(deck: Deck) -> None:
    from tui.screens import network_forms

    show_menu(deck, "New network", network_forms.offers_of_new(deck))
