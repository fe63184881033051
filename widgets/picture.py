"""A picture as half blocks: two pixels above each other in every cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

Rgb = tuple[int, int, int]

HALF = "\u2580"
_HEAD = re.compile(rb"P6\s+(?:#[^\n]*\n\s*)*(\d+)\s+(\d+)\s+(\d+)\s")
MOST_PIXELS = 8192 * 8192


class Picture(NamedTuple):
    """Pixels of three bytes each, row by row."""

    width: int
    height: int
    pixels: bytes


def read_ppm(data: bytes) -> Picture:
    """Read a binary PPM with 8 bits a colour.

    Raises:
        ValueError: with a sentence, when it is something else or not whole.
    """
    head = _HEAD.match(data)
    if head is None:
        raise ValueError("The picture is not in the format PPM.")
    width, height, most = (int(number) for number in head.groups())
    if most != 255 or not 0 < width * height <= MOST_PIXELS:
        raise ValueError(f"A picture of {width}x{height} with {most} steps a colour cannot be drawn.")
    pixels = data[head.end() : head.end() + 3 * width * height]
    if len(pixels) < 3 * width * height:
        raise ValueError("The picture is not whole.")
    return Picture(width, height, pixels)


def half_blocks(picture: Picture, columns: int, rows: int) -> list[list[tuple[Rgb, Rgb]]]:
    """Return for each cell the colours of its upper and lower half, as large as fits with square pixels.

    Each half is the mean of a few pixels spread over the area it stands for, so that thin lines of text do not vanish.
    """
    wide, high = _fitted(picture, columns, rows * 2)
    xs = [_samples(x, wide, picture.width) for x in range(wide)]
    halves = [[_mean(picture, across, _samples(y, high, picture.height)) for across in xs] for y in range(high)]
    return [list(zip(halves[y], halves[y + 1], strict=True)) for y in range(0, high - 1, 2)]


def _fitted(picture: Picture, columns: int, halves: int) -> tuple[int, int]:
    scale = min(columns / picture.width, halves / picture.height)
    wide = max(1, min(columns, round(picture.width * scale)))
    high = max(2, min(halves, round(picture.height * scale)) // 2 * 2)
    return wide, high


def _samples(place: int, of: int, size: int) -> Sequence[int]:
    """Return up to three places spread over the part of a line that one of `of` parts stands for."""
    start, stop = place * size // of, max(place * size // of + 1, (place + 1) * size // of)
    step = max(1, (stop - start) // 3)
    return range(start, stop, step)[:3]


def _mean(picture: Picture, xs: Sequence[int], ys: Sequence[int]) -> Rgb:
    red = green = blue = 0
    pixels, line = picture.pixels, picture.width * 3
    for y in ys:
        for x in xs:
            place = y * line + x * 3
            red += pixels[place]
            green += pixels[place + 1]
            blue += pixels[place + 2]
    count = len(xs) * len(ys)
    return red // count, green // count, blue // count
