import pytest
from rich.cells import cell_len

from widgets.terminal.signs import REPLACEMENT, is_narrow, safe_label, safe_sign


@pytest.mark.parametrize(
    ("text", "width", "drawn"),
    [
        ("a", 1, "a"),
        ("e\u0301", 1, "e\u0301"),
        ("\u6f22", 2, "\u6f22"),
        ("\u200b", 1, REPLACEMENT),
        ("\u6f22", 1, REPLACEMENT),
        ("a", 2, REPLACEMENT + " "),
        ("\x1b", 1, REPLACEMENT),
        ("a\u200d", 1, "a"),
        ("a\u202e", 1, "a"),
    ],
)
def test_a_sign_fills_its_cells_and_controls_nothing(text: str, width: int, drawn: str) -> None:
    assert safe_sign(text, width) == drawn
    assert cell_len(safe_sign(text, width)) == width


@pytest.mark.parametrize(
    ("text", "narrow"), [("\u00e9\u2500", True), ("\u6f22", False), ("a\u0301", False), ("\x07", False)]
)
def test_narrow(text: str, narrow: bool) -> None:
    assert is_narrow(text) is narrow


def test_a_label_is_one_short_printable_line() -> None:
    assert safe_label("a\nb\x1b[31m\u202ec", 100) == "ab[31mc"
    assert safe_label("x" * 1000, 10) == "x" * 10
