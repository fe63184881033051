"""What is sent must leave the terminal exactly as Textual means it to look."""

import re

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.ui.screens.still import StillHost, make_app, ready, step
from tui.screens.main import MainScreen
from widgets.thin_update import Pen, ThinCompositor, ThinUpdate, difference

RED, BLUE = Style.parse("red on black"), Style.parse("blue on black")


def strip(*pieces: tuple[str, Style]) -> Strip:
    return Strip([Segment(text, style) for text, style in pieces])


def test_only_pieces_that_differ_are_sent_with_their_places() -> None:
    old = strip(("one ", RED), ("two ", BLUE), ("three", RED))
    assert difference(old, strip(("one ", RED), ("TWO ", BLUE), ("three", RED))) == [(4, [Segment("TWO ", BLUE)])]
    assert difference(old, old) == []
    assert difference(None, old) == [(0, list(old))]


def test_other_cuts_send_what_is_between_equal_ends() -> None:
    old = strip(("one ", RED), ("two ", BLUE), ("three", RED))
    new = strip(("one ", RED), ("t", RED), ("wo ", BLUE), ("three", RED))
    assert difference(old, new) == [(4, [Segment("t", RED), Segment("wo ", BLUE)])]


def test_a_colour_is_changed_alone_and_attributes_anew() -> None:
    from rich.color import ColorSystem

    written: list[str] = []
    bold = Style.parse("bold red on black")
    Pen(ColorSystem.STANDARD).draw([Segment("a", RED), Segment("b", BLUE), Segment("c", bold)], written)
    assert written == ["\x1b[0;31;40m", "a", "\x1b[34m", "b", "\x1b[0;1;31;40m", "c"]


class Paper:
    """The letters a terminal would show: it knows only how to move and to write."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = [list(line) for line in lines]

    def write(self, text: str) -> None:
        x = y = 0
        moves = r"\x1b\[(?:(\d+);(\d+)H|(\d+)G)|\x1b\[[\d;]*m|([^\x1b])"
        for move_y, move_x, column, letters in re.findall(moves, text):
            if move_y:
                y, x = int(move_y) - 1, int(move_x) - 1
            elif column:
                x = int(column) - 1
            elif letters:
                self.lines[y][x] = letters
                x += 1


async def test_partial_updates_end_in_what_a_full_one_would_draw() -> None:
    host = StillHost()
    app = make_app(host)
    console = Console(color_system="truecolor", force_terminal=True)
    async with app.run_test(size=(200, 50)) as pilot:
        await ready(pilot, app)
        screen = app.screen
        assert isinstance(screen, MainScreen)
        compositor = screen._compositor
        assert isinstance(compositor, ThinCompositor)
        papers: list[Paper] = []
        original = app._display

        def display(shown: object, renderable: object) -> None:
            if isinstance(renderable, ThinUpdate) and papers:
                papers[0].write(renderable.render_segments(console))
            original(shown, renderable)  # type: ignore[arg-type]

        app._display = display  # type: ignore[method-assign,assignment]
        compositor.forget()
        papers.append(Paper([line.text for line in compositor.render_strips()]))
        sizes = []
        for keys in ([], ["j"], ["j", "space"], ["G"], ["g"], ["full_stop"], []):
            await pilot.press(*keys)
            await step(pilot, host, 3)
            await pilot.pause(0.05)
            wanted = [strip.text for strip in compositor.render_strips()]
            assert ["".join(line) for line in papers[0].lines] == wanted
            sizes.append(len(keys))
        assert len(sizes) == 7
