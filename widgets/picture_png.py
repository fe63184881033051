"""The pictures that a hypervisor draws as PNG: 8 bits a channel, not interlaced.

In Python alone, so that looking at a guest's screen needs no library.
"""

from __future__ import annotations

import struct
import zlib
from itertools import accumulate

from widgets.picture import MOST_PIXELS, Picture

SIGN = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_INDEXED = 3


def read_png(data: bytes) -> Picture:
    """Read a picture.

    Raises:
        ValueError: with a sentence, when it is something else or not whole.
    """
    head, palette, packed = _chunks(data)
    if len(head) != 13:
        raise ValueError("The picture is not in the format PNG.")
    width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    channels = _CHANNELS.get(colours)
    if depth != 8 or channels is None or interlaced or not 0 < width * height <= MOST_PIXELS:
        raise ValueError(f"A PNG of {width}x{height} with {depth} bits a colour cannot be drawn.")
    line = width * channels
    try:
        raw = zlib.decompressobj().decompress(packed, (line + 1) * height)
    except zlib.error as error:
        raise ValueError("The picture is damaged.") from error
    if len(raw) < (line + 1) * height:
        raise ValueError("The picture is not whole.")
    return Picture(width, height, _coloured(_unfiltered(raw, line, height, channels), colours, palette))


def _chunks(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the head, the palette and the packed pixels."""
    head, palette, packed = b"", b"", []
    place = len(SIGN)
    while data.startswith(SIGN) and place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + size]
        if kind == b"IHDR":
            head = body
        elif kind == b"PLTE":
            palette = body
        elif kind == b"IDAT":
            packed.append(body)
        place += size + 12
    return head, palette, b"".join(packed)


def _unfiltered(raw: bytes, line: int, height: int, step: int) -> bytes:
    above = bytes(line)
    lines = []
    for start in range(0, (line + 1) * height, line + 1):
        kind, row = raw[start], raw[start + 1 : start + 1 + line]
        if kind == 1:
            row = _sub(row, step)
        elif kind == 2:
            row = _added(row, above)
        elif kind == 3:
            row = _average(row, above, step)
        elif kind == 4:
            row = _paeth(row, above, step)
        elif kind:
            raise ValueError("The picture is damaged.")
        lines.append(row)
        above = row
    return b"".join(lines)


def _sub(row: bytes, step: int) -> bytes:
    out = bytearray(len(row))
    for channel in range(step):
        out[channel::step] = bytes([total & 255 for total in accumulate(row[channel::step])])
    return bytes(out)


def _added(row: bytes, above: bytes) -> bytes:
    """Add two lines byte by byte, as two large numbers: the upper bits apart, so that nothing is carried over."""
    size = len(row)
    one, other = int.from_bytes(row, "big"), int.from_bytes(above, "big")
    low = int.from_bytes(b"\x7f" * size, "big")
    return (((one & low) + (other & low)) ^ ((one ^ other) & ~low)).to_bytes(size, "big")


def _average(row: bytes, above: bytes, step: int) -> bytes:
    out = bytearray(step) + bytearray(row)
    for place, (value, up) in enumerate(zip(row, above, strict=True)):
        out[place + step] = (value + (out[place] + up) // 2) & 255
    return bytes(out[step:])


def _paeth(row: bytes, above: bytes, step: int) -> bytes:
    if not any(row):  # a line that is as its neighbours foretell, as most of a screen is
        if not any(above):
            return row
        if above[step:] == above[:-step]:
            return above
    out = bytearray(step) + bytearray(row)
    corners = bytes(step) + above
    for place, (value, up, corner) in enumerate(zip(row, above, corners, strict=False)):
        left = out[place]
        by_left, by_up = abs(up - corner), abs(left - corner)
        by_corner = abs(left + up - 2 * corner)
        guess = left if by_left <= by_up and by_left <= by_corner else up if by_up <= by_corner else corner
        out[place + step] = (value + guess) & 255
    return bytes(out[step:])


def _coloured(pixels: bytes, colours: int, palette: bytes) -> bytes:
    """Return three bytes a pixel."""
    if colours == 2:
        return pixels
    step = _CHANNELS[colours]
    out = bytearray(len(pixels) // step * 3)
    for channel in range(3):
        if colours == _INDEXED:
            table = palette[channel::3].ljust(256, b"\0")
            out[channel::3] = pixels.translate(table)
        else:
            out[channel::3] = pixels[channel if step == 4 else 0 :: step]
    return bytes(out)
