"""Lines as strips."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.style import Style

from widgets.terminal.core import CellStyle, Colour, Cursor, Line, Run
from widgets.terminal.painter import Colours, Overlay, Painter, cursor_overlay

WHITE, BLACK, RED = (255, 255, 255), (0, 0, 0), (200, 0, 0)
PALETTE = (BLACK, RED, *[(number, number, number) for number in range(2, 256)])


@pytest.fixture
def painter() -> Painter:
    colours = Colours(WHITE, BLACK, Style(underline=True), Style(bold=True))
    return Painter(colours, PALETTE, lambda style: style)


def pieces(painter: Painter, line: Line, width: int, *overlays: Overlay) -> list[tuple[str, Style]]:
    strip = painter.strip(line, width, overlays)
    assert strip.cell_length == width == sum(segment.cell_length for segment in strip)
    return [(segment.text, segment.style or Style.null()) for segment in strip]


def coloured(style: Style) -> tuple[Color | None, Color | None]:
    return style.color, style.bgcolor


def rgb(colour: tuple[int, int, int]) -> Color:
    return Color.from_rgb(*colour)


@pytest.mark.parametrize(
    ("style", "foreground", "background"),
    [
        (CellStyle(), WHITE, BLACK),
        (CellStyle(foreground=1), RED, BLACK),
        (CellStyle(background=(1, 2, 3)), WHITE, (1, 2, 3)),
        (CellStyle(foreground=1, inverse=True), BLACK, RED),
        (CellStyle(foreground=1, invisible=True), BLACK, BLACK),
        (CellStyle(faint=True), (127, 127, 127), BLACK),
    ],
)
def test_colours(painter: Painter, style: CellStyle, foreground: Colour, background: Colour) -> None:
    assert isinstance(foreground, tuple)
    assert isinstance(background, tuple)
    drawn = pieces(painter, Line((Run("x", 1, style),)), 1)[0][1]
    assert coloured(drawn) == (rgb(foreground), rgb(background))


def test_attributes(painter: Painter) -> None:
    every = CellStyle(
        bold=True, italic=True, underline="double", strikethrough=True, overline=True, blink=True, underline_colour=3
    )
    drawn = pieces(painter, Line((Run("x", 1, every),)), 1)[0][1]
    assert drawn.bold
    assert drawn.italic
    assert drawn.underline
    assert drawn.underline2
    assert drawn.strike
    assert drawn.overline
    assert drawn.blink


def test_nothing_but_text_and_style_is_drawn(painter: Painter) -> None:
    assert all(segment.control is None for segment in painter.strip(Line((Run("x", 1),)), 5))


def test_rows_fit_whatever_their_line_is(painter: Painter) -> None:
    for line in (None, Line(()), Line((Run("abc", 3),)), Line((Run("abcdefgh", 8),)), Line((Run("\u6f22", 2),) * 3)):
        assert painter.strip(line, 5).cell_length == 5


def test_overlays_cut_runs_but_no_sign(painter: Painter) -> None:
    line = Line((Run("abcdef", 6), Run("\u6f22", 2), Run("e\u0301", 1), Run("\u6f22\u0301", 2)))
    drawn = pieces(painter, line, 11, Overlay(2, 4, "match"), Overlay(7, 8, "match"), Overlay(10, 11, "match"))
    assert [(text, bool(style.underline)) for text, style in drawn] == [
        ("ab", False),
        ("cd", True),
        ("ef", False),
        ("\u6f22", True),
        ("e\u0301", False),
        ("\u6f22\u0301", True),
    ]


def test_the_selection_is_inverse(painter: Painter) -> None:
    drawn = pieces(painter, Line((Run("abcd", 4, CellStyle(foreground=1)),), (1, 3)), 4)
    assert [text for text, _ in drawn] == ["a", "bc", "d"]
    assert coloured(drawn[1][1]) == (rgb(BLACK), rgb(RED))


def test_cursors_look_differently(painter: Painter) -> None:
    looks = set()
    for shape in ("block", "underline", "bar", "hollow"):
        overlay = cursor_overlay(Cursor(1, 0, shape))
        looks.add(pieces(painter, Line((Run("abc", 3),)), 3, overlay)[1])
    assert {text for text, _ in looks} == {"b"}
    assert len(looks) == 4


def test_the_chosen_match_is_above_the_others(painter: Painter) -> None:
    drawn = pieces(painter, Line((Run("ab", 2),)), 2, Overlay(0, 2, "match"), Overlay(0, 2, "match-current"))
    assert drawn[0][1].bold
