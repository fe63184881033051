"""A disk's bytes through libvirt's streams, holes kept as holes. Everything here blocks, on a lane of its own."""

import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from tui.domain.errors import EngineError
from tui.engines.libvirt.resources.documents import volume_of

PIECE_BYTES = 256 * 1024
REPORT_SECONDS = 0.2
SPARSE = 1  # VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM, and the same of downloads
STOP_AT_HOLE = 1  # VIR_STREAM_RECV_STOP_AT_HOLE
HOLE = -3


class Stopped(EngineError):  # noqa: N818 - named for what is the case
    """A person ended the transfer."""


class Meter:
    """What a transfer tells while it goes on, and how it is told to end.

    Args:
        report: takes the bytes done; called on the lane's thread, at most five times a second.
    """

    def __init__(self, report: Callable[[int], None]) -> None:
        self._report = report
        self._stop = threading.Event()
        self._reported = 0.0
        self._done = 0

    def stop(self) -> None:
        """End the transfer at its next piece."""
        self._stop.set()

    def add(self, count: int) -> None:
        """Count bytes.

        Raises:
            Stopped: it is to end.
        """
        if self._stop.is_set():
            raise Stopped("ended", "The transfer was ended.")
        self._done += count
        now = time.monotonic()
        if now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self._report(self._done)


def upload(_libvirt: Any, connection: Any, *, local: str, descriptor: int, length: int, meter: Meter) -> None:
    """Write a file into a volume from its beginning; the volume is as large already."""
    volume = volume_of(connection, local)
    stream = connection.newStream(0)
    volume.upload(stream, 0, length, SPARSE)
    _whole(stream, lambda: _send(stream, descriptor, length, meter))


def download(_libvirt: Any, connection: Any, *, local: str, descriptor: int, meter: Meter) -> None:
    """Write a volume into an empty file."""
    volume = volume_of(connection, local)
    stream = connection.newStream(0)
    volume.download(stream, 0, 0, SPARSE)
    _whole(stream, lambda: _receive(stream, descriptor, meter))


def _whole(stream: Any, work: Callable[[], None]) -> None:
    """Finish a stream, or abort it when the work fails: it must not go on behind us."""
    try:
        work()
    except BaseException:
        with contextlib.suppress(Exception):  # it is broken already; what broke it is raised
            stream.abort()
        raise
    stream.finish()


def _send(stream: Any, descriptor: int, length: int, meter: Meter) -> None:
    place = 0
    while place < length:
        ends, is_data = _section(descriptor, place, length)
        if not is_data:
            stream.sendHole(ends - place)
            meter.add(ends - place)
            place = ends
            continue
        piece = os.pread(descriptor, min(PIECE_BYTES, ends - place), place)
        if not piece:
            raise EngineError("file changed", "The file became shorter while it was read.")
        stream.send(piece)
        meter.add(len(piece))
        place += len(piece)


def _section(descriptor: int, place: int, length: int) -> tuple[int, bool]:
    """Return where the data or the hole ends that begins at a place, and whether it is data."""
    try:
        data = os.lseek(descriptor, place, os.SEEK_DATA)
    except OSError as error:
        if error.errno != errno.ENXIO:
            return length, True  # a file system without holes
        return length, False
    if data > place:
        return min(data, length), False
    return min(os.lseek(descriptor, place, os.SEEK_HOLE), length), True


def _receive(stream: Any, descriptor: int, meter: Meter) -> None:
    place = 0
    while True:
        piece = stream.recvFlags(PIECE_BYTES, STOP_AT_HOLE)
        if piece == HOLE:
            hole = int(stream.recvHole())
            place += hole
            meter.add(hole)
            continue
        if not piece:
            break
        _write(descriptor, piece, place)
        place += len(piece)
        meter.add(len(piece))
    os.ftruncate(descriptor, place)


def _write(descriptor: int, piece: bytes, place: int) -> None:
    view = memoryview(piece)
    try:
        while view:
            count = os.pwrite(descriptor, view, place)
            view, place = view[count:], place + count
    except OSError as error:
        failure = EngineError("cannot write", f"The file cannot be written: {error.strerror}.")
    else:
        return
    raise failure
