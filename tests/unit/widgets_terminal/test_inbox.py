from hypothesis import given
from hypothesis import strategies as st

from widgets.terminal.inbox import Inbox


@given(st.lists(st.binary(max_size=20)), st.integers(min_value=1, max_value=30))
def test_bytes_come_out_as_they_went_in(chunks: list[bytes], limit: int) -> None:
    inbox = Inbox()
    for chunk in chunks:
        inbox.put(chunk)
    assert len(inbox) == sum(map(len, chunks))
    taken = []
    while inbox:
        taken.append(inbox.take(limit))
        assert 0 < len(taken[-1]) <= limit
    assert b"".join(taken) == b"".join(chunks)
    assert inbox.take(limit) == b""


def test_cleared() -> None:
    inbox = Inbox()
    inbox.put(b"text")
    inbox.clear()
    assert not inbox
