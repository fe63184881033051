"""The private service: started where nothing listens, ended with hostdeck, however that ends."""

import asyncio
import os
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.harness.podman import PodmanHost
from tests.live.harness.waiting import wait_until
from tests.unit.engine_contract import running
from tests.unit.podman_fake import short_folder
from tui.domain.errors import EngineAbsent
from tui.domain.host import EngineState
from tui.engines.podman import Discovery, PrivateService
from tui.engines.podman.private import is_listening


@pytest.fixture
def runtime() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder


HOLDER = """
import asyncio, sys
from tui.engines.podman import PodmanEngine, PrivateService

class Sink:
    told = False
    def put_status(self, status):
        if status.state == "ready" and not self.told:
            self.told = True
            print(service.pid, service.socket_path, flush=True)
    def put_inventory(self, *_): pass
    def put_event(self, *_): pass

async def main():
    global service
    service = PrivateService(idle_seconds=int(sys.argv[1]))
    engine = PodmanEngine(service.url, engine_id="podman", host_id="h", user="root", service=service)
    await engine.run(Sink())

asyncio.run(main())
"""


def environment(host: PodmanHost, folder: Path) -> dict[str, str]:
    return {**host.command_environment(), "XDG_RUNTIME_DIR": str(folder)}


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_it_starts_answers_and_ends_without_a_trace(podman_host: PodmanHost, runtime: Path) -> None:
    service = PrivateService(environ=environment(podman_host, runtime))
    await service.ensure()
    pid = service.pid
    assert pid is not None
    assert stat.S_IMODE(service.folder.stat().st_mode) == 0o700
    await service.ensure()
    assert service.pid == pid
    async with asyncio.timeout(2.0):
        await service.stop()
    assert not lives(pid)
    assert os.listdir(runtime) == []


async def test_an_engine_brings_its_own_service_and_takes_it_away(podman_host: PodmanHost, runtime: Path) -> None:
    finder = Discovery(host_id="h", environ=environment(podman_host, runtime), uid=0, run_root=str(runtime))
    (engine,) = finder.find()
    async with running(engine) as sink:
        assert sink.statuses[-1].id == "podman"
        assert str(runtime) in sink.statuses[-1].url
    assert os.listdir(runtime) == []


async def test_it_is_started_again_when_it_died(podman_host: PodmanHost, runtime: Path) -> None:
    finder = Discovery(host_id="h", environ=environment(podman_host, runtime), uid=0, run_root=str(runtime))
    (engine,) = finder.find()
    async with running(engine) as sink:
        service = engine.service
        assert service is not None
        first = service.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await sink.until(lambda: sink.statuses[-1].state is EngineState.LOST, "lost")
        await sink.until(lambda: sink.statuses[-1].state is EngineState.READY, "ready again")
        assert service.pid not in {None, first}


async def test_a_program_that_fails_says_why(runtime: Path) -> None:
    failing = runtime / "podman"
    failing.write_text("#!/bin/sh\necho 'cannot open the database' >&2\nexit 125\n")
    failing.chmod(0o755)
    service = PrivateService(environ={"XDG_RUNTIME_DIR": str(runtime)}, program=str(failing))
    with pytest.raises(EngineAbsent, match="cannot open the database"):
        await service.ensure()
    await service.stop()
    missing = PrivateService(environ={"XDG_RUNTIME_DIR": str(runtime)}, program=str(runtime / "none"))
    with pytest.raises(EngineAbsent, match="No such file"):
        await missing.ensure()
    await missing.stop()


async def hold(host: PodmanHost, folder: Path, idle_seconds: int) -> tuple[asyncio.subprocess.Process, int, Path]:
    """Start a process that follows a private service; return it, the service's pid and its socket."""
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(idle_seconds),
        env=environment(host, folder), cwd=Path(__file__).parents[2], stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    async with asyncio.timeout(30.0):
        pid, path = (await holder.stdout.readline()).decode().split()
    return holder, int(pid), Path(path)


async def test_it_lives_while_it_is_followed(podman_host: PodmanHost, runtime: Path) -> None:
    holder, pid, path = await hold(podman_host, runtime, idle_seconds=2)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(6.0):  # three times as long as it would live alone
            await holder.wait()
    assert lives(pid)
    assert is_listening(path)
    holder.kill()
    await holder.wait()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
async def test_it_ends_with_a_process_that_says_no_farewell(
    podman_host: PodmanHost, runtime: Path, number: signal.Signals
) -> None:
    holder, pid, path = await hold(podman_host, runtime, idle_seconds=600)
    holder.send_signal(number)
    assert await holder.wait() == -number
    await asyncio.to_thread(wait_until, lambda: not lives(pid), "the service ended", seconds=5.0)
    assert not is_listening(path)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_snapshot_that_is_told_to_end_leaves_nothing(
    podman_host: PodmanHost, runtime: Path, number: signal.Signals
) -> None:
    if is_listening(Path("/run/podman/podman.sock")):
        pytest.skip("a Podman service of this host listens: hostdeck starts none")
    empty = runtime / "config.toml"
    empty.write_text("")
    snapshot = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tui", "snapshot", "--connect", "test:///default", "--interval", "60",
        "--config", str(empty), env=environment(podman_host, runtime), cwd=Path(__file__).parents[2],
    )  # fmt: skip
    await asyncio.to_thread(wait_until, lambda: answering(runtime), "its private service listens", seconds=30.0)
    snapshot.send_signal(number)
    async with asyncio.timeout(5.0):
        assert await snapshot.wait() == 128 + number
    assert os.listdir(runtime) == ["config.toml"]


def answering(runtime: Path) -> bool:
    return any(is_listening(path) for path in runtime.glob("hostdeck-podman-*/podman.sock"))


async def test_it_ends_by_itself_where_nothing_ties_it(podman_host: PodmanHost, runtime: Path) -> None:
    """Its own idle time is the second line: a host may have no setpriv."""
    service = PrivateService(environ=environment(podman_host, runtime), idle_seconds=1)
    await service.ensure()
    pid = service.pid
    assert pid is not None
    await asyncio.to_thread(wait_until, lambda: not lives(pid), "the service ended by itself", seconds=10.0)
    await service.stop()
