"""Which services are found, with real sockets that listen or do not, in a runtime folder of the test's own."""

import contextlib
import os
import pwd
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.engines.podman.discovery import Discovery
from tui.engines.podman.engine import PodmanEngine
from tui.engines.podman.private import IDLE_SECONDS, PREFIX, PrivateService, is_listening, new_folder

ME = pwd.getpwuid(os.getuid()).pw_name
NOBODY = 65534  # has a name everywhere
STRANGER = 4200000  # has none


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


def test_root_sees_its_own_socket_and_every_users(tmp_path: Path, listen: Any) -> None:
    own = listen(tmp_path / "podman/podman.sock")
    users = {uid: listen(tmp_path / f"user/{uid}/podman/podman.sock") for uid in (NOBODY, STRANGER)}
    listen(tmp_path / "user/12/podman/podman.sock", stale=True)
    (tmp_path / "user/1000").mkdir()
    name = pwd.getpwuid(NOBODY).pw_name
    assert sorted(brief(discovery(tmp_path).find())) == sorted(
        [
            ("podman", "root", f"unix://{own}"),
            (f"podman:{name}", name, f"unix://{users[NOBODY]}"),
            (f"podman:{STRANGER}", str(STRANGER), f"unix://{users[STRANGER]}"),
        ]
    )


def test_roots_own_user_socket_is_not_a_second_root(tmp_path: Path, listen: Any) -> None:
    listen(tmp_path / "podman/podman.sock")
    listen(tmp_path / "user/0/podman/podman.sock")
    assert [engine.id for engine in discovery(tmp_path).find()] == ["podman"]


def test_sockets_that_appear_later_are_found_once(tmp_path: Path, listen: Any) -> None:
    listen(tmp_path / "podman/podman.sock")
    finder = discovery(tmp_path)
    assert [engine.id for engine in finder.find()] == ["podman"]
    assert finder.find() == []
    listen(tmp_path / f"user/{STRANGER}/podman/podman.sock")
    assert [engine.id for engine in finder.find()] == [f"podman:{STRANGER}"]
    assert finder.find() == []


def test_a_user_sees_the_own_socket_and_roots_where_it_opens(tmp_path: Path, listen: Any) -> None:
    own = listen(tmp_path / f"user/{STRANGER}/podman/podman.sock")
    listen(tmp_path / f"user/{NOBODY}/podman/podman.sock")
    finder = discovery(tmp_path, uid=STRANGER)
    assert brief(finder.find()) == [(f"podman:{STRANGER}", str(STRANGER), f"unix://{own}")]
    root = listen(tmp_path / "podman/podman.sock")
    assert brief(finder.find()) == [("podman", "root", f"unix://{root}")]


def test_named_urls_are_the_only_ones(tmp_path: Path, listen: Any) -> None:
    path = listen(tmp_path / "podman/podman.sock")
    finder = discovery(tmp_path, named_urls=["tcp://kvm02:8080", f"unix://{path}", "tcp://kvm02:8080"])
    assert brief(finder.find()) == [
        ("tcp://kvm02:8080", "", "tcp://kvm02:8080"),
        (f"unix://{path}", ME, f"unix://{path}"),
    ]
    assert finder.find() == []


def test_the_environment_names_one(tmp_path: Path, listen: Any) -> None:
    listen(tmp_path / "podman/podman.sock")
    finder = discovery(tmp_path, environ={"CONTAINER_HOST": "tcp://kvm02:8080"})
    assert [engine.id for engine in finder.find()] == ["tcp://kvm02:8080"]
    named = discovery(tmp_path, environ={"CONTAINER_HOST": "tcp://kvm02:8080"}, named_urls=["tcp://kvm03:1"])
    assert [engine.id for engine in named.find()] == ["tcp://kvm03:1"]


@pytest.mark.parametrize("stale", [True, False])
def test_where_podman_is_installed_and_nothing_listens_a_service_is_started(
    tmp_path: Path, listen: Any, stale: bool
) -> None:
    if stale:
        listen(tmp_path / "podman/podman.sock", stale=True)
    (engine,) = discovery(tmp_path, installed=True).find()
    assert engine.id == "podman"
    assert PREFIX in engine.url


def test_without_podman_there_is_one_engine_that_says_so(tmp_path: Path) -> None:
    (engine,) = discovery(tmp_path).find()
    assert brief([engine]) == [("podman", "root", f"unix://{tmp_path}/podman/podman.sock")]


def test_is_listening(tmp_path: Path, listen: Any) -> None:
    assert is_listening(listen(tmp_path / "a"))
    assert not is_listening(listen(tmp_path / "b", stale=True))
    assert not is_listening(tmp_path / "none")
    assert not is_listening(tmp_path)


def test_a_full_queue_still_listens_and_is_not_waited_for(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket(socket.AF_UNIX))
        server.bind(str(tmp_path / "full"))
        server.listen(0)
        waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
        waiting.connect(str(tmp_path / "full"))
        assert is_listening(tmp_path / "full")


def test_folders_that_killed_runs_left_are_removed(tmp_path: Path, listen: Any) -> None:
    gone, live, used = (tmp_path / f"{PREFIX}{pid}-x" for pid in (STRANGER * 2, os.getpid(), STRANGER * 2 + 1))
    for folder in (gone, live):
        folder.mkdir()
    listen(used / "podman.sock")
    fresh = new_folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert fresh.parent == tmp_path
    assert (gone.exists(), live.exists(), used.exists(), fresh.exists()) == (False, True, True, False)


def test_a_runtime_folder_that_is_not_there_is_no_obstacle(tmp_path: Path) -> None:
    service = PrivateService(environ={"XDG_RUNTIME_DIR": str(tmp_path / "none")})
    assert not service.folder.is_relative_to(tmp_path / "none")
    assert service.pid is None
    assert IDLE_SECONDS > 0
