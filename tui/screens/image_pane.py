"""What the keys do in the pane of images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.domain.operation.images import (
    PruneContainerVolumes,
    PruneImages,
    RemoveContainerVolume,
    RemoveImage,
)
from tui.domain.operation.storage import (
    DeleteDisk,
    RefreshPool,
    RemovePool,
    SetPoolAutostart,
    StartPool,
    StopPool,
)
from tui.domain.resource import ResourceKind
from tui.present.images.line import StockLine
from tui.screens import image_forms, storage_forms
from tui.screens.image_forms import place
from tui.screens.image_page import StockPage
from tui.screens.operating import Offer, propose, show_menu
from tui.screens.stock_pane import StockActions

if TYPE_CHECKING:
    from tui.domain.operation import Operation
    from tui.domain.resource import ResourceId
    from tui.screens.deck import Deck

NO_POOL = "Only pools are started and stopped: put the cursor on one"
NOTHING = "There is nothing to remove on this line"


class ImageActions(StockActions[StockLine]):
    """Carries out actions on images, volumes, pools and disks."""

    def do_open(self) -> None:
        """Show all about the line under the cursor."""
        self.do_details()

    def do_details(self) -> None:
        """Show all about the line under the cursor."""
        line = self.current
        if line is None or line.target is None:
            self.open_heading(line.text if line is not None and line.problem else "")
            return
        from tui.screens.resource_pages import ResourcePage

        page = StockPage(self.deck, line)
        self.deck.push_screen(ResourcePage(line.name, line.kind, page.load, (OnStock(self.deck, page),)))

    def do_raw(self) -> None:
        """Show the XML or JSON of the line under the cursor."""
        line = self.current
        if line is None or line.target is None:
            self.no_such("This line has no description")
            return
        show_raw(self.deck, line)

    def do_start(self) -> None:
        """Start the pools chosen."""
        start_pools(self.deck, self.chosen())

    def do_stop(self) -> None:
        """Stop the pools chosen."""
        stop_pools(self.deck, self.chosen())

    def do_delete(self) -> None:
        """Remove what is chosen; what uses it is named first."""
        remove(self.deck, self.chosen())

    def do_autostart(self) -> None:
        """Have the pools chosen start with the daemon, or no more."""
        switch_autostart(self.deck, self.chosen())

    def do_restart(self) -> None:
        """Read the disks of the pools chosen anew."""
        refresh(self.deck, self.chosen())

    def do_new(self) -> None:
        """Make something new."""
        show_menu(self.deck, "New", offers_of_new(self.deck, self.current))

    def do_actions(self) -> None:
        """List all that can be done with the line under the cursor."""
        line = self.current
        if line is not None:
            show_menu(self.deck, line.name, offers_for(self.deck, line))


class OnStock:
    """Carries out actions on what a page is about."""

    def __init__(self, deck: Deck, page: StockPage) -> None:
        self._deck = deck
        self._page = page

    def do_delete(self) -> None:
        """Remove it."""
        remove(self._deck, [self._page.line])

    def do_start(self) -> None:
        """Start it."""
        start_pools(self._deck, [self._page.line])

    def do_stop(self) -> None:
        """Stop it."""
        stop_pools(self._deck, [self._page.line])

    def do_raw(self) -> None:
        """Show its XML or JSON."""
        show_raw(self._deck, self._page.line)

    def do_actions(self) -> None:
        """List all that can be done with it."""
        offers = offers_for(self._deck, self._page.line)
        if self._page.line.image is not None:
            words = "hide" if self._page.shows_secrets else "show"
            offers.insert(0, Offer(f"{words} values that look secret", self._page.turn_secrets, "v", changes=False))
        show_menu(self._deck, self._page.line.name, offers)


def show_raw(deck: Deck, line: StockLine) -> None:
    """Show the XML or JSON of a line."""
    if line.target is not None:
        from tui.screens.resource_pages import ResourceRaw

        deck.push_screen(ResourceRaw(line.target, line.name))


def start_pools(deck: Deck, lines: Sequence[StockLine]) -> None:
    """Start pools."""
    _for_pools(deck, lines, lambda target: StartPool(target=target), asks=False)


def stop_pools(deck: Deck, lines: Sequence[StockLine]) -> None:
    """Stop pools."""
    _for_pools(deck, lines, lambda target: StopPool(target=target))


def refresh(deck: Deck, lines: Sequence[StockLine]) -> None:
    """Read pools anew."""
    _for_pools(deck, lines, lambda target: RefreshPool(target=target), asks=False)


def switch_autostart(deck: Deck, lines: Sequence[StockLine]) -> None:
    """Turn autostart of pools on, or off where all have it."""
    on = not all(line.pool.autostart for line in lines if line.pool is not None)
    _for_pools(deck, lines, lambda target: SetPoolAutostart(target=target, enabled=on))


def remove(deck: Deck, lines: Sequence[StockLine]) -> None:
    """Remove images, volumes, disks and pools."""
    operations = [operation for line in lines if (operation := _removal(line)) is not None]
    if not operations:
        deck.say(f"{NOTHING}.", "warn")
        return
    propose(deck, operations)


def _removal(line: StockLine) -> Operation | None:
    target = line.target
    if target is None:
        return None
    if line.image is not None:
        return RemoveImage(target=target, label=line.name)
    if line.volume is not None:
        return RemoveContainerVolume(target=target)
    return DeleteDisk(target=target) if line.disk is not None else RemovePool(target=target)


def offers_of_new(deck: Deck, line: StockLine | None) -> list[Offer]:
    """Return all that can be made, of the engine under the cursor first."""
    found: list[tuple[str, Offer]] = []
    for engine in deck.source.resource_engines(ResourceKind.POOL):
        pool = _pool_near(deck, line, engine)
        found += [
            (engine, Offer("guest", _with(storage_forms.create_guest, deck, engine), "g")),
            (engine, Offer(f"disk in pool {pool}", _with(storage_forms.create_disk, deck, engine, pool), "d")),
            (
                engine,
                Offer(f"disk from a file, in pool {pool}", _with(storage_forms.upload_disk, deck, engine, pool), "u"),
            ),
            (engine, Offer("pool", _with(storage_forms.create_pool, deck, engine))),
        ]
    for engine in deck.source.resource_engines(ResourceKind.IMAGE):
        found += [
            (engine, Offer("image: pull", _with(image_forms.pull, deck, engine), "p")),
            (engine, Offer("image: search the registries", _with(image_forms.search, deck, engine))),
            (engine, Offer("image: load from a file", _with(image_forms.load, deck, engine), "l")),
            (engine, Offer("volume of containers", _with(image_forms.create_volume, deck, engine), "v")),
        ]
    here = line.engine if line is not None else ""
    found.sort(key=lambda item: item[0] != here)
    several = len({engine for engine, _ in found}) > 1
    used: set[str] = set()
    offers = []
    for engine, offer in found:
        key = "" if offer.key in used else offer.key
        used.add(offer.key)
        offers.append(Offer(f"{offer.text}  ({engine})" if several else offer.text, offer.start, key))
    return offers


def offers_for(deck: Deck, line: StockLine) -> list[Offer]:
    """Return all that can be done with a line."""
    if line.image is not None:
        return _for_image(deck, line)
    if line.volume is not None:
        return _for_volume(deck, line)
    if line.disk is not None:
        return _for_disk(deck, line)
    return _for_pool(deck, line) if line.pool is not None else _for_group(deck, line)


def _for_image(deck: Deck, line: StockLine) -> list[Offer]:
    assert line.target is not None  # noqa: S101 - an image has one
    target = line.target
    named = "" if line.image is not None and line.image.names else "It has no name."
    forced = RemoveImage(target=target, label=line.name, force=True)
    return [
        Offer("run a container from it", _with(image_forms.run, deck, line), "r"),
        Offer("raw description", _with(show_raw, deck, line), "y", changes=False),
        Offer("pull it again", _with(image_forms.pull, deck, line.engine, line.name), "p", named),
        Offer("one more name", _with(image_forms.tag, deck, line), "t"),
        Offer("take a name away", _with(image_forms.untagging, deck, line), "u", named),
        Offer("save it to a file", _with(image_forms.save, deck, line), "s"),
        Offer("remove it", _with(remove, deck, [line]), "D"),
        Offer("remove it with its stopped containers", _with(propose, deck, [forced])),
        *_pruning(deck, line.engine),
    ]


def _pruning(deck: Deck, engine: str) -> list[Offer]:
    images, volumes = place(deck, engine, ResourceKind.IMAGE), place(deck, engine, ResourceKind.VOLUME)
    return [
        Offer("prune: images without a name", _with(propose, deck, [PruneImages(target=images)]), "P"),
        Offer("prune: all images that nothing uses", _with(propose, deck, [PruneImages(target=images, every=True)])),
        Offer("prune: volumes that nothing mounts", _with(propose, deck, [PruneContainerVolumes(target=volumes)])),
    ]


def _for_volume(deck: Deck, line: StockLine) -> list[Offer]:
    return [
        Offer("raw description", _with(show_raw, deck, line), "y", changes=False),
        Offer("export its files to a tar file", _with(image_forms.export_volume, deck, line), "e"),
        Offer("remove it and its files", _with(remove, deck, [line]), "D"),
        *_pruning(deck, line.engine),
    ]


def _for_disk(deck: Deck, line: StockLine) -> list[Offer]:
    assert line.disk is not None  # noqa: S101 - offered for disks
    return [
        Offer("new guest from it", _with(storage_forms.create_guest, deck, line.engine, line.disk), "g"),
        Offer("clone it", _with(storage_forms.clone_disk, deck, line), "c"),
        Offer("resize it", _with(storage_forms.resize_disk, deck, line), "r"),
        Offer("download it to a file", _with(storage_forms.download_disk, deck, line), "w"),
        Offer("raw description", _with(show_raw, deck, line), "y", changes=False),
        Offer("delete it", _with(remove, deck, [line]), "D"),
    ]


def _for_pool(deck: Deck, line: StockLine) -> list[Offer]:
    assert line.pool is not None  # noqa: S101 - offered for pools
    pool, engine = line.pool, line.engine
    off = "" if pool.is_active else "The pool is not active."
    return [
        Offer("new disk", _with(storage_forms.create_disk, deck, engine, pool.name), "n", off),
        Offer("upload a file as a disk", _with(storage_forms.upload_disk, deck, engine, pool.name), "u", off),
        Offer("read its disks anew", _with(refresh, deck, [line]), "r", off),
        Offer("start it", _with(start_pools, deck, [line]), "S", "It is active." if pool.is_active else ""),
        Offer("stop it", _with(stop_pools, deck, [line]), "T", off),
        Offer("autostart on or off", _with(switch_autostart, deck, [line]), "A"),
        Offer("raw description", _with(show_raw, deck, line), "y", changes=False),
        Offer("forget it; its disks stay", _with(remove, deck, [line]), "D"),
    ]


def _for_group(deck: Deck, line: StockLine) -> list[Offer]:
    if line.engine in deck.source.resource_engines(ResourceKind.IMAGE):
        return [*offers_of_new(deck, line), *_pruning(deck, line.engine)]
    return offers_of_new(deck, line)


def _with(function: Callable[..., None], *args: object) -> Callable[[], None]:
    return lambda: function(*args)


def _pool_near(deck: Deck, line: StockLine | None, engine: str) -> str:
    if line is not None and line.engine == engine:
        if line.pool is not None:
            return line.pool.name
        if line.disk is not None:
            return line.disk.pool
    shelved = deck.source.shelf.get(engine)
    names = [pool.name for pool in (shelved.stock.pools if shelved is not None else ()) if pool.is_active]
    return "default" if "default" in names or not names else names[0]


def _for_pools(
    deck: Deck, lines: Sequence[StockLine], make: Callable[[ResourceId], Operation], *, asks: bool = True
) -> None:
    targets = [line.target for line in lines if line.pool is not None and line.target is not None]
    if not targets:
        deck.say(f"{NO_POOL}.", "warn")
        return
    propose(deck, [make(target) for target in targets], asks=asks)
