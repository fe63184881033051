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
import asyncio, os
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
    service = PrivateService(idle_seconds=2)
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
    await asyncio.wait_for(service.stop(), 2.0)
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


async def test_it_lives_while_it_is_followed_and_ends_soon_after_a_kill(podman_host: PodmanHost, runtime: Path) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLDER,
        env=environment(podman_host, runtime),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    assert holder.stdout is not None
    line = await asyncio.wait_for(holder.stdout.readline(), 30.0)
    pid, path = line.decode().split()
    # three times as long as it would live alone
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(holder.wait(), 6.0)
    assert lives(int(pid))
    holder.kill()
    await holder.wait()
    await asyncio.to_thread(wait_until, lambda: not lives(int(pid)), "the service ended by itself", seconds=10.0)
    assert not is_listening(Path(path))
