from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from widgets.escape import escape_beyond_ascii, escape_controls, mask_controls
from widgets.fit import Align, fit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web-01", "web-01"),
        ("größe 容器 e\u0301", "größe 容器 e\u0301"),
        ("[bold]not markup[/]", "[bold]not markup[/]"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("txt\u202eexe", "txt\\u202eexe"),
        ("\u2066\u2069\u200b\u2028\u2029", "\\u2066\\u2069\\u200b\\u2028\\u2029"),
        ("\ufeffbom", "\\ufeffbom"),
        ("bad\udcff", "bad\\udcff"),
        ("\U000e0041", "\\U000e0041"),
        ("no\u00a0break", "no\u00a0break"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape_controls(text) == shown


def test_clean_text_is_the_same_object() -> None:
    text = "postgres-primary"
    assert escape_controls(text) is text


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = escape_controls(text)
    assert not [sign for sign in shown if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    shown.encode()


@given(st.text())
def test_a_mask_keeps_every_place(text: str) -> None:
    masked = mask_controls(text)
    assert len(masked) == len(text)
    assert escape_controls(masked) == masked
    assert all(shown in (sign, "?") for sign, shown in zip(text, masked, strict=True))


@given(st.text())
def test_ascii_is_ascii(text: str) -> None:
    assert escape_beyond_ascii(text).isascii()


@pytest.mark.parametrize(
    ("text", "width", "align", "shown"),
    [
        ("web", 5, "left", "web  "),
        ("3.92", 6, "right", "  3.92"),
        ("postgres", 5, "left", "post…"),
        ("12345678", 5, "right", "1234…"),
        ("容器容器", 8, "left", "容器容器"),
        ("容器容器", 7, "left", "容器容…"),
        ("容器容器", 6, "left", "容器 …"),
        ("\x1b", 6, "left", "\\x1b  "),
        ("web", 0, "left", ""),
        ("web", 1, "left", "…"),
        ("容", 1, "left", "…"),
    ],
)
def test_fit(text: str, width: int, align: Align, shown: str) -> None:
    assert fit(text, width, align) == shown


def test_fit_in_ascii() -> None:
    assert fit("postgres", 5, ascii_only=True) == "post>"
    assert fit("größe", 12, ascii_only=True) == "gr\\xf6\\xdfe "
    assert fit("größe", 5, ascii_only=True) == "gr\\x>"


@given(st.text(), st.integers(0, 30), st.sampled_from(["left", "right"]), st.booleans())
def test_fit_gives_exactly_the_width(text: str, width: int, align: Align, ascii_only: bool) -> None:
    assert cell_len(fit(text, width, align, ascii_only=ascii_only)) == width
