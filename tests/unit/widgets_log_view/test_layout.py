from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color

from widgets.escape import escape_controls
from widgets.log_view import LogLine, LogStore, StoredLine
from widgets.log_view.arrangement import Arrangement
from widgets.log_view.cells import Piece, Pieces, clusters, drawable, pieces_width, window, wrap
from widgets.log_view.layout import Look, lay_out, source_role
from widgets.log_view.listing import Listing
from widgets.log_view.pattern import Pattern, Sieve
from widgets.log_view.sgr import Sgr

RED = Sgr(color=Color.from_ansi(1))


def stored(text: str | bytes, **changes: object) -> StoredLine:
    raw = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    line = StoredLine(0, "api", raw, 1_772_355_901.25, "stdout", "\n")
    return line._replace(**changes)  # type: ignore[arg-type]


def drawn(text: str | bytes, look: Look | None = None, **changes: object) -> list[str]:
    return ["".join(piece.text for piece in row) for row in lay_out(stored(text, **changes), look or Look())]


def roles(row: Pieces) -> list[tuple[str, str]]:
    return [(piece.text, piece.role) for piece in row if piece.role]


# Text is never altered


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[b]bold[/b] [x", "[b]bold[/b] [x"),
        ("a\0b\x07\x7f", r"a\x00b\x07\x7f"),
        (b"half \xc3", r"half \xc3"),
        ("a\u202eb", r"a\u202eb"),
        ("容器 é", "容器 é"),
        ("a\tb", "a       b"),
        ("容\tb", "容      b"),
        ("50%\r60%", r"50%\r60%"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2Jx\x1b]0;t\x07y", "xy"),
        ("\x1b[31", r"\x1b[31"),
        ("\x9b31m", r"\x9b31m"),
        ("", ""),
    ],
)
def test_what_must_not_reach_a_terminal_is_spelled_out(text: str | bytes, shown: str) -> None:
    assert drawn(text) == [shown]


def test_escape_sequences_are_styles_or_left_out_or_spelled_out() -> None:
    text = "\x1b[31mred\x1b[0m"
    assert lay_out(stored(text), Look())[0] == [Piece("red", "", RED)]
    assert lay_out(stored(text), Look(ansi="strip"))[0] == [Piece("red")]
    assert drawn(text, Look(ansi="show")) == [r"\x1b[31mred\x1b[0m"]
    assert drawn("a\tb", Look(ansi="show"), end="\r\n") == [r"a\tb\r"]


@pytest.mark.parametrize(("end", "sign"), [("\n", ""), ("\r\n", ""), ("\r", r"\r"), ("", "…")])
def test_an_unusual_end_of_a_line_has_a_sign(end: str, sign: str) -> None:
    assert drawn("50%", end=end) == ["50%" + sign]


def test_ascii_has_no_other_sign() -> None:
    look = Look(width=20, ascii_only=True)
    assert drawn("größe 容", look, end="") == [r"gr\xf6\xdfe \u5bb9>"]
    assert drawn("x" * 30, look) == ["x" * 19 + ">"]


# Before the text


def test_time_and_name_stand_before_the_text_while_there_is_room() -> None:
    look = Look(width=60, stamps="utc", source_width=5)
    assert drawn("text", look) == ["09:05:01Z api   text"]
    assert drawn("text", replace(look, width=120)) == ["2026-03-01 09:05:01.250Z api   text"]
    assert drawn("text", replace(look, width=20)) == ["api   text"]
    assert drawn("text", replace(look, width=12)) == ["text"]
    assert drawn("text", replace(look, stamps="local", zone=timezone(timedelta(hours=1)))) == ["10:05:01 api   text"]
    assert drawn("text", look, utc_seconds=None) == ["-         api   text"]


def test_a_long_name_is_cut_and_a_hostile_one_is_spelled_out() -> None:
    look = Look(source_width=6)
    assert drawn("t", look, source="a-very-long-name") == ["a-ver… t"]
    assert drawn("t", look, source="\x1b[m") == [r"\x1b[m t"]


def test_a_source_has_always_the_same_colour() -> None:
    assert source_role("api-1") == "source-4"
    assert len({source_role(f"api-{number}") for number in range(50)}) == 6


# What is told by colour


def test_levels_and_hits_have_roles() -> None:
    found = Pattern.parse("disk|ERR")
    assert found is not None
    row = lay_out(stored("ERROR on disk"), Look(hits=found.hits))[0]
    assert roles(row) == [("ERR", "hit"), ("OR", "crit"), ("disk", "hit")]
    assert "".join(piece.text for piece in row) == "ERROR on disk"


def test_looks_change_inside_a_hit() -> None:
    found = Pattern.parse("abcd")
    assert found is not None
    row = lay_out(stored("ab\x1b[31mcd\x1b[me"), Look(hits=found.hits))[0]
    assert row == [Piece("ab", "hit"), Piece("cd", "hit", RED), Piece("e")]


# JSON


def test_json_is_folded_open_below_its_time() -> None:
    look = Look(width=40, json=True, stamps="utc")
    text = '{"level":"warn","msg":"\x1b[31mhot\\u001b[2J","at":{"x":1}}'.replace("\x1b", "")
    assert drawn(text, look) == [
        "09:05:01Z level: warn",
        r"          msg: [31mhot\x1b[2J",
        "          at: ",
        "            x: 1",
    ]
    assert ("warn", "warn") in roles(lay_out(stored(text), look)[0])
    assert drawn('{"level": ', look) == ['09:05:01Z {"level": ']
    assert len(drawn(text)) == 1


# Rows


def test_wrapped_rows_hold_the_whole_text() -> None:
    assert drawn("abcdefghij", Look(width=4, wrap=True)) == ["abcd", "efgh", "ij"]
    assert drawn("a容器b", Look(width=4, wrap=True)) == ["a容", "器b"]
    assert drawn("", Look(width=4, wrap=True)) == [""]


def test_a_window_shows_where_text_goes_on() -> None:
    assert drawn("abcdefghij", Look(width=5)) == ["abcd»"]
    assert drawn("abcdefghij", Look(width=5, column=3)) == ["«efg»"]
    assert drawn("abcdefghij", Look(width=5, column=5)) == ["«ghij"]
    assert drawn("abcde", Look(width=5)) == ["abcde"]
    assert drawn("abc", Look(width=5, column=8)) == [""]
    assert drawn("容器容", Look(width=4, column=1)) == ["«器»"]  # halves of wide signs are blank


signs = st.text(alphabet=st.sampled_from("ab容é\u0301\u200d\t\x1b\0ü🙂\ufe0f"), max_size=40)


@settings(deadline=None)
@given(st.lists(signs, max_size=4), st.integers(2, 12))
def test_wrapping_loses_nothing_and_fits(texts: list[str], width: int) -> None:
    pieces = list(drawable([Piece(text) for text in texts], ascii_only=False, expand_tabs=True))
    rows = wrap(pieces, width)
    assert "".join(piece.text for row in rows for piece in row) == "".join(piece.text for piece in pieces)
    assert all(pieces_width(row) <= width for row in rows)


@settings(deadline=None)
@given(st.lists(signs, max_size=4), st.integers(1, 12), st.integers(0, 30))
def test_a_window_is_never_too_wide(texts: list[str], width: int, start: int) -> None:
    pieces = list(drawable([Piece(text) for text in texts], ascii_only=False, expand_tabs=True))
    assert pieces_width(window(pieces, start, width, ("«", "»"))) <= width


@settings(deadline=None)
@given(signs)
def test_clusters_are_the_text(text: str) -> None:
    found = list(clusters(text))
    assert "".join(cluster for cluster, _ in found) == text
    assert all(cells == cell_len(cluster) for cluster, cells in found)


@settings(deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["styles", "strip", "show"]), st.booleans(), st.integers(1, 50))
def test_any_bytes_are_drawn_without_a_control_character(raw: bytes, ansi: str, wrap_rows: bool, width: int) -> None:
    look = Look(width=width, ansi=ansi, wrap=wrap_rows, json=True, stamps="utc")  # type: ignore[arg-type]
    for row in drawn(raw, look):
        assert escape_controls(row) == row


# The arrangement


def arrangement(*texts: str, width: int = 4, sieve: Sieve | None = None) -> Arrangement:
    store = LogStore()
    store.extend([LogLine("a", text) for text in texts])
    listing = Listing(store, sieve)
    listing.advance()
    return Arrangement(listing, Look(width=width, wrap=True))


def shown(one: Arrangement, top: tuple[int, int], height: int) -> list[str]:
    return ["".join(piece.text for piece in row.pieces) for row in one.screenful(top, height)]


def test_a_screenful_begins_inside_a_line() -> None:
    one = arrangement("aaaabb", "c", "ddddeeeeff")
    assert shown(one, (0, 1), 3) == ["bb", "c", "dddd"]
    assert shown(one, (2, 2), 3) == ["ff"]
    assert one.bottom(3) == (2, 0)
    assert one.bottom(2) == (2, 1)
    assert one.bottom(10) == (0, 0)


@pytest.mark.parametrize(
    ("top", "rows", "moved"),
    [
        ((0, 0), 1, (0, 1)),
        ((0, 0), 2, (1, 0)),
        ((0, 0), 100, (2, 2)),
        ((2, 2), -3, (1, 0)),
        ((2, 0), -100, (0, 0)),
        ((1, 0), 0, (1, 0)),
    ],
)
def test_moving_counts_rows(top: tuple[int, int], rows: int, moved: tuple[int, int]) -> None:
    assert arrangement("aaaabb", "c", "ddddeeeeff").moved(top, rows) == moved


def test_an_empty_log_has_no_rows() -> None:
    one = arrangement()
    assert one.bottom(5) == (0, 0)
    assert one.moved((0, 0), -3) == (0, 0)
    assert one.screenful((0, 0), 5) == []


def test_marks_stand_below_their_line_or_the_next_one_shown_above() -> None:
    one = arrangement("a", "no", "b", width=8)
    one.add_mark(1, "x")
    one.add_mark(2, "y")
    assert shown(one, (0, 0), 9) == ["a", "no", "──── x ─", "b", "──── y ─"]
    hidden = Pattern.parse("no|a")
    other = arrangement("a", "no", "b", "c", width=8, sieve=Sieve(exclude=hidden))
    other.add_mark(1, "x")
    assert shown(other, (0, 0), 9) == ["──── x ─", "b", "c"]
    assert other.height(0) == 2


def test_marks_are_gone_through_in_a_circle() -> None:
    one = arrangement("a", "b", "c", "d")
    assert one.mark_beyond(0, 1) is None
    one.add_mark(2, "y")
    one.add_mark(1, "x")
    assert [one.mark_beyond(number, 1) for number in (0, 1, 2)] == [one.marks[0], one.marks[1], one.marks[0]]
    assert [one.mark_beyond(number, -1) for number in (3, 2, 1)] == [one.marks[1], one.marks[0], one.marks[1]]


@pytest.mark.parametrize("lines", [0, 1, 5])
@pytest.mark.parametrize("rows", [-9, -1, 0, 1, 9])
def test_a_view_without_height_moves_within_its_lines(lines: int, rows: int) -> None:
    store = LogStore()
    store.extend(LogLine("api", f"line {number}") for number in range(lines))
    arrangement = Arrangement(Listing(store), Look())

    place, part = arrangement.moved(arrangement.bottom(0), rows)

    assert 0 <= place < max(1, lines)
    assert part == 0
