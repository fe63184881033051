from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.log_view import LogLine, LogStore, StoredLine
from widgets.log_view.store import LINE_OVERHEAD_BYTES, PIECE_BYTES


def numbered(count: int, start: int = 0) -> list[LogLine]:
    return [LogLine("a", f"line {number}".encode()) for number in range(start, start + count)]


def texts(store: LogStore) -> list[bytes]:
    return [store[number].text for number in range(store.first, store.end)]


def test_a_line_is_kept_as_it_came() -> None:
    store = LogStore()
    store.extend(
        [
            LogLine("api", b"\x1b[31m\xff\0[b]", 12.5, "stderr", "\r\n"),
            LogLine("db", "größe", None, "stdout", ""),
        ]
    )
    assert store[0] == StoredLine(0, "api", b"\x1b[31m\xff\0[b]", 12.5, "stderr", "\r\n")
    assert store[1] == StoredLine(1, "db", "größe".encode(), None, "stdout", "")
    assert store.sources == ("api", "db")
    assert store.has_both_streams


@pytest.mark.parametrize(("text", "raw"), [("\udcff", b"\xff"), ("\ud800", b"\xed\xa0\x80"), ("ä", "ä".encode())])
def test_text_with_surrogates_is_taken(text: str, raw: bytes) -> None:
    store = LogStore()
    store.extend([LogLine("a", text)])
    assert store[0].text == raw


@pytest.mark.parametrize("number", [-1, 3])
def test_a_number_without_a_line_is_an_error(number: int) -> None:
    store = LogStore()
    store.extend(numbered(3))
    with pytest.raises(IndexError):
        store[number]


def test_the_oldest_lines_go_when_the_bytes_are_full_and_are_counted() -> None:
    store = LogStore(max_bytes=10_000)
    for start in range(0, 5000, 100):
        store.extend(numbered(100, start))
        assert store.used_bytes <= 10_000
    assert store.end == 5000
    assert store.dropped == store.first > 0
    assert store.used_bytes > 8_000
    assert texts(store) == [f"line {number}".encode() for number in range(store.first, 5000)]


def test_the_oldest_lines_go_when_there_are_too_many() -> None:
    store = LogStore(max_lines=100)
    store.extend(numbered(1000))
    assert 90 <= len(store) <= 100
    assert store.dropped == 1000 - len(store)
    assert store[999].text == b"line 999"


def test_many_empty_lines_are_bounded_too() -> None:
    store = LogStore(max_bytes=20_000)
    store.extend([LogLine("a", b"")] * 10_000)
    assert len(store) * LINE_OVERHEAD_BYTES <= 20_000
    assert store.dropped == 10_000 - len(store)


def test_a_line_larger_than_the_memory_stays_alone() -> None:
    store = LogStore(max_bytes=1000)
    store.extend([*numbered(10), LogLine("a", b"x" * 5000), *numbered(1)])
    assert store[store.end - 1].text == b"line 0"
    assert store.used_bytes <= 6000


def test_a_long_line_is_kept_in_pieces_that_join_to_the_same_bytes() -> None:
    store = LogStore()
    raw = "größer ".encode() * 20_000
    store.extend([LogLine("a", raw, 1.0, "stdout", "\r\n"), LogLine("a", b"next")])
    lines = [store[number] for number in range(store.first, store.end)]
    assert all(len(line.text) <= PIECE_BYTES for line in lines)
    assert b"".join(line.text + line.end.encode() for line in lines) == raw + b"\r\nnext\n"
    for line in lines:
        line.text.decode()


def test_clear_forgets_lines_but_no_number_comes_back() -> None:
    store = LogStore(max_lines=50)
    store.extend(numbered(200))
    store.clear()
    assert (len(store), store.dropped, store.used_bytes) == (0, 0, 0)
    store.extend(numbered(1))
    assert store.first == 200
    assert store[200].text == b"line 0"


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=200), st.integers(0, 220))
def test_texts_begin_anywhere(raws: list[bytes], start: int) -> None:
    store = LogStore(max_bytes=2000)
    store.extend([LogLine("a", raw) for raw in raws])
    expected = [(number, raws[number]) for number in range(max(start, store.first), len(raws))]
    assert list(store.texts(start)) == expected
