import os
import pwd
from pathlib import Path

import pytest

from tui.engines.libvirt.target import parse_uri


@pytest.mark.parametrize(
    ("uri", "driver", "session", "local"),
    [
        ("qemu:///system", "qemu", False, True),
        ("qemu:///session", "qemu", True, True),
        ("lxc:///system", "lxc", False, True),
        ("test:///default", "test", False, True),
        ("test:///srv/session", "test", False, True),
        ("qemu+unix:///system?socket=/srv/run/libvirt-sock", "qemu", False, True),
        ("qemu+ssh://root@other/system", "qemu", False, False),
        ("qemu+ssh:///system", "qemu", False, False),
        ("qemu://localhost/system", "qemu", False, False),
        ("qemu+tls://[fe80::1]:16514/session", "qemu", True, False),
        ("alias", "unknown", False, False),
        ("", "unknown", False, False),
    ],
)
def test_what_a_uri_says(uri: str, driver: str, session: bool, local: bool) -> None:
    target = parse_uri(uri)

    assert (target.uri, target.driver, target.session, target.local) == (uri, driver, session, local)
    assert bool(target.run_folders) == local
    assert target.has_processes == (local and driver != "test")


def test_ssh_never_asks_on_the_terminal() -> None:
    assert parse_uri("qemu+ssh://h/system").open_uri == "qemu+ssh://h/system?no_tty=1"
    assert parse_uri("qemu+ssh://h/system?keyfile=/k").open_uri == "qemu+ssh://h/system?keyfile=/k&no_tty=1"
    assert parse_uri("qemu+ssh://h/system?no_tty=0").open_uri == "qemu+ssh://h/system?no_tty=0"
    assert parse_uri("qemu:///system").open_uri == "qemu:///system"


def test_pid_files_lie_beside_the_socket() -> None:
    folders = parse_uri("qemu+unix:///system?socket=/srv/run/libvirt-sock").run_folders

    assert folders == (Path("/srv/run"), Path("/run/libvirt"))


def test_a_session_belongs_to_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")

    target = parse_uri("qemu:///session")

    assert target.run_folders[0] == Path("/run/user/1000/libvirt")
    assert target.user
    assert not parse_uri("qemu:///system").user


def test_a_session_at_a_named_socket_belongs_to_its_owner(tmp_path: Path) -> None:
    socket = tmp_path / "libvirt-sock"
    socket.touch()
    me = pwd.getpwuid(os.getuid()).pw_name

    assert parse_uri(f"qemu+unix:///session?socket={socket}").user == me
    assert parse_uri("qemu+unix:///session?socket=/dev/null").user == "root"
    assert parse_uri("qemu+unix:///session?socket=/nowhere").user == me


@pytest.mark.parametrize(
    ("uri", "line"),
    [
        ("qemu+ssh://kvm02/system", "ssh kvm02"),
        ("qemu+ssh://anna@kvm02:2222/system", "ssh -p 2222 anna@kvm02"),
        ("qemu+libssh2://[fe80::1]/system", "ssh fe80::1"),
        ("qemu+ssh://a;b/system", "ssh 'a;b'"),
        ("qemu://kvm02/system", ""),
        ("qemu:///system", ""),
    ],
)
def test_the_line_that_logs_in_at_the_other_host(uri: str, line: str) -> None:
    assert parse_uri(uri).ssh_to == line
