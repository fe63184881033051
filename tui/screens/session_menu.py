"""What there is to do with a session beside typing into it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.instance import Instance, Kind
from tui.screens.displays import add_reaching, reach
from tui.screens.keyboard import ask_which, send_keys
from tui.sessions import Session, SessionState
from widgets.ask_text import AskText
from widgets.choose import Choice, Choose
from widgets.terminal import Recorder

if TYPE_CHECKING:
    from tui.screens.inside import Inside
    from tui.screens.session import SessionScreen

CTRL_ALT_DEL = "ctrl-alt-del"


def open_menu(screen: SessionScreen, inside: Inside) -> None:
    """Offer it."""
    session = screen.session
    recorder = inside.recorders.get(session.number)
    record = "end the recording" if recorder is not None and recorder.recording else "record as asciicast"
    choices = [
        Choice("search", "search in what stands here", "s"),
        Choice("save", "save the text to a file", "w"),
        Choice("record", record, "r"),
        Choice("sessions", "list of sessions", "o"),
    ]
    if session.subject.kind is Kind.GUEST:
        choices += [Choice("cad", "send Ctrl-Alt-Del to the guest", "d"), Choice("keys", "send other keys", "k")]
        if (instance := _instance_of(inside, session)) is not None and instance.state.is_active:
            add_reaching(inside.deck, instance, choices)
    words = "close it, or end the process" if session.state is SessionState.OPEN else "close it"
    choices.append(Choice("close", words, "x"))
    screen.app.push_screen(Choose(f"Session in {session.subject.name}", choices), _answer(screen, inside))


def _answer(screen: SessionScreen, inside: Inside) -> Callable[[str | None], None]:
    session = screen.session

    def chosen(choice: str | None) -> None:
        match choice:
            case "search":
                screen.run_worker(screen.search())
            case "save":
                ask_save(screen)
            case "record":
                record(screen, inside)
            case "sessions":
                screen.dismiss()
                inside.show_sessions()
            case "cad":
                send_keys(inside, session.subject, CTRL_ALT_DEL)
            case "keys":
                ask_which(inside, session.subject, f"Which keys to press on guest {session.subject.name}?")
            case "close":
                inside.asks.close(session)
            case str() if (instance := _instance_of(inside, session)) is not None:
                reach(inside, instance, choice)

    return chosen


def _instance_of(inside: Inside, session: Session) -> Instance | None:
    """Return whose session it is, as the newest view has it; None when it is gone."""
    view = inside.deck.view
    instances = (item.instance for item in view.instances) if view is not None else ()
    return next((instance for instance in instances if instance.id == session.subject.target), None)


def exports_folder() -> Path:
    """Return where files go that a person did not name a place for; made for the person alone."""
    from platformdirs import user_state_path

    folder = user_state_path("hostdeck", appauthor=False) / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def default_file(name: str, ending: str) -> str:
    """Return a file name with the name of an instance and the moment, safe for every file system."""
    plain = re.sub(r"[^\w.-]", "_", name)[:60]
    return f"{plain}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.{ending}"


def ask_save(screen: SessionScreen) -> None:
    """Ask for a file and write screen and scrollback to it."""

    def answered(text: str | None) -> None:
        if text:
            screen.run_worker(_save(screen, Path(os.path.expanduser(text))))

    proposal = str(exports_folder() / default_file(screen.session.subject.name, "txt"))
    screen.app.push_screen(AskText("Save to", "a new file of mode 0600", proposal), answered)


async def _save(screen: SessionScreen, path: Path) -> None:
    try:
        await screen.terminal.save(path)
    except OSError as error:
        screen.deck.say(f"{path} was not written: {error.strerror or error}", "crit")
    else:
        screen.deck.say(f"Saved to {path}.", "ok")


def record(screen: SessionScreen, inside: Inside) -> None:
    """Begin to record what the session says, or end it."""
    number = screen.session.number
    running = inside.recorders.pop(number, None)
    if running is not None and running.recording:
        running.close()
        screen.deck.say("The recording is ended.", "ok")
        return
    try:
        path = exports_folder() / default_file(screen.session.subject.name, "cast")
        inside.recorders[number] = Recorder(screen.terminal.emulator, path)
    except OSError as error:
        screen.deck.say(f"No recording: {os.strerror(error.errno or 0)}", "crit")
    else:
        screen.deck.say(f"Recording to {path}.", "ok")
