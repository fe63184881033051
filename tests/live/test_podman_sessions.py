"""Shells and attaching in real containers: terminals, exit codes, leaving, and a service that hangs or dies."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.live.harness.podman import PodmanHost
from tests.live.harness.waiting import wait_until
from tests.unit.engine_contract import running
from tui.domain.errors import ActionRefused, NoShell, NotFound
from tui.domain.identity import InstanceId
from tui.domain.session import SessionEnd, SessionKind, SessionRequest
from tui.engines.podman import PodmanEngine
from tui.engines.pty import open_pty
from tui.engines.sessions import Channel

NO_NETWORK = ["--network", "none"]
SHELL = SessionRequest(SessionKind.SHELL)
ATTACH = SessionRequest(SessionKind.ATTACH)
DEADLINE_SECONDS = 30.0


@asynccontextmanager
async def engine_at(host: PodmanHost, **options: Any) -> AsyncIterator[PodmanEngine]:
    engine = PodmanEngine(host.url, engine_id="podman", host_id="host", user="root", **options)
    async with running(engine):
        yield engine


def id_of(local: str) -> InstanceId:
    return InstanceId("host", "podman", local)


async def start(host: PodmanHost, name: str, *args: str, options: list[str] | None = None) -> InstanceId:
    return id_of(await asyncio.to_thread(host.run, name, *args, options=[*NO_NETWORK, *(options or [])]))


async def cli(host: PodmanHost, *args: str) -> str:
    return await asyncio.to_thread(host.cli, *args)


async def until(condition: Callable[[], object], what: str) -> None:
    await asyncio.to_thread(wait_until, condition, what)


async def read_until(channel: Channel, wanted: bytes) -> bytes:
    got = b""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while wanted not in got:
            data = await channel.read()
            assert data, f"ended with {channel.end} before {wanted!r}: {got!r}"
            got += data
    return got


async def ask(channel: Channel, line: str) -> bytes:
    """Run a command line in a shell and return everything up to a mark behind its output."""
    await channel.write(f"{line}; echo MA''RK\n".encode())
    return await read_until(channel, b"MARK\r\n")


async def read_all(channel: Channel) -> bytes:
    said = b""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while data := await channel.read():
            said += data
    return said


async def read_end(channel: Channel) -> SessionEnd:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while await channel.read():
            pass
    assert channel.end is not None
    return channel.end


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def pid_of(channel: Channel, local: str) -> int:
    """Return the host's pid of a shell in a container."""
    inside = (await ask(channel, "echo pid=$$.")).rpartition(b"pid=")[2].partition(b".")[0].decode()
    return host_pid(inside, local)


def host_pid(inside: str, local: str) -> int:
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            cgroup = status.with_name("cgroup").read_text()
        except OSError:
            continue
        if lines["NSpid"].split()[1:] == [inside] and local in cgroup:
            return int(lines["Pid"])
    raise AssertionError(f"no process {inside} in {local}")


async def test_a_shell_has_a_terminal_user_and_folder(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman) as engine:
        request = SessionRequest(SessionKind.SHELL, user="12:34", folder="/tmp", columns=101, rows=33)
        channel = await engine.open_session(one, request)
        said = await ask(channel, "stty size; id; pwd; echo $TERM; tty")
        for expected in (b"33 101", b"uid=12 gid=34", b"/tmp", b"xterm-256color", b"/dev/pts/"):
            assert expected in said
        await channel.resize(140, 50)
        assert b"50 140" in await ask(channel, "stty size")
        await channel.write(b"exit 5\n")
        assert await read_end(channel) == SessionEnd(exit_code=5)


async def test_keys_that_detach_elsewhere_and_bytes_that_are_no_text_pass(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman) as engine:
        command = ("sh", "-c", "stty raw -echo; echo READY; exec cat")
        channel = await engine.open_session(one, SessionRequest(SessionKind.SHELL, command=command))
        await read_until(channel, b"READY")
        for piece in (b"\x10\x11", b"\xe2\x82", b"\xac\xff\x00end"):
            await channel.write(piece)
            await read_until(channel, piece)
        assert (await channel.close(end_process=True)).goes_on is False


async def test_leaving_leaves_the_shell_and_ending_ends_it(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman) as engine:
        left, ended = await engine.open_session(one, SHELL), await engine.open_session(one, SHELL)
        left_pid, ended_pid = await pid_of(left, one.local), await pid_of(ended, one.local)
        end = await left.close()
        assert end.goes_on
        assert "/bin/ash goes on" in end.message
        end = await ended.close(end_process=True)
        assert (end.goes_on, end.exit_code) == (False, 129)
        assert not is_there(ended_pid)
        assert is_there(left_pid)


async def test_a_shell_that_ignores_the_hangup_is_killed(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman) as engine:
        command = ("sh", "-c", "trap '' HUP TERM; echo READY; while :; do sleep 1; done")
        channel = await engine.open_session(one, SessionRequest(SessionKind.SHELL, command=command))
        await read_until(channel, b"READY")
        assert await channel.close(end_process=True) == SessionEnd(exit_code=137)


@pytest.mark.parametrize(("program", "code"), [("/bin/nosuch", 127), ("nosuch", 127), ("/etc", 126)])
async def test_a_missing_program(clean_podman: PodmanHost, program: str, code: int) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman) as engine:
        channel = await engine.open_session(one, SessionRequest(SessionKind.SHELL, command=(program,)))
        await read_until(channel, b"Error: ")
        end = await read_end(channel)
        assert end.exit_code == code
        assert program in end.message


async def test_the_first_shell_of_the_list_and_none(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman, shells=("/bin/bash", "zsh", "sh")) as engine:
        channel = await engine.open_session(one, SHELL)
        assert b"/bin/sh" in await ask(channel, "tr '\\0' ' ' < /proc/$$/cmdline")
        await channel.close(end_process=True)
    async with engine_at(clean_podman, shells=("/bin/bash", "zsh")) as engine:
        with pytest.raises(NoShell, match=r"looked for /bin/bash, zsh.*nsenter --target="):
            await engine.open_session(one, SHELL)


async def test_nsenter_enters_with_the_hosts_tools(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one", options=["--hostname", "inside"])
    async with engine_at(clean_podman) as engine:
        *command, _shell = await engine.nsenter_command(one)
        look = "hostname; cat /proc/1/comm; cat /etc/hostname"
        channel = await open_pty((*command, "sh", "-c", look), columns=80, rows=24)
        name, first, hosts_name, *_ = (await read_all(channel)).decode().split()
        assert (name, first) == ("inside", "sleep")
        assert hosts_name not in {"", "inside"}


async def test_what_does_not_run(clean_podman: PodmanHost) -> None:
    made = id_of((await cli(clean_podman, "create", "--name", "made", *NO_NETWORK, clean_podman.image)).strip())
    paused = await start(clean_podman, "paused")
    await cli(clean_podman, "pause", "paused")
    async with engine_at(clean_podman) as engine:
        for request in (SHELL, ATTACH):
            with pytest.raises(ActionRefused, match="start it first"):
                await engine.open_session(made, request)
            with pytest.raises(ActionRefused, match="resume it first"):
                await engine.open_session(paused, request)
            with pytest.raises(NotFound):
                await engine.open_session(id_of("0" * 64), request)


@pytest.mark.parametrize("request_", [SHELL, ATTACH], ids=["shell", "attach"])
async def test_stopped_and_removed_while_open(clean_podman: PodmanHost, request_: SessionRequest) -> None:
    one = await start(clean_podman, "one", "sh", options=["-ti"])
    async with engine_at(clean_podman) as engine:
        channel = await engine.open_session(one, request_)
        await cli(clean_podman, "kill", "one")
        end = await read_end(channel)
        assert (end.exit_code, end.may_reopen) == (137, True)
        assert "has stopped" in end.message
        await cli(clean_podman, "start", "one")
        channel = await engine.open_session(one, request_)
        await cli(clean_podman, "rm", "--force", "--time", "0", "one")
        end = await read_end(channel)
        assert end.message == "The container was removed."
        assert not end.may_reopen


async def test_attaching_to_a_terminal_and_leaving(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one", "sh", options=["-ti"])
    pid = clean_podman.pid("one")
    async with engine_at(clean_podman) as engine:
        request = SessionRequest(SessionKind.ATTACH, columns=77, rows=22)
        channel = await engine.open_session(one, request)
        assert b"22 77" in await ask(channel, "stty size")
        await channel.write(b"\x10\x11\x03")
        await channel.resize(90, 20)
        assert b"20 90" in await ask(channel, "stty size")
        assert await channel.close() == SessionEnd(goes_on=True, message="The container goes on.")
        assert is_there(pid)
        channel = await engine.open_session(one, request)
        await channel.write(b"exit 6\n")
        end = await read_end(channel)
        assert (end.exit_code, end.may_reopen) == (6, True)


async def test_attaching_without_a_terminal(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one", "cat", options=["-i"])
    talker = await start(clean_podman, "talker", "sh", "-c", "while :; do echo out; echo err >&2; sleep 0.1; done")
    async with engine_at(clean_podman) as engine:
        channel = await engine.open_session(one, ATTACH)
        await channel.write(b"line\r")
        assert await read_until(channel, b"line\r\n") == b"line\r\n"
        end = await channel.close()
        assert not end.goes_on  # nobody can leave a pipe without closing it
        assert "input, a pipe, was closed" in end.message
        channel = await engine.open_session(talker, ATTACH)
        await read_until(channel, b"out\r\n")
        await read_until(channel, b"err\r\n")
        assert (await channel.close()).goes_on
        channel = await engine.open_session(talker, ATTACH)
        end = await channel.close(end_process=True)
        assert not end.goes_on
        assert clean_podman.state("talker") == "exited"


async def test_a_killed_service_ends_sessions_that_open_again(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one", "sh", options=["-ti"])
    async with engine_at(clean_podman) as engine:
        shell, attached = await engine.open_session(one, SHELL), await engine.open_session(one, ATTACH)
        pid = await pid_of(shell, one.local)
        await asyncio.to_thread(clean_podman.kill_service)
        end = await read_end(shell)
        assert end.may_reopen
        assert f"goes on, pid {pid} here" in end.message
        assert is_there(pid)
        end = await read_end(attached)
        assert end.may_reopen
        assert "The container goes on" in end.message
        await asyncio.to_thread(clean_podman.start_service)
        channel = await engine.open_session(one, SHELL)
        assert b"again" in await ask(channel, "echo again")
        await channel.close(end_process=True)
        await cli(clean_podman, "kill", "one")
        await until(lambda: not is_there(pid), "the old shell ended with its container")


async def test_a_hung_service_is_noticed_by_who_types(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman) as engine:
        typed, idle = await engine.open_session(one, SHELL), await engine.open_session(one, SHELL)
        await ask(typed, "true")
        await ask(idle, "true")
        clean_podman.hang_service()
        reading = asyncio.create_task(read_end(typed))
        while not reading.done():  # what was on its way when the service stopped may still come back
            await typed.write(b"x")
            await asyncio.wait({reading}, timeout=2)
        end = await reading
        assert end.may_reopen
        assert "did not answer" in end.message
        clean_podman.resume_service()
        assert b"here" in await ask(idle, "echo here")  # who did not type lost nothing
        await idle.close(end_process=True)


async def test_a_flood_waits_in_the_container(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman) as engine:
        channel = await engine.open_session(one, SHELL)
        pid = await pid_of(channel, one.local)
        await channel.write(b"yes\n")
        await read_until(channel, b"y\r\ny\r\n")
        # nobody reads: `yes` comes to rest in its write
        await until(lambda: _written_by_child(pid) and _rests(pid), "the flood to stand still")
        before = _written_by_child(pid)
        assert before < 16 << 20
        total = 0
        while total < 1 << 20:
            data = await channel.read()
            assert 0 < len(data) <= 65536
            total += len(data)
        await channel.write(b"\x03")
        await read_until(channel, b"^C")
        assert (await channel.close(end_process=True)).goes_on is False


def _child(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]


def _written_by_child(pid: int) -> int:
    text = Path(f"/proc/{_child(pid)}/io").read_text()
    return int(next(line for line in text.splitlines() if line.startswith("wchar")).split()[1])


def _rests(pid: int) -> bool:
    """Tell whether a program stands still: three looks, a pause of the harness's apart, see the same count."""
    counts: list[int] = []

    def same() -> bool:
        counts.append(_written_by_child(pid))
        return len(counts) >= 5 and len(set(counts[-5:])) == 1

    wait_until(same, "the same count five times")
    return True


async def test_twenty_sessions_at_once_and_a_storm_of_sizes(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman) as engine:
        channels = await asyncio.gather(*(engine.open_session(one, SHELL) for _ in range(20)))
        said = await asyncio.gather(*(ask(channel, f"echo I-am-$(({n}*1000))") for n, channel in enumerate(channels)))
        assert all(f"I-am-{n * 1000}".encode() in text for n, text in enumerate(said))
        sizes = [(columns, 24) for columns in range(20, 120)]
        await asyncio.gather(*(channels[0].resize(*size) for size in sizes))
        async with asyncio.timeout(DEADLINE_SECONDS):  # on a busy machine the last may need its second telling
            while b"24 119" not in await ask(channels[0], "stty size"):
                pass
        ends = await asyncio.gather(*(channel.close(end_process=True) for channel in channels))
        assert [end.goes_on for end in ends] == [False] * 20


async def test_a_paste_of_a_megabyte_arrives_whole(clean_podman: PodmanHost) -> None:
    one = await start(clean_podman, "one")
    async with engine_at(clean_podman) as engine:
        command = ("sh", "-c", "stty raw -echo; echo READY; head -c 1000000 | md5sum; echo DONE")
        channel = await engine.open_session(one, SessionRequest(SessionKind.SHELL, command=command))
        await read_until(channel, b"READY")
        paste = bytes(range(250)) * 4000
        writing = asyncio.create_task(channel.write(paste))

        assert hashlib.md5(paste).hexdigest().encode() in await read_until(channel, b"DONE")  # noqa: S324
        await writing
