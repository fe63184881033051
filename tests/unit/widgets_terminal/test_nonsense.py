"""Any bytes, in any pieces: lines stay as wide as the screen and free of controls."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.terminal import GhosttyCore

PIECES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=20).map(lambda text: text.encode(errors="replace")),
    st.builds(
        lambda start, rest: start + rest,
        st.sampled_from([b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b"]),
        st.binary(max_size=12),
    ),
    st.builds(
        lambda numbers, final: b"\x1b[" + ";".join(map(str, numbers)).encode() + final,
        st.lists(st.integers(0, 300), max_size=6),
        st.sampled_from([bytes([byte]) for byte in range(0x40, 0x7F)]),
    ),
    st.builds(
        lambda number, final: b"\x1b[?%d" % number + final,
        st.sampled_from([1, 3, 5, 6, 7, 25, 47, 69, 1000, 1003, 1006, 1047, 1049, 2004, 2026, 2027]),
        st.sampled_from([b"h", b"l"]),
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30), st.integers(1, 40), st.integers(1, 12))
def test_any_bytes_give_proper_lines(pieces: list[bytes], columns: int, rows: int) -> None:
    core = GhosttyCore(20, 5)
    for number, piece in enumerate(pieces):
        core.feed(piece)
        if number == len(pieces) // 2:
            core.resize(columns, rows)
    for line in core.take_changes().values():
        assert sum(run.width for run in line.runs) == core.columns
        assert line.text.isprintable()
    cursor = core.cursor()
    assert cursor is None or (0 <= cursor.x < core.columns and 0 <= cursor.y < core.rows)
    title = core.take_told().title
    assert title is None or title.isprintable()
    core.close()


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_keeps_its_bracket_when_pasted(text: str) -> None:
    core = GhosttyCore(20, 5)
    core.feed(b"\x1b[?2004h")
    pasted = core.encode_paste(text)
    assert pasted.startswith(b"\x1b[200~")
    assert pasted.endswith(b"\x1b[201~")
    assert pasted.count(b"\x1b") == 2
    core.close()
