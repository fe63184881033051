"""From a key to an open console, shell or log: what is open, and which screen shows it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.domain.errors import HostdeckError
from tui.domain.instance import Instance, Kind
from tui.domain.session import SessionKind, SessionRequest
from tui.screens import keyboard
from tui.screens.handover import TerminalCore, hand_over, make_terminal
from tui.screens.on_its_way import OnItsWay
from tui.screens.session import LINES_AROUND, SessionScreen
from tui.screens.session_asks import SessionAsks
from tui.screens.sessions import SessionsScreen
from tui.sessions import Session, Sessions, SessionState, Subject, Way

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from textual.events import Key
    from textual.worker import Worker

    from tui.actions import Targets
    from tui.domain.host import HostView
    from tui.screens.deck import Deck
    from widgets.live_table.model import Role
    from widgets.terminal import Recorder

LEAST_COLUMNS, LEAST_ROWS = 20, 5


class Inside:
    """Opens what is inside instances for one application, and holds what is open.

    Args:
        deck: the application.
    """

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self.sessions = Sessions(
            deck.source, deck.jobs.audit, make_terminal=make_terminal, on_change=self._changed, utc=self._utc
        )
        self.asks = SessionAsks(self)
        self.recorders: dict[int, Recorder] = {}
        self._core = TerminalCore()
        self._waiting: OnItsWay | None = None

    # What keys and commands ask for

    async def shell(self, targets: Targets, *, user: str = "", folder: str = "", anew: bool = False) -> None:
        """Open a shell in a container, or go to the one that is open; what is typed ahead goes there."""
        instance = self._one(targets, "a container")
        if instance is None or self.is_refused():
            return
        if instance.kind is Kind.GUEST:
            key = self.deck.label_of("console")
            self.deck.say(f"{instance.name} is a guest: {key} opens its console; a shell is found there.", "warn")
            return
        request = SessionRequest(SessionKind.SHELL, user=user, folder=folder)
        self.lead(instance.name, self.open(instance, request, anew=anew or bool(user or folder)))

    async def console(self, targets: Targets) -> None:
        """Open a guest's console, or attach to a container."""
        instance = self._one(targets, "a guest or container")
        if instance is None or self.is_refused():
            return
        if instance.kind is Kind.CONTAINER:
            self.lead(instance.name, self.open(instance, SessionRequest(SessionKind.ATTACH)))
        else:
            from tui.screens.console_way import open_console

            self.lead(instance.name, open_console(self, instance))

    def logs(self, targets: Targets) -> None:
        """Open one log of all that is meant."""
        if not targets.instances:
            self.deck.say(targets.note or "Nothing is under the cursor that has a log.", "warn")
            return
        from tui.screens.log import LogScreen

        self.deck.push_screen(LogScreen(targets.instances, memory_bytes=self.deck.log_memory_mib << 20))

    def show_sessions(self) -> None:
        """Open the list of sessions."""
        if not isinstance(self.deck.screen, SessionsScreen):
            self.deck.push_screen(SessionsScreen(self))

    def show(self, session: Session, typed: Sequence[Key] = ()) -> None:
        """Bring a session to the screen; it gets the keys that were pressed on the way there."""
        if isinstance(self.deck.screen, SessionsScreen | SessionScreen):
            self.deck.pop_screen()
        self.deck.push_screen(SessionScreen(session, self, typed))
        if session.state is SessionState.BUSY:
            self.asks.takeover(session)

    def ask_keys(self, targets: Targets, text: str = "") -> None:
        """Ask whether, and which, keys to press on a guest's keyboard."""
        instance = self._one(targets, "a guest")
        if instance is not None and not self.is_refused():
            keyboard.ask_keys(self, instance, text)

    def guest_screen(self, targets: Targets) -> None:
        """Show a still of a guest's screen."""
        instance = self._one(targets, "a guest")
        if instance is not None and not self.is_refused():
            self.show_still(instance)

    def show_still(self, instance: Instance) -> None:
        """Show a still of the screen of one guest."""
        keyboard.show_still(self, instance)

    # What sessions ask for

    def left(self, session: Session) -> None:
        """Say that what was left goes on."""
        key = self.deck.label_of("sessions")
        if session.state.is_live:
            self.deck.say(f"{session.subject.name}: the session goes on, {key} lists it.")

    async def close(self, session: Session, *, end_process: bool = False) -> None:
        """Leave a session for good and say what became of the process."""
        screen = self.deck.screen
        if isinstance(screen, SessionScreen) and screen.session is session:
            self.deck.pop_screen()
        was_open = session.state is SessionState.OPEN
        if (recorder := self.recorders.pop(session.number, None)) is not None:
            recorder.close()
        end = await self.sessions.close(session, end_process=end_process)
        if was_open:
            from tui.sessions.words import end_sentence

            self.deck.say(f"{session.subject.name}: {end_sentence(end, session.request.kind)}")
        self._refresh()

    async def close_all(self) -> None:
        """Leave everything, because hostdeck ends."""
        for recorder in self.recorders.values():
            recorder.close()
        await self.sessions.close_all()

    def observe(self, view: HostView) -> None:
        """Tell sessions of a new moment."""
        self.sessions.observe(view)

    # Ways there

    def _one(self, targets: Targets, what: str) -> Instance | None:
        if len(targets.instances) == 1:
            return targets.instances[0]
        self.deck.say(targets.note or f"One at a time: put the cursor on {what}.", "warn")
        return None

    def run(self, work: Coroutine[Any, Any, None]) -> Worker[None]:
        """Carry out what takes a while."""
        return self.deck.run_worker(work, exit_on_error=True)

    def lead(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Carry out what leads into a session; keys pressed meanwhile are kept for it and reach nothing else."""
        self.arrive()
        way = self._waiting = OnItsWay(f"{name}: being opened.")
        self.deck.push_screen(way)
        way.worker = self.run(self._led(way, work))

    async def _led(self, way: OnItsWay, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            way.end()

    def arrive(self) -> list[Key]:
        """End the waiting before something is shown; return the keys that were pressed."""
        way, self._waiting = self._waiting, None
        if way is None:
            return []
        way.end()
        return way.typed

    async def open(
        self, instance: Instance, request: SessionRequest, *, anew: bool = False, way: Way = Way.PLAIN
    ) -> None:
        """Go to the session that is open, or open one."""
        there = None if anew else self.sessions.of(instance.id, request)
        if there is None:
            why = await self._core.missing()
            if why is not None:
                self.arrive()
                hand_over(self.deck, instance, request, why)
                return
            there = self._begin(instance, request, way)
        elif there.state is SessionState.ENDED:
            there.start()
        if there is not None:
            self.show(there, self.arrive())

    def _begin(self, instance: Instance, request: SessionRequest, way: Way) -> Session | None:
        columns, rows = self._room()
        try:
            return self.sessions.open(Subject.of(instance), replace(request, columns=columns, rows=rows), way=way)
        except HostdeckError as error:
            self.cannot(error.message)
            return None

    def cannot(self, sentence: str, role: Role = "warn") -> None:
        """Say why nothing is opened; what was typed for it reaches nothing."""
        self.arrive()
        self.deck.say(sentence, role)

    def is_refused(self) -> bool:
        """Tell, and say, that nothing may be opened that can be typed in."""
        view = self.deck.view
        if view is None or not view.read_only:
            return False
        self.deck.say("hostdeck was started with --read-only: logs can be read, nothing is opened.", "warn")
        return True

    def _room(self) -> tuple[int, int]:
        width, height = self.deck.size
        return max(width, LEAST_COLUMNS), max(height - LINES_AROUND, LEAST_ROWS)

    # What sessions tell

    def _utc(self) -> float:
        """Return the host's time, by the newest view."""
        return self.deck.view.taken_utc_seconds if self.deck.view is not None else time.time()

    def _changed(self, session: Session) -> None:
        self._refresh()
        screen = self.deck.screen
        on_top = isinstance(screen, SessionScreen) and screen.session is session
        if on_top and session.state is SessionState.BUSY:
            self.asks.takeover(session)
        elif on_top and session.has_no_shell and session.state is SessionState.ENDED:
            self.asks.host_tools(session)
        elif not session.watched and session.message and not isinstance(screen, SessionsScreen):
            self.deck.say(f"{session.subject.name}: {session.message}", "warn")

    def _refresh(self) -> None:
        screen = self.deck.screen
        if isinstance(screen, SessionScreen):
            screen.show_session()
        elif isinstance(screen, SessionsScreen):
            screen.show_sessions()
