"""Shells and attaching against a scripted service: what is asked, how a session ends, and who never freezes."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.unit.podman_fake import FakePodman, Route, Writer, hang, raw, reply, serving
from tests.unit.test_podman_sessions_wire import frame
from tui.domain.errors import ActionRefused, EngineAbsent, EngineError, NoShell, NotFound
from tui.domain.identity import InstanceId
from tui.domain.session import SessionEnd, SessionKind, SessionRequest
from tui.engines.podman import PodmanEngine
from tui.engines.podman.channel import PodmanChannel
from tui.engines.podman.exec import ExecProcess
from tui.engines.podman.wire import upgrade
from tui.engines.sessions import Channel, OpensSessions, ReadsLogs

ONE = InstanceId("host", "podman", "one")
SHELL = SessionRequest(SessionKind.SHELL, columns=100, rows=30)
ATTACH = SessionRequest(SessionKind.ATTACH, columns=100, rows=30)
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
THERE = raw(b"HTTP/1.1 200 OK\r\n\r\n")
GONE = reply({"cause": "no such container", "message": "no container", "response": 404}, 404)


@pytest.fixture
async def podman() -> AsyncIterator[FakePodman]:
    async with serving() as fake:
        fake.routes |= {
            "containers/one/json": container(),
            "containers/one/archive": THERE,
            "containers/one/exec": reply({"Id": "e1"}, 201),
            "containers/one/resize": reply({}),
            "exec/e1/json": execed(running=True),
            "exec/e1/resize": reply(None, 201),
        }
        yield fake


def container(status: str = "running", **config: Any) -> Route:
    return reply({"Name": "web", "State": {"Status": status, "ExitCode": 3, "Pid": 0}, "Config": config})


def execed(*, running: bool, code: int = 0, pid: int = 0) -> Route:
    return reply({"Running": running, "ExitCode": code, "Pid": pid})


def engine_of(fake: FakePodman, **options: Any) -> PodmanEngine:
    return PodmanEngine(fake.url, engine_id="podman", host_id="host", user="root", **options)


def streaming(fake: FakePodman, talk: Callable[[asyncio.StreamReader, Writer], Any]) -> Route:
    """Switch protocols, then let `talk` have the stream."""

    async def write(writer: Writer) -> None:
        writer.write(UPGRADED)
        await writer.drain()
        await talk(fake.readers[writer], writer)
        writer.close()

    return write


async def echo(reader: asyncio.StreamReader, writer: Writer) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def shell(fake: FakePodman, talk: Any = echo, request: SessionRequest = SHELL, **options: Any) -> Channel:
    fake.routes["exec/e1/start"] = streaming(fake, talk)
    return await engine_of(fake, **options).open_session(ONE, request)


async def attach(fake: FakePodman, talk: Any = echo, **config: Any) -> Channel:
    fake.routes |= {"containers/one/attach": streaming(fake, talk), "containers/one/json": container(**config)}
    return await engine_of(fake).open_session(ONE, ATTACH)


async def read_until(channel: Channel, wanted: bytes) -> bytes:
    got = b""
    while wanted not in got and (data := await channel.read()):
        got += data
    return got


async def read_all(channel: Channel) -> tuple[bytes, SessionEnd | None]:
    got = b""
    while data := await channel.read():
        got += data
    return got, channel.end


def test_the_engine_has_the_seam(podman: FakePodman) -> None:
    engine = engine_of(podman)
    assert isinstance(engine, OpensSessions)
    assert isinstance(engine, ReadsLogs)


async def test_a_shell_talks_and_tells_its_exit_code(podman: FakePodman) -> None:
    async def talk(reader: asyncio.StreamReader, writer: Writer) -> None:
        writer.write(b"you said " + await reader.readline())
        podman.routes["exec/e1/json"] = execed(running=False, code=7)

    channel = await shell(podman, talk, SessionRequest(SessionKind.SHELL, user="1:2", folder="/tmp", columns=9, rows=5))
    await channel.write(b"hello\n")
    assert await read_all(channel) == (b"you said hello\n", SessionEnd(exit_code=7))
    assert await channel.read() == b""
    await channel.write(b"nobody hears")
    await channel.resize(1, 1)
    assert await channel.close() == SessionEnd(exit_code=7)
    created, started = podman.bodies
    assert created == {
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": True,
        "DetachKeys": "",
        "Cmd": ["/bin/bash"],
        "Env": ["TERM=xterm-256color"],
        "User": "1:2",
        "WorkingDir": "/tmp",
    }
    assert started == {"Tty": True, "Detach": False, "w": 9, "h": 5}


async def test_bytes_are_passed_as_they_are(podman: FakePodman) -> None:
    channel = await shell(podman)
    for piece in (b"\xe2\x82", b"\xac", b"\x00\xff\x1b]52;c;\x07", b"\x10\x11"):
        await channel.write(piece)
        assert await read_until(channel, piece) == piece
    assert (await channel.close()).goes_on


def stat(mode: int) -> Route:
    fact = base64.b64encode(json.dumps({"name": "x", "mode": mode}).encode()).decode()
    return raw(f"HTTP/1.1 200 OK\r\nX-Docker-Container-Path-Stat: {fact}\r\n\r\n".encode())


def files(fake: FakePodman, **existing: Route) -> None:
    """Let only these paths exist; "_" for "/"."""

    async def look(writer: Writer) -> None:
        path = fake.asked[-1].partition("path=")[2].replace("%2F", "_")
        await existing.get(path, raw(b"HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\n"))(writer)

    fake.routes["containers/one/archive"] = look


@pytest.mark.parametrize(
    ("existing", "shells", "found"),
    [
        ({"_bin_sh": stat(0o755)}, ("/bin/bash", "/bin/sh"), "/bin/sh"),
        ({"_bin_bash": stat(0o644), "_bin_sh": stat(0o755)}, ("/bin/bash", "/bin/sh"), "/bin/sh"),
        ({"_bin_bash": stat(1 << 31 | 0o755), "_bin_sh": stat(0o755)}, ("/bin/bash", "/bin/sh"), "/bin/sh"),
        ({"_bin_sh": stat(1 << 27 | 0o777)}, ("/bin/sh",), "/bin/sh"),
        ({"_nix_bin_bash": stat(0o555)}, ("/bin/sh", "bash"), "/nix/bin/bash"),
        ({"_bin_sh": raw(b"HTTP/1.1 500 No\r\n\r\n")}, ("/bin/sh",), "/bin/sh"),
        ({"_bin_sh": raw(b"HTTP/1.1 200 OK\r\nX-Docker-Container-Path-Stat: !\r\n\r\n")}, ("/bin/sh",), "/bin/sh"),
    ],
)
async def test_the_first_shell_that_exists(
    podman: FakePodman, existing: dict[str, Route], shells: tuple[str, ...], found: str
) -> None:
    podman.routes["containers/one/json"] = container(Env=["A=1", "PATH=/opt:/nix/bin"])
    files(podman, **existing)
    channel = await shell(podman, shells=shells)
    assert podman.bodies[0]["Cmd"] == [found]
    await channel.close()


async def test_no_shell_says_so_and_what_helps(podman: FakePodman) -> None:
    files(podman)
    with pytest.raises(NoShell, match=r"no shell in it \(looked for /bin/zsh, fish\)\. .*nsenter"):
        await shell(podman, shells=("/bin/zsh", "fish"))


async def test_a_missing_program_says_so(podman: FakePodman) -> None:
    async def talk(_reader: asyncio.StreamReader, writer: Writer) -> None:
        writer.write(b'Error: exec: "nosuch": executable file not found in $PATH\n')
        podman.routes["exec/e1/json"] = execed(running=False, code=127)

    channel = await shell(podman, talk, SessionRequest(SessionKind.SHELL, command=("nosuch",)))
    text, end = await read_all(channel)
    assert text.startswith(b"Error: exec")
    assert end is not None
    assert end.exit_code == 127
    assert "nosuch was not started" in end.message


@pytest.mark.parametrize(
    ("status", "words"),
    [("exited", "start it first"), ("created", "start it first"), ("paused", "resume it"), ("stopping", "stopping")],
)
@pytest.mark.parametrize("kind", [SessionKind.SHELL, SessionKind.ATTACH])
async def test_what_does_not_run_is_not_opened(podman: FakePodman, status: str, words: str, kind: SessionKind) -> None:
    podman.routes["containers/one/json"] = container(status)
    with pytest.raises(ActionRefused, match=words):
        await engine_of(podman).open_session(ONE, SessionRequest(kind))


async def test_refusals(podman: FakePodman) -> None:
    with pytest.raises(ActionRefused, match="no console"):
        await engine_of(podman).open_session(ONE, SessionRequest(SessionKind.CONSOLE))
    with pytest.raises(ActionRefused, match="read-only"):
        await engine_of(podman, read_only=True).open_session(ONE, SHELL)
    assert await engine_of(podman).consoles(ONE) == ()
    podman.routes["containers/one/json"] = GONE
    with pytest.raises(NotFound, match="no longer there"):
        await engine_of(podman).open_session(ONE, SHELL)
    podman.routes["containers/one/json"] = reply(["nonsense"])
    with pytest.raises(EngineError, match="nonsense"):
        await engine_of(podman).open_session(ONE, SHELL)


async def test_a_container_that_stopped_meanwhile(podman: FakePodman) -> None:
    improper = {"cause": "container state improper", "message": "can only create exec sessions on running containers"}
    podman.routes["containers/one/exec"] = reply(improper, 500)
    with pytest.raises(ActionRefused, match="running containers"):
        await shell(podman)
    podman.routes["containers/one/exec"] = GONE
    with pytest.raises(NotFound):
        await shell(podman)
    podman.routes["containers/one/exec"] = reply({})
    with pytest.raises(EngineError, match="without an id"):
        await shell(podman)


async def test_an_unknown_user_is_told_in_podmans_words(podman: FakePodman) -> None:
    podman.routes["exec/e1/start"] = reply({"message": "unable to find user nobody9"}, 500)
    with pytest.raises(EngineError, match="nobody9"):
        await engine_of(podman).open_session(ONE, SHELL)


async def until_closed(reader: asyncio.StreamReader, _writer: Writer) -> None:
    await reader.read()


@pytest.mark.parametrize(
    ("exec_says", "container_says", "expected"),
    [
        (GONE, GONE, SessionEnd(message="The container was removed.")),
        (GONE, container("exited"), SessionEnd(message="has stopped", may_reopen=True)),
        (execed(running=False, code=137), container("exited"), SessionEnd(137, message="has stopped", may_reopen=True)),
        (execed(running=False, code=137), container(), SessionEnd(137, message="It was killed.")),
        (GONE, container(), SessionEnd(message="does not tell")),
        (execed(running=False, code=127), container(), SessionEnd(127)),
        (execed(running=True), container(), SessionEnd(goes_on=True, message="/bin/bash goes on", may_reopen=True)),
    ],
)
async def test_why_a_shell_ended(
    podman: FakePodman, exec_says: Route, container_says: Route, expected: SessionEnd
) -> None:
    async def talk(_reader: asyncio.StreamReader, _writer: Writer) -> None:
        podman.routes |= {"exec/e1/json": exec_says, "containers/one/json": container_says}

    _, end = await read_all(await shell(podman, talk))
    assert end is not None
    assert (end.exit_code, end.goes_on, end.may_reopen) == (
        expected.exit_code,
        expected.goes_on,
        expected.may_reopen,
    )
    assert expected.message in end.message
    assert bool(expected.message) == bool(end.message)


async def test_a_killed_service_ends_a_session_that_may_be_opened_again(podman: FakePodman) -> None:
    channel = await shell(podman)
    await podman.stop()
    text, end = await read_all(channel)
    assert text == b""
    assert end is not None
    assert end.may_reopen
    assert "may go on" in end.message


async def test_a_hung_service_is_found_when_typing_brings_nothing(podman: FakePodman) -> None:
    podman.routes |= {"exec/e1/start": streaming(podman, until_closed), "_ping": hang}
    wire = await upgrade(podman.url, "exec/e1/start")
    remote = ExecProcess(podman.url, "one", "e1", ("sh",), on_this_host=False)
    channel = PodmanChannel(podman.url, wire, remote, quiet_seconds=0.1)
    await channel.write(b"x")
    text, end = await read_all(channel)
    assert text == b""
    assert end is not None
    assert end.may_reopen
    assert "did not answer" in end.message


async def test_a_silent_program_of_a_live_service_is_left_in_peace(podman: FakePodman) -> None:
    podman.routes["exec/e1/start"] = streaming(podman, until_closed)
    wire = await upgrade(podman.url, "exec/e1/start")
    remote = ExecProcess(podman.url, "one", "e1", ("sh",), on_this_host=False)
    channel = PodmanChannel(podman.url, wire, remote, quiet_seconds=0.05)
    await channel.write(b"x")
    await podman.until_asked("_ping")
    await channel.resize(5, 5)  # one more answer, after which the one before is known
    assert channel.end is None
    await channel.close()


async def test_a_storm_of_sizes_sends_the_last_and_few(podman: FakePodman) -> None:
    channel = await shell(podman)
    await asyncio.gather(*(channel.resize(columns, 10) for columns in range(1, 501)))
    sizes = [asked for asked in podman.asked if "resize" in asked]
    assert sizes[-1] == "POST exec/e1/resize?w=500&h=10"
    assert len(sizes) <= 3
    await channel.close()


async def test_a_flood_waits_at_the_other_end(podman: FakePodman) -> None:
    sent = 0
    stuck = asyncio.Event()

    async def flood(_reader: asyncio.StreamReader, writer: Writer) -> None:
        nonlocal sent
        while True:
            writer.write(b"y\n" * 32768)
            sent += 65536
            drain = asyncio.ensure_future(writer.drain())
            await asyncio.wait({drain}, timeout=0.2)
            if not drain.done():
                stuck.set()
            await drain

    channel = await shell(podman, flood)
    await stuck.wait()
    assert sent < 4 << 20
    assert 0 < len(await channel.read()) <= 65536
    await channel.close()


async def test_closing_ends_a_read_and_a_stuck_write(podman: FakePodman) -> None:
    async def deaf(_reader: asyncio.StreamReader, _writer: Writer) -> None:
        await asyncio.Event().wait()

    channel = await shell(podman, deaf)
    reading = asyncio.create_task(channel.read())
    writing = asyncio.create_task(channel.write(b"paste" * 2_000_000))
    await podman.until_asked("exec/e1/json")
    end, again = await asyncio.gather(channel.close(), channel.close())
    assert end == again
    assert end.goes_on
    assert "/bin/bash goes on" in end.message
    assert await reading == b""
    await writing


async def test_a_process_elsewhere_cannot_be_ended_from_here(podman: FakePodman) -> None:
    end = await (await shell(podman)).close(end_process=True)
    assert end.goes_on
    assert "host it runs on" in end.message


async def test_leaving_while_the_service_is_away(podman: FakePodman) -> None:
    channel = await shell(podman)
    await podman.stop()
    end = await channel.close()
    assert end.may_reopen
    assert "may go on" in end.message


async def test_closing_the_engine_closes_what_is_open(podman: FakePodman) -> None:
    podman.routes["exec/e1/start"] = streaming(podman, echo)
    engine = engine_of(podman)
    channels = [await engine.open_session(ONE, SHELL) for _ in range(20)]
    reading = [asyncio.create_task(channel.read()) for channel in channels]
    await engine.close()
    assert await asyncio.gather(*reading) == [b""] * 20
    assert all(channel.end is not None for channel in channels)


async def test_attaching_to_a_terminal(podman: FakePodman) -> None:
    async def talk(reader: asyncio.StreamReader, writer: Writer) -> None:
        writer.write(b"got " + await reader.readexactly(2))
        podman.routes["containers/one/json"] = container("exited", Tty=True)

    channel = await attach(podman, talk, Tty=True)
    await channel.write(b"a\r")
    text, end = await read_all(channel)
    assert text == b"got a\r"
    assert end is not None
    assert (end.exit_code, end.may_reopen) == (3, True)
    assert "POST containers/one/resize?w=100&h=31" in podman.asked
    assert "POST containers/one/resize?w=100&h=30" in podman.asked


async def test_attaching_to_pipes_is_like_a_terminal(podman: FakePodman) -> None:
    async def talk(reader: asyncio.StreamReader, writer: Writer) -> None:
        whole = frame(1, b"one\ntwo\r") + frame(2, b"\nerr\n") + frame(1, await reader.readexactly(2))
        for at in range(len(whole)):
            writer.write(whole[at : at + 1])
            await writer.drain()
        await reader.read()

    channel = await attach(podman, talk, OpenStdin=True)
    await channel.write(b"x\r")
    assert await read_until(channel, b"x\r\n") == b"one\r\ntwo\r\nerr\r\nx\r\n"
    assert not any("resize" in asked for asked in podman.asked)
    podman.routes["containers/one/json"] = container("exited")
    end = await channel.close()
    assert not end.goes_on
    assert "was closed, and the container ended" in end.message


@pytest.mark.parametrize(
    ("config", "words"),
    [({}, "The container goes on."), ({"OpenStdin": True}, "its input, a pipe, was closed")],
)
async def test_leaving_leaves_the_container(podman: FakePodman, config: dict[str, bool], words: str) -> None:
    end = await (await attach(podman, **config)).close()
    assert end.goes_on
    assert words in end.message


async def test_ending_stops_the_container(podman: FakePodman) -> None:
    podman.routes["containers/one/stop"] = reply(None, 204)
    end = await (await attach(podman, Tty=True)).close(end_process=True)
    assert (end.exit_code, end.goes_on) == (3, False)
    podman.routes["containers/one/stop"] = reply({"message": "no"}, 500)
    end = await (await attach(podman, Tty=True)).close(end_process=True)
    assert (end.message, end.goes_on) == ("It could not be stopped: no", True)


async def test_a_removed_container_ends_what_is_attached(podman: FakePodman) -> None:
    async def talk(_reader: asyncio.StreamReader, _writer: Writer) -> None:
        podman.routes["containers/one/json"] = GONE

    assert await read_all(await attach(podman, talk)) == (b"", SessionEnd(message="The container was removed."))


async def test_a_service_that_came_back_at_once_leaves_the_container(podman: FakePodman) -> None:
    async def talk(_reader: asyncio.StreamReader, _writer: Writer) -> None:
        return

    _, end = await read_all(await attach(podman, talk, Tty=True))
    assert end is not None
    assert (end.goes_on, end.may_reopen) == (True, True)


async def test_a_stream_out_of_step_ends(podman: FakePodman) -> None:
    async def talk(_reader: asyncio.StreamReader, writer: Writer) -> None:
        writer.write(b"Error: read unixpacket: connection reset\n")
        podman.routes["containers/one/json"] = container("exited")

    _, end = await read_all(await attach(podman, talk))
    assert end is not None
    assert end.may_reopen


async def test_opening_without_a_service(podman: FakePodman) -> None:
    await podman.stop()
    with pytest.raises(EngineAbsent):
        await engine_of(podman).open_session(ONE, SHELL)


async def test_nsenter_is_for_this_host_only(podman: FakePodman) -> None:
    with pytest.raises(ActionRefused, match="host it runs on"):
        await engine_of(podman).nsenter_command(ONE)
