"""Which services are found, with real sockets that listen or do not, in a runtime folder of the test's own."""

import contextlib
import os
import pwd
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.podman_fake import short_folder
from tui.engines.podman.discovery import Discovery
from tui.engines.podman.engine import PodmanEngine
from tui.engines.podman.private import IDLE_SECONDS, PREFIX, PrivateService, is_listening, new_folder, tied_to_us

ME = pwd.getpwuid(os.getuid()).pw_name
NOBODY = 65534  # has a name everywhere
STRANGER = 4200000  # has none


@pytest.fixture
def run() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder


@pytest.fixture
def listen() -> Iterator[Any]:
    with contextlib.ExitStack() as stack:

        def at(path: Path, *, stale: bool = False) -> Path:
            path.parent.mkdir(parents=True, exist_ok=True)
            server = socket.socket(socket.AF_UNIX)
            server.bind(str(path))
            if stale:
                server.close()
            else:
                server.listen()
                stack.callback(server.close)
            return path

        yield at


def discovery(run: Path, *, uid: int = 0, installed: bool = False, **options: Any) -> Discovery:
    environ = options.pop("environ", {"XDG_RUNTIME_DIR": str(run / f"user/{uid}")})
    return Discovery(host_id="h", environ=environ, uid=uid, run_root=str(run), installed=lambda: installed, **options)


def brief(engines: list[PodmanEngine]) -> list[tuple[str, str, str]]:
    return [(engine.id, engine.user, engine.url) for engine in engines]


def test_root_sees_its_own_socket_and_every_users(run: Path, listen: Any) -> None:
    own = listen(run / "podman/podman.sock")
    users = {uid: listen(run / f"user/{uid}/podman/podman.sock") for uid in (NOBODY, STRANGER)}
    listen(run / "user/12/podman/podman.sock", stale=True)
    (run / "user/1000").mkdir()
    name = pwd.getpwuid(NOBODY).pw_name
    assert sorted(brief(discovery(run).find())) == sorted(
        [
            ("podman", "root", f"unix://{own}"),
            (f"podman:{name}", name, f"unix://{users[NOBODY]}"),
            (f"podman:{STRANGER}", str(STRANGER), f"unix://{users[STRANGER]}"),
        ]
    )


def test_roots_own_user_socket_is_not_a_second_root(run: Path, listen: Any) -> None:
    listen(run / "podman/podman.sock")
    listen(run / "user/0/podman/podman.sock")
    assert [engine.id for engine in discovery(run).find()] == ["podman"]


def test_sockets_that_appear_later_are_found_once(run: Path, listen: Any) -> None:
    listen(run / "podman/podman.sock")
    finder = discovery(run)
    assert [engine.id for engine in finder.find()] == ["podman"]
    assert finder.find() == []
    listen(run / f"user/{STRANGER}/podman/podman.sock")
    assert [engine.id for engine in finder.find()] == [f"podman:{STRANGER}"]
    assert finder.find() == []


def test_a_user_sees_the_own_socket_and_roots_where_it_opens(run: Path, listen: Any) -> None:
    own = listen(run / f"user/{STRANGER}/podman/podman.sock")
    listen(run / f"user/{NOBODY}/podman/podman.sock")
    finder = discovery(run, uid=STRANGER)
    assert brief(finder.find()) == [(f"podman:{STRANGER}", str(STRANGER), f"unix://{own}")]
    root = listen(run / "podman/podman.sock")
    assert brief(finder.find()) == [("podman", "root", f"unix://{root}")]


def test_named_urls_are_the_only_ones(run: Path, listen: Any) -> None:
    path = listen(run / "podman/podman.sock")
    finder = discovery(run, named_urls=["tcp://kvm02:8080", f"unix://{path}", "tcp://kvm02:8080"])
    assert brief(finder.find()) == [
        ("tcp://kvm02:8080", "", "tcp://kvm02:8080"),
        (f"unix://{path}", ME, f"unix://{path}"),
    ]
    assert finder.find() == []


def test_the_environment_names_one(run: Path, listen: Any) -> None:
    listen(run / "podman/podman.sock")
    finder = discovery(run, environ={"CONTAINER_HOST": "tcp://kvm02:8080"})
    assert [engine.id for engine in finder.find()] == ["tcp://kvm02:8080"]
    named = discovery(run, environ={"CONTAINER_HOST": "tcp://kvm02:8080"}, named_urls=["tcp://kvm03:1"])
    assert [engine.id for engine in named.find()] == ["tcp://kvm03:1"]


@pytest.mark.parametrize("stale", [True, False])
def test_where_podman_is_installed_and_nothing_listens_a_service_is_started(
    run: Path, listen: Any, stale: bool
) -> None:
    if stale:
        listen(run / "podman/podman.sock", stale=True)
    (engine,) = discovery(run, installed=True).find()
    assert engine.id == "podman"
    assert PREFIX in engine.url


def test_without_podman_there_is_one_engine_that_says_so(run: Path) -> None:
    (engine,) = discovery(run).find()
    assert brief([engine]) == [("podman", "root", f"unix://{run}/podman/podman.sock")]


def test_is_listening(run: Path, listen: Any) -> None:
    assert is_listening(listen(run / "a"))
    assert not is_listening(listen(run / "b", stale=True))
    assert not is_listening(run / "none")
    assert not is_listening(run)


def test_a_full_queue_still_listens_and_is_not_waited_for(run: Path) -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket(socket.AF_UNIX))
        server.bind(str(run / "full"))
        server.listen(0)
        waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
        waiting.connect(str(run / "full"))
        assert is_listening(run / "full")


def test_folders_that_killed_runs_left_are_removed(run: Path, listen: Any) -> None:
    gone, live, used = (run / f"{PREFIX}{pid}-x" for pid in (STRANGER * 2, os.getpid(), STRANGER * 2 + 1))
    for folder in (gone, live):
        folder.mkdir()
    listen(used / "podman.sock")
    fresh = new_folder({"XDG_RUNTIME_DIR": str(run)})
    assert fresh.parent == run
    assert (gone.exists(), live.exists(), used.exists(), fresh.exists()) == (False, True, True, False)


def test_a_runtime_folder_that_is_not_there_is_no_obstacle(run: Path) -> None:
    service = PrivateService(environ={"XDG_RUNTIME_DIR": str(run / "none")})
    assert not service.folder.is_relative_to(run / "none")
    assert service.pid is None
    assert IDLE_SECONDS > 0


def test_a_service_is_tied_to_us_where_that_can_be_done(tmp_path: Path) -> None:
    for name in ("podman", "setpriv"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    environ = {"PATH": str(tmp_path)}
    tied = [str(tmp_path / "setpriv"), "--pdeathsig", "TERM", "--", "podman", "system"]
    assert tied_to_us(["podman", "system"], environ) == tied
    assert tied_to_us(["absent"], environ) == ["absent"]  # whose absence is told by its own name

    (tmp_path / "setpriv").rename(tmp_path / "busybox")
    (tmp_path / "setpriv").symlink_to("busybox")
    assert tied_to_us(["podman"], environ) == ["podman"]
    (tmp_path / "setpriv").unlink()
    assert tied_to_us(["podman"], environ) == ["podman"]
