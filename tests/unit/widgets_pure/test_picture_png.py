import struct
import zlib

import pytest

from widgets.picture_png import SIGN, read_png


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, rows: bytes, *, colours: int = 2, depth: int = 8, more: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))
    packed = zlib.compress(rows)
    half = len(packed) // 2
    return SIGN + head + more + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) + chunk(b"IEND", b"")


LINES = [bytes((7 * x * y + 31 * x + 5 * y) % 256 for x in range(12)) for y in range(5)]


def filtered(kind: int) -> bytes:
    """Return the lines as a writer that uses one filter for all would write them, by the words of the standard."""
    out, above = b"", bytes(12)
    for line in LINES:
        out += bytes((kind,))
        for place, value in enumerate(line):
            left = line[place - 3] if place >= 3 else 0
            corner = above[place - 3] if place >= 3 else 0
            up = above[place]
            nearest = min((left, up, corner), key=lambda one, p=left + up - corner: abs(p - one))  # type: ignore[misc]
            guess = (0, left, up, (left + up) // 2, nearest)[kind]
            out += bytes(((value - guess) % 256,))
        above = line
    return out


@pytest.mark.parametrize("kind", range(5))
def test_every_filter_is_undone(kind: int) -> None:
    picture = read_png(png(4, 5, filtered(kind)))
    assert (picture.width, picture.height) == (4, 5)
    assert picture.pixels == b"".join(LINES)


@pytest.mark.parametrize(
    ("colours", "row", "more"),
    [
        (0, b"\x10\x20", b""),
        (4, b"\x10\xff\x20\xff", b""),
        (6, b"\x10\x10\x10\xff\x20\x20\x20\xff", b""),
        (3, b"\x00\x01", chunk(b"PLTE", b"\x10\x10\x10\x20\x20\x20")),
    ],
)
def test_every_kind_of_colour_becomes_three_bytes_a_pixel(colours: int, row: bytes, more: bytes) -> None:
    picture = read_png(png(2, 1, b"\0" + row, colours=colours, more=more))
    assert picture.pixels == b"\x10\x10\x10\x20\x20\x20"


def test_a_plain_line_below_an_equal_one_is_as_foretold() -> None:
    black = read_png(png(4, 2, b"\x04" + bytes(12) + b"\x04" + bytes(12)))
    assert black.pixels == bytes(24)
    grey = read_png(png(4, 2, b"\x00" + b"\x50" * 12 + b"\x04" + bytes(12)))
    assert grey.pixels == b"\x50" * 24


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"P6 1 1 255 abc", "not in the format PNG"),
        (SIGN, "not in the format PNG"),
        (png(4, 5, filtered(0))[:60], "damaged|not whole"),
        (png(4, 5, b"\x00\x01"), "not whole"),
        (png(4, 5, b"\x09" * 65), "damaged"),
        (png(4, 5, filtered(0), depth=16), "16 bits"),
        (png(1 << 20, 1 << 20, b""), "cannot be drawn"),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_png(data)
