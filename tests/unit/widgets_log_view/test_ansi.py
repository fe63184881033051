from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import Color

from widgets.log_view.ansi import parse, strip
from widgets.log_view.sgr import PLAIN, Sgr, apply, style_of

RED = Color.from_ansi(1)


@pytest.mark.parametrize(
    ("parameters", "look"),
    [
        ("", PLAIN),
        ("0", PLAIN),
        ("31", Sgr(color=RED)),
        ("1;31", Sgr(color=RED, bold=True)),
        ("91", Sgr(color=Color.from_ansi(9))),
        ("44", Sgr(bgcolor=Color.from_ansi(4))),
        ("107", Sgr(bgcolor=Color.from_ansi(15))),
        ("38;5;200", Sgr(color=Color.from_ansi(200))),
        ("38:5:200", Sgr(color=Color.from_ansi(200))),
        ("48;2;1;2;3", Sgr(bgcolor=Color.from_rgb(1, 2, 3))),
        ("38:2::1:2:3", Sgr(color=Color.from_rgb(1, 2, 3))),
        ("38:2:1:2:3", Sgr(color=Color.from_rgb(1, 2, 3))),
        ("38;2;1;2;3;4", Sgr(color=Color.from_rgb(1, 2, 3), underline=True)),
        ("4:3", Sgr(underline=True)),
        ("4:0", PLAIN),
        ("2;3;7;9", Sgr(dim=True, italic=True, reverse=True, strike=True)),
        ("1;2;22", PLAIN),
        ("31;44;39;49", PLAIN),
        ("8;5", PLAIN),  # concealed text is shown
        ("38;5", PLAIN),
        ("38;5;999", PLAIN),
        ("38;2;1;2", PLAIN),
        ("38", PLAIN),
        ("38:", PLAIN),
        ("99999999999999999999;31", Sgr(color=RED)),
        (";;31;", PLAIN),
    ],
)
def test_parameters_become_a_look(parameters: str, look: Sgr) -> None:
    assert apply(PLAIN, parameters) == look


def test_a_look_changes_only_what_it_is_told() -> None:
    look = apply(Sgr(color=RED, bold=True), "4")
    assert look == Sgr(color=RED, bold=True, underline=True)
    style = style_of(look)
    assert (style.bold, style.underline, style.italic) == (True, True, None)
    assert style.color == RED


def test_text_and_looks_are_told_apart() -> None:
    plain, changes = parse("a\x1b[31mbc\x1b[0md")
    assert plain == "abcd"
    assert changes == [(1, Sgr(color=RED)), (3, PLAIN)]


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[2J",
        "\x1b[?25l",
        "\x1b[K",
        "\x1b[10;20H",
        "\x1b[>4;1m",
        "\x1b]0;title\x07",
        "\x1b]52;c;aGFsbG8=\x1b\\",
        "\x1b]8;;http://example.test\x1b\\",
        "\x1bPq#0\x1b\\",
        "\x1b_Gpayload\x1b\\",
        "\x1b(B",
        "\x1bc",
        "\x1b7",
    ],
)
def test_complete_sequences_are_taken_out_and_change_no_look(sequence: str) -> None:
    assert parse(f"a{sequence}b") == ("ab", [])
    assert strip(f"a{sequence}b") == "ab"


@pytest.mark.parametrize("text", ["\x1b", "a\x1b[31", "\x1b]0;no end", "\x1bPno end", "\x9b31m"])
def test_what_has_no_end_stays_to_be_spelled_out(text: str) -> None:
    assert parse(text) == (text, [])


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("\x1b[]m;:0123P\\\x07ab(ä"), max_size=80))
def test_nonsense_loses_no_text_outside_sequences(text: str) -> None:
    plain, changes = parse(text)
    assert plain == strip(text)
    assert [place for place, _ in changes] == sorted(place for place, _ in changes)
    assert all(0 <= place <= len(plain) for place, _ in changes)


@settings(deadline=None)
@given(st.text(alphabet="0123456789;:", max_size=100))
def test_any_parameters_are_taken(parameters: str) -> None:
    style_of(apply(PLAIN, parameters))


def test_hostile_repetition_takes_linear_time() -> None:
    for piece in ("\x1b[", "\x1b]", "\x1bP", "\x1b[0;", "\x1b "):
        text = piece * 100_000
        assert len(strip(text)) <= len(text)  # quadratic time would not come to an end within the deadline of the test
