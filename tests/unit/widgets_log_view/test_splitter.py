from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.log_view import LineSplitter
from widgets.log_view.splitter import MAX_LINE_BYTES, Split


def split(*chunks: bytes, limit: int = MAX_LINE_BYTES) -> list[Split]:
    splitter = LineSplitter(limit)
    lines = [line for chunk in chunks for line in splitter.feed(chunk)]
    return lines + splitter.flush()


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([b"a\nb\n"], [(b"a", "\n"), (b"b", "\n")]),
        ([b"a", b"b\nc"], [(b"ab", "\n"), (b"c", "")]),
        ([b"a\r\nb\r\n"], [(b"a", "\r\n"), (b"b", "\r\n")]),
        ([b"a\r", b"\nb"], [(b"a", "\r\n"), (b"b", "")]),
        ([b"10%\r20%\r", b"30%\n"], [(b"10%", "\r"), (b"20%", "\r"), (b"30%", "\n")]),
        ([b"\r\r\n\n"], [(b"", "\r"), (b"", "\r\n"), (b"", "\n")]),
        ([b"end\r"], [(b"end", "\r")]),
        ([b"a\0b\n"], [(b"a\0b", "\n")]),
        ([b"", b""], []),
    ],
)
def test_lines_end_where_they_end(chunks: list[bytes], lines: list[Split]) -> None:
    assert split(*chunks) == lines


def test_half_a_character_at_the_end_of_a_chunk_waits_for_the_other_half() -> None:
    splitter = LineSplitter()
    raw = "größe\n".encode()
    assert splitter.feed(raw[:3]) == []
    assert splitter.waiting_bytes == 3
    assert splitter.feed(raw[3:]) == [("größe".encode(), "\n")]


def test_a_carriage_return_waits_for_what_follows() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"50%\r") == []
    assert splitter.feed(b"51%\r") == [(b"50%", "\r")]


def test_a_long_line_is_cut_between_characters() -> None:
    lines = split("ä".encode() * 10, limit=5)
    assert lines == [("ää".encode(), "")] * 5


def test_a_line_of_a_megabyte_and_more_is_cut_and_waits_in_bounded_memory() -> None:
    splitter = LineSplitter()
    lines: list[Split] = []
    for _ in range(40):
        lines += splitter.feed(b"x" * 65536)
        assert splitter.waiting_bytes <= MAX_LINE_BYTES
    lines += splitter.feed(b"\nnext\n")
    assert [len(text) for text, _ in lines] == [MAX_LINE_BYTES, MAX_LINE_BYTES, 40 * 65536 - 2 * MAX_LINE_BYTES, 4]
    assert [end for _, end in lines] == ["", "", "\n", "\n"]


@settings(deadline=None)
@given(
    st.lists(st.binary(max_size=30) | st.sampled_from([b"\r", b"\n", b"\r\n", "ä容".encode(), b"\xff\0"]), max_size=30),
    st.integers(4, 40),
)
def test_no_byte_is_lost_however_the_stream_is_cut(chunks: list[bytes], limit: int) -> None:
    stream = b"".join(chunks)
    lines = split(*chunks, limit=limit)
    assert b"".join(text + end.encode() for text, end in lines) == stream
    assert lines == split(stream, limit=limit)
    assert all(len(text) <= limit for text, _ in lines)
    assert not any(b"\n" in text or b"\r" in text for text, _ in lines)


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(4, 12))
def test_cutting_never_halves_a_character(text: str, limit: int) -> None:
    for piece, _ in split(text.encode(), limit=limit):
        assert piece.decode("utf-8") is not None
