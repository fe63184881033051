"""Bytes in, lines and answers out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from widgets.terminal import GhosttyCore, available
from widgets.terminal.core import CellStyle, Cursor, Match, Run, Scroll
from widgets.terminal.ghostty.told import CLIPBOARD_BYTES, REPLY_BYTES, TITLE_CHARACTERS


@pytest.fixture
def core() -> Iterator[GhosttyCore]:
    made = GhosttyCore(20, 4)
    yield made
    made.close()


def lines(core: GhosttyCore) -> list[str]:
    changes = core.take_changes()
    return [changes[y].text.rstrip() if y in changes else "" for y in range(core.rows)]


def styles(core: GhosttyCore, y: int = 0) -> list[tuple[str, CellStyle]]:
    return [(run.text, run.style) for run in core.take_changes()[y].runs if run.text.strip()]


def test_the_core_is_there_where_its_wheel_is() -> None:
    assert available() is None


def test_lines_are_as_wide_as_the_screen(core: GhosttyCore) -> None:
    core.feed("A\u6f22e\u0301\x1b[31mred".encode())
    line = core.take_changes()[0]
    assert line.runs[0] == Run("A", 1)
    assert line.runs[1] == Run("\u6f22", 2)
    assert line.runs[2] == Run("e\u0301", 1)
    assert line.runs[3] == Run("red", 3, CellStyle(foreground=1))
    assert sum(run.width for run in line.runs) == 20


def test_only_rows_that_changed_are_told(core: GhosttyCore) -> None:
    core.feed(b"one\r\ntwo")
    assert set(core.take_changes()) == {0, 1, 2, 3}
    assert core.take_changes() == {}
    core.feed(b"!")
    assert set(core.take_changes()) == {1}


@pytest.mark.parametrize(
    ("sgr", "style"),
    [
        ("1", CellStyle(bold=True)),
        ("2", CellStyle(faint=True)),
        ("3", CellStyle(italic=True)),
        ("4", CellStyle(underline="single")),
        ("21", CellStyle(underline="double")),
        ("4:3", CellStyle(underline="curly")),
        ("5", CellStyle(blink=True)),
        ("7", CellStyle(inverse=True)),
        ("8", CellStyle(invisible=True)),
        ("9", CellStyle(strikethrough=True)),
        ("53", CellStyle(overline=True)),
        ("38;5;200;48;5;17", CellStyle(foreground=200, background=17)),
        ("38;2;1;2;3", CellStyle(foreground=(1, 2, 3))),
        ("48:2::1:2:3", CellStyle(background=(1, 2, 3))),
        ("4;58;2;9;8;7", CellStyle(underline="single", underline_colour=(9, 8, 7))),
    ],
)
def test_styles(core: GhosttyCore, sgr: str, style: CellStyle) -> None:
    core.feed(f"\x1b[{sgr}mX".encode())
    assert styles(core) == [("X", style)]


def test_erased_cells_keep_the_background_they_were_erased_with(core: GhosttyCore) -> None:
    core.feed(b"\x1b[44mab\x1b[K\r\n\x1b[48;2;1;2;3m\x1b[K")
    changes = core.take_changes()
    assert changes[0].runs[-1] == Run(" " * 18, 18, CellStyle(background=4))
    assert changes[1].runs == (Run(" " * 20, 20, CellStyle(background=(1, 2, 3))),)


def test_neighbours_erased_with_different_colours_stay_apart(core: GhosttyCore) -> None:
    core.feed(b"\x1b[41m\x1b[K\x1b[5G\x1b[42m\x1b[K")
    assert core.take_changes()[0].runs == (
        Run(" " * 4, 4, CellStyle(background=1)),
        Run(" " * 16, 16, CellStyle(background=2)),
    )


def test_erasing_half_of_a_wide_sign_erases_all_of_it(core: GhosttyCore) -> None:
    core.feed("\u6f22|\x1b[2G\x1b[X".encode())
    assert lines(core)[0] == "  |"


def test_erasing_to_the_end_of_a_full_line_erases_its_last_cell(core: GhosttyCore) -> None:
    core.feed(b"x" * 20 + b"\x1b[K")
    assert lines(core)[0] == "x" * 19


def test_a_wide_sign_that_does_not_fit_goes_to_the_next_line(core: GhosttyCore) -> None:
    core.feed(b"x" * 19 + "\u6f22".encode())
    changes = core.take_changes()
    assert changes[0].text == "x" * 19 + " "
    assert changes[1].text.startswith("\u6f22 ")


def test_half_a_sign_at_the_end_of_a_chunk(core: GhosttyCore) -> None:
    for byte in "\u6f22\U0001f600\u00fc".encode():
        core.feed(bytes([byte]))
    assert lines(core)[0] == "\u6f22\U0001f600\u00fc"


def test_half_a_sequence_at_the_end_of_a_chunk(core: GhosttyCore) -> None:
    for byte in b"\x1b[38;5;200mX\x1b]0;title\x1b\\":
        core.feed(bytes([byte]))
    assert styles(core) == [("X", CellStyle(foreground=200))]
    assert core.take_told().title == "title"


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200d", "\u2066", "\ufeff", "\u200b", "\x9b31m", "\x85", "\U000e0041", "\ud7ff\u0378"]
)
def test_nothing_that_is_drawn_can_control_a_terminal(core: GhosttyCore, hidden: str) -> None:
    core.feed(f"a{hidden}b".encode())
    for line in core.take_changes().values():
        assert line.text.isprintable()


def test_ready_answers(core: GhosttyCore) -> None:
    core.feed(b"\x1b[2;3H\x1b[6n\x1b[c\x1b[5n\x1b[18t")
    assert core.take_told().replies == b"\x1b[2;3R\x1b[?62;22c\x1b[0n\x1b[8;4;20t"
    assert core.take_told().replies == b""


def test_a_program_is_told_the_default_colours(core: GhosttyCore) -> None:
    core.set_colours((255, 0, 0), (0, 0, 16))
    core.feed(b"\x1b]11;?\x1b\\")
    assert core.take_told().replies == b"\x1b]11;rgb:0000/0000/1010\x1b\\"


def test_answers_are_bounded(core: GhosttyCore) -> None:
    core.feed(b"\x1b[c" * 100_000)
    assert len(core.take_told().replies) <= REPLY_BYTES


@pytest.mark.parametrize("asking", [b"\x1b[21t", b"\x1b[20t", b"\x1b]52;c;?\x07", b"\x05"])
def test_nothing_of_the_program_s_own_choosing_is_answered(core: GhosttyCore, asking: bytes) -> None:
    # A title that comes back as if it was typed would run as a command in a shell.
    core.feed(b"\x1b]0;rm -rf\x07" + asking)
    assert b"rm" not in core.take_told().replies


def test_bells_are_counted(core: GhosttyCore) -> None:
    core.feed(b"\x07\x07\x1b]0;ended by a bell\x07")
    assert core.take_told().bells == 2


def test_titles_are_one_short_printable_line(core: GhosttyCore) -> None:
    core.feed(b"\x1b]2;ti\xe2\x80\xaetle" + b"x" * 500 + b"\x1b\\")
    title = core.take_told().title
    assert title is not None
    assert title.startswith("titlex")
    assert len(title) <= TITLE_CHARACTERS


def test_clipboard_writes_are_told_and_bounded(core: GhosttyCore) -> None:
    core.feed(b"\x1b]52;c;aGVsbG8=\x07")
    assert core.take_told().clipboard == "hello"
    core.feed(b"\x1b]52;c;" + b"QUFB" * CLIPBOARD_BYTES + b"\x07")
    assert len(core.take_told().clipboard or "") <= CLIPBOARD_BYTES


def test_cursor(core: GhosttyCore) -> None:
    core.feed(b"ab\x1b[5 q")
    core.take_changes()
    assert core.cursor() == Cursor(2, 0, "bar", blinking=True)
    core.feed(b"\x1b[4 q")
    core.take_changes()
    assert core.cursor() == Cursor(2, 0, "underline")
    core.feed(b"\x1b[?25l")
    core.take_changes()
    assert core.cursor() is None


def test_modes(core: GhosttyCore) -> None:
    assert not any(core.modes()._replace(alternate_scroll=False))
    core.feed(b"\x1b[?1049h\x1b[?2004h\x1b[?1h\x1b[?1002h\x1b[?1004h\x1b[?2026h")
    assert all(core.modes())


def test_the_alternate_screen_leaves_no_trace(core: GhosttyCore) -> None:
    core.feed(b"shell\x1b[?1049h\x1b[2J\x1b[Heditor")
    assert lines(core)[0] == "editor"
    core.feed(b"\x1b[?1049l")
    assert lines(core)[0] == "shell"


def test_lines_flow_anew_in_another_width(core: GhosttyCore) -> None:
    core.feed(b"0123456789abcdefghijKLMNO\r\nend")
    core.resize(30, 4)
    assert lines(core)[:2] == ["0123456789abcdefghijKLMNO", "end"]
    core.resize(10, 6)
    assert lines(core)[:4] == ["0123456789", "abcdefghij", "KLMNO", "end"]


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (-5, 3), (10**6, 10**6)])
def test_any_size_is_taken(core: GhosttyCore, size: tuple[int, int]) -> None:
    core.resize(*size)
    core.feed(b"abc\r\n" * 10)
    changes = core.take_changes()
    assert {sum(run.width for run in line.runs) for line in changes.values()} == {core.columns}


def test_scrollback(core: GhosttyCore) -> None:
    core.feed(b"".join(b"line %d\r\n" % number for number in range(100)))
    assert core.scroll() == Scroll(101, 97, 4)
    core.scroll_by(-10)
    assert core.scroll().back == 10
    assert lines(core)[0] == "line 87"
    core.feed(b"more\r\n" * 3)
    assert core.scroll().back == 13, "the text one looks at stays in place"
    core.scroll_to_end()
    assert core.scroll().back == 0


@pytest.mark.parametrize("columns", [80, 200])
def test_scrollback_keeps_what_was_asked_for_and_not_much_more(columns: int) -> None:
    core = GhosttyCore(columns, 24)
    core.feed(b"".join(b"line %d\r\n" % number for number in range(50_000)))
    assert 10_000 <= core.scroll().total < 13_000
    assert core.all_text().endswith("line 49999")
    core.close()


def test_selecting_copies_wrapped_lines_as_one(core: GhosttyCore) -> None:
    core.feed(b"0123456789abcdefghijKLMNO\r\nend")
    core.select((5, 0), (2, 1))
    assert core.selected_text() == "56789abcdefghijKLM"
    assert [line.selected for line in core.take_changes().values()] == [(5, 20), (0, 3), None, None]
    core.select_further((2, 2))
    assert core.selected_text() == "56789abcdefghijKLMNO\nend"
    core.select_nothing()
    assert core.selected_text() == ""


def test_a_selection_stays_with_its_text(core: GhosttyCore) -> None:
    core.feed(b"first\r\nsecond\r\n")
    core.select((0, 0), (4, 0))
    core.feed(b"more\r\n" * 20)
    assert core.selected_text() == "first"


def test_words_and_lines_are_selected(core: GhosttyCore) -> None:
    core.feed(b"one two three\r\n")
    core.select((5, 0), (5, 0), "word")
    assert core.selected_text() == "two"
    core.select((5, 0), (5, 0), "line")
    assert core.selected_text() == "one two three"


def test_search_goes_from_the_newest_to_the_oldest(core: GhosttyCore) -> None:
    core.feed(b"Needle 1\r\n" + b"hay\r\n" * 20 + b"needle 2\r\n" + b"hay\r\n" * 20)
    core.search("NEEDLE")
    found = core.search_step()
    assert (found.total, found.index, found.complete) == (2, None, True)
    core.search_move(older=True)
    assert lines_in_view(core, "needle 2")
    core.search_move(older=True)
    assert lines_in_view(core, "Needle 1")
    core.search_move(older=False)
    assert lines_in_view(core, "needle 2")


def lines_in_view(core: GhosttyCore, text: str) -> bool:
    """Tell whether the chosen match is in view and covers the beginning of this text."""
    core.search_step()
    current = [match for match in core.matches() if match.current]
    core.select((0, current[0].y), (len(text) - 1, current[0].y))
    return core.selected_text() == text and current == [Match(current[0].y, 0, 6, current=True)]


def test_search_follows_what_is_written(core: GhosttyCore) -> None:
    core.feed(b"needle\r\n" * 10)
    core.search("needle")
    assert core.search_step().total == 10
    core.feed(b"needle\r\n" * 5)
    assert core.search_step().total == 15
    core.resize(30, 8)
    core.take_changes()
    assert len(core.matches()) == 7, "the last row is empty"
    core.feed(b"\x1b[?1049h")
    assert core.search_step().total == 0


def test_what_was_kept_stays_on_a_narrow_screen() -> None:
    core = GhosttyCore(200, 24)
    core.feed(b"".join(b"line %d\r\n" % number for number in range(5000)))
    for columns in (20, 200):
        core.resize(columns, 24)
    assert core.all_text().startswith("line 0\n")
    core.close()


def test_no_search_finds_nothing(core: GhosttyCore) -> None:
    core.feed(b"text")
    core.search("")
    assert core.matches() == []
    assert core.search_step().total == 0


def test_a_palette_that_a_program_changes(core: GhosttyCore) -> None:
    before = core.palette
    core.feed(b"\x1b]4;1;rgb:12/34/56\x1b\\")
    core.take_changes()
    assert core.palette[1] == (0x12, 0x34, 0x56)
    assert core.palette[2:] == before[2:]


def test_a_line_of_a_megabyte() -> None:
    core = GhosttyCore(80, 24)
    core.feed(b"x" * 1_000_000 + b"END")
    assert lines(core)[23].endswith("END")
    core.close()
