"""The dashboard as a process on a terminal of its own, and what its command line refuses."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui.pty_process import PROJECT, on_a_terminal
from tui.cli import main

Said = Callable[..., tuple[object, str]]
LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
ASKS_FOR_MOUSE = b"\x1b[?1000h"


@pytest.mark.parametrize("arguments", [("dash", "--demo"), ("--demo", "dash")])
@pytest.mark.parametrize("key", [b"q", b"\x03"])
def test_it_ends_and_restores_the_terminal(tmp_path: Path, arguments: tuple[str, ...], key: bytes) -> None:
    with on_a_terminal(*arguments, home=tmp_path) as dash:
        dash.read_until(b"build-7")
        dash.type(b"\x1bSTKDRB\r")
        dash.type(key)
        assert dash.drain() == 0
        assert LEAVES_ALTERNATE_SCREEN in dash.screen
        assert ASKS_FOR_MOUSE not in dash.screen, "text can be marked with the mouse"


@pytest.mark.parametrize("way", ["before", "behind", "configured"])
def test_few_colours_and_samples_over_a_slow_line(tmp_path: Path, way: str) -> None:
    words = {"before": ("--low-bandwidth", "dash", "--demo"), "behind": ("dash", "--demo", "--low-bandwidth")}
    if way == "configured":
        (tmp_path / "slow.toml").write_text("low_bandwidth = true\n")
    arguments = words.get(way, ("--config", f"{tmp_path}/slow.toml", "dash", "--demo"))
    with on_a_terminal(*arguments, home=tmp_path, env={"COLORTERM": "truecolor"}) as dash:
        dash.read_until(b"build-7")
        dash.type(b"q")
        assert dash.drain() == 0
        assert b"38;5;" in dash.screen
        assert b"38;2;" not in dash.screen


@pytest.mark.parametrize(("number", "status"), [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_a_signal_ends_it(tmp_path: Path, number: signal.Signals, status: int) -> None:
    with on_a_terminal("dash", "--demo", home=tmp_path) as dash:
        dash.read_until(b"build-7")
        dash.process.send_signal(number)
        assert dash.drain() == status
        assert LEAVES_ALTERNATE_SCREEN in dash.screen


def test_a_terminal_that_goes_away_ends_it(tmp_path: Path) -> None:
    with on_a_terminal("dash", "--demo", home=tmp_path) as dash:
        dash.read_until(b"build-7")
        dash.hang_up()
        assert dash.process.wait(5) == 129


def test_a_daemon_that_is_not_there_is_told_and_the_dashboard_goes_on(tmp_path: Path) -> None:
    with on_a_terminal("--podman", f"unix://{tmp_path}/none.sock", "dash", home=tmp_path, size=(120, 30)) as dash:
        dash.read_until(b"CRITICAL")
        dash.read_until(b"none.sock")
        dash.type(b"q")
        assert dash.drain() == 0


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Run a command line that is refused; give its status and what it says."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)

    def run(*arguments: str) -> tuple[object, str]:
        status: object
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = ended.code
        return status, capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("dash", "--demo"), "dash needs a terminal"),
        (("dash", "--rotate", "1"), "between 2 and 3600"),
        (("dash", "--rotate", "nan"), "between 2 and 3600"),
        (("dash", "--pages", "overview,kitchen"), "'kitchen' is none of overview"),
        (("dash", "--pages", ","), "none of overview"),
        (("dash", "--port", "65536"), "65535"),
        (("dash", "--sessions", "0"), "between 1 and 100"),
        (("dash", "--demo", "--web", "--listen", "0.0.0.0"), "--allow-remote"),
        (("dash", "--demo", "--web", "--listen", "kvm01.example"), "--allow-remote"),
        (("dash", "--demo", "--web", "--token-file", "/nowhere/token"), "cannot be read"),
        (("dash", "--demo", "--web", "--public-url", "deck.example.org"), "an address without a path"),
        (("dash", "--demo", "--web", "--public-url", "https://a.example/deck"), "an address without a path"),
    ],
)
def test_what_cannot_be_is_said(said: Said, arguments: tuple[str, ...], sentence: str) -> None:
    status, text = said(*arguments)
    assert status == 2
    assert sentence in text


def test_a_port_that_is_taken_is_said(said: Said) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, text = said("dash", "--demo", "--web", "--port", port)
    assert status == 2
    assert f"Cannot listen on 127.0.0.1, port {port}" in text


WITHOUT_THE_EXTRA = (
    "import sys; sys.modules['textual_serve'] = None; from tui.cli import main; sys.exit(main(sys.argv[1:]))"
)


def test_what_is_not_installed_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA, "dash", "--demo", "--web"],
        cwd=PROJECT,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert "pip install 'hostdeck[web]'" in done.stderr
    assert "Traceback" not in done.stderr
