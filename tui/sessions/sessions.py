"""All sessions of one run."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from tui.audit import AuditEntry, AuditTrail
from tui.domain.action import Result
from tui.domain.errors import ActionRefused, EngineError
from tui.domain.host import HostView
from tui.domain.identity import InstanceId
from tui.domain.session import SessionEnd, SessionRequest
from tui.engines.pty import open_pty
from tui.engines.sessions import Channel, HelpsContainers, HelpsGuests
from tui.sessions.model import AUDIT_WORDS, MakeTerminal, Presence, SessionState, Subject, TooManySessions, Way
from tui.sessions.session import FIRST_DELAY_SECONDS, Session

MOST_SESSIONS = 20
CLOSE_SECONDS = 2.0
READ_ONLY = "hostdeck runs with --read-only: nothing is opened that can be typed in."


class SessionSource(Protocol):
    """The part of a `HostSource` that sessions need."""

    @property
    def view(self) -> HostView | None:
        """Return the newest view."""

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:
        """Open one; raises `EngineError`."""

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:
        """Press keys of a guest's keyboard; raises `EngineError`."""

    def guest_help(self, target: InstanceId) -> HelpsGuests:
        """Return what else can be done for a guest; raises `EngineError`."""

    def container_help(self, target: InstanceId) -> HelpsContainers:
        """Return what else can be done for a container; raises `EngineError`."""


class Sessions:
    """Opens, lists and ends sessions.

    Args:
        audit: every opening is written down, before and after.
        make_terminal: makes what shows a session.
        on_change: called when something of a session differs.
    """

    def __init__(
        self,
        source: SessionSource,
        audit: AuditTrail,
        *,
        make_terminal: MakeTerminal,
        on_change: Callable[[Session], None] = lambda _: None,
        utc: Callable[[], float] = time.time,
        first_delay: float = FIRST_DELAY_SECONDS,
    ) -> None:
        self.on_change = on_change
        self._source = source
        self._audit = audit
        self._make_terminal = make_terminal
        self._utc = utc
        self._first_delay = first_delay
        self._sessions: dict[int, Session] = {}
        self._last = 0

    @property
    def all(self) -> Sequence[Session]:
        """Return every session, the oldest first, ended ones included until they are closed."""
        return tuple(self._sessions.values())

    @property
    def live(self) -> Sequence[Session]:
        """Return what is open or will be again."""
        return tuple(session for session in self._sessions.values() if session.state.is_live)

    def get(self, number: int) -> Session | None:
        """Return a session by its number."""
        return self._sessions.get(number)

    def of(self, target: InstanceId, like: SessionRequest) -> Session | None:
        """Return the newest one of an instance that is of the same kind and device."""
        found = [
            session
            for session in self._sessions.values()
            if session.subject.target == target
            and (session.request.kind, session.request.device) == (like.kind, like.device)
        ]
        return found[-1] if found else None

    def open(self, subject: Subject, request: SessionRequest, *, way: Way = Way.PLAIN) -> Session:
        """Begin to open one; what comes of it is its state.

        Args:
            way: how it is opened.

        Raises:
            ActionRefused: read-only.
            TooManySessions: close one first.
        """
        view = self._source.view
        if view is not None and view.read_only:
            raise ActionRefused("read-only", READ_ONLY)
        self._make_room()
        self._last += 1
        session = Session(
            self._last,
            subject,
            request,
            open_channel=self._open_channel,
            make_terminal=self._make_terminal,
            changed=self._changed,
            utc=self._utc,
            first_delay=self._first_delay,
            way=way,
        )
        self._sessions[session.number] = session
        session.start()
        return session

    def _make_room(self) -> None:
        """Forget the oldest that ended, or refuse."""
        if len(self._sessions) < MOST_SESSIONS:
            return
        ended = next((one for one in self._sessions.values() if one.state is SessionState.ENDED), None)
        if ended is None or ended.watched:
            raise TooManySessions("Too many", f"{MOST_SESSIONS} sessions are open: close one first.")
        del self._sessions[ended.number]
        ended.terminal.close()

    async def close(self, session: Session, *, end_process: bool = False) -> SessionEnd:
        """Leave one for good and forget it."""
        self._sessions.pop(session.number, None)
        return await session.close(end_process=end_process)

    async def close_all(self) -> None:
        """Leave all within two seconds; what runs at the other end goes on."""
        closing = [asyncio.create_task(self.close(session)) for session in list(self._sessions.values())]
        if closing:
            await asyncio.wait(closing, timeout=CLOSE_SECONDS)

    def observe(self, view: HostView) -> None:
        """Tell sessions what became of their instances; call it with every new view."""
        for session in self._sessions.values():
            if session.state is SessionState.WAITING:
                session.observe(Presence.in_view(session.subject.target, view))

    async def send_keys(self, subject: Subject, keys: tuple[str, ...]) -> None:
        """Press keys of a guest's keyboard, and write that down.

        Raises:
            EngineError: with its sentence.
        """
        entry = self._entry(subject, 0, "send-keys " + "+".join(keys))
        self._audit.intent(entry)
        try:
            view = self._source.view
            if view is not None and view.read_only:
                raise ActionRefused("read-only", "hostdeck runs with --read-only: no keys are sent.")
            await self._source.send_keys(subject.target, keys)
        except EngineError as error:
            self._audit.result(entry, _result_of(error), error.message)
            raise
        self._audit.result(entry, Result.DONE, "")

    async def add_console(self, subject: Subject) -> str:
        """Add a serial console to a guest's stored definition, write that down, and return when it works.

        Raises:
            EngineError: with its sentence.
        """
        entry = self._entry(subject, 0, "add-serial-console")
        self._audit.intent(entry)
        try:
            said = await self._source.guest_help(subject.target).add_serial(subject.target)
        except EngineError as error:
            self._audit.result(entry, _result_of(error), error.message)
            raise
        self._audit.result(entry, Result.DONE, "")
        return said

    async def _open_channel(self, session: Session, request: SessionRequest, by_itself: bool) -> Channel:
        """Open and write it down; tries that hostdeck makes by itself count only when they succeed."""
        way = session.way
        if way is Way.BOOT:
            session.way = Way.PLAIN
        word = _WORDS_OF_WAYS.get(way) or AUDIT_WORDS[request.kind]
        entry = self._entry(session.subject, session.number, word)
        if not by_itself:
            self._audit.intent(entry)
        try:
            channel = await self._open_by(way, session.subject.target, request)
        except EngineError as error:
            if not by_itself:
                self._audit.result(entry, _result_of(error), error.message)
            raise
        if by_itself:
            self._audit.intent(entry)
        self._audit.result(entry, Result.DONE, "")
        return channel

    async def _open_by(self, way: Way, target: InstanceId, request: SessionRequest) -> Channel:
        if way is Way.BOOT:
            return await self._source.guest_help(target).open_boot_console(target, request)
        if way is Way.HOST_TOOLS:
            command = await self._source.container_help(target).nsenter_command(target)
            return await open_pty(command, columns=request.columns, rows=request.rows)
        return await self._source.open_session(target, request)

    def _entry(self, subject: Subject, number: int, action: str) -> AuditEntry:
        view = self._source.view
        return AuditEntry(
            job=number,
            action=action,
            target=subject.target,
            name=subject.name,
            kind=subject.kind,
            owner=subject.owner,
            host_name=view.host_name if view else "",
        )

    def _changed(self, session: Session) -> None:
        if session.number in self._sessions:
            self.on_change(session)


_WORDS_OF_WAYS = {Way.BOOT: "start-with-console", Way.HOST_TOOLS: "enter-namespaces"}


def _result_of(error: EngineError) -> Result:
    return Result.REFUSED if isinstance(error, ActionRefused) else Result.FAILED
