"""What a session asks the person: to take a console over, to go in with the host's tools, what closing it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import EngineError
from tui.domain.session import SessionKind
from tui.sessions import Session, SessionState, Way

if TYPE_CHECKING:
    from tui.screens.inside import Inside


class SessionAsks:
    """Asks once at a time for each session.

    Args:
        inside: what holds the sessions.
    """

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self._asking: set[int] = set()

    def close(self, session: Session) -> None:
        """Close a session; of a process that goes on otherwise, ask whether to end it."""
        inside = self._inside
        if session.state is not SessionState.OPEN or session.request.kind is SessionKind.CONSOLE:
            inside.run(inside.close(session))
            return
        from widgets.choose import Choice, Choose

        attached = session.request.kind is SessionKind.ATTACH
        stop = "stop the container" if attached else "end the process in the container"
        choices = [Choice("go", "close it here; what runs in the container goes on", "g"), Choice("end", stop, "e")]

        def chosen(choice: str | None) -> None:
            if choice is not None:
                inside.run(inside.close(session, end_process=choice == "end"))

        inside.deck.push_screen(Choose(f"Close the session in {session.subject.name}?", choices), chosen)

    def takeover(self, session: Session) -> None:
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
        self._inside.deck.push_screen(Confirm(title, body, yes="Take it over", no="Leave it"), answered)

    def host_tools(self, session: Session) -> None:
        """Offer a shell of this host inside the namespaces of a container that has none, where that is permitted."""
        if session.number not in self._asking:
            self._asking.add(session.number)
            self._inside.run(self._ask_host_tools(session))

    async def _ask_host_tools(self, session: Session) -> None:
        from widgets.confirm import Confirm

        target = session.subject.target
        try:
            command = await self._inside.deck.source.container_help(target).nsenter_command(target)
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
        self._inside.deck.push_screen(Confirm(title, body, yes="Enter", no="No"), answered)
