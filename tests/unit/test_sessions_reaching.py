import stat
from pathlib import Path

import pytest

from tui.domain.display import Display
from tui.present.displays import reaching_lines
from tui.sessions.reaching import address_there, ssh_line, ssh_login, viewer_list

LOGIN = ["root@a b"]


@pytest.mark.parametrize(
    ("display", "words", "line", "there"),
    [
        (
            Display("vnc", "127.0.0.1", 5901),
            "vnc://127.0.0.1:5901",
            "ssh -N -L 5901:127.0.0.1:5901 'root@a b'",
            "vnc://localhost:5901",
        ),
        (
            Display("spice", "0.0.0.0", 5902, 5903),
            "spice://0.0.0.0:5902?tls-port=5903, open to the network",
            "ssh -N -L 5902:localhost:5902 -L 5903:localhost:5903 'root@a b'",
            "spice://localhost:5902",
        ),
        (
            Display("spice", "127.0.0.1", tls_port=5903),
            "spice://127.0.0.1?tls-port=5903",
            "ssh -N -L 5903:127.0.0.1:5903 'root@a b'",
            "spice://localhost?tls-port=5903",
        ),
        (
            Display("vnc", "::1", 5900),
            "vnc://[::1]:5900",
            "ssh -N -L '5900:[::1]:5900' 'root@a b'",
            "vnc://localhost:5900",
        ),
        (
            Display("vnc", socket="/run/a b.sock"),
            "vnc on the socket /run/a b.sock",
            "ssh -N -L '5900:/run/a b.sock' 'root@a b'",
            "vnc://localhost:5900",
        ),
        (
            Display("spice", listens=False),
            "spice that listens nowhere: only virt-viewer on its own host opens it",
            "",
            "",
        ),
        (Display("vnc"), "vnc, without an address until it runs", "", ""),
    ],
)
def test_where_a_screen_is_and_how_one_gets_there(display: Display, words: str, line: str, there: str) -> None:
    assert (display.words, ssh_line(display, LOGIN), address_there(display)) == (words, line, there)
    lines = reaching_lines([display], LOGIN)
    assert lines[0] == words
    assert any(line in one for one in lines[1:]) == bool(line)


@pytest.mark.parametrize(
    ("uri", "login"),
    [
        ("qemu+ssh://joe@kvm1:22/system", ["joe@kvm1"]),
        ("qemu+ssh://kvm1:2222/system", ["-p", "2222", "kvm1"]),
        ("qemu+tls://kvm1:16514/system", ["kvm1"]),
    ],
)
def test_a_remote_host_is_named_as_its_uri_does(uri: str, login: list[str]) -> None:
    assert ssh_login(uri, {"SSH_CONNECTION": "10.0.0.9 50000 10.0.0.1 22"}) == login


def test_this_host_is_named_as_the_person_has_reached_it() -> None:
    (plain,) = ssh_login("qemu:///system", {"SSH_CONNECTION": "10.0.0.9 50000 10.0.0.1 22"})
    assert plain.endswith("@10.0.0.1")
    *port, _ = ssh_login("qemu:///system", {"SSH_CONNECTION": "10.0.0.9 50000 10.0.0.1 2222"})
    assert port == ["-p", "2222"]
    (by_name,) = ssh_login("qemu:///system", {})
    assert "@" in by_name


def test_the_viewer_is_offered_where_it_and_a_display_are(tmp_path: Path) -> None:
    screen = (Display("vnc", "127.0.0.1", 5900),)
    shown = {"DISPLAY": ":0", "PATH": str(tmp_path)}
    assert viewer_list("qemu:///system", "u", screen, shown) == []
    program = tmp_path / "virt-viewer"
    program.touch(mode=stat.S_IRWXU)
    wanted = [str(program), "--connect", "qemu:///system", "--uuid", "u"]
    assert viewer_list("qemu:///system", "u", screen, shown) == wanted
    assert viewer_list("qemu:///system", "u", screen, {"WAYLAND_DISPLAY": "w", "PATH": str(tmp_path)}) == wanted
    assert viewer_list("qemu:///system", "u", (), shown) == []
    assert viewer_list("qemu:///system", "u", screen, {"PATH": str(tmp_path)}) == []
    by_libvirt = (Display("spice", listens=False),)
    assert "--attach" in viewer_list("qemu:///system", "u", by_libvirt, shown)
