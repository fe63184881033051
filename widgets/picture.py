"""A picture as half blocks: two pixels above each other in every cell. Pillow reads it and makes it small."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError

Rgb = tuple[int, int, int]

HALF = "\u2580"
FORMATS = ("PPM", "PNG")
"""What hypervisors draw; nothing else is let near a decoder."""

MOST_PIXELS = 8192 * 8192
Image.MAX_IMAGE_PIXELS = None  # the bound above is stricter, and a warning of Pillow's would be written over the screen


class Picture(NamedTuple):
    """Pixels of three bytes each, row by row."""

    width: int
    height: int
    pixels: bytes


def read_picture(data: bytes) -> Picture:
    """Read a PPM or PNG.

    Raises:
        ValueError: with a sentence, when it is something else, too large or not whole.
    """
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            width, height = image.size
            if not 0 < width * height <= MOST_PIXELS:
                raise ValueError(f"A picture of {width}x{height} cannot be drawn.")
            pixels = image.convert("RGB").tobytes()
    except UnidentifiedImageError as error:
        raise ValueError("The picture is neither PPM nor PNG.") from error
    except (OSError, SyntaxError) as error:
        raise ValueError("The picture is damaged or not whole.") from error
    return Picture(width, height, pixels)


def half_blocks(picture: Picture, columns: int, rows: int) -> list[list[tuple[Rgb, Rgb]]]:
    """Return for each cell the colours of its upper and lower half, as large as fits with square pixels.

    Each half is the mean of all pixels it stands for, so that thin lines of text do not vanish.
    """
    wide, high = _fitted(picture, columns, rows * 2)
    whole = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    small = whole.resize((wide, high), Image.Resampling.BOX).tobytes()
    colours = [(small[at], small[at + 1], small[at + 2]) for at in range(0, len(small), 3)]
    lines = [colours[y * wide : (y + 1) * wide] for y in range(high)]
    return [list(zip(lines[y], lines[y + 1], strict=True)) for y in range(0, high - 1, 2)]


def _fitted(picture: Picture, columns: int, halves: int) -> tuple[int, int]:
    scale = min(columns / picture.width, halves / picture.height)
    wide = max(1, min(columns, round(picture.width * scale)))
    high = max(2, min(halves, round(picture.height * scale)) // 2 * 2)
    return wide, high
