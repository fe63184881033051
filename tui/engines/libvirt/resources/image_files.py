"""What a file of a disk is, by its first bytes."""

import os
import stat
from dataclasses import dataclass

from tui.domain.errors import ActionRefused

QCOW2_MAGIC = b"QFI\xfb"
_MAGICS = (
    (0, QCOW2_MAGIC, "qcow2"), (0, b"KDMV", "vmdk"), (0, b"QED\0", "qed"), (0, b"vhdxfile", "vhdx"),
    (0, b"conectix", "vpc"), (64, b"\x7f\x10\xda\xbe", "vdi"), (32769, b"CD001", "iso"),
)  # fmt: skip
_PACKED = (
    (b"\x1f\x8b", "gunzip"), (b"\xfd7zXZ\0", "unxz"), (b"BZh", "bunzip2"), (b"\x28\xb5\x2f\xfd", "unzstd"),
    (b"PK\x03\x04", "unzip"),
)  # fmt: skip
_HEAD_BYTES = 32774


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A file on this host.

    Attributes:
        size_bytes: of the file; data_bytes without its holes.
        format: "raw" when nothing else is recognised.
        capacity_bytes: what a guest would see, where the header tells.
        backing: what it stands on; empty for nothing.
        packed_with: the program that unpacks it; empty when it is not packed.
    """

    path: str
    size_bytes: int
    data_bytes: int
    format: str
    capacity_bytes: int
    backing: str = ""
    packed_with: str = ""


def look(path: str) -> ImageFile:
    """Look at a file; blocks.

    Raises:
        ActionRefused: it cannot be read, or is no file.
    """
    try:
        descriptor = open_file(path)
    except OSError as error:
        failure = ActionRefused("cannot read", f"{path} cannot be read: {error.strerror}.")
    else:
        try:
            return _look(descriptor, path)
        finally:
            os.close(descriptor)
    raise failure


def open_file(path: str) -> int:
    """Open a file for reading; not a pipe, which would block for ever."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)


def _look(descriptor: int, path: str) -> ImageFile:
    told = os.fstat(descriptor)
    if not stat.S_ISREG(told.st_mode):
        raise ActionRefused("no file", f"{path} is no file.")
    if not told.st_size:
        raise ActionRefused("empty", f"{path} is empty.")
    head = os.pread(descriptor, _HEAD_BYTES, 0)
    return read_head(path, head, size_bytes=told.st_size, data_bytes=min(told.st_size, told.st_blocks * 512))


def read_head(path: str, head: bytes, *, size_bytes: int, data_bytes: int) -> ImageFile:
    """Recognise an image by the beginning of its file."""
    form = next((form for place, magic, form in _MAGICS if head[place : place + len(magic)] == magic), "raw")
    packed = next((program for magic, program in _PACKED if form == "raw" and head.startswith(magic)), "")
    capacity, backing = (size_bytes, "")
    if form == "qcow2":
        capacity, backing = _qcow2(head)
    return ImageFile(path, size_bytes, data_bytes, form, capacity, backing, packed)


def _qcow2(head: bytes) -> tuple[int, str]:
    """Read size and base of a qcow2 header (docs/interop/qcow2.txt): all numbers are big-endian."""
    offset, length = int.from_bytes(head[8:16], "big"), int.from_bytes(head[16:20], "big")
    backing = head[offset : offset + length].decode(errors="replace") if offset and length <= 1023 else ""
    return int.from_bytes(head[24:32], "big"), backing
