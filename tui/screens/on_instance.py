"""What the keys do with the guest or container under the cursor, beside its power."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions import Targets
from tui.screens.deck import DeckScreen

if TYPE_CHECKING:
    from tui.domain.host import HostView
    from tui.domain.instance import Instance
    from tui.screens.deck import Deck


class OnInstance:
    """Carries out the actions on instances that are no power verbs: a method `do_ID` for the action ID.

    Args:
        deck: the application.
    """

    def __init__(self, deck: Deck) -> None:
        self._deck = deck

    @property
    def _targets(self) -> Targets:
        screen = self._deck.screen
        return screen.targets() if isinstance(screen, DeckScreen) else Targets()

    def do_details(self) -> None:
        """Show all about the row under the cursor."""
        screen = self._deck.screen
        key = screen.current_key if isinstance(screen, DeckScreen) else None
        if key:
            open_details(self._deck, key)

    def do_events(self) -> None:
        """Show the events of the row under the cursor."""
        self.do_details()
        screen = self._deck.screen
        self._deck.call_after_refresh(getattr(screen, "do_events", lambda: None))

    def do_raw(self) -> None:
        """Show the raw description of the instance under the cursor."""
        instances = self._targets.instances
        if len(instances) != 1:
            note = self._targets.note
            self._deck.say(note or "One guest or container has a raw description: put the cursor on one.", "warn")
            return
        open_raw(self._deck, instances[0])

    def do_handle(self) -> None:
        """Ask what to do about the problem under the cursor."""
        from tui.screens.handling import ask_how, problems_here

        ask_how(self._deck, problems_here(self._deck))

    def do_ack(self) -> None:
        """Say that the problem under the cursor was seen."""
        from tui.screens.handling import acknowledged, ask_how, handle, problems_here

        problems = problems_here(self._deck)
        if problems:
            handle(self._deck, problems, acknowledged)
        else:
            ask_how(self._deck, problems)

    def do_silence(self) -> None:
        """Ask for how long."""
        self.do_handle()

    def do_note(self) -> None:
        """Ask for the note."""
        self.do_handle()

    def do_actions(self) -> None:
        """List all that can be done with the row under the cursor, or with the marked ones."""
        from tui.screens.instance_actions import show_actions

        show_actions(self._deck, self._targets)

    def do_new(self) -> None:
        """Make something new."""
        from tui.screens.new_things import show_new

        instances = self._targets.instances
        show_new(self._deck, instances[0].id.engine if instances else "")

    def do_edit(self) -> None:
        """Edit the definition of the guest under the cursor."""
        instances = self._targets.instances
        if len(instances) != 1:
            self._deck.say("One guest can be edited: put the cursor on one.", "warn")
            return
        from tui.screens.xml_edit import edit

        edit(self._deck, instances[0])

    def do_agent(self) -> None:
        """Ask the agent of the guest under the cursor."""
        guests = [item for item in self._targets.instances if item.guest is not None]
        if len(guests) != 1:
            self._deck.say("One guest can be asked: put the cursor on one.", "warn")
            return
        from tui.screens.agent import ask_agent

        ask_agent(self._deck, guests[0])

    async def do_shell(self) -> None:
        """Open a shell in the container under the cursor."""
        await self._deck.inside.shell(self._targets)

    async def do_console(self) -> None:
        """Open the console of the guest under the cursor, or attach to the container."""
        await self._deck.inside.console(self._targets)

    def do_logs(self) -> None:
        """Open the log of the marked rows, or of the row under the cursor."""
        self._deck.inside.logs(self._targets)

    def do_send_keys(self) -> None:
        """Ask which keys to press on the guest under the cursor."""
        self._deck.inside.ask_keys(self._targets)

    def do_guest_screen(self) -> None:
        """Show a still of the screen of the guest under the cursor."""
        self._deck.inside.guest_screen(self._targets)


def open_details(deck: Deck, key: str) -> None:
    """Show all about the row with this key."""
    if deck.view is None or not _is_shown(deck.view, key):
        deck.say("There are no details of this line.", "warn")
        return
    from tui.screens.details import DetailsScreen

    deck.push_screen(DetailsScreen(key))


def open_raw(deck: Deck, instance: Instance) -> None:
    """Show the raw description of an instance."""
    from tui.screens.raw import RawScreen

    deck.push_screen(RawScreen(instance.id, instance.name))


def _is_shown(view: HostView, key: str) -> bool:
    return any(item.key == key for item in view.instances) or any(pod.key == key for pod in view.pods)
