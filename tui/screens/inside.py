"""From a key to an open console, shell or log: what to ask first, and which screen then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tui.domain.errors import EngineError, HostdeckError
from tui.domain.instance import Instance, Kind
from tui.domain.session import ConsoleDevice, SessionKind, SessionRequest
from tui.screens.session import LINES_AROUND, SessionScreen
from tui.screens.sessions import SessionsScreen
from tui.sessions import Session, Sessions, SessionState, Subject, Terminal, Way

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tui.actions import Targets
    from tui.domain.host import HostView
    from tui.screens.deck import Deck
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
            deck.source, deck.jobs.audit, make_terminal=_terminal, on_change=self._changed, utc=self._utc
        )
        self.recorders: dict[int, Recorder] = {}
        self._checked = False
        self._no_terminal: str | None = None
        self._asking: set[int] = set()

    # What keys and commands ask for

    async def shell(self, targets: Targets, *, user: str = "", folder: str = "", anew: bool = False) -> None:
        """Open a shell in a container, or go to the one that is open; what is typed ahead goes there."""
        instance = self._one(targets, "a container")
        if instance is None:
            return
        if instance.kind is Kind.GUEST:
            key = self.deck.label_of("console")
            self.deck.say(f"{instance.name} is a guest: {key} opens its console; a shell is found there.", "warn")
            return
        request = SessionRequest(SessionKind.SHELL, user=user, folder=folder)
        await self._open(instance, request, anew=anew or bool(user or folder))

    async def console(self, targets: Targets) -> None:
        """Open a guest's console, or attach to a container."""
        instance = self._one(targets, "a guest or container")
        if instance is None:
            return
        if instance.kind is Kind.CONTAINER:
            await self._open(instance, SessionRequest(SessionKind.ATTACH))
        else:
            self._run(self._console(instance))

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

    def show(self, session: Session) -> None:
        """Bring a session to the screen."""
        if isinstance(self.deck.screen, SessionsScreen | SessionScreen):
            self.deck.pop_screen()
        self.deck.push_screen(SessionScreen(session, self))
        if session.state is SessionState.BUSY:
            self.ask_takeover(session)

    def ask_keys(self, targets: Targets, text: str = "") -> None:
        """Ask whether, and which, keys to press on a guest's keyboard."""
        instance = self._one(targets, "a guest")
        if instance is None or self.is_refused():
            return
        if instance.kind is not Kind.GUEST:
            self.deck.say(f"{instance.name} is a container: it has no keyboard.", "warn")
            return
        subject = Subject.of(instance)
        if text:
            from widgets.confirm import Confirm

            def answered(yes: bool | None) -> None:
                if yes:
                    self.send_keys(subject, text)

            self.deck.push_screen(Confirm(f"Press {text} on guest {instance.name}?", yes="Press", no="No"), answered)
            return
        from widgets.ask_text import AskText

        def typed(keys: str | None) -> None:
            if keys:
                self.send_keys(subject, keys)

        hint = "ctrl-alt-del, sysrq-b, alt-f2, enter: pressed together on the guest's keyboard"
        self.deck.push_screen(AskText(f"Which keys to press on guest {instance.name}?", hint), typed)

    def guest_screen(self, targets: Targets) -> None:
        """Show a still of a guest's screen."""
        instance = self._one(targets, "a guest")
        if instance is None or self.is_refused():
            return
        if instance.kind is not Kind.GUEST or not instance.state.is_active:
            self.deck.say(f"{instance.name} is no running guest: it has no screen.", "warn")
            return
        from tui.screens.still import StillScreen

        self.deck.push_screen(StillScreen(instance, self))

    def send_keys(self, subject: Subject, text: str) -> None:
        """Press keys of a guest's keyboard, written as a person writes them."""
        from tui.sessions.keynames import linux_keys

        try:
            keys = linux_keys(text)
        except ValueError as error:
            self.deck.say(str(error), "warn")
            return
        self._run(self._send_keys(subject, text, keys))

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

    def ask_close(self, session: Session) -> None:
        """Close a session; of a process that goes on otherwise, ask whether to end it."""
        if session.state is not SessionState.OPEN or session.request.kind is SessionKind.CONSOLE:
            self._run(self.close(session))
            return
        from widgets.choose import Choice, Choose

        attached = session.request.kind is SessionKind.ATTACH
        stop = "stop the container" if attached else "end the process in the container"
        choices = [Choice("go", "close it here; what runs in the container goes on", "g"), Choice("end", stop, "e")]

        def chosen(choice: str | None) -> None:
            if choice is not None:
                self._run(self.close(session, end_process=choice == "end"))

        self.deck.push_screen(Choose(f"Close the session in {session.subject.name}?", choices), chosen)

    def ask_takeover(self, session: Session) -> None:
        """Ask whether to take a console from another client."""
        if session.number in self._asking:
            return
        from widgets.confirm import Confirm

        self._asking.add(session.number)
        body = f"{session.message}\nWho it is, libvirt does not tell. The other one is cut off."

        def answered(yes: bool | None) -> None:
            self._asking.discard(session.number)
            if yes:
                session.start(force=True)

        title = f"Take the console of {session.subject.name} from another client?"
        self.deck.push_screen(Confirm(title, body, yes="Take it over", no="Leave it"), answered)

    def offer_host_tools(self, session: Session) -> None:
        """Offer a shell of this host inside the namespaces of a container that has none, where that is permitted."""
        if session.number not in self._asking:
            self._asking.add(session.number)
            self._run(self._ask_host_tools(session))

    async def _ask_host_tools(self, session: Session) -> None:
        from widgets.confirm import Confirm

        target = session.subject.target
        try:
            command = await self.deck.source.container_help(target).nsenter_command(target)
        except EngineError:  # what cannot be done is in the session's own sentence
            self._asking.discard(session.number)
            return

        def answered(yes: bool | None) -> None:
            self._asking.discard(session.number)
            if yes:
                session.way = Way.HOST_TOOLS
                session.start()

        body = (
            f"There is no shell in it. {' '.join(command)}\n\n"
            "enters its network, processes and IPC with this host's files; its own are below /proc/1/root."
        )
        title = f"Enter {session.subject.name} with this host's own shell?"
        self.deck.push_screen(Confirm(title, body, yes="Enter", no="No"), answered)

    def observe(self, view: HostView) -> None:
        """Tell sessions of a new moment."""
        self.sessions.observe(view)

    # Ways there

    def _one(self, targets: Targets, what: str) -> Instance | None:
        if len(targets.instances) == 1:
            return targets.instances[0]
        self.deck.say(targets.note or f"One at a time: put the cursor on {what}.", "warn")
        return None

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self.deck.run_worker(work, exit_on_error=True)

    async def _open(
        self, instance: Instance, request: SessionRequest, *, anew: bool = False, way: Way = Way.PLAIN
    ) -> None:
        """Go to the session that is open, or open one."""
        if self.is_refused():
            return
        there = None if anew else self.sessions.of(instance.id, request)
        if there is not None:
            if there.state is SessionState.ENDED:
                there.start()
            self.show(there)
            return
        if await self._hand_over(instance, request):
            return
        columns, rows = self._room()
        sized = SessionRequest(
            request.kind, request.device, request.force, request.command, request.user, request.folder, columns, rows
        )
        try:
            session = self.sessions.open(Subject.of(instance), sized, way=way)
        except HostdeckError as error:
            self.deck.say(error.message, "warn")
            return
        self.show(session)

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

    async def _hand_over(self, instance: Instance, request: SessionRequest) -> bool:
        """Hand the whole terminal over where there is no emulator for this platform."""
        if not self._checked:
            from widgets.terminal import available

            self._no_terminal = await asyncio.to_thread(available)
            self._checked = True
        if self._no_terminal is None:
            return False
        from tui.screens.handover import hand_over

        hand_over(self.deck, instance, request, self._no_terminal)
        return True

    async def _console(self, instance: Instance) -> None:
        if self.is_refused():
            return
        if not instance.state.is_active:
            self._offer_start(instance)
            return
        try:
            devices = await self.deck.source.consoles(instance.id)
        except EngineError as error:
            self.deck.say(f"{instance.name}: {error.message}", "crit")
            return
        if len(devices) > 1:
            self._choose_device(instance, devices)
        elif devices:
            await self._open(instance, SessionRequest(SessionKind.CONSOLE, device=devices[0].alias))
        else:
            from tui.screens.no_console import offer_console

            await offer_console(self, instance)

    def _choose_device(self, instance: Instance, devices: tuple[ConsoleDevice, ...]) -> None:
        from widgets.choose import Choice, Choose

        choices = [
            Choice(device.alias, f"{device.alias}  {device.kind} port {device.port}", str(number))
            for number, device in enumerate(devices, 1)
        ]

        def chosen(alias: str | None) -> None:
            if alias is not None:
                self._run(self._open(instance, SessionRequest(SessionKind.CONSOLE, device=alias)))

        self.deck.push_screen(Choose(f"Which console of {instance.name}?", choices), chosen)

    def _offer_start(self, instance: Instance) -> None:
        """Offer to start a guest with its console open."""
        from widgets.confirm import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                self._run(self._open(instance, SessionRequest(SessionKind.CONSOLE), anew=True, way=Way.BOOT))

        body = (
            "It does not run. It is started with its console open, so that nothing it says at boot is missed:\n"
            "started paused, the console opened, then let go."
        )
        host = self.deck.view.host_name if self.deck.view is not None else ""
        self.deck.push_screen(Confirm(f"Start guest {instance.name} on {host}?", body, yes="Start", no="No"), answered)

    async def _send_keys(self, subject: Subject, text: str, keys: tuple[str, ...]) -> None:
        try:
            await self.sessions.send_keys(subject, keys)
        except EngineError as error:
            self.deck.say(f"{subject.name}: {error.message}", "crit")
        else:
            self.deck.say(f"{subject.name}: {text} was sent.", "ok")

    # What sessions tell

    def _utc(self) -> float:
        """Return the host's time, by the newest view."""
        return self.deck.view.taken_utc_seconds if self.deck.view is not None else time.time()

    def _changed(self, session: Session) -> None:
        self._refresh()
        screen = self.deck.screen
        on_top = isinstance(screen, SessionScreen) and screen.session is session
        if on_top and session.state is SessionState.BUSY:
            self.ask_takeover(session)
        elif on_top and session.has_no_shell and session.state is SessionState.ENDED:
            self.offer_host_tools(session)
        elif not session.watched and session.message and not isinstance(screen, SessionsScreen):
            self.deck.say(f"{session.subject.name}: {session.message}", "warn")

    def _refresh(self) -> None:
        screen = self.deck.screen
        if isinstance(screen, SessionScreen):
            screen.show_session()
        elif isinstance(screen, SessionsScreen):
            screen.show_sessions()


def _terminal(sink: Callable[[bytes], None], columns: int, rows: int) -> Terminal:
    from widgets.terminal import Emulator, GhosttyCore

    return Emulator(GhosttyCore(columns, rows), sink=sink)
