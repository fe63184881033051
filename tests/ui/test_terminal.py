"""The process and its terminal: it ends when that is gone, restores it, and says what went wrong."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from tests.ui.pty_process import PROJECT, PtyProcess, is_readable, on_a_terminal
from tui.cli import main
from tui.lifeline import Lifeline

LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"


def test_q_ends_it_and_restores_the_terminal(tmp_path: Path) -> None:
    with on_a_terminal("--demo", home=tmp_path) as hostdeck:
        hostdeck.read_until(b"build-7")
        hostdeck.type(b"q")
        assert hostdeck.drain() == 0
        assert LEAVES_ALTERNATE_SCREEN in hostdeck.screen


def test_a_terminal_that_goes_away_ends_it(tmp_path: Path) -> None:
    with on_a_terminal("--demo", home=tmp_path) as hostdeck:
        hostdeck.read_until(b"build-7")
        hostdeck.hang_up()
        assert hostdeck.process.wait(5) == 129


@pytest.mark.parametrize(("number", "status"), [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_restores_the_terminal(tmp_path: Path, number: signal.Signals, status: int) -> None:
    with on_a_terminal("--demo", home=tmp_path) as hostdeck:
        hostdeck.read_until(b"build-7")
        hostdeck.process.send_signal(number)
        assert hostdeck.drain() == status
        assert LEAVES_ALTERNATE_SCREEN in hostdeck.screen


def test_a_killed_parent_ends_it(tmp_path: Path) -> None:
    """The shell between is killed; nobody sends hostdeck a signal."""
    shell = PtyProcess(["/bin/sh", "-c", f"{sys.executable} -m tui --demo; true"], home=tmp_path)
    try:
        shell.read_until(b"build-7")
        (hostdeck,) = psutil.Process(shell.process.pid).children()
        child = os.pidfd_open(hostdeck.pid)
        os.kill(shell.process.pid, signal.SIGKILL)
        assert is_readable(child, 5)
        os.close(child)
    finally:
        shell.close()


def test_theme_pane_and_order_are_kept_for_the_next_start(tmp_path: Path) -> None:
    with on_a_terminal("--demo", home=tmp_path) as hostdeck:
        hostdeck.read_until(b"build-7")
        hostdeck.type(b"2:theme nord\r:sort memory\r:columns name,state,memory\rq")
        assert hostdeck.drain() == 0
    kept = json.loads((tmp_path / ".local/state/hostdeck/state.json").read_text())
    assert (kept["theme"], kept["pane"]) == ("nord", "guests")
    assert kept["panes"]["guests"]["sort"] == "memory"
    assert kept["panes"]["guests"]["columns"] == ["name", "state", "memory"]
    with on_a_terminal("--demo", home=tmp_path) as hostdeck:
        hostdeck.read_until(b"MEMORY\xe2\x96\xbc")
        hostdeck.read_until(b"build-7")  # the heading is there before keys are taken
        hostdeck.type(b"q")
        assert hostdeck.drain() == 0


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--demo"],
        cwd=PROJECT,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert "hostdeck snapshot" in done.stderr


CRASHES = """
from tui.config import Config
from tui.sampling.deferred import DeferredSource
from tui.terminal import run_screen
from tui.wiring import Wanted, make_source

class Crashes(DeferredSource):
    async def run(self, publish):
        secret = "a-value-of-the-frame"
        raise RuntimeError("no luck with \\x1b]0;evil\\x07")

source = Crashes(lambda: make_source(Wanted(demo=True)), 1.0)
raise SystemExit(run_screen(source, Config(), read_only=True, is_demo=True))
"""


def test_a_crash_restores_the_terminal_and_leaves_a_report(tmp_path: Path) -> None:
    program = PtyProcess([sys.executable, "-c", CRASHES], home=tmp_path, size=(200, 24))
    try:
        assert program.drain() == 1
    finally:
        program.close()
    _, _, after = program.screen.partition(LEAVES_ALTERNATE_SCREEN)
    assert b"no luck with" in after
    assert b"\x1b]0;evil" not in program.screen
    (report,) = (tmp_path / ".local/state/hostdeck").glob("crash-*.txt")
    assert str(report).encode() in after.replace(b"\r\n", b"")
    text = report.read_text()
    assert "RuntimeError: no luck with" in text
    assert text.startswith("hostdeck ")
    assert "in run\n" in text, "the stack leads to the line"
    assert "a-value-of-the-frame" not in text
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


@pytest.mark.parametrize("term", ["xterm-16color", "linux"])
def test_a_terminal_of_sixteen_colours_gets_no_other(term: str, tmp_path: Path) -> None:
    program = PtyProcess([sys.executable, "-m", "tui", "--demo"], home=tmp_path, env={"TERM": term})
    try:
        program.read_until(b"build-7")
        program.type(b"q")
        assert program.drain() == 0
    finally:
        program.close()
    assert re.search(rb"\x1b\[[0-9;]*\b[349][0-7][;m]", program.screen), "there are colours"
    assert not re.search(rb"[34]8;[25];", program.screen)
    if term == "linux":
        assert program.screen.isascii(), "its font has no bars"


def test_wrong_configuration_is_named_by_file_line_and_key(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("# mine\ninterval_seconds = 0\n")
    with on_a_terminal("--demo", "--config", str(config), home=tmp_path) as hostdeck:
        assert hostdeck.drain() == 2
        assert f"{config}:2: interval_seconds".encode() in hostdeck.screen.replace(b"\r\n", b"")


def test_keys_and_columns_of_the_configuration_are_checked(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('theme = "nord"\n[keys]\nstop = "ctrl+t"\nstpo = "x"\n[columns]\nguests = ["name", "cors"]\n')
    with on_a_terminal("--demo", "--config", str(config), home=tmp_path, size=(200, 24)) as hostdeck:
        assert hostdeck.drain() == 2
        said = hostdeck.screen.replace(b"\r\n", b"\n").decode()
    assert f'{config}:4: keys.stpo: there is no such action; did you mean "stop"?' in said
    assert f'{config}:6: columns.guests: there is no "cors"; did you mean "cores"?' in said
    assert "keys.stop:" not in said


@pytest.mark.parametrize("command", ["snapshot", "doctor"])
def test_the_demo_host_is_never_printed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--demo", command]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "demo" in said.err


class TestLifeline:
    def test_a_loop_that_does_not_end_is_ended(self) -> None:
        read, write = os.pipe()
        told: list[str] = []
        ended = threading.Event()
        status: list[int] = []

        def end(number: int) -> None:
            status.append(number)
            ended.set()

        Lifeline(told.append, descriptors=(read,), end=end).start()
        os.close(write)
        assert ended.wait(10)
        os.close(read)
        assert (told, status) == (["the terminal is gone"], [129])

    def test_one_that_ends_by_itself_is_left_alone(self) -> None:
        read, write = os.pipe()
        told = threading.Event()
        ended: list[int] = []

        def lost(_: str) -> None:
            lifeline.stop()
            told.set()

        lifeline = Lifeline(lost, descriptors=(read,), end=ended.append)
        lifeline.start()
        os.close(write)
        assert told.wait(10)
        lifeline.join()
        os.close(read)
        assert ended == []
