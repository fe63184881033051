"""Textual's keys, as bytes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual import events

from widgets.terminal import GhosttyCore
from widgets.terminal.core import MouseReport
from widgets.terminal.keys import key_press, mouse_report


@pytest.fixture(scope="module")
def core() -> Iterator[GhosttyCore]:
    made = GhosttyCore(80, 24)
    yield made
    made.close()


def sent(core: GhosttyCore, key: str, character: str | None = None) -> bytes:
    press = key_press(events.Key(key, character))
    return b"" if press is None else core.encode_key(press)


@pytest.mark.parametrize(
    ("key", "character", "data"),
    [
        ("a", "a", b"a"),
        ("A", "A", b"A"),
        ("\u00e9", "\u00e9", b"\xc3\xa9"),
        ("\u6f22", "\u6f22", b"\xe6\xbc\xa2"),
        ("space", " ", b" "),
        ("plus", "+", b"+"),
        ("+", "+", b"+"),
        ("minus", "-", b"-"),
        ("slash", "/", b"/"),
        ("left_square_bracket", "[", b"["),
        ("quotation_mark", '"', b'"'),
        ("question_mark", "?", b"?"),
        ("underscore", "_", b"_"),
        ("enter", "\r", b"\r"),
        ("shift+enter", None, b"\r"),
        ("tab", "\t", b"\t"),
        ("shift+tab", None, b"\x1b[Z"),
        ("escape", "\x1b", b"\x1b"),
        ("backspace", "\x7f", b"\x7f"),
        ("delete", None, b"\x1b[3~"),
        ("insert", None, b"\x1b[2~"),
        ("home", None, b"\x1b[H"),
        ("end", None, b"\x1b[F"),
        ("pageup", None, b"\x1b[5~"),
        ("pagedown", None, b"\x1b[6~"),
        ("up", None, b"\x1b[A"),
        ("ctrl+right", None, b"\x1b[1;5C"),
        ("alt+left", None, b"\x1b[1;3D"),
        ("f1", None, b"\x1bOP"),
        ("f12", None, b"\x1b[24~"),
        ("shift+f5", None, b"\x1b[15;2~"),
        ("ctrl+c", "\x03", b"\x03"),
        ("ctrl+d", "\x04", b"\x04"),
        ("ctrl+z", "\x1a", b"\x1a"),
        ("ctrl+@", "\x00", b"\x00"),
        ("ctrl+space", None, b"\x00"),
        ("ctrl+backslash", "\x1c", b"\x1c"),
        ("ctrl+underscore", "\x1f", b"\x1f"),
        ("alt+x", "x", b"\x1bx"),
        ("alt+shift+x", "X", b"\x1bX"),
        ("alt+enter", None, b"\x1b\r"),
        ("<ignore>", "\x1b[200z", b""),
    ],
)
def test_keys(core: GhosttyCore, key: str, character: str | None, data: bytes) -> None:
    assert sent(core, key, character) == data


def test_application_keys() -> None:
    core = GhosttyCore()
    core.feed(b"\x1b[?1h")
    assert sent(core, "up") == b"\x1bOA"
    assert sent(core, "home") == b"\x1bOH"
    core.feed(b"\x1b[?1l")
    assert sent(core, "up") == b"\x1b[A"
    core.close()


def test_programs_that_ask_for_more_get_more() -> None:
    core = GhosttyCore()
    core.feed(b"\x1b[>1u")
    assert sent(core, "ctrl+a", "\x01") == b"\x1b[97;5u"
    assert sent(core, "shift+enter") == b"\x1b[13;2u"
    assert sent(core, "a", "a") == b"a"
    core.close()


def test_paste_cannot_end_its_own_bracket() -> None:
    core = GhosttyCore()
    assert core.encode_paste("a\nb") == b"a\rb"
    core.feed(b"\x1b[?2004h")
    pasted = core.encode_paste("one\r\ntwo\x1b[201~rm -rf\r")
    assert pasted.startswith(b"\x1b[200~one\ntwo")
    assert pasted.endswith(b"\x1b[201~")
    assert pasted.count(b"\x1b") == 2
    core.close()


def test_mouse_in_the_program_s_modes() -> None:
    core = GhosttyCore()
    press = MouseReport("press", "left", 3, 2, held=True)
    assert core.encode_mouse(press) == b""
    core.feed(b"\x1b[?1000h")
    assert core.encode_mouse(press) == b"\x1b[M \x24\x23"
    core.feed(b"\x1b[?1006h")
    assert core.encode_mouse(press) == b"\x1b[<0;4;3M"
    assert core.encode_mouse(press._replace(action="release")) == b"\x1b[<0;4;3m"
    assert core.encode_mouse(press._replace(button="right", ctrl=True)) == b"\x1b[<18;4;3M"
    assert core.encode_mouse(press._replace(button="wheel-up")) == b"\x1b[<64;4;3M"
    assert core.encode_mouse(press._replace(button="wheel-down")) == b"\x1b[<65;4;3M"
    assert core.encode_mouse(press._replace(action="motion")) == b""
    core.feed(b"\x1b[?1002h")
    assert core.encode_mouse(press._replace(action="motion", x=5)) == b"\x1b[<32;6;3M"
    core.close()


def test_mouse_events() -> None:
    event = events.MouseDown(None, 4, 5, 0, 0, 3, False, True, True)
    assert mouse_report(event, "press") == MouseReport("press", "right", 4, 5, alt=True, ctrl=True, held=True)


def test_focus_is_told_only_to_who_asks() -> None:
    core = GhosttyCore()
    assert core.encode_focus(focused=True) == b""
    core.feed(b"\x1b[?1004h")
    assert core.encode_focus(focused=True) == b"\x1b[I"
    assert core.encode_focus(focused=False) == b"\x1b[O"
    core.close()
