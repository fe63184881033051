"""What a chart over days needs of a whole run: least, most, sum and count of each metric."""

import struct
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from tui.domain.identity import StableKey
from tui.record.resolution import HOST_FIGURES, INSTANCE_FIGURES, Code
from tui.sampling.history import Metric

SUBJECT_BYTES: Final = 8
HOST_SUBJECT: Final = bytes(SUBJECT_BYTES)
_TOTAL: Final = struct.Struct("<Iddd")
ROW_BYTES: Final = _TOTAL.size * len(Metric)

Values = Sequence[float | None]  # of one metric, None where it is unknown

_PLACES: Final = {path: place for place, (path, _) in enumerate(INSTANCE_FIGURES)}
_HOST_PLACES: Final = {path: place for place, (path, _) in enumerate(HOST_FIGURES)}
_WAITS: Final = ("pressure.cpu_some", "pressure.memory_some", "pressure.io_some")
_PATHS: Final[dict[Metric, tuple[str, ...]]] = {
    Metric.CPU_CORES: ("cpu.cores_used",),
    Metric.MEMORY_BYTES: ("memory.working_set_bytes",),
    Metric.READ_RATE: ("io.read_bytes_per_second",),
    Metric.WRITE_RATE: ("io.write_bytes_per_second",),
    Metric.RECEIVE_RATE: ("network.receive_bytes_per_second",),
    Metric.TRANSMIT_RATE: ("network.transmit_bytes_per_second",),
    Metric.PRESSURE: _WAITS,
}
_HOST_PATHS: Final[dict[Metric, tuple[str, ...]]] = {
    Metric.CPU_CORES: ("cpu_percent", "cores"),
    Metric.MEMORY_BYTES: ("memory_used_bytes",),
    Metric.READ_RATE: ("disk_read_bytes_per_second",),
    Metric.WRITE_RATE: ("disk_write_bytes_per_second",),
    Metric.RECEIVE_RATE: ("network_receive_bytes_per_second",),
    Metric.TRANSMIT_RATE: ("network_transmit_bytes_per_second",),
    Metric.PRESSURE: _WAITS,
}


class Total(NamedTuple):
    """One metric over a run; without a sample all is 0, and `whole` is the sum."""

    samples: int = 0
    least: float = 0.0
    most: float = 0.0
    whole: float = 0.0


def subject_of(key: StableKey | None) -> bytes:
    """Return the short name of an instance in a file, of the host for None."""
    return HOST_SUBJECT if key is None else blake2b(key.text.encode(), digest_size=SUBJECT_BYTES).digest()


def places_of(metric: Metric, *, host: bool) -> tuple[int, ...]:
    """Return which columns a metric is made of."""
    paths, places = (_HOST_PATHS, _HOST_PLACES) if host else (_PATHS, _PLACES)
    return tuple(places[path] for path in paths[metric])


def values_of(columns: Sequence[Sequence[Code]], metric: Metric, *, host: bool) -> Values:
    """Return a metric, row by row, of columns that have at least those of `places_of`."""
    figures = HOST_FIGURES if host else INSTANCE_FIGURES
    parts = [_figures(columns[place], figures[place][1].value) for place in places_of(metric, host=host)]
    if metric is Metric.PRESSURE:
        return [max((one for one in row if one is not None), default=None) for row in zip(*parts, strict=True)]
    if host and metric is Metric.CPU_CORES:
        return [
            None if percent is None or cores is None else percent / 100 * cores
            for percent, cores in zip(*parts, strict=True)
        ]
    return parts[0]


def _figures(column: Sequence[Code], value: Callable[[int], float]) -> list[float | None]:
    return [None if code is None else float(value(code)) for code in column]


def pack_totals(columns: Sequence[Sequence[Code]], *, host: bool) -> bytes:
    """Return the totals of all metrics."""
    return b"".join([_TOTAL.pack(*total_of(values_of(columns, metric, host=host))) for metric in Metric])


def unpack_total(row: bytes, metric: Metric) -> Total:
    """Return those of one metric."""
    return Total(*_TOTAL.unpack_from(row, metric * _TOTAL.size))


def total_of(values: Values) -> Total:
    """Return the totals of some values."""
    known = [value for value in values if value is not None]
    return Total(len(known), min(known), max(known), sum(known)) if known else Total()
