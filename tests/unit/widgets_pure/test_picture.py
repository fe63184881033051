import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from widgets.picture import Picture, half_blocks, read_picture

RED, BLUE = (255, 0, 0), (0, 0, 255)


def drawn(size: tuple[int, int], kind: str, mode: str = "RGB") -> bytes:
    image = Image.new("RGB", size, RED)
    for x in range(size[0]):
        for y in range(size[1] // 2, size[1]):
            image.putpixel((x, y), BLUE)
    buffer = BytesIO()
    image.convert(mode).save(buffer, kind)
    return buffer.getvalue()


def huge_png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 1 << 14, 1 << 13, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "mode"), [("PPM", "RGB"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P")])
def test_what_hypervisors_draw_is_read(kind: str, mode: str) -> None:
    picture = read_picture(drawn((4, 4), kind, mode))
    assert (picture.width, picture.height) == (4, 4)
    assert half_blocks(picture, 4, 2) == [[(RED, RED)] * 4, [(BLUE, BLUE)] * 4]


def test_a_ppm_with_a_comment_as_qemu_may_write_it() -> None:
    assert read_picture(b"P6\n# a comment\n1 1\n255\n" + bytes(RED)) == Picture(1, 1, bytes(RED))


def test_a_screen_keeps_its_shape() -> None:
    cells = half_blocks(read_picture(drawn((720, 400), "PPM")), 80, 21)
    assert (len(cells), len(cells[0])) == (21, 76)


def test_each_half_is_the_mean_of_what_it_stands_for() -> None:
    picture = read_picture(drawn((2, 4), "PPM"))
    ((upper, lower),) = half_blocks(picture, 1, 1)[0]
    assert (upper, lower) == (RED, BLUE)
    one = half_blocks(Picture(2, 2, bytes(RED) + bytes(BLUE) + bytes(RED) + bytes(BLUE)), 1, 1)[0][0]
    assert one[0] == (128, 0, 128)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "neither PPM nor PNG"),
        (b"GIF89a", "neither PPM nor PNG"),
        (b"\x89PNG\r\n\x1a\n", "neither PPM nor PNG"),
        (drawn((64, 64), "PNG")[:90], "not whole"),
        (drawn((64, 64), "PPM")[:90], "not whole"),
        (huge_png(), "cannot be drawn"),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_picture(data)
