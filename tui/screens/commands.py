"""A command line that makes sense, carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.actions import Targets
from tui.screens.acting import ask_and_submit

if TYPE_CHECKING:
    from tui.commands import Command
    from tui.screens.deck import Deck


async def run_command(deck: Deck, command: Command) -> None:
    """Carry out a command on what it names, else as its key would."""
    action = command.action
    if why_not := deck.refusal(action):
        deck.say(why_not, "warn")
    elif action.id == "replay_at" and command.arguments:
        deck.travel.go(command.arguments[0])
    elif action.id in _INSIDE:
        await _inside(deck, command)
    elif action.id in _HANDLING and (command.arguments or command.instances is not None or action.id == "ack"):
        from tui.screens import handling

        handling.run_command(deck, command)
    elif command.instances is not None and action.id == "handle" and deck.view is not None:
        from tui.screens.handling import ask_how, problems_of

        ask_how(deck, problems_of(deck.view, [instance.key for instance in command.instances]))
    elif command.instances is not None and action.verb is not None:
        ask_and_submit(deck, action, Targets(command.instances), command.verb)
    elif command.instances is not None:
        await _open(deck, command)
    elif action.id == "theme" and command.arguments:
        deck.choose_theme(command.arguments[0])
    elif action.id in _ON_TABLE and (command.arguments or action.id == "columns"):
        await _on_table(deck, command)
    else:
        await deck.action_deck(action.id)


_ON_TABLE = frozenset({"filter", "sort", "columns", "export"})


_HANDLING = frozenset({"ack", "silence", "note"})
_INSIDE = frozenset({"shell", "console", "logs", "send_keys", "guest_screen"})


async def _inside(deck: Deck, command: Command) -> None:
    """Open what is inside of what is named, else of the row under the cursor."""
    from tui.screens.deck import DeckScreen

    screen = deck.screen
    if command.instances is not None:
        targets = Targets(command.instances)
    else:
        targets = screen.targets() if isinstance(screen, DeckScreen) else Targets()
    inside, words = deck.inside, command.arguments
    match command.action.id:
        case "shell":
            await inside.shell(targets, user=words[0], folder=words[1], anew=True)
        case "console":
            await inside.console(targets)
        case "logs":
            inside.logs(targets)
        case "send_keys":
            inside.ask_keys(targets, words[0] if words else "")
        case _:
            inside.guest_screen(targets)


async def _open(deck: Deck, command: Command) -> None:
    """Open what is named: details, events, raw description, all that can be done with it."""
    from tui.screens.agent import ask_agent
    from tui.screens.on_instance import open_details, open_raw

    if command.action.id == "actions":
        from tui.screens.instance_actions import show_actions

        show_actions(deck, Targets(command.instances or ()))
        return
    for instance in command.instances or ():
        if command.action.id == "raw":
            open_raw(deck, instance)
        elif command.action.id == "agent":
            ask_agent(deck, instance)
        elif command.action.id == "edit":
            from tui.screens.xml_edit import edit

            edit(deck, instance)
        else:
            open_details(deck, instance.key)


async def _on_table(deck: Deck, command: Command) -> None:
    from tui.screens.main import MainScreen

    screen = deck.screen
    if command.action.id == "export" and screen.query("TimelineTable"):
        from tui.screens.table_export import write_timeline
        from tui.screens.timeline import TimelineTable

        await write_timeline(deck, screen.query_one(TimelineTable), command.arguments[0])
        return
    if not isinstance(screen, MainScreen):
        deck.say("There is no table here: go back to the panes first.", "warn")
        return
    arguments = command.arguments
    if command.action.id == "export":
        from tui.screens.table_export import write_table

        await write_table(deck, screen.pane, arguments[0])
    elif command.action.id == "filter":
        screen.pane.set_filter(arguments[0])
    elif command.action.id == "sort":
        table = screen.pane.table
        table.sort_by(arguments[0])
        if arguments[1:]:
            table.action_reverse_sort()
    else:
        screen.pane.choose_columns(arguments)
