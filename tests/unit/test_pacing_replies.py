"""Replies of a terminal in what a person types: all of them found, nothing else touched."""

import pytest

from tui.pacing.replies import Replies

PASTE = "\x1b[200~one \x1b[0n two\x1b[201~"


def in_pieces(text: str, size: int, *, expected: bool) -> tuple[str, Replies]:
    """Feed a text in pieces of one size."""
    replies = Replies()
    passed = [replies.feed(text[at : at + size], expected=expected) for at in range(0, len(text), size)]
    return "".join(passed) + replies.release(), replies


@pytest.mark.parametrize("size", range(1, 12))
@pytest.mark.parametrize(
    ("text", "passed", "statuses", "attributes"),
    [
        ("\x1b[0n", "", 1, 0),
        ("j\x1b[0nk\x1b[3n", "jk", 2, 0),
        ("\x1b[?62;4;22cx", "x", 0, 1),
        ("\x1b\x1b[0n", "\x1b", 1, 0),
        ("\x1b[A\x1b[0n\x1b[3~\x1b[1;2R", "\x1b[A\x1b[3~\x1b[1;2R", 1, 0),
        ("\x1b[?2026;2$y", "\x1b[?2026;2$y", 0, 0),
        ("\x1b[2~\x1b[0n", "\x1b[2~", 1, 0),
        (PASTE + "\x1b[0n!", "\x1b[200~one [0n two\x1b[201~!", 1, 0),
        ("\x1b[200~\x1b[?6c", "\x1b[200~[?6c", 0, 0),
        ("é[0n", "é[0n", 0, 0),
    ],
)
def test_in_pieces_of_any_size(text: str, passed: str, statuses: int, attributes: int, size: int) -> None:
    rest, replies = in_pieces(text, size, expected=True)
    assert (rest, replies.statuses, replies.attributes) == (passed, statuses, attributes)


def test_an_escape_key_passes_at_once_where_no_reply_is_on_its_way() -> None:
    replies = Replies()
    assert replies.feed("\x1b", expected=False) == "\x1b"
    assert replies.held == ""


def test_an_escape_key_is_given_out_by_the_reply_that_follows_it() -> None:
    replies = Replies()
    assert replies.feed("\x1b", expected=True) == ""
    assert replies.held == "\x1b"
    assert replies.feed("\x1b[0n", expected=True) == "\x1b"
    assert replies.statuses == 1


def test_the_end_of_a_paste_is_waited_for() -> None:
    replies = Replies()
    assert replies.feed("\x1b[200~text\x1b[20", expected=True) == "\x1b[200~text"
    assert replies.release() == ""
    assert replies.feed("1~\x1b[0n", expected=True) == "\x1b[201~"
    assert replies.statuses == 1
