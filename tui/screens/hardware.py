"""What a guest is built of, now and at its next start, and how that is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from tui.domain.hardware import GuestHardware
from tui.domain.operation.guests import DetachDisk, DetachInterface
from tui.present.hardware import HardwareLine, Part, hardware_groups
from tui.present.roles import Spans
from tui.present.words import wrapped
from tui.screens import guest_forms
from tui.screens.guest_screen import GuestScreen
from tui.screens.operating import Offer, propose, show_menu

if TYPE_CHECKING:
    from tui.domain.operation import Operation
    from tui.engines.resources import DescribesGuests

MARGIN_CELLS = 2
NOT_READ = "The hardware is not known yet."


class HardwareScreen(GuestScreen[GuestHardware, HardwareLine]):
    """The machine, its disks and its interfaces."""

    ABOUT: ClassVar[str] = "hardware"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("new", "attach"), ("delete", "detach"), ("edit", "change"))

    async def ask(self, keeper: DescribesGuests) -> GuestHardware:
        """Ask the engine."""
        return await keeper.hardware(self._instance.id)

    def fill(self, found: GuestHardware) -> None:
        """Draw the groups and their lines."""
        for group in hardware_groups(found):
            title = self.label(((group.title, "accent"),))
            node = self.walk.root.add(title, expand=True, allow_expand=bool(group.lines))
            for line in group.lines:
                node.add_leaf(self.label(line.spans), line)

    @property
    def summary(self) -> Spans:
        """Say that nothing of it outlasts a stop, where that is so."""
        found = self.found
        transient = found is not None and not found.stored_xml
        return (("  transient: gone when it stops", "warn"),) if transient else ()

    def key_of(self, line: HardwareLine) -> str:
        """Return the device."""
        return line.key

    def facts_of(self, line: HardwareLine) -> list[Spans]:
        """Return what found no room in the line."""
        return [((" ", "normal"), *spans) for spans in wrapped("", line.more, self.size.width - MARGIN_CELLS)]

    def choose(self, line: HardwareLine) -> None:
        """Change the machine, or list what can be done with a device."""
        if line.part is Part.MACHINE:
            self.do_edit()
        else:
            self.do_actions()

    # Actions

    def do_new(self) -> None:
        """Attach something."""
        show_menu(self.deck, f"Attach to {self.instance.name}", self._attaching())

    def do_delete(self) -> None:
        """Detach the device under the cursor."""
        offers = self._detaching()
        if not offers:
            self.deck.say("Only disks and interfaces are detached: put the cursor on one.", "warn")
        elif len(offers) == 1:
            offers[0].start()
        else:
            show_menu(self.deck, f"Detach {self._device}: from when on?", offers)

    def do_edit(self) -> None:
        """Change vCPUs, memory, boot order, title and description."""
        if self.found is None:
            self.deck.say(NOT_READ, "warn")
        else:
            guest_forms.change_hardware(self.deck, self.instance, self.found)

    def do_actions(self) -> None:
        """List all that can be done here."""
        change = Offer("change vCPUs, memory, boot order, texts", self.do_edit, "E")
        title = f"Hardware of {self.instance.name}"
        show_menu(self.deck, title, [*self._detaching(), *self._attaching(), change])

    def _attaching(self) -> list[Offer]:
        deck, instance, found = self.deck, self.instance, self.found
        if found is None:
            return [Offer("attach", lambda: None, why_not=NOT_READ)]
        return [
            Offer("attach a disk or CD", lambda: guest_forms.attach_disk(deck, instance, found), "d"),
            Offer("attach an interface", lambda: guest_forms.attach_interface(deck, instance, found), "i"),
        ]

    @property
    def _device(self) -> str:
        line = self.line
        if line is None:
            return ""
        return line.disk.device if line.disk is not None else line.interface.mac if line.interface is not None else ""

    def _detaching(self) -> list[Offer]:
        """Return the ways to take the device under the cursor away: as it is there now, or will be, or both."""
        line = self.line
        device = (line.disk or line.interface) if line is not None else None
        if device is None:
            return []
        name = self._device
        ways = (
            (f"detach {name} now and for good", True, True, "D"),
            (f"detach {name} now; it is back at the next start", True, False, "L"),
            (f"detach {name} at the next start", False, True, "T"),
        )
        possible = [way for way in ways if (device.live or not way[1]) and (device.stored or not way[2])]
        return [Offer(text, self._way(live=live, stored=stored), key) for text, live, stored, key in possible]

    def _way(self, *, live: bool, stored: bool) -> Callable[[], None]:
        line, target = self.line, self._instance.id
        operation: Operation
        if line is not None and line.interface is not None:
            operation = DetachInterface(target=target, mac=line.interface.mac, live=live, stored=stored)
        else:
            operation = DetachDisk(target=target, device=self._device, live=live, stored=stored)
        return lambda: propose(self.deck, [operation])
