"""A run of samples as one row of a file, and back.

    head        begin, end and seconds between samples (doubles), how many samples and slots (4 bytes each); then the
                UTC of each sample (double) and for each slot, the host first, its subject (8 bytes), how many bytes
                its figures have and their CRC-32 (4 each)
    totals      for each slot as in the head: count, least, most and sum of each metric; compressed
    structure   JSON, compressed: monotonic time and tick of each sample, and its delta without time and figures
    figures     for each slot as in the head: its columns (see `columns`), compressed each by itself

The checksum of a row is the CRC-32 of head, totals and structure; what is wrong with the figures of one slot shows by
their own. The number of a slot is one less than its place in the head.
"""

import json
import struct
import zlib
from array import array
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from tui.domain.plain import FormatError
from tui.record import columns, totals
from tui.record.delta import Delta, plain_text
from tui.record.resolution import HOST_FIGURES, INSTANCE_FIGURES, Code, Codes
from tui.record.run import Figures, Makes, Run

_HEAD: Final = struct.Struct("<dddII")
_SLOT: Final = struct.Struct("<8sII")
_LEVEL: Final = 9
HOST_SLOT: Final = -1
MOST_BYTES: Final = 256 << 20  # that a part of a block unpacks to


class Row(NamedTuple):
    """The blobs of a block."""

    head: bytes
    totals: bytes
    structure: bytes
    figures: bytes

    @property
    def checksum(self) -> int:
        """Return the CRC-32 of all but the figures."""
        return zlib.crc32(self.structure, zlib.crc32(self.totals, zlib.crc32(self.head)))


class Piece(NamedTuple):
    """Where the figures of a slot are."""

    subject: bytes
    offset: int
    length: int
    checksum: int


class Head(NamedTuple):
    """What a block is about; the host's subject is the first."""

    begin: float
    end: float
    interval: float
    times: "array[float]"
    subjects: Sequence[bytes]
    lengths: Sequence[int]
    checksums: Sequence[int]

    def piece(self, place: int) -> Piece:
        """Return where the figures of a subject are."""
        return Piece(self.subjects[place], sum(self.lengths[:place]), self.lengths[place], self.checksums[place])


def fold(deltas: Sequence[Delta], interval: float) -> Row:
    """Return a run as a block.

    Raises:
        FormatError: these deltas make no run.
    """
    run = Run(Makes())
    for delta in deltas:
        run.add(delta)
    pieces: list[bytes] = []
    rows: list[bytes] = []
    texts: list[bytes] = []
    for subject, codes in _all_columns(run):
        packed = zlib.compress(columns.pack(codes), _LEVEL, wbits=-15)
        pieces.append(_SLOT.pack(subject, len(packed), zlib.crc32(packed)))
        rows.append(totals.pack_totals(codes, host=not texts))
        texts.append(packed)
    structure = _pack_structure(run, deltas)
    head = _HEAD.pack(run.times[0], run.times[-1], interval, len(run), len(pieces))
    return Row(
        head + _little(run.times) + b"".join(pieces),
        zlib.compress(b"".join(rows), _LEVEL),
        structure,
        b"".join(texts),
    )


def _all_columns(run: Run) -> Sequence[tuple[bytes, Sequence[Sequence[Code]]]]:
    """Return subject and columns of the host, then of every slot; unknown where it was not there."""
    found: list[tuple[bytes, Sequence[Sequence[Code]]]] = [
        (totals.HOST_SUBJECT, host_columns(run)),
    ]
    there = run.present()
    for slot in range(len(run.instances)):
        key = run.instance(slot).stable_key
        found.append((totals.subject_of(key), columns_of(run, slot, there)))
    return found


def host_columns(run: Run) -> Sequence[Sequence[Code]]:
    """Return the columns of the host."""
    return list(zip(*[run.host.at(sample) for sample in range(len(run))], strict=True))


def columns_of(run: Run, slot: int, there: Sequence[AbstractSet[int]]) -> Sequence[Sequence[Code]]:
    """Return the columns of a slot; unknown where it was not there.

    Args:
        there: `run.present()`.
    """
    figures = run.figures_of(slot)
    nothing: Codes = (None,) * len(INSTANCE_FIGURES)
    rows = [figures.at(sample) if slot in present else nothing for sample, present in enumerate(there)]
    return list(zip(*rows, strict=True))


def _pack_structure(run: Run, deltas: Sequence[Delta]) -> bytes:
    rest = [{key: value for key, value in delta.items() if key not in {"t", "h", "f"}} or 0 for delta in deltas]
    moments = [list(run.monotonic), list(run.ticks)]
    return zlib.compress(plain_text([*moments, rest]).encode("ascii"), _LEVEL)


def read_head(data: bytes) -> Head:
    """Return what a block is about.

    Raises:
        FormatError: this is no head.
    """
    try:
        begin, end, interval, count, slots = _HEAD.unpack_from(data)
        times = array("d", struct.unpack_from(f"<{count}d", data, _HEAD.size))
        place = _HEAD.size + 8 * count
        parts = list(zip(*_SLOT.iter_unpack(data[place : place + _SLOT.size * slots]), strict=True))
    except struct.error as error:
        raise FormatError("no block", f"a block cannot be read: {error}.") from error
    if not count or not parts or len(parts[0]) != slots:
        raise FormatError("no block", "a block is empty, or cut off.")
    return Head(begin, end, interval, times, *parts)


def read_totals(data: bytes) -> bytes:
    """Return the rows of totals, `totals.ROW_BYTES` each.

    Raises:
        FormatError: these are none.
    """
    return _inflated(data, 15)


def read_columns(packed: bytes, piece: Piece, rows: int, wanted: Sequence[int] | None = None) -> list[list[Code]]:
    """Return the columns of a slot, see `columns.unpack`.

    Raises:
        FormatError: the figures are damaged.
    """
    if len(packed) != piece.length or zlib.crc32(packed) != piece.checksum:
        raise FormatError("damaged", "the figures of an instance are damaged.")
    return columns.unpack(_inflated(packed, -15), rows, wanted)


class _Dense:
    """Figures with a row for every sample."""

    def __init__(self, found: Sequence[Sequence[Code]], width: int) -> None:
        if len(found) != width:
            raise FormatError("another format", "the figures are not those that this hostdeck knows.")
        self._rows: list[Codes] = list(zip(*found, strict=True))

    def at(self, sample: int) -> Codes:
        """Return the figures of a sample."""
        return self._rows[sample]


def unfold(row: Row, makes: Makes) -> Run:
    """Return the run of a block.

    Raises:
        FormatError: it is damaged.
    """
    head = read_head(row.head)
    count = len(head.times)

    def load(slot: int) -> Figures:
        piece = head.piece(slot + 1)
        packed = row.figures[piece.offset : piece.offset + piece.length]
        return _Dense(read_columns(packed, piece, count), len(HOST_FIGURES if slot == HOST_SLOT else INSTANCE_FIGURES))

    run = Run(makes, load)
    try:
        monotonic, ticks, rest = json.loads(_inflated(row.structure, 15))
        run.times, run.monotonic, run.ticks = head.times, array("d", monotonic), array("q", ticks)
        run.host = load(HOST_SLOT)
        for sample, delta in enumerate(rest):
            if delta:
                run.add_structure(sample, delta)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise FormatError("no block", f"a block cannot be read: {error!r}.") from error
    if not len(run.times) == len(run.monotonic) == len(run.ticks):
        raise FormatError("no block", "the parts of a block do not belong together.")
    return run


def _inflated(data: bytes, wbits: int) -> bytes:
    """Return what was compressed; a file from elsewhere may not fill the memory with it."""
    unpacker = zlib.decompressobj(wbits)
    try:
        found = unpacker.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise FormatError("damaged", f"a block cannot be unpacked: {error}.") from error
    if not unpacker.eof:
        raise FormatError("damaged", "a block is cut off, or larger than any that is written.")
    return found


def _little(times: "array[float]") -> bytes:
    return struct.pack(f"<{len(times)}d", *times)
