import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from tests.unit.build import container, engine_status, guest
from tests.unit.jobs_fakes import RememberingTrail
from tests.unit.session_fakes import RememberingTerminal, ScriptedChannel, SessionHost, states, until
from tests.unit.views import view_of
from tui.domain.errors import ActionRefused, EngineError, EngineLost, NoShell, NotFound, SessionBusy
from tui.domain.host import EngineState
from tui.domain.instance import Instance, State
from tui.domain.session import SessionEnd, SessionKind, SessionRequest
from tui.sessions import MOST_SESSIONS, Session, Sessions, SessionState, Subject
from tui.sessions.model import TooManySessions
from tui.sessions.outbox import MOST_BYTES, Outbox
from tui.sessions.words import again_line, end_sentence
from widgets.terminal import GhosttyCore

SHELL = SessionRequest(SessionKind.SHELL)
CONSOLE = SessionRequest(SessionKind.CONSOLE)


class Desk:
    """A host, its sessions, and what was told about them."""

    def __init__(self, instance: Instance | None = None, **view: Any) -> None:
        self.instance = instance or container()
        self.host = SessionHost(view_of(self.instance, **view))
        self.trail = RememberingTrail()
        self.told: list[str] = []
        self.sessions = Sessions(
            self.host,
            self.trail,
            make_terminal=RememberingTerminal,
            on_change=lambda session: self.told.append(session.state.value),
            utc=lambda: 5.0,
            first_delay=0.001,
        )

    def open(self, request: SessionRequest = SHELL) -> Session:
        return self.sessions.open(Subject.of(self.instance), request)

    async def opened(self, request: SessionRequest = SHELL) -> tuple[Session, ScriptedChannel]:
        session = self.open(request)
        await until(lambda: session.state is SessionState.OPEN)
        return session, self.host.channels[-1]


@asynccontextmanager
async def desk(instance: Instance | None = None, **view: Any) -> AsyncIterator[Desk]:
    made = Desk(instance, **view)
    yield made
    await made.sessions.close_all()


def terminal_of(session: Session) -> RememberingTerminal:
    return cast("RememberingTerminal", session.terminal)


async def test_what_is_said_reaches_the_terminal_and_what_is_typed_the_other_end() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        channel.say(b"$ ")
        await until(lambda: terminal_of(session).fed == b"$ ")
        session.type(b"ls")
        session.type(b"\r")
        await until(lambda: channel.written == b"ls\r")


async def test_news_are_unread_until_somebody_looks() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        channel.say(b"one")
        await until(lambda: session.unread)
        session.watched = True
        assert not session.unread
        channel.say(b"two")
        await until(lambda: terminal_of(session).fed == b"onetwo")
        assert not session.unread


async def test_the_other_end_is_not_read_while_the_terminal_has_no_room() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        terminal_of(session).room.clear()
        for _ in range(50):
            channel.say(b"x" * 1000)
        await until(lambda: terminal_of(session).fed)
        for _ in range(100):
            await asyncio.sleep(0)
        assert channel.reads == 1
        terminal_of(session).room.set()
        await until(lambda: len(terminal_of(session).fed) == 50_000)


async def test_a_pasted_megabyte_waits_without_holding_anything_up() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        channel.unstuck.clear()
        for _ in range(128):
            session.type(b"p" * 8192)
        channel.say(b"still read")
        await until(lambda: terminal_of(session).fed == b"still read")
        channel.unstuck.set()
        await until(lambda: len(channel.written) == 1 << 20)


async def test_typing_more_than_fits_is_refused_with_a_sentence() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        channel.unstuck.clear()
        session.type(b"x" * MOST_BYTES)
        session.type(b"x" * MOST_BYTES)
        assert "takes nothing" in session.message


async def test_of_many_sizes_the_last_one_is_told() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        for width in range(20, 200):
            session.resize(width, 40)
        await until(lambda: channel.sizes)
        assert channel.sizes == [(199, 40)]


async def test_the_end_is_kept_with_its_exit_code() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        channel.say(b"bye")
        channel.finish(SessionEnd(exit_code=3))
        await until(lambda: session.state is SessionState.ENDED)
        assert session.message == "The process ended with exit code 3."
        assert terminal_of(session).fed == b"bye"
        assert not terminal_of(session).closed


async def test_an_ended_session_is_opened_again_on_the_same_terminal() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        channel.finish(SessionEnd(exit_code=0))
        await until(lambda: session.state is SessionState.ENDED)
        session.start()
        await until(lambda: session.state is SessionState.OPEN)
        assert b"opened again \x1b" in terminal_of(session).fed
        assert len(at.host.channels) == 2


async def test_a_lost_session_is_opened_again_by_itself_until_it_works() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        at.host.errors = [EngineLost("lost", "Nobody answers."), EngineError("no", "Not yet.")]
        channel.finish(SessionEnd(message="The service died.", may_reopen=True))
        await until(lambda: len(at.host.channels) == 2)
        await until(lambda: session.state is SessionState.OPEN)
        assert at.host.asked == 4
        assert "waiting" in at.told
        assert b"a new shell; the one before may go on" in terminal_of(session).fed


async def test_a_guest_that_stopped_is_attached_again_when_it_runs() -> None:
    off, on = guest(state=State.STOPPED), guest()
    async with desk(on) as at:
        session, channel = await at.opened(CONSOLE)
        at.host.errors = [ActionRefused("not running", "It does not run.")]
        channel.finish(SessionEnd(message="The guest stopped.", may_reopen=True))
        await until(lambda: session.state is SessionState.WAITING)
        at.sessions.observe(view_of(off))
        await until(lambda: at.host.asked >= 1 and session.state is SessionState.WAITING)
        at.sessions.observe(view_of(on))
        await until(lambda: session.state is SessionState.OPEN)
        assert states(at.told)[-1] == "open"


async def test_an_instance_that_is_removed_ends_the_waiting() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        at.host.errors = [EngineLost("lost", "Gone.")] * 1000
        channel.finish(SessionEnd(message="It stopped.", may_reopen=True))
        await until(lambda: session.state is SessionState.WAITING)
        at.sessions.observe(view_of(sources=(engine_status("podman"),)))
        await until(lambda: session.state is SessionState.ENDED)
        assert "removed" in session.message


async def test_an_engine_that_is_away_does_not_make_its_instances_removed() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        at.host.errors = [EngineLost("lost", "Gone.")] * 3
        channel.finish(SessionEnd(message="It stopped.", may_reopen=True))
        await until(lambda: session.state is SessionState.WAITING)
        at.sessions.observe(view_of(sources=(engine_status("podman", EngineState.LOST),)))
        await until(lambda: session.state is not SessionState.WAITING)
        assert session.state is SessionState.OPENING or session.state is SessionState.OPEN


@pytest.mark.parametrize("error", [NoShell("no shell", "There is none."), NotFound("gone", "It is gone.")])
async def test_what_cannot_be_opened_ends_with_the_engines_sentence(error: EngineError) -> None:
    async with desk() as at:
        at.host.errors = [error]
        session = at.open()
        await until(lambda: session.state is SessionState.ENDED)
        assert session.message == error.message
        assert at.host.asked == 1


async def test_a_busy_console_waits_for_a_person_and_is_taken_over_by_force() -> None:
    async with desk(guest()) as at:
        at.host.errors = [SessionBusy("busy", "Another client has it.")]
        session = at.open(CONSOLE)
        await until(lambda: session.state is SessionState.BUSY)
        session.start(force=True)
        await until(lambda: session.state is SessionState.OPEN)
        assert at.host.channels[0].request.force


@pytest.mark.parametrize("end_process", [True, False])
async def test_closing_ends_the_process_only_when_told(end_process: bool) -> None:
    async with desk() as at:
        session, channel = await at.opened()
        end = await at.sessions.close(session, end_process=end_process)
        assert channel.closed_with is end_process
        assert end.goes_on is not end_process
        assert terminal_of(session).closed
        assert at.sessions.all == ()


async def test_twenty_are_open_and_no_more() -> None:
    async with desk() as at:
        for _ in range(MOST_SESSIONS):
            await at.opened()
        with pytest.raises(TooManySessions, match="close one first"):
            at.open()
        at.host.channels[0].finish(SessionEnd(exit_code=0))
        await until(lambda: len(at.sessions.live) == MOST_SESSIONS - 1)
        at.open()
        assert len(at.sessions.all) == MOST_SESSIONS


async def test_every_opening_is_written_down_before_and_after() -> None:
    async with desk() as at:
        await at.opened()
        at.host.errors = [NoShell("no shell", "There is none.")]
        failed = at.open()
        await until(lambda: failed.state is SessionState.ENDED)
        assert at.trail.lines == [
            ("intent", "open-shell", "web", ""),
            ("result", "open-shell", "web", "done"),
            ("intent", "open-shell", "web", ""),
            ("result", "open-shell", "web", "failed:There is none."),
        ]


async def test_tries_by_itself_fill_no_audit_file() -> None:
    async with desk() as at:
        session, channel = await at.opened()
        at.host.errors = [EngineLost("lost", "Gone.")] * 5
        channel.finish(SessionEnd(may_reopen=True))
        await until(lambda: len(at.host.channels) == 2 and session.state is SessionState.OPEN)
        assert [line[3] for line in at.trail.lines if line[0] == "result"] == ["done", "done"]


async def test_read_only_opens_nothing_and_presses_nothing() -> None:
    async with desk(guest(), read_only=True) as at:
        with pytest.raises(ActionRefused, match="read-only"):
            at.open(CONSOLE)
        with pytest.raises(ActionRefused, match="read-only"):
            await at.sessions.send_keys(Subject.of(at.instance), ("KEY_A",))
        assert at.host.asked == 0
        assert at.host.pressed == []


async def test_keys_that_are_sent_are_written_down() -> None:
    async with desk(guest()) as at:
        await at.sessions.send_keys(Subject.of(at.instance), ("KEY_LEFTCTRL", "KEY_C"))
        assert at.host.pressed == [("KEY_LEFTCTRL", "KEY_C")]
        assert at.trail.lines[-1][1:3] == ("send-keys KEY_LEFTCTRL+KEY_C", "vm")


async def test_the_newest_one_of_a_kind_is_found() -> None:
    async with desk() as at:
        await at.opened()
        second, _ = await at.opened()
        assert at.sessions.of(at.instance.id, SHELL) is second
        assert at.sessions.of(at.instance.id, SessionRequest(SessionKind.ATTACH)) is None


async def test_an_outbox_keeps_order_and_joins_small_pieces() -> None:
    box = Outbox()
    for piece in (b"a", b"b", b"c" * 40_000):
        assert box.put(piece)
    assert await box.take() == b"ab"
    assert await box.take() == b"c" * 40_000
    assert len(box) == 0


@pytest.mark.parametrize(
    ("end", "kind", "sentence"),
    [
        (SessionEnd(exit_code=0), SessionKind.SHELL, "The process ended with exit code 0."),
        (SessionEnd(exit_code=1), SessionKind.ATTACH, "The container ended with exit code 1."),
        (SessionEnd(message="The guest stopped."), SessionKind.CONSOLE, "The guest stopped."),
        (SessionEnd(goes_on=True), SessionKind.SHELL, "It goes on at the other end."),
        (SessionEnd(), SessionKind.CONSOLE, "It ended."),
    ],
)
def test_an_end_is_a_sentence(end: SessionEnd, kind: SessionKind, sentence: str) -> None:
    assert end_sentence(end, kind) == sentence


def test_a_line_between_two_lives_holds_no_foreign_sequence() -> None:
    assert b"\x1b]0;" not in again_line("evil \x1b]0;title\x07")


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (b"one\r\ntwo\r\n/ # x", ["one", "two", "/ # x"]),
        (b"one\r\n" + b"y" * 80, ["one", "y" * 80]),
        (b"one\r\n$ vi\r\n\x1b[?1049h\x1b[Hvi\x1b[10;20H", ["one", "$ vi"]),
        (b"\x1b[1;3rone\r\ntwo\r\nthree", ["one", "two", "three"]),
    ],
    ids=["prompt", "full row", "alternate screen", "margins"],
)
def test_a_line_between_two_lives_writes_over_nothing(before: bytes, kept: list[str]) -> None:
    core = GhosttyCore(80, 24)

    core.feed(before + again_line("opened again") + b"$ ")

    lines = [line.rstrip() for line in core.all_text().split("\n")]
    core.close()
    assert [line for line in lines if line] == [*kept, " opened again", "$"]
