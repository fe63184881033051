"""What the keys do in the pane of networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.operation.networks import (
    PruneNetworks,
    RemoveNetwork,
    SetNetworkAutostart,
    StartNetwork,
    StopNetwork,
)
from tui.domain.resource import ResourceId, ResourceKind
from tui.hostnet.chart import Plant, hangs_on, plant
from tui.present.networks.facts import fact_lines
from tui.present.networks.line import NetLine
from tui.present.networks.lister import NetworkLister
from tui.screens.operating import Offer, propose, show_menu
from tui.screens.stock_pane import StockActions

if TYPE_CHECKING:
    from tui.domain.operation import Operation
    from tui.present.roles import Spans
    from tui.screens.deck import Deck

PODMAN_HAS_NONE = "Podman's networks are always active: there is nothing to start or stop"
NO_NETWORK = "This is no network of an engine: put the cursor on one"


class NetworkActions(StockActions[NetLine]):
    """Carries out actions on networks and interfaces."""

    def do_open(self) -> None:
        """Show all about the line under the cursor."""
        self.do_details()

    def do_details(self) -> None:
        """Show all about the line under the cursor."""
        line = self.current
        if line is None or (line.network is None and line.interface is None):
            self.open_heading(line.text if line is not None and line.problem else "")
            return
        from tui.screens.resource_pages import ResourcePage

        page = _NetworkPage(self.deck, line.key)
        self.deck.push_screen(ResourcePage(line.name, line.kind, page.load, (OnNetwork(self.deck, page),)))

    def do_raw(self) -> None:
        """Show the XML or JSON of the network under the cursor."""
        if self.current is not None:
            show_raw(self.deck, self.current)

    def do_start(self) -> None:
        """Start the networks chosen."""
        start_networks(self.deck, self.chosen())

    def do_stop(self) -> None:
        """Stop the networks chosen; who loses it is named first."""
        stop_networks(self.deck, self.chosen())

    def do_delete(self) -> None:
        """Remove the networks chosen."""
        remove_networks(self.deck, self.chosen())

    def do_autostart(self) -> None:
        """Have the networks chosen start with the daemon, or no more."""
        switch_autostart(self.deck, self.chosen())

    def do_new(self) -> None:
        """Make a network."""
        from tui.screens.network_forms import offers_of_new

        show_menu(self.deck, "New network", offers_of_new(self.deck))

    def do_actions(self) -> None:
        """List all that can be done with the line under the cursor."""
        line = self.current
        if line is not None:
            show_menu(self.deck, line.name, offers_for(self.deck, line))


class OnNetwork:
    """Carries out actions on the network whose page is open.

    Args:
        page: knows the network as it is now.
    """

    def __init__(self, deck: Deck, page: _NetworkPage) -> None:
        self._deck = deck
        self._page = page

    def do_start(self) -> None:
        """Start it."""
        start_networks(self._deck, self._page.lines)

    def do_stop(self) -> None:
        """Stop it."""
        stop_networks(self._deck, self._page.lines)

    def do_delete(self) -> None:
        """Remove it."""
        remove_networks(self._deck, self._page.lines)

    def do_autostart(self) -> None:
        """Have it start with the daemon, or no more."""
        switch_autostart(self._deck, self._page.lines)

    def do_raw(self) -> None:
        """Show its XML or JSON."""
        for line in self._page.lines:
            show_raw(self._deck, line)

    def do_actions(self) -> None:
        """List all that can be done with it."""
        for line in self._page.lines:
            show_menu(self._deck, line.name, offers_for(self._deck, line))


@dataclass
class _NetworkPage:
    """Finds one line anew each time it is asked for."""

    deck: Deck
    key: str
    lines: Sequence[NetLine] = ()

    async def load(self, width: int) -> Sequence[Spans]:
        """Return the lines of the page; what is gone says so."""
        lister = NetworkLister()
        await lister.ask(self.deck.source)
        view = self.deck.view
        rows = lister.rows(view) if view is not None else []
        self.lines = [row.data for row in rows if row.key == self.key]
        if not self.lines:
            return [(("It is gone.", "warn"),)]
        line = self.lines[0]
        here = plant_of(self.deck, lister)
        return fact_lines(line, hangs_on(here, line.key if line.target is not None else line.name), width)


def plant_of(deck: Deck, lister: NetworkLister) -> Plant:
    """Gather what a map is drawn from."""
    view = deck.view
    instances = [item.instance for item in view.instances] if view is not None else []
    stocks = [shelved.stock for shelved in lister.shelf.values()]
    return plant(view.host_id if view is not None else "", lister.interfaces, stocks, instances)


def show_raw(deck: Deck, line: NetLine) -> None:
    """Show the XML or JSON of a network."""
    if line.target is None:
        deck.say(f"{NO_NETWORK}.", "warn")
        return
    from tui.screens.resource_pages import ResourceRaw

    deck.push_screen(ResourceRaw(line.target, line.name))


def start_networks(deck: Deck, lines: Sequence[NetLine]) -> None:
    """Start libvirt's networks."""
    _for_libvirt(deck, lines, lambda target: StartNetwork(target=target), asks=False)


def stop_networks(deck: Deck, lines: Sequence[NetLine]) -> None:
    """Stop libvirt's networks."""
    _for_libvirt(deck, lines, lambda target: StopNetwork(target=target))


def switch_autostart(deck: Deck, lines: Sequence[NetLine]) -> None:
    """Turn autostart of libvirt's networks on, or off where all have it."""
    on = not all(line.network.autostart for line in lines if line.network is not None)
    _for_libvirt(deck, lines, lambda target: SetNetworkAutostart(target=target, enabled=on))


def remove_networks(deck: Deck, lines: Sequence[NetLine]) -> None:
    """Remove networks of both worlds."""
    targets = [line.target for line in lines if line.target is not None]
    if not targets:
        deck.say(f"{NO_NETWORK}.", "warn")
        return
    propose(deck, [RemoveNetwork(target=target) for target in targets])


def offers_for(deck: Deck, line: NetLine) -> list[Offer]:
    """Return all that can be done with a network or an interface."""
    from tui.screens.network_forms import connecting, disconnecting
    from tui.screens.network_map import show_map

    found = [Offer("show it on the map", lambda: show_map(deck, line), "m", changes=False)]
    if line.target is None or line.network is None:
        return found
    found.append(Offer("raw description", lambda: show_raw(deck, line), "y", changes=False))
    if not line.of_guests:
        unused = PruneNetworks(target=_engine(line.target))
        found += [
            Offer("connect a container", lambda: connecting(deck, line), "c"),
            Offer("disconnect a container", lambda: disconnecting(deck, line), "x",
                  "" if line.network.members else "No container is on it."),
            Offer("remove it", lambda: remove_networks(deck, [line]), "D"),
            Offer("prune: remove all networks without containers", lambda: propose(deck, [unused]), "P"),
        ]  # fmt: skip
        return found
    active = line.network.active
    return [
        *found,
        Offer("start it", lambda: start_networks(deck, [line]), "S", "It is active." if active else ""),
        Offer("stop it", lambda: stop_networks(deck, [line]), "T", "" if active else "It is not active."),
        Offer("autostart on or off", lambda: switch_autostart(deck, [line]), "A"),
        Offer("remove it", lambda: remove_networks(deck, [line]), "D"),
    ]


def _engine(target: ResourceId) -> ResourceId:
    return ResourceId(target.host, target.engine, ResourceKind.NETWORK, "")


def _for_libvirt(
    deck: Deck, lines: Sequence[NetLine], make: Callable[[ResourceId], Operation], *, asks: bool = True
) -> None:
    targets = [line.target for line in lines if line.target is not None]
    if not targets:
        deck.say(f"{NO_NETWORK}.", "warn")
        return
    ours = [line.target for line in lines if line.target is not None and line.of_guests]
    if not ours:
        deck.say(f"{PODMAN_HAS_NONE}.", "warn")
        return
    propose(deck, [make(target) for target in ours], asks=asks)
