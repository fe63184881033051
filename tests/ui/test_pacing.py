"""Frames over lines of all kinds, on a real pseudo-terminal: counted by bytes, frames and answers."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.ui.far_terminal import FarTerminal, paced_app

PTY_BUFFER = 20_000
"""More than the kernel keeps for a reader that does not read."""


def test_a_frame_is_sent_only_when_the_one_before_it_was_answered(tmp_path: Path) -> None:
    with paced_app(tmp_path) as (far, told):
        far.answers = False
        for number in range(1, 51):
            far.type(b"n")
            told.wait_for("key n", times=number, meanwhile=far.take)
        assert far.frames <= far.answered + 1
        far.answers = True
        before = far.received
        far.take_until(lambda: "count 50" in far.text)
        assert far.received - before < 2 * 80 * 24, "fifty changes, one frame"


def test_a_line_that_hung_comes_back_to_the_present(tmp_path: Path) -> None:
    with paced_app(tmp_path, size=(200, 50)) as (far, told):
        for number in range(
            1, 101
        ):  # nothing is read: the line hangs, and a frame is larger than what the kernel keeps
            far.type(b"n")
            told.wait_for("key n", times=number)
        before = far.received
        far.take_until(lambda: far.text.count("count 100 ") == 10 * 50)  # no row is of another moment
        frame = 200 * 50 * 1.2
        assert far.received - before < 2 * frame + PTY_BUFFER


def test_a_reply_is_never_a_key_in_whatever_pieces_it_comes(tmp_path: Path) -> None:
    with paced_app(tmp_path) as (far, told):
        far.answers = False
        far.type(b"a")
        told.wait_for("key a", meanwhile=far.take)
        far.take_until(lambda: far.frames > far.answered)
        for piece in (b"\x1b", b"[", b"0", b"n"):
            far.type(piece)
            far.take_until(lambda: far.unread_keys == 0)
        far.type(b"b")
        told.wait_for("key b", meanwhile=far.take)
        assert [line for line in told.lines if line not in ("ready", "key 0")] == ["key a", "key b"]


def test_what_is_pasted_is_no_answer(tmp_path: Path) -> None:
    with paced_app(tmp_path) as (far, told):
        far.answers = False
        far.type(b"a")
        told.wait_for("key a", meanwhile=far.take)
        far.take_until(lambda: far.frames > far.answered)
        far.type(b"\x1b[200~x\x1b[0ny\x1b[201~")
        far.type(b"bc")
        told.wait_for("key c", meanwhile=far.take)
        assert [line for line in told.lines if "paste" in line] == ["paste 'x[0ny'"]
        assert far.frames == far.answered + 1
        far.answers = True
        far.take_until(lambda: "count 3" in far.text)


def test_escape_is_a_key_while_no_answer_comes(tmp_path: Path) -> None:
    with paced_app(tmp_path) as (far, told):
        far.answers = False
        far.type(b"a")
        told.wait_for("key a", meanwhile=far.take)
        far.type(b"\x1b")
        told.wait_for("key escape", meanwhile=far.take)


def test_an_answer_that_got_lost_is_found_out_when_a_key_comes(tmp_path: Path) -> None:
    with paced_app(tmp_path) as (far, told):
        far.answers = False
        far.type(b"a")
        told.wait_for("key a", meanwhile=far.take)
        far.take_until(lambda: far._owed)
        far._owed = b""
        far.answers = True
        pressed = 1
        while "count 1 " in far.text or "count 0 " in far.text:  # a key a second after the frame asks again
            far.type(b"b")
            told.wait_for("key b", times=pressed, meanwhile=far.take)
            pressed += 1
            assert pressed < 100_000
        assert b"\x1b[c" in far.screen


def test_quitting_works_while_the_line_hangs(tmp_path: Path) -> None:
    with paced_app(tmp_path, size=(200, 50)) as (far, told):
        far.type(b"n")
        told.wait_for("key n")
        far.type(b"q")
        assert far.process.wait(20) == 0


def test_the_last_answer_is_not_left_to_the_shell(tmp_path: Path) -> None:
    with paced_app(tmp_path) as (far, told):
        far.answers = False
        far.type(b"n")
        told.wait_for("key n", meanwhile=far.take)
        far.take_until(lambda: far._owed)
        far.type(b"q")
        told.wait_for("key q", meanwhile=far.take)
        far.answers = True
        far.take_until(lambda: far.process.poll() is not None)
        assert far.unread_keys == 0


@pytest.fixture
def hostdeck(tmp_path: Path) -> FarTerminal:
    """hostdeck with its demo host, at the far end of a line."""
    return FarTerminal([sys.executable, "-m", "tui", "--demo"], home=tmp_path, size=(120, 40))


def test_hostdeck_asks_behind_every_frame_and_shows_the_present(hostdeck: FarTerminal) -> None:
    far = hostdeck
    try:
        far.take_until(lambda: "build-7" in far.text)
        for _ in range(3):
            far.answers = False
            far.take_until(lambda: far.frames > far.answered)
            for key in (b"3", b"2"):
                far.type(key)
            far.take_until(lambda: far.unread_keys == 0)
            assert far.frames <= far.answered + 1
            far.answers = True
            far.take_until(lambda: ">2 Guests" in far.text)
            far.type(b"1")
            far.take_until(lambda: ">1 Overview" in far.text and "build-7" in far.text)
        far.process.send_signal(signal.SIGTERM)
        far.take_until(lambda: far.process.poll() is not None)
        assert far.process.returncode == 143
        assert b"\x1b[?1049l" in far.screen
    finally:
        far.close()


def test_a_terminal_that_never_answers_is_drawn_on(hostdeck: FarTerminal) -> None:
    far = hostdeck
    far.answers = False
    try:
        far.take_until(lambda: "build-7" in far.text)
        far.type(b"2")
        far.take_until(lambda: ">2 Guests" in far.text)
        assert far.frames == 1, "it is asked once"
        far.type(b"\x1b[0n\x1b[0n")  # late, and one too many
        far.type(b"1")
        far.take_until(lambda: far.frames > 1)
        far.type(b"q")
        far.take_until(lambda: far.process.poll() is not None)
    finally:
        far.close()
        assert os.WIFEXITED(far.process.returncode)


@pytest.mark.parametrize(("options", "said"), [((), "every 5 s"), (("--interval", "2"), "every 2 s")])
def test_little_is_drawn_where_it_is_asked_for(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "tui", "--demo", "--low-bandwidth", *options]
    far = FarTerminal(argv, home=tmp_path, size=(200, 50))
    try:
        far.take_until(lambda: "build-7" in far.text and "cores" in far.text)
        assert not set("▁▂▃▄▅▆▇█") & set(far.text.split("build-7", 1)[1].split("G", 1)[0]), "no small chart"
        assert not any("⠀" <= sign <= "⣿" for sign in far.text), "no chart"
        far.type(b":host\r")
        far.take_until(lambda: said in far.text)
        far.type(b"q")
        far.take_until(lambda: far.process.poll() is not None)
    finally:
        far.close()
