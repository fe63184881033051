"""Figures as whole numbers, and back: what a record keeps of them.

A figure is rounded once, before it is judged or written, so that what is read back is equal to what was seen:

    cores                   1/1000 of a core
    percent                 1/100 of a percent, which is what the kernel tells of pressure
    bytes held              pages of 4 KiB; limits, sizes and counts are kept exactly
    bytes a second          1 byte below 2,048, above that 11 binary digits (better than 0.05 %)
    seconds and load        1/100

None stays None. What is not finite was never measured and becomes None.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from operator import attrgetter
from typing import Any, Final

from tui.domain.host import HostUsage
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, NetworkUsage, PidsUsage, Pressure, Usage

Code = int | None
Codes = tuple[Code, ...]

_PAGE = 4096
_DIGITS = 11
_WHOLE = 1 << _DIGITS  # rates below are kept to the byte
_STEP = _WHOLE >> 1


@dataclass(frozen=True, slots=True)
class Scale:
    """How one kind of figure becomes a whole number, and is made from it again; numbers grow with figures."""

    code: Callable[[Any], int]
    value: Callable[[int], float | int]


def _scaled(parts: int) -> Scale:
    return Scale(lambda value: round(value * parts), lambda code: code / parts)


def rate_code(value: float) -> int:
    """Return the number of a rate: its leading binary digits and how many follow."""
    whole = round(value)
    if whole < _WHOLE:
        return max(whole, 0)
    shift = whole.bit_length() - _DIGITS
    return shift * _STEP + ((whole + (1 << shift >> 1)) >> shift)


def rate_value(code: int) -> float:
    """Return the rate of a number."""
    if code < _WHOLE:
        return float(code)
    shift = code // _STEP - 1
    return float((code - shift * _STEP) << shift)


CORES: Final = _scaled(1000)
HUNDREDTHS: Final = _scaled(100)
PAGES: Final = Scale(lambda value: round(value / _PAGE), lambda code: code * _PAGE)
EXACT: Final = Scale(int, int)
RATE: Final = Scale(rate_code, rate_value)

INSTANCE_FIGURES: Final[tuple[tuple[str, Scale], ...]] = (
    ("cpu.cores_used", CORES),
    ("cpu.limit_cores", CORES),
    ("cpu.percent_of_limit", HUNDREDTHS),
    ("cpu.throttled_percent", HUNDREDTHS),
    ("memory.working_set_bytes", PAGES),
    ("memory.limit_bytes", EXACT),
    ("memory.high_bytes", EXACT),
    ("memory.percent_of_limit", HUNDREDTHS),
    ("memory.swap_bytes", PAGES),
    ("memory.oom_kills", EXACT),
    ("memory.guest_used_bytes", PAGES),
    ("memory.guest_available_bytes", PAGES),
    ("io.read_bytes_per_second", RATE),
    ("io.write_bytes_per_second", RATE),
    ("network.receive_bytes_per_second", RATE),
    ("network.transmit_bytes_per_second", RATE),
    ("pids.current", EXACT),
    ("pids.limit", EXACT),
    ("pressure.cpu_some", HUNDREDTHS),
    ("pressure.memory_some", HUNDREDTHS),
    ("pressure.io_some", HUNDREDTHS),
    ("pressure.memory_full", HUNDREDTHS),
    ("window_seconds", HUNDREDTHS),
)
"""Dotted paths in `Usage`; their order is that of the columns in a file and part of the format."""

HOST_FIGURES: Final[tuple[tuple[str, Scale], ...]] = (
    ("cores", EXACT),
    ("cpu_percent", HUNDREDTHS),
    ("steal_percent", HUNDREDTHS),
    ("memory_total_bytes", EXACT),
    ("memory_used_bytes", PAGES),
    ("swap_total_bytes", EXACT),
    ("swap_used_bytes", PAGES),
    ("load_1", HUNDREDTHS),
    ("load_5", HUNDREDTHS),
    ("load_15", HUNDREDTHS),
    ("pressure.cpu_some", HUNDREDTHS),
    ("pressure.memory_some", HUNDREDTHS),
    ("pressure.io_some", HUNDREDTHS),
    ("pressure.memory_full", HUNDREDTHS),
    ("disk_read_bytes_per_second", RATE),
    ("disk_write_bytes_per_second", RATE),
    ("network_receive_bytes_per_second", RATE),
    ("network_transmit_bytes_per_second", RATE),
    ("uptime_seconds", HUNDREDTHS),
    ("window_seconds", HUNDREDTHS),
)
"""Dotted paths in `HostUsage`, likewise."""

_HOST_WAITS: Final = tuple(path for path, _ in HOST_FIGURES if path.startswith("pressure."))
_of_instance = attrgetter(*(path for path, _ in INSTANCE_FIGURES))
_of_host = attrgetter(*(path for path, _ in HOST_FIGURES))
_instance_coders = tuple(scale.code for _, scale in INSTANCE_FIGURES)
_host_coders = tuple(scale.code for _, scale in HOST_FIGURES)
_instance_values = tuple(scale.value for _, scale in INSTANCE_FIGURES)
_host_values = tuple(scale.value for _, scale in HOST_FIGURES)


def instance_codes(usage: Usage) -> Codes:
    """Return the figures of an instance as whole numbers."""
    return _codes(_of_instance(usage), _instance_coders)


def host_codes(usage: HostUsage) -> Codes:
    """Return the figures of the host as whole numbers."""
    return _codes(_of_host(usage), _host_coders)


def with_instance_codes(codes: Sequence[Code], usage: Usage) -> Usage:
    """Return `usage` with the figures of `codes`; the rest stays."""
    value = _values(codes, _instance_values)
    return replace(
        usage,
        cpu=CpuUsage(*value[0:4]),
        memory=MemoryUsage(*value[4:12]),
        io=IoUsage(*value[12:14]),
        network=NetworkUsage(*value[14:16]),
        pids=PidsUsage(*value[16:18]),
        pressure=Pressure(*value[18:22]),
        window_seconds=value[22],
    )


def with_host_codes(codes: Sequence[Code], usage: HostUsage) -> HostUsage:
    """Return `usage` with the figures of `codes`; the rest stays."""
    value = dict(zip((path for path, _ in HOST_FIGURES), _values(codes, _host_values), strict=True))
    waits = {path.partition(".")[2]: value.pop(path) for path in _HOST_WAITS}
    return replace(usage, pressure=Pressure(**waits), **value)


def rounded(usage: Usage) -> Usage:
    """Return the figures of an instance as a record keeps them."""
    return with_instance_codes(instance_codes(usage), usage)


def rounded_host(usage: HostUsage) -> HostUsage:
    """Return the figures of the host as a record keeps them."""
    return with_host_codes(host_codes(usage), usage)


def _codes(figures: Sequence[Any], coders: Sequence[Callable[[Any], int]]) -> Codes:
    return tuple(
        [
            None if figure is None or not isfinite(figure) else coder(figure)
            for figure, coder in zip(figures, coders, strict=True)
        ]
    )


def _values(codes: Sequence[Code], makers: Sequence[Callable[[int], float | int]]) -> list[Any]:
    return [None if code is None else maker(code) for code, maker in zip(codes, makers, strict=True)]
