"""Figures on a slow line: two digits, and still while they hardly differ."""

from dataclasses import dataclass
from typing import Literal

import pytest

from tui.present.coarse import coarsely, two_digits
from widgets.live_table.model import Cell, CellValue, Column


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("696K", "700K"),
        ("996K", "990K"),
        (" 812B", " 810B"),
        ("1.08", " 1.1"),
        ("12.5", "  12"),
        ("0.28", "0.28"),
        ("7.8G", "7.8G"),
        ("39G", "39G"),
        ("137", "137"),
        ("0", "0"),
        ("-", "-"),
        ("<1", "<1"),
        ("3h00", "3h00"),
    ],
)
def test_two_digits_as_wide_as_three(text: str, shown: str) -> None:
    assert two_digits(text) == shown
    assert len(two_digits(text)) == len(text)


@dataclass(frozen=True)
class Line:
    key: str
    cell: Cell


def column(key: str = "read", align: Literal["left", "right"] = "right") -> Column[Line]:
    return coarsely(Column[Line](key=key, title="READ", cell=lambda line: line.cell, width=5, align=align))


def text_of(value: CellValue) -> str:
    return value if isinstance(value, str) else value.text


def test_a_figure_stays_until_it_differs_by_more_than_noise() -> None:
    made = column()
    shown = [text_of(made.cell(Line("a", Cell(text)))) for text in ("50M", "54M", "46M", "56M", "54M", "9M", "1.0G")]
    assert shown == ["50M", "50M", "50M", "56M", "56M", "9M", "1.0G"]
    assert text_of(made.cell(Line("b", Cell("54M")))) == "54M", "another row has a figure of its own"


def test_what_it_means_is_never_late() -> None:
    made = column()
    assert made.cell(Line("a", Cell("50M"))) == Cell("50M")
    assert made.cell(Line("a", Cell("51M", "crit"))) == Cell("51M", "crit")
    assert made.cell(Line("a", Cell("-", "dim"))) == Cell("-", "dim")


def test_counts_and_words_are_left_alone() -> None:
    made = column()
    assert [text_of(made.cell(Line("a", Cell(text)))) for text in ("100", "101", "102")] == ["100", "101", "102"]
    assert text_of(column(key="name", align="left").cell(Line("a", Cell("696K")))) == "696K"
